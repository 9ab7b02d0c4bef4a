#!/usr/bin/env python3
"""State on PostgreSQL while everything is killed. Usage: tests/postgres.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

A node whose State is a database of a private server takes records from several senders. Each round kills the node (kill -9),
or the database server with all its processes, or both, and starts again what is down. At the end every acknowledged record
is in the journal, and findings equal those of an uninterrupted run over the same journal with State in SQLite, and what the
rules must find, worked out here. Then the State moves to SQLite and back into a database by backup and restore. Rounds: 4 with --quick, else
VG_ROUNDS (50 when it is not set), at most 200.
"""
import json, os, random, sys, time

import lib
from with_postgres import Server as Postgres

program, dump, quick = sys.argv[1], sys.argv[3], "--quick" in sys.argv
rounds = 4 if quick else min(int(os.environ.get("VG_ROUNDS", "50")), 200)
seed = int(os.environ.get("VG_SEED", str(random.randrange(1 << 32))))
random.seed(seed)
print(f"{rounds} rounds, VG_SEED={seed}", flush=True)
SETTINGS = "[journal]\nsegment_bytes = 1048576\n[pipeline]\nbatch_records = 500\n"
killed = {"node": 0, "database": 0, "both": 0}


def kill_something(server, postgres, number):
    time.sleep(random.uniform(0.05, 0.8))  # the moment is what varies; nothing waits for it
    what = ("node", "database", "database", "both")[number % 4]
    killed[what] += 1
    if what != "node":
        postgres.kill()
    if what != "database":
        server.kill()
    time.sleep(random.uniform(0, 0.5))
    if what != "node":
        postgres.start()
    if what != "database":
        server.start()


def check(server, again):
    health = server.caught_up()
    lib.expect(health["pipeline"]["trouble"] == "", "the pipeline has no trouble", health["pipeline"])
    lib.expect(health["pipeline"]["set_aside"] == [], "no innocent record is set aside", health["pipeline"]["set_aside"])
    found, counts = server.findings(), server.counts()
    code, _ = server.stop()
    lib.expect(code == 0, "it stops with code 0", code)
    verified = server.command("verify")
    lib.expect(verified.returncode == 0, "verify finds journal and audit chain good", verified.stdout + verified.stderr)
    lib.expect(not (server.data / "state.sqlite").exists(), "there is no State in a file")
    records = server.records(dump)
    acknowledged, duplicates = lib.check_journal(records, senders, "after the last restart")
    lib.expect({k: v for k, v in counts.items() if k[0] == lib.BAD} == lib.expected_counts(records), "findings are what the rules must find", counts)
    lib.copy_journal(server, again)
    with again:
        again.caught_up()
        lib.expect(again.counts() == counts, "an uninterrupted run with State in SQLite gives the same (rule, entity, count)", (counts, again.counts()))
        lib.expect(again.findings() == found, "and the same findings in all their members", (found[:1], again.findings()[:1]))
    return acknowledged, len(records), duplicates, found


def move(server, found):
    """The State to SQLite by backup and restore, and from there into another database."""
    secret = server.base / "passphrase"
    secret.write_text("correct horse battery staple\n")
    postgres.sql("create database other")
    url = f"postgresql:///other?host={postgres.folder}&user=vonggac"
    for name, state, settings in (("file", [], ""), ("database", ["--state", url], f'[state]\npostgresql = "{url}"\n')):
        copy, data = server.base / f"backup-{name}", server.base / f"moved-{name}"
        made = server.command("backup", str(copy), "--passphrase-file", str(secret))
        lib.expect(made.returncode == 0, f"a backup for the move to a {name} is made", made.stdout + made.stderr)
        done = lib.subprocess.run([program, "restore", str(copy), "--data", str(data), "--passphrase-file", str(secret), *state], capture_output=True, text=True)
        lib.expect(done.returncode == 0, f"and restored into a {name}", done.stdout + done.stderr)
        lib.expect((data / "state.sqlite").exists() == (name == "file"), f"State is in the {name}")
        server = lib.Server(program, SETTINGS + settings, data=data, base=server.base)
        server.start()
        server.caught_up()
        lib.expect(server.findings() == found, f"findings are the same in the {name}")
        lib.expect(server.stop()[0] == 0, "it stops with code 0")
        verified = server.command("verify")
        lib.expect(verified.returncode == 0, f"the audit chain in the {name} is whole", verified.stdout + verified.stderr)
    wrong = lib.Server(program, SETTINGS, data=server.data, base=server.base).launch()
    lib.expect(wrong.process.wait(60) == 2 and "set state.postgresql" in wrong.log(), "without the setting it does not begin with a second State", wrong.log()[-300:])


postgres = Postgres()
begin = time.monotonic()
try:
    postgres.start()
    postgres.sql("create database vonggac")
    state = f'[state]\npostgresql = "{postgres.connection("vonggac")}"\n'
    with lib.Server(program, SETTINGS + state) as server:
        kinds = ["ndjson", "bulk", "raw", "ndjson"]
        senders = [lib.Sender(server, kind, f"{kind}-{i}", server.source(f"{kind}-{i}"), batch=random.choice([1, 50, 200]), pace=0.01) for i, kind in enumerate(kinds)]
        for sender in senders:
            sender.start()
        for number in range(rounds):
            for sender in senders:
                sender.held.clear()
            kill_something(server, postgres, number)
        lib.finish_senders(senders)
        acknowledged, kept, duplicates, found = check(server, lib.Server(program, SETTINGS))
        move(server, found)
    lib.figure(f"{rounds} rounds ({killed['node']} kills of the node, {killed['database']} of PostgreSQL, {killed['both']} of both) in {time.monotonic() - begin:.0f} s: "
               f"{acknowledged} records acknowledged, {kept} kept, {duplicates} of them duplicates")
finally:
    postgres.remove()
lib.finish()
