#!/usr/bin/env python3
"""What systemd sees: READY=1, and a graceful stop within 5 s that loses nothing. Usage: tests/service.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]"""
import json, random, socket, sys, time

import lib

program, dump, quick = sys.argv[1], sys.argv[3], "--quick" in sys.argv


def heard(notifications, wanted, seconds=30):
    """All that came up to the wanted message."""
    notifications.settimeout(seconds)
    got = []
    while not any(line == wanted for message in got for line in message.split("\n")):
        try:
            got.append(notifications.recv(4096).decode())
        except TimeoutError:
            break
    return got


def half_upload(server, token, lines):
    """Begins a chunked upload and leaves it unfinished: the connection."""
    peer = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    peer.sendall(f"POST /ingest/ndjson HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    for line in lines:
        peer.sendall(f"{len(line) + 1:x}\r\n".encode() + line + b"\n\r\n")
    return peer


def answer_of(peer):
    """The status of the answer, None when the connection ended without one."""
    data = b""
    try:
        while part := peer.recv(65536):
            data += part
    except OSError:
        pass
    peer.close()
    return (int(data.split(b" ", 2)[1]), data) if data.startswith(b"HTTP/1.1 ") else (None, data)


rounds, stops = (1 if quick else 5), []
for number in range(rounds):
    server = lib.Server(program, "[pipeline]\nbatch_records = 500\n")
    path = server.base / "notify"
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(str(path))
    server.environment["NOTIFY_SOCKET"] = str(path)
    with server, notifications:
        messages = heard(notifications, "READY=1")
        lib.expect(any("READY=1" in m.split("\n") for m in messages), "READY=1 arrives", messages)
        lib.expect(server.get("/readyz").status == 200, "and then it is ready")
        kinds = ["ndjson", "bulk", "raw"]
        senders = [lib.Sender(server, kind, f"{kind}-{i}", server.source(f"{kind}-{i}"), pace=0.002) for i, kind in enumerate(kinds)]
        for sender in senders:
            sender.start()
        lines = [json.dumps({"n": f"slow-{number}-{i}"}).encode() for i in range(100)]
        peer = half_upload(server, server.source("slow"), lines)
        lib.wait_for(lambda: all(sender.acknowledged for sender in senders), "all senders to get through")
        time.sleep(random.uniform(0.1, 0.5))           # the moment of the stop is what varies
        code, took = server.stop()
        stops.append(took)
        lib.expect(code == 0, "SIGTERM ends it with code 0", code)
        lib.expect(took < 5, "within 5 s", f"{took:.2f} s")
        messages = heard(notifications, "STOPPING=1", 2)
        lib.expect(any("STOPPING=1" in m.split("\n") for m in messages), "STOPPING=1 arrives", messages)
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join(60)
            sender.bad = [b for b in sender.bad if not (isinstance(b, lib.Answer) and b.status == 503)]
            lib.expect(not sender.bad, f"{sender.name_} got only answers that a sender can work with", sender.bad[:2])
        status, text = answer_of(peer)
        lib.expect(status is None or status >= 400, "the upload in hand was not finished and is not acknowledged", text[:300])
        records = server.records(dump)
        slow = [record for record in records if b'"slow-' in record]
        lib.expect(set(slow) <= set(lines), "what is kept of it is whole lines", slow[:2])
        lib.check_journal([r for r in records if b'"slow-' not in r], senders, "after the stop")
        server.start()
        health = server.caught_up()
        lib.expect(health["journal"]["damage"] == [], "no record was taken for damaged", health["journal"]["damage"])
        records = [r for r in records if r.startswith(b"{") and b"Image" in r]
        lib.expect({k: v for k, v in server.counts().items() if k[0] == lib.BAD} == lib.expected_counts(records), "findings are complete after the next start")
lib.figure(f"{rounds} stops under load: {min(stops):.2f} to {max(stops):.2f} s")
lib.finish()
