#!/usr/bin/env python3
"""A record that crashes the parser is set aside alone. Usage: tests/crash_record.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

The test build ends itself when it parses a record that holds VG-CRASH-ME. Two such records stand among 3,000 others; a
supervisor (here) starts the process again each time.
"""
import http.client, sys

import lib

test_program, dump = sys.argv[2], sys.argv[3]
RECORDS, CRASHES = 3000, (700, 2100)


def record(n):
    text = "VG-CRASH-ME" if n in CRASHES else "calm"
    return f'{{"n":{n},"host":{{"name":"h{n % 3}"}},"Image":"C:\\\\bad.exe","text":"{text}"}}'.encode()


with lib.Server(test_program, "[pipeline]\nbatch_records = 400\n") as server:
    server.kill()
    server.wrap = ("prlimit", "--core=0")
    server.start()
    token = server.source("web-01")
    body = b"".join(record(n) + b"\n" for n in range(RECORDS))
    acknowledged = False
    try:
        acknowledged = server.post("/ingest/ndjson", body, token).status == 200
    except (OSError, http.client.HTTPException):
        pass                                            # it may end before its answer is out
    ends = 0
    for _ in range(20):                                 # what a supervisor does
        try:
            health = server.caught_up(60)
            break
        except (RuntimeError, OSError, http.client.HTTPException):
            server.process.wait(30)
            ends += 1
            server.launch()
            try:
                server.wait_ready()
            except RuntimeError:
                pass
    else:
        raise RuntimeError("it did not come to rest in 20 starts")
    lib.expect(server.process.poll() is None, "it runs in the end")
    aside = health["pipeline"]["set_aside"]
    lib.expect(len(aside) == len(CRASHES), "exactly the records that crash are set aside", aside)
    counts = server.counts()
    records_kept = health["journal"]["end"]
    positions = sorted(one["position"] for one in aside)
    lib.expect(positions[1] - positions[0] == CRASHES[1] - CRASHES[0], "they are the ones that were planted", positions)
    lib.expect(all(one["source"] == server.ids["web-01"] for one in aside), "with their source", aside)
    lib.expect(3 * len(CRASHES) <= ends <= 4 * len(CRASHES),
               "each ended the program once among others and twice alone, and at most once in the archive's hand", ends)
    ready = server.get("/readyz")
    lib.expect(ready.status == 200, "it is ready", ready)
    after = server.post("/ingest/ndjson", record(5) + b"\n", token)
    lib.expect(after.status == 200, "it goes on taking records", after)
    server.caught_up()

    # A person may ask for it once more: it ends the program again, and stays set aside.
    try:
        server.api("POST", "/api/v1/set-aside/retry", {"position": positions[0]})
        server.process.wait(30)
    except (OSError, http.client.HTTPException):
        server.process.wait(30)
    lib.expect(server.process.returncode not in (None, 0), "the retry of a record that crashes ends the program", server.process.returncode)
    server.start()
    health = server.caught_up()
    lib.expect(sorted(one["position"] for one in health["pipeline"]["set_aside"]) == positions, "it is still set aside after that, and the next start stays up", health["pipeline"])
    server.stop()

    records = server.records(dump)
    lib.expect(len(set(records)) == RECORDS, "all records are in the journal, the bad ones too", len(set(records)))
    calm = [r for r in records if b"VG-CRASH-ME" not in r]
    worked_out = lib.expected_counts(calm)
    server.start()
    lib.expect(server.counts() == worked_out, "all other records were worked on once", (server.counts(), worked_out))
    lib.figure(f"{records_kept} records, {len(CRASHES)} that crash: {ends} ends of the process until both were set aside; acknowledged before the first: {acknowledged}")
lib.finish()
