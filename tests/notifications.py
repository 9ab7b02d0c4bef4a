#!/usr/bin/env python3
"""Notifications as their recipients see them: by SMTP and by webhook, with servers that are away, refuse, or never answer, and
across kill -9. Usage: tests/notifications.py PROGRAM [...]

The mail server and the webhook here are this script's own; Python's email, hmac and hashlib read what arrives."""
import email, email.policy, hashlib, hmac, http.server, json, re, socket, socketserver, subprocess, sys, tempfile, threading, time

import lib

program = sys.argv[1]


class MailServer:
    """Takes mail on loopback. `answers`: what it says to a command instead of yes; `cut`: takes the text and dies silently."""

    def __init__(self, port=0):
        self.mails, self.commands, self.answers, self.cut = [], [], {}, False
        outer = self

        class Session(socketserver.StreamRequestHandler):
            timeout = 30

            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                self.say("220 test")
                try:
                    while line := self.rfile.readline(2000):
                        word = line[:4].upper().decode().strip()
                        outer.commands.append(line.decode().strip())
                        if word in outer.answers:
                            self.say(outer.answers[word])
                        elif word == "DATA":
                            self.say("354 go on")
                            text = b""
                            while not text.endswith(b"\r\n.\r\n"):
                                text += self.rfile.readline(2000)
                            outer.mails.append(text[:-3].replace(b"\r\n..", b"\r\n."))
                            if outer.cut:
                                return
                            self.say("250 taken")
                        elif word == "QUIT":
                            self.say("221 bye")
                            return
                        else:
                            self.say("250 yes")
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self.server = Server(("127.0.0.1", port), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def messages(self):
        return [email.message_from_bytes(bytes_, policy=email.policy.default) for bytes_ in list(self.mails)]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Hook:
    def __init__(self):
        self.calls, self.status = [], 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls.append((self.path, dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


def settings(mail_port, networks='"127.0.0.1"'):
    return (f'[smtp]\nhost = "127.0.0.1"\nport = {mail_port}\nsecurity = "none"\nfrom = "vonggac@don-vi.example"\n'
            f'[console]\naddress = "https://vonggac.don-vi.example/"\n[notify]\nwebhook_networks = [{networks}]\nevery_milliseconds = 50\n')


def find(server, token, *hosts):
    lines = "".join(json.dumps({"host": {"name": host}, "user": {"name": "nguyen.van.an"}, "Image": "C:\\bad.exe"}) + "\n" for host in hosts)
    lib.expect(server.post("/ingest/ndjson", lines.encode(), token).status == 200, "the records are taken")


def outbox(server, state):
    return server.ask("GET", f"/api/v1/notifications?state={state}")["items"]


def told(mail, count, what):
    lib.wait_for(lambda: len(mail.mails) >= count, what)
    return mail.messages()


def mail_and_webhook():
    mail, hook = MailServer(), Hook()
    with lib.Server(program, settings(mail.port)) as server:
        token = server.source("web-01")
        done = server.command("notify", "add", "Ca trực", "--mail", "truc@don-vi.example", "--webhook", f"http://127.0.0.1:{hook.port}/T0/secret-path", "--format", "json")
        lib.expect(done.returncode == 0, "a rule is added", done.stderr)
        rule = json.loads(done.stdout)
        lib.expect("secret-path" not in done.stdout, "the path of a webhook is not shown", done.stdout)
        lib.expect(re.fullmatch("[0-9a-f]{64}", rule.get("secret", "")), "the secret of its webhooks is shown once")
        again = server.command("notify", "show", "Ca trực", "--format", "json").stdout
        lib.expect(rule["secret"] not in again, "and not again", again)

        done = server.command("notify", "test", "Ca trực")
        lib.expect(done.returncode == 0, "the test reaches both", done.stdout + done.stderr)
        lib.expect(len(mail.mails) == 1 and len(hook.calls) == 1 and json.loads(hook.calls[0][2])["type"] == "test", "each is told that it is a test")

        find(server, token, "h1")
        message = told(mail, 2, "the mail")[1]
        lib.expect(message["To"] == "truc@don-vi.example" and message["From"] == "vonggac@don-vi.example", "from and to", message)
        lib.expect(message["Subject"] == "[Vọng Gác] Cao: A bad program – Tổ chức của tôi", "the subject is read back by others", message["Subject"])
        lib.expect(re.fullmatch(r"<[0-9a-f-]{36}@don-vi\.example>", message["Message-ID"]), "its Message-ID", message["Message-ID"])
        lib.expect(message["Auto-Submitted"] == "auto-generated", "marked as sent by a program")
        text = message.get_content()
        found = server.findings()[0]
        lib.expect(f"https://vonggac.don-vi.example/ui/findings/{found['id']}" in text, "a link to the console", text)
        lib.expect(text.index("Phát hiện mới: A bad program") < text.index("New finding: A bad program"), "Vietnamese first, then English", text)
        lib.expect(re.search(r"Thấy lần đầu: \d\d/\d\d/\d{4} \d\d:\d\d \(GMT\+7\)", text), "times as people here write them", text)
        lib.expect("nguyen" not in text and "h1" not in text, "nothing of whom or what it is about", text)

        lib.wait_for(lambda: len(hook.calls) >= 2, "the webhook")
        path, headers, body = hook.calls[1]
        expected = "sha256=" + hmac.new(rule["secret"].encode(), headers["X-Vonggac-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
        lib.expect(headers["X-Vonggac-Signature"] == expected, "the signature is the HMAC that Python computes", headers)
        lib.expect(abs(int(headers["X-Vonggac-Timestamp"]) - time.time()) < 60, "with the time of sending")
        content = json.loads(body)
        lib.expect(path == "/T0/secret-path" and headers["Idempotency-Key"] == content["id"] and content["findings"][0]["id"] == found["id"], "what is posted", body)
        lib.expect(b"nguyen" not in body, "nothing of persons", body)
        stored = b"".join(path.read_bytes() for path in sorted(server.data.glob("state.sqlite*")))
        lib.expect(b"secret-path" not in stored and b"sealed1:" in stored, "the path of a webhook stands in State sealed alone")

        find(server, token, "h1")                       # grows
        server.caught_up()
        find(server, token, "h2")
        told(mail, 3, "the mail about another host")
        lib.wait_for(lambda: not outbox(server, "waiting"), "the outbox to be empty")
        lib.expect(len(mail.mails) == 3, "what grows is not told again", len(mail.mails))
        lib.expect(len(outbox(server, "sent")) == 4, "what was sent is listed")
        actions = [line["action"] for line in server.ask("GET", "/api/v1/audit")["items"]]
        lib.expect({"notification-rule:add", "notification-rule:test"} <= set(actions), "rules and tests are in the audit chain", actions)

        # A webhook that redirects is not followed, and one that fails is tried again.
        hook.status = 302
        find(server, token, "h3")
        failed = lib.wait_for(lambda: [one for one in outbox(server, "waiting") if one["channel"] == "webhook" and one["attempts"] > 0], "the attempt")
        lib.expect("302" in failed[0]["last_error"] and failed[0]["recipient"].endswith("/…"), "why it waits", failed)
    mail.close()


def refused():
    mail = MailServer()
    with lib.Server(program, settings(mail.port, "")) as server:
        token = server.source("web-01")
        for bad in ("an@x.vn\r\nBcc: evil@x.vn", "not an address"):
            lib.expect(server.api("POST", "/api/v1/notification-rules", {"name": "a", "mail": [bad]}).status == 400, "such an address is refused", bad)
        for url in ("http://127.0.0.1:9/", "http://localhost:9/", "http://[::ffff:127.0.0.1]:9/", "http://169.254.169.254/latest/meta-data"):
            rule = server.ask("POST", "/api/v1/notification-rules", {"name": "ssrf", "webhooks": [url]})
            outcome = server.ask("POST", f"/api/v1/notification-rules/{rule['id']}/test")["outcomes"][0]
            lib.expect(not outcome["sent"] and "not of the public Internet" in outcome["error"], "an inner address is not posted to", outcome)
            server.command("notify", "remove", rule["id"])
        mail.answers["RCPT"] = "550 no such mailbox"
        server.ask("POST", "/api/v1/notification-rules", {"name": "b", "mail": ["ai@don-vi.example"]})
        done = server.command("notify", "test", "b")
        lib.expect(done.returncode == 1 and "no such mailbox" in done.stdout, "the test says what the server said", done.stdout)
        find(server, token, "h1")
        given_up = lib.wait_for(lambda: outbox(server, "given-up"), "it to be given up")
        lib.expect("550" in given_up[0]["last_error"], "with the reason", given_up)
        health = server.health()["notifications"]
        lib.expect(health["given_up"] == 1 and "550" in health["last_error"], "and it is on the health page", health)
        mail.answers.clear()
        lib.expect(server.command("notify", "retry", given_up[0]["id"]).returncode == 0, "a person has it tried again")
        message = told(mail, 1, "it")[0]
        lib.expect(given_up[0]["id"] in message["Message-ID"], "under the same id", message["Message-ID"])
    mail.close()


def server_away():
    """The mail server is down, the program is killed, and everything comes when it is back: once each."""
    mail = MailServer()
    port = mail.port
    mail.close()
    with lib.Server(program, settings(port)) as server:
        token = server.source("web-01")
        server.ask("POST", "/api/v1/notification-rules", {"name": "a", "mail": ["truc@don-vi.example"]})
        for n in range(5):
            find(server, token, f"h{n}")
            server.caught_up()
            lib.wait_for(lambda: len(outbox(server, "waiting")) == n + 1, "the message to wait")
        lib.wait_for(lambda: server.health()["notifications"]["last_error"], "a reason")
        server.kill()
        server.start()
        waiting = outbox(server, "waiting")
        lib.expect(len(waiting) == 5, "all wait after kill -9", waiting)
        mail = MailServer(port)
        messages = told(mail, 5, "all of them")
        lib.wait_for(lambda: not outbox(server, "waiting"), "the outbox to be empty")
        ids = sorted(message["Message-ID"].strip("<>").split("@")[0] for message in messages)
        lib.expect(ids == sorted(one["id"] for one in waiting) and len(mail.mails) == 5, "each came once, under the id that it had", ids)

        # Killed after the server had the text and before it said so: it comes again, under the same id.
        mail.cut = True
        find(server, token, "h9")
        first = told(mail, 6, "the text")[5]
        server.kill()
        mail.cut = False
        server.start()
        second = told(mail, 7, "the text again")[6]
        lib.expect(first["Message-ID"] == second["Message-ID"] and first.get_content() == second.get_content(), "a second copy can be told by its Message-ID", (first["Message-ID"], second["Message-ID"]))
        lib.wait_for(lambda: not outbox(server, "waiting"), "the outbox to be empty")
    mail.close()


def silent_server():
    """A mail server that takes the connection and says nothing does not hold up a stop."""
    with socket.create_server(("127.0.0.1", 0)) as silent, lib.Server(program, settings(silent.getsockname()[1])) as server:
        token = server.source("web-01")
        server.ask("POST", "/api/v1/notification-rules", {"name": "a", "mail": ["truc@don-vi.example"]})
        find(server, token, "h1")
        silent.settimeout(30)
        peer, _ = silent.accept()
        code, seconds = server.stop()
        lib.expect(code == 0 and seconds < 5, "the server stops at once all the same", (code, seconds))
        peer.close()
        server.start()
        lib.expect(outbox(server, "waiting")[0]["attempts"] == 0, "what was broken off counts as no attempt")


def killed_between():
    """kill -9 at any moment between the finding and the mail: every finding is told at least once."""
    mail = MailServer()
    with lib.Server(program, settings(mail.port)) as server:
        token = server.source("web-01")
        server.ask("POST", "/api/v1/notification-rules", {"name": "a", "mail": ["truc@don-vi.example"], "dedupe_minutes": 0})
        for n in range(4):
            find(server, token, f"k{n}")
            server.kill()
            server.start()
        server.caught_up()
        found = {finding["id"] for finding in server.findings()}
        lib.expect(len(found) == 4, "every record is a finding", found)

        def missing():
            return found - {id_ for message in mail.messages() for id_ in re.findall(r"/ui/findings/([0-9a-f-]{36})", message.get_content())}
        lib.wait_for(lambda: not missing(), "every finding to be told")
        lib.expect(not missing(), "every finding was told")
    mail.close()


def paper_by_mail():
    """A signed paper goes by mail when its server is there again, bit for bit, once; the ledger says so, and what comes back is noted."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with lib.Server(program, settings(port)) as server:
        run = lambda *words: server.command(*words, "--format", "json")
        lib.expect(run("case", "open", "Máy chủ thư bị chiếm quyền", "--kind", "unauthorised-access").returncode == 0, "a case")
        paper = json.loads(run("paper", "draft", "mau-03", "--case", "last").stdout)["id"]
        scan = server.data.parent / "signed.pdf"
        scan.write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 40)
        post = ("paper", "post", paper, "ung-cuu@vncert.example", "--role", "national-coordinator", "--to", "VNCERT/CC", "--text", "Kính gửi", "--sheet")
        done = run(*post)
        lib.expect(done.returncode != 0 and "signed before it is sent" in done.stderr, "nothing goes without a signature", done.stderr)
        lib.expect(run("paper", "sign", paper, str(scan)).returncode == 0, "it is signed")
        done = run(*post)
        lib.expect(done.returncode == 0, "it is queued", done.stderr)
        queued = json.loads(done.stdout)
        mails = lambda: json.loads(run("paper", "mails", paper).stdout)
        first = lambda: (lambda all: (all["items"] if isinstance(all, dict) else all)[0])(mails())
        lib.wait_for(lambda: first()["attempts"] > 0, "an attempt")
        lib.expect(first()["state"] == "waiting" and first()["error"], "while the server is away it waits, and says why", first())
        lib.expect(server.ask("GET", f"/api/v1/papers/{paper}")["state"] == "signed", "what waits was not sent")
        server.kill()
        mail = MailServer(port)
        server.start()
        lib.wait_for(lambda: first()["state"] == "sent", "the mail", 60)
        message = mail.messages()[0]
        lib.expect(len(mail.mails) == 1 and message["Subject"].startswith("[TBSC] "), "one mail with the subject that the form asks for", message["Subject"])
        lib.expect(message["Auto-Submitted"] is None and message["Message-ID"] == f"<{queued['id']}@don-vi.example>", "a person had it sent", message["Message-ID"])
        files = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
        lib.expect(scan.read_bytes() in files.values(), "the signed bytes, as Python's email reads them", list(files))
        lib.expect(any(name.endswith(".xlsx") and part.startswith(b"PK") for name, part in files.items()), "and the sheet to be answered in", list(files))
        lib.expect(message.get_body().get_content().startswith("Kính gửi"), "with the words")
        facts = server.ask("GET", f"/api/v1/papers/{paper}/facts")["items"]
        lib.expect([one["kind"] for one in facts] == ["drafted", "signed", "sent"] and facts[-1]["channel"] == "mail" and facts[-1]["sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest(), "the ledger says sent, with the hash", facts)

        # A contact with a key gets it encrypted: GnuPG makes the key and reads the mail.
        with tempfile.TemporaryDirectory() as home:
            gpg = lambda *words, **more: subprocess.run(["gpg", "--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "", *words], capture_output=True, check=True, **more)
            gpg("--quick-gen-key", "Truc ban <pgp@vncert.example>", "ed25519", "cert,sign", "never")
            fingerprint = next(line.split(":")[9] for line in gpg("--list-keys", "--with-colons").stdout.decode().splitlines() if line.startswith("fpr"))
            gpg("--quick-add-key", fingerprint, "cv25519", "encr", "never")
            (server.data.parent / "key.asc").write_bytes(gpg("--armor", "--export").stdout)
            root = server.ask("GET", "/api/v1/organisations")["items"][0]["id"]
            server.ask("POST", "/api/v1/facts", {"kind": "contact", "organisation": root, "from": "2020-01-01T00:00:00Z", "document": "thử",
                                                 "body": {"purpose": "incident", "channel": "email", "value": "pgp@vncert.example", "key": " ".join(fingerprint[i:i + 4] for i in range(0, 40, 4))}})
            to_key = ("paper", "post", paper, "pgp@vncert.example", "--role", "owner", "--to", "Trực ban")
            done = run(*to_key)
            lib.expect(done.returncode != 0 and fingerprint in done.stderr, "without the key nothing goes unencrypted by itself", done.stderr)
            done = run("paper", "add-key", str(server.data.parent / "key.asc"))
            lib.expect(done.returncode == 0 and fingerprint in done.stdout, "the key is kept", done.stderr)
            secret_key = server.data.parent / "secret.asc"
            secret_key.write_bytes(gpg("--armor", "--export-secret-keys").stdout)
            done = run("paper", "add-key", str(secret_key))
            lib.expect(done.returncode != 0 and "holds a secret" in done.stderr, "a secret key is refused", done.stderr)
            lib.expect(run(*to_key).returncode == 0, "now it is queued")
            lib.wait_for(lambda: len(mail.mails) == 2, "the encrypted mail")
            sealed = mail.messages()[1]
            parts = list(sealed.iter_parts())
            lib.expect(sealed.get_content_type() == "multipart/encrypted" and [part.get_content_type() for part in parts] == ["application/pgp-encrypted", "application/octet-stream"], "in the form of RFC 3156", sealed.get_content_type())
            opened = email.message_from_bytes(gpg("--decrypt", input=parts[1].get_payload(decode=True)).stdout, policy=email.policy.default)
            lib.expect(scan.read_bytes() in [part.get_payload(decode=True) for part in opened.iter_attachments()], "GnuPG reads the signed bytes out of it", opened.get_content_type())
            lib.expect(scan.read_bytes()[20:60] not in mail.mails[1] and first()["encrypted"] is True, "and nobody else")
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], capture_output=True)

        # Programs are told of cases by a rule that asks for it.
        hook = Hook()
        done = run("notify", "add", "Vụ việc", "--event", "case", "--webhook", f"http://127.0.0.1:{hook.port}/cases")
        lib.expect(done.returncode == 0, "a rule for cases", done.stderr)
        secret = json.loads(done.stdout)["secret"]
        lib.expect(run("case", "open", "Tên miền giả mạo", "--kind", "phishing").returncode == 0, "another case")
        lib.wait_for(lambda: hook.calls, "the webhook")
        _, headers, body = hook.calls[0]
        told = json.loads(body)
        lib.expect(told["type"] == "cases" and told["count"] == 1 and told["cases"][0]["event"] == "opened" and told["cases"][0]["title"] == "Tên miền giả mạo", "is told what happened to which case", told)
        lib.expect(headers["X-Vonggac-Signature"] == "sha256=" + hmac.new(secret.encode(), headers["X-Vonggac-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest(), "signed")

        # What comes back, piped in as an alias of a mail server does it.
        report = ("From MAILER-DAEMON Tue Dec  1 00:00:00 2026\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"xx\"\nMIME-Version: 1.0\nSubject: Undelivered\n\n--xx\nContent-Type: text/plain\n\nsorry\n"
                  "--xx\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.vncert.example\n\nFinal-Recipient: rfc822; ung-cuu@vncert.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 mailbox full\n\n"
                  f"--xx\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message['Message-ID']}\n\n--xx--\n")
        back = subprocess.run([program, "paper", "bounce", "-", "--data", str(server.data)], input=report, text=True, capture_output=True)
        lib.expect(back.returncode == 0, "the report is taken from standard input", back.stderr)
        came_back = server.ask("GET", f"/api/v1/papers/{paper}/mails")["items"][-1]
        lib.expect(came_back["id"] == queued["id"] and came_back["bounced"] and "552 mailbox full" in came_back["error"], "the mail is marked as come back", came_back)
        away = subprocess.run([program, "paper", "bounce", "-", "--data", str(server.data)], input="Subject: I am away\n\nbye\n", text=True, capture_output=True)
        lib.expect(away.returncode > 1 and "RFC 3464" in away.stderr, "anything else is refused with the reason", away.stderr)
        mail.close()


mail_and_webhook()
paper_by_mail()
refused()
server_away()
silent_server()
killed_between()
lib.finish()
