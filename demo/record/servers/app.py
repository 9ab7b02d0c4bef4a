#!/usr/bin/env python3
"""The application behind nginx. It pretends: a search that a quote breaks and UNION opens, a viewer that climbs out of its
folder, an upload that is taken, and a page that answers as a web shell would. It runs no command and opens no file."""
import http.server, re, socketserver, urllib.parse

PAGES = {"/", "/tin-tuc", "/gioi-thieu", "/lien-he", "/van-ban", "/thu-tuc", "/nop-ho-so", "/tra-cuu", "/static/app.css", "/static/app.js", "/static/logo.png", "/favicon.ico",
         "/robots.txt"}


def answer(method, path, query):
    text = urllib.parse.unquote_plus(query)
    if path == "/tra-cuu" and query:
        if re.search(r"union\s+select|or\s+'?1'?\s*=\s*'?1|sleep\(|information_schema", text, re.I):
            return 200, "Số hồ sơ " * 900
        return (500, "SQL syntax error") if "'" in text else (200, "Hồ sơ đang được xử lý. " * 20)
    if path == "/xem" and query:
        return (200, "root:x:0:0:root:/root:/bin/bash\n" * 40) if ".." in text else (200, "Văn bản " * 200)
    if path == "/tai-len" and method == "POST":
        return 200, "đã nhận"
    if path == "/uploads/anh_bia.php":
        return 200, "uid=33(www-data) gid=33(www-data) groups=33(www-data)\n"
    if path == "/dang-nhap":
        return (401, "sai mật khẩu") if method == "POST" else (200, "Đăng nhập")
    if path == "/admin" or path.startswith("/admin/"):
        return 403, "cấm"
    return (200, "Cổng thông tin " * 120) if path in PAGES else (404, "không có")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self):
        length = min(int(self.headers.get("Content-Length") or 0), 1 << 20)
        self.rfile.read(length)
        path, _, query = self.path.partition("?")
        status, text = answer(self.command, urllib.parse.unquote(path), query)
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = reply

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    import sys
    Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
