#include "server/pages.h"

#include <utility>

#include "base/html.h"
#include "base/json.h"
#include "base/text.h"
#include "net/text_body.h"

namespace vg::server {

namespace {

constexpr std::string_view kStyle = R"(
body{font:16px/1.5 "Be Vietnam Pro",system-ui,sans-serif;margin:0;background:#f6f7f9;color:#1b2430}
main{max-width:34rem;margin:12vh auto;padding:2rem;background:#fff;border:1px solid #d8dde5;border-radius:8px}
h1{font-size:1.4rem;margin:0 0 1rem}
p.en{color:#5a6675;font-size:.9rem}
label{display:block;margin:1rem 0 .25rem}
input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit;border:1px solid #98a2b3;border-radius:4px}
button{margin-top:1.25rem;padding:.55rem 1.1rem;font:inherit;color:#fff;background:#1f5fbf;border:0;border-radius:4px}
:focus-visible{outline:3px solid #7fb0ff;outline-offset:1px}
.bad{color:#a3161f}
code{background:#eef1f5;padding:.1rem .3rem;border-radius:3px}
@media(prefers-color-scheme:dark){body{background:#12171f;color:#e6eaf0}main{background:#1a212c;border-color:#2d3746}p.en{color:#9aa7b8}code{background:#263041}.bad{color:#ff8a8a}}
)";

net::Response page(int status, std::string_view title, std::string_view body) {
    net::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "text/html; charset=utf-8"},
                        {"Cache-Control", "no-store"},
                        {"Referrer-Policy", "no-referrer"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}};
    response.body = format("<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                           "<title>{0} · Vọng Gác</title><link rel=\"stylesheet\" href=\"/ui/plain.css\"></head><body><main><h1>{0}</h1>{1}</main></body></html>",
                           title, body);
    return response;
}

net::Response form(int status, std::string_view link, std::string_view trouble) {
    std::string body = "<p>Đặt mật khẩu cho tài khoản quản trị <code>admin</code>: ít nhất 12 ký tự; một câu dài dễ nhớ là tốt.</p>"
                       "<p class=\"en\">Set the password of the administrator account <code>admin</code>: at least 12 characters; a long sentence is good.</p>";
    if (!trouble.empty()) body += "<p class=\"bad\" role=\"alert\">" + escape_html(trouble) + "</p>";
    body += "<form method=\"post\" action=\"/ui/first-run\"><input type=\"hidden\" name=\"link\" value=\"" + escape_html(link) + "\">"
            "<label for=\"a\">Mật khẩu · Password</label><input id=\"a\" name=\"password\" type=\"password\" autocomplete=\"new-password\" required minlength=\"12\" autofocus>"
            "<label for=\"b\">Nhập lại · Again</label><input id=\"b\" name=\"again\" type=\"password\" autocomplete=\"new-password\" required minlength=\"12\">"
            "<button>Đặt mật khẩu · Set password</button></form>";
    return page(status, "Đặt mật khẩu quản trị", body);
}

// One member of an application/x-www-form-urlencoded body.
std::string form_value(std::string_view body, std::string_view name) {
    for (std::string_view pair : split(body, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) return net::percent_decode(pair.substr(equals + 1), true);
    }
    return {};
}

net::Response set_password(net::Request& request, api::Router& router) {
    const auto sent = request.read_all(16 << 10);
    if (!sent) return form(400, "", sent.error().text);
    const std::string link = form_value(*sent, "link");
    const std::string password = form_value(*sent, "password");
    if (password != form_value(*sent, "again")) return form(400, link, "Hai mật khẩu không giống nhau. The two passwords differ.");
    net::TextBody body{json::object({{"link", link}, {"password", password}}).dump()};
    net::Request inner;
    inner.method = "POST";
    inner.path = inner.raw_target = "/api/v1/first-run";
    inner.headers = {{"content-type", "application/json"}};
    inner.peer = request.peer;
    inner.tls = request.tls;
    inner.body = &body;
    const net::Response answer = router.handle(inner);
    if (answer.status >= 200 && answer.status < 300)
        return page(200, "Đã đặt mật khẩu",
                    "<p>Tài khoản <code>admin</code> đã sẵn sàng.</p><p class=\"en\">The account <code>admin</code> is ready.</p><p><a href=\"/ui/\">Tiếp tục · Go on</a></p>");
    const auto problem = json::parse(answer.body);
    return form(answer.status, link, problem ? problem->text("detail").value_or("") : "");
}

}  // namespace

std::optional<net::Response> answer_page(net::Request& request, api::Router& router, const UiFiles& console) {
    const std::string accept = request.header("accept").value_or("");
    if (request.path == "/" && request.method == "GET" && accept.find("text/html") != std::string::npos) {
        net::Response response;
        response.status = 302;
        response.headers = {{"Location", "/ui/"}};
        return response;
    }
    if (request.path == "/ui/plain.css") {
        net::Response response;
        response.headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "max-age=86400"}, {"X-Content-Type-Options", "nosniff"}};
        response.body = kStyle;
        return response;
    }
    // The console has a page of its own for the one-time link; this one is for a node without console, or without script.
    if (request.path == "/ui/first-run" && (request.method == "POST" || console.empty())) {
        if (request.method == "POST") return set_password(request, router);
        return form(200, request.parameter("link").value_or(""), "");
    }
    if (auto file = console.answer(request)) return file;
    if (request.path != "/ui" && !request.path.starts_with("/ui/")) return std::nullopt;
    return page(request.path == "/ui/" || request.path == "/ui" ? 200 : 404, "Vọng Gác đang chạy",
                "<p>Máy chủ đang tiếp nhận và phát hiện. Dùng dòng lệnh <code>vonggac</code> hoặc <a href=\"/api/openapi.json\">API</a>.</p>"
                "<p class=\"en\">The server takes logs in and looks for attacks. Use the command line <code>vonggac</code> or the "
                "<a href=\"/api/openapi.json\">API</a>.</p><p><code>vonggac finding list</code></p>");
}

}  // namespace vg::server
