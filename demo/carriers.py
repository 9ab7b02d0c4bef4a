"""Sends records the way that the machines of the recording would: syslog over UDP, TCP and TLS, RELP, a file that is followed,
NDJSON, `_bulk`, a file by HTTP. Each carrier has send(lines) and close(); what a protocol acknowledges is waited for."""
import json, pathlib, socket, ssl, urllib.request


class Udp:
    def __init__(self, own, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((own, 0))
        self.to = ("127.0.0.1", port)

    def send(self, lines):
        for line in lines:
            self.socket.sendto(line.encode(), self.to)

    def close(self):
        self.socket.close()


class Tcp:
    """Octet counting (RFC 6587), over TLS when an authority is given."""
    def __init__(self, own, port, authority=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(own, 0))
        if authority is not None:
            context = ssl.create_default_context(cafile=str(authority))
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def send(self, lines):
        for line in lines:
            data = line.encode()
            self.socket.sendall(b"%d %s" % (len(data), data))

    def close(self):
        self.socket.close()


class Relp:
    def __init__(self, own, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(own, 0))
        self.answers, self.number = self.socket.makefile("rb"), 0
        self.ask(b"open", [b"relp_version=0\nrelp_software=demo\ncommands=syslog"])

    def ask(self, command, texts):
        """Sends all, then reads as many answers; each must be 200."""
        for text in texts:
            self.number += 1
            self.socket.sendall(b"%d %s %d %s\n" % (self.number, command, len(text), text))
        for _ in texts:
            header = b""
            while header.count(b" ") < 3:
                header += self.answers.read(1) or exit_with("the RELP listener went away")
            data = self.answers.read(int(header.split()[2]) + 1)
            if not data.startswith(b"200"):
                exit_with(f"RELP answered {data[:200]!r}")

    def send(self, lines):
        self.ask(b"syslog", [line.encode() for line in lines])

    def close(self):
        self.socket.close()


class File:
    """Grows as a log does; the program follows it."""
    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "ab")

    def send(self, lines):
        self.file.write("".join(line + "\n" for line in lines).encode())
        self.file.flush()

    def close(self):
        self.file.close()


class Http:
    """kind: ndjson, bulk or raw."""
    def __init__(self, address, token, kind):
        self.address, self.token, self.kind = address, token, kind

    def send(self, lines):
        path, before = {"ndjson": ("/ingest/ndjson", ""), "raw": ("/ingest/raw", ""), "bulk": ("/_bulk", '{"create":{"_index":"logs"}}\n')}[self.kind]
        body = "".join(before + line + "\n" for line in lines).encode()
        request = urllib.request.Request(self.address + path, data=body, headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            told = json.load(answer)
        accepted = sum(item["create"]["status"] == 201 for item in told["items"]) if self.kind == "bulk" else told["accepted"]
        if accepted != len(lines):
            exit_with(f"{path} took {accepted} of {len(lines)} records")

    def close(self):
        pass


def exit_with(text):
    raise SystemExit(text)
