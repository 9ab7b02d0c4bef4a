#!/usr/bin/env python3
"""What the pretended people and attackers run on their machines: `client.py KIND FROM WORDS...` speaks from the address FROM.
It only speaks to the addresses of documentation, which exist inside the recorder's namespaces alone."""
import http.client, random, smtplib, socket, sys, time, urllib.parse

socket.setdefaulttimeout(8)


def http_get(source, host, port, requests, agent, name, pause):
    """requests: [(method, target, body)]; one connection each, as scanners do."""
    for method, target, body in requests:
        try:
            connection = http.client.HTTPConnection(host, port, source_address=(source, 0))
            connection.request(method, target, body, {"User-Agent": agent, "Host": name, **({"Content-Type": "application/x-www-form-urlencoded"} if body else {})})
            connection.getresponse().read()
            connection.close()
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(random.uniform(0.5, 1.5) * pause)


def connect_through(source, proxy, target):
    """CONNECT by the proxy, and a few bytes when it is allowed."""
    try:
        with socket.create_connection((proxy, 3128), source_address=(source, 0)) as connection:
            connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
            if b" 200 " in connection.recv(4096):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                while connection.recv(65536):
                    pass
    except OSError:
        pass


def get_through(source, proxy, method, url, agent, body=None):
    http_get(source, proxy, 3128, [(method, url, body)], agent, urllib.parse.urlsplit(url).netloc, 0)


def scan(source, targets, pause):
    """One SYN to each (address, port); what is dropped is not waited for."""
    for address, port in targets:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        probe = socket.socket(family)
        probe.setblocking(False)
        probe.bind((source, 0))
        try:
            probe.connect((address, port))
        except OSError:
            pass
        time.sleep(pause)
        probe.close()


def send_mail(source, host, port, login, sender, recipients, subject, text):
    """Which answer ended it: "sent", "refused" or "failed"."""
    try:
        own = "may-tram.truong-vidu.example" if source.startswith("192.0.2.") else "mail.example.com"
        with smtplib.SMTP(host, port, local_hostname=own, source_address=(source, 0), timeout=15) as mail:
            if login:
                mail.login(*login)
            mail.sendmail(sender, recipients, f"From: {sender}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n\r\n{text}\r\n")
        return "sent"
    except smtplib.SMTPException:
        return "refused"
    except OSError:
        return "failed"


def guess_mail(source, host, port, user, password):
    try:
        with smtplib.SMTP(host, port, local_hostname="ylmf-pc", source_address=(source, 0), timeout=15) as mail:
            mail.login(user, password)
        return True
    except (smtplib.SMTPException, OSError):
        return False


def ask(source, server, name, kind):
    """One question of DNS over UDP from that address. kind: 1 A, 16 TXT, 28 AAAA."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = random.randbytes(2) + b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00" + bytes([0, kind, 0, 1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.bind((source, 0))
        asker.settimeout(3)
        asker.sendto(question, (server, 53))
        try:
            asker.recv(4096)
        except OSError:
            pass
