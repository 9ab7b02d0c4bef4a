#!/usr/bin/env python3
"""kill -9 of the real program while all senders send. Usage: tests/kill9.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

Rounds: 3 with --quick, else VG_ROUNDS (50 when it is not set), in folders of at most 50 rounds each. Each round lets the
senders work for a random part of a second, kills the process, and starts it again; every fifth is killed once more while
it recovers. At the end of a folder: every acknowledged record is in the journal exactly as sent, duplicates are at most
the unacknowledged re-sends, and findings equal those of an uninterrupted run over the same journal, and what the rules
must find, worked out here; among them a correlation, whose groups are taken up from a snapshot after each kill.
"""
import json, os, random, sys, time

import lib, shippers

program, dump, quick = sys.argv[1], sys.argv[3], "--quick" in sys.argv
rounds = 3 if quick else int(os.environ.get("VG_ROUNDS", "50"))
seed = int(os.environ.get("VG_SEED", str(random.randrange(1 << 32))))
random.seed(seed)
print(f"{rounds} rounds, VG_SEED={seed}", flush=True)
# Small segments, so that many are closed; small batches, so that many are in hand at some kill.
# Segments of the archive are closed each second and joined soon.
SETTINGS = "[journal]\nsegment_bytes = 1048576\n[pipeline]\nbatch_records = 500\n[archive]\nsegment_seconds = 1\nsegment_events = 20000\n" + shippers.SETTINGS
# Written every second, so that kills come before, while and after. The rule that is counted makes findings of its own too.
SETTINGS += "[correlation]\nsnapshot_seconds = 1\n"
BURST = "33333333-3333-4333-8333-333333333333"
BURST_RULE = f"""title: Bad programs again and again
id: {BURST}
status: test
correlation:
    type: event_count
    rules:
        - {lib.BAD}
    group-by:
        - host.name
    timespan: 1d
    condition:
        gte: 5
generate: true
level: critical
"""
totals = {"acknowledged": 0, "kept": 0, "duplicates": 0, "early": 0}
restarts = []


def new_server():
    server = lib.Server(program, SETTINGS)
    (server.base / "rules" / "burst.yml").write_text(BURST_RULE)
    return server


def kill_and_restart(server, senders, number):
    time.sleep(random.uniform(0.05, 0.8))          # the moment of the kill is what varies; nothing waits for it
    for sender in senders:
        sender.held.set()
    server.kill()
    if number % 5 == 4:
        server.launch()
        time.sleep(random.uniform(0, 0.3))
        server.kill()
        totals["early"] += 1
    restarts.append(server.start())
    for sender in senders:
        sender.held.clear()


def name_of_record(record):
    if record.startswith(b"{"):
        value = json.loads(record)
        return value["n"] if "n" in value else value["body"].split(" ")[0]
    return record.split(b" ")[0].decode()


def name_of_event(event):
    fields = event["fields"]
    return fields["n"] if "n" in fields else fields[next(name for name in ("body", "message") if name in fields)].split(" ")[0]


def check(server, senders):
    health = server.caught_up()
    lib.expect(health["pipeline"]["trouble"] == "", "the pipeline has no trouble", health["pipeline"])
    lib.expect(health["pipeline"]["set_aside"] == [], "no innocent record is set aside", health["pipeline"]["set_aside"])
    lib.expect(health["journal"]["damage"] == [] and "damaged records" not in server.log(), "no record was ever taken for damaged", health["journal"]["damage"])
    found, counts = server.findings(), server.counts()
    archive = server.searchable()["archive"]
    lib.expect(archive["trouble"] == "" and archive["damage"] == [], "the archive has no trouble and no damage", archive)
    events = server.events()
    code, _ = server.stop()
    lib.expect(code == 0, "it stops with code 0", code)
    verified = server.command("verify")
    lib.expect(verified.returncode == 0, "verify finds the folder good", verified.stdout + verified.stderr)

    records = server.records(dump)
    acknowledged, duplicates = lib.check_journal(records, senders, "after the last restart")
    lib.expect(len({event["id"] for event in events}) == len(events), "no event stands in the archive twice")
    lib.expect(sorted(name_of_event(event) for event in events) == sorted(name_of_record(record) for record in records),
               "every record in the journal can be searched exactly once", (len(events), len(records)))
    totals["segments"] = max(totals.get("segments", 0), archive["segments"])
    worked_out = lib.expected_counts(records)
    lib.expect({k: v for k, v in counts.items() if k[0] == lib.BAD} == worked_out, "findings are what the rules must find", (counts, worked_out))
    bursts = {(BURST, entity): count for (_, entity), count in worked_out.items() if count >= 5}
    lib.expect({k: v for k, v in counts.items() if k[0] == BURST} == bursts, "a correlation is one finding for each group, with all its events", (counts, bursts))
    words = sum(b"badword" in record for record in records)
    lib.expect(sum(v for k, v in counts.items() if k[0] == lib.WORD) == words, "raw lines are found as well", (counts, words))
    totals["acknowledged"] += acknowledged
    totals["duplicates"] += duplicates
    totals["kept"] += len(records)

    # The same journal in a folder that was never interrupted: State is rebuilt from position 0.
    again = new_server()
    lib.copy_journal(server, again)
    with again:
        again.caught_up()
        lib.expect(again.counts() == counts, "an uninterrupted run over the journal gives the same (rule, entity, count)", (counts, again.counts()))
        lib.expect(again.findings() == found, "and the same findings in all their members", (found[:1], again.findings()[:1]))


begin, left = time.monotonic(), rounds
while left > 0:
    with new_server() as server:
        kinds = ["ndjson", "bulk", "raw", "ndjson", "bulk"]
        senders = [lib.Sender(server, kind, f"{kind}-{i}", server.source(f"{kind}-{i}"), batch=random.choice([1, 50, 200]), pace=0.01) for i, kind in enumerate(kinds)]
        shippers.register(server)
        senders += [shippers.make(server, kind, f"{kind}-9", server.source(f"{kind}-9"), batch=random.choice([1, 50, 200]), pace=0.01) for kind in shippers.KINDS]
        for sender in senders:
            sender.start()
        for number in range(min(left, 50)):
            kill_and_restart(server, senders, number)
        lib.finish_senders(senders)
        check(server, senders)
    left -= 50
restarts.sort()
lib.figure(f"{rounds} kills (and {totals['early']} while starting) in {time.monotonic() - begin:.0f} s: {totals['acknowledged']} records acknowledged, "
           f"{totals['kept']} kept, {totals['duplicates']} of them duplicates; restart took {restarts[len(restarts) // 2]:.2f} s (median), {restarts[-1]:.2f} s (longest)")
lib.finish()
