#!/usr/bin/env python3
"""The clock steps back an hour. Usage: tests/clock.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

Findings keep growing and are not split; nothing is lost; retention deletes by received time and never what is younger
than it must be. The part about retention waits for the node's own minute and is left out with --quick.
"""
import datetime, secrets, sys, time

import lib

test_program, dump, quick = sys.argv[2], sys.argv[3], "--quick" in sys.argv
DAY = 86400


def record(n, host="h"):
    return f'{{"n":{n},"host":{{"name":"{host}"}},"Image":"C:\\\\bad.exe","text":"{secrets.token_hex(300)}"}}'.encode() + b"\n"


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


server = lib.Server(test_program, "[journal]\nsegment_bytes = 65536\nkeep_days = 1\n")
offset = server.base / "offset"
offset.write_text("0")
server.environment["VG_TEST_CLOCK_OFFSET_FILE"] = str(offset)
with server:
    token = server.source("web-01")

    def send(numbers, host="h"):
        """Records that compress badly enough to fill segments, in order."""
        answer = server.post("/ingest/ndjson", b"".join(record(n, host) for n in numbers), token)
        lib.expect(answer.status == 200 and answer.json()["accepted"] == len(numbers), "records are taken", answer)

    def finding(state="new", host="h"):
        found = [f for f in server.findings() if f["state"] == state and f["entity"] == f"host:{host}"]
        lib.expect(len(found) == 1, f"there is one {state} finding of {host}", found)
        return found[0]

    send(range(0, 100))
    server.caught_up()
    before = finding()
    offset.write_text("-3600")
    send(range(100, 200))
    server.caught_up()
    after = finding()
    lib.expect(after["id"] == before["id"] and after["count"] == 200, "the finding grows on", after)
    lib.expect(after["last_seen"] >= before["last_seen"], "it was not last seen earlier", (before, after))
    lib.expect(time_of(before["first_seen"]) - 3700 < time_of(after["first_seen"]) <= time_of(before["first_seen"]), "first seen goes by what the events say", (before, after))
    server.ask("POST", f"/api/v1/findings/{after['id']}/close", {"reason": "cleaned"})
    send(range(200, 300))
    server.caught_up()
    fresh = finding()
    lib.expect(fresh["id"] != after["id"] and fresh["count"] == 100, "after closing, a new finding is made even in the past", fresh)
    lib.expect(finding("closed")["count"] == 200, "the closed one stays as it was")
    audit = server.command("audit", "verify")
    lib.expect(audit.returncode == 0, "the audit chain is good with times that go back", audit.stdout + audit.stderr)

    # A restart with the clock still back.
    server.kill()
    server.start()
    send(range(300, 400))
    server.caught_up()
    lib.expect(finding()["count"] == 200, "it grows on after a restart")

    if not quick:
        segments = server.health()["journal"]["segments"]
        for part in range(20):                       # several segments, received "an hour ago"
            send(range(1000 + part * 200, 1200 + part * 200), f"old{part % 2}")
        health = server.caught_up()
        lib.expect(health["journal"]["segments"] > segments + 1, "segments were closed", health["journal"])
        offset.write_text(str(DAY - 600))            # from there: younger than a day
        begin = server.health()["journal"]["begin"]
        time.sleep(65)                               # the node looks once a minute
        lib.expect(server.health()["journal"]["begin"] == begin, "nothing younger than a day is deleted", server.health()["journal"])
        offset.write_text(str(2 * DAY))
        gone = lib.wait_for(lambda: server.health()["journal"]["begin"] > begin, "old segments to be deleted", 90)
        lib.expect(gone, "what is older than a day is deleted")
        send(range(9000, 9100), "late")
        health = server.caught_up()
        lib.expect(finding(host="late")["count"] == 100, "findings go on after retention")
        offset.write_text(str(2 * DAY - 3600))
        server.kill()
        server.start()
        send(range(9100, 9200), "late")
        server.caught_up()
        lib.expect(finding(host="late")["count"] == 200, "and with the clock back an hour again")
        verified = server.command("verify")
        lib.expect(verified.returncode == 0, "verify is content with a journal whose beginning retention took", verified.stdout + verified.stderr)
lib.finish()
