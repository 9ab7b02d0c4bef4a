#!/usr/bin/env python3
"""The restore drill. Usage: tests/backup.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

A node under load from several senders is backed up, backed up again, killed in the middle of a backup, and its data folder
is lost. What is restored is compared with what was: every record, count, finding, user, token, the audit chain, the
events that a search counts, evidence and keys. Then what goes wrong: damage, a kill in the middle of a restore.
"""
import os, pathlib, shutil, subprocess, sys, time

import lib

program, dump, quick = sys.argv[1], sys.argv[3], "--quick" in sys.argv
SETTINGS = "[journal]\nsegment_bytes = 1048576\n[pipeline]\nbatch_records = 500\n"
PASSPHRASE = "mười hai con giáp đi chơi"
os.environ["VONGGAC_BACKUP_PASSPHRASE"] = PASSPHRASE
load_seconds = 1.5 if quick else 6


def run(*words, environment=None, seconds=600):
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=seconds, env=environment)


def answer(done):
    lines = done.stdout.strip().splitlines()
    return lib.json.loads(lines[-1]) if lines else {}


def listed(folder):
    done = run("backup", "list", folder)
    lib.expect(done.returncode == 0, "the list of snapshots can be read", done.stderr)
    return [lib.json.loads(line) for line in done.stdout.splitlines()]


def objects(folder):
    """{file: (size, time of change)} of everything that must never change."""
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in (folder / "objects").rglob("*") if path.is_file() and path.suffix != ".tmp"}


def events_counted(server):
    """What a search counts, whole and for one word; None when this build has no search."""
    if "/api/v1/events/count" not in server.ask("GET", "/api/openapi.json")["paths"]:
        return None
    def level():
        counted = server.ask("GET", "/api/v1/events/count?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")
        return counted if counted["count"] >= data_records(server) else None
    whole = lib.wait_for(level, "the archive to catch up", 120)["count"]
    some = server.ask("GET", "/api/v1/events/count?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&q=badword")["count"]
    return whole, some


def data_records(server):
    """Records in the journal that are events, from what the pipeline counted by source."""
    return sum(source["counters"]["accepted"] for source in server.ask("GET", "/api/v1/sources?limit=1000")["items"])


def facts(server):
    """Everything that a restore has to give back."""
    server.caught_up()
    sources = {source["name"]: source["counters"] for source in server.ask("GET", "/api/v1/sources?limit=1000")["items"]}
    users = server.ask("GET", "/api/v1/users?limit=1000")["items"]
    tokens = server.ask("GET", "/api/v1/tokens?limit=1000")["items"]
    for token in tokens:
        token.pop("last_used", None)
    return {"sources": sources, "findings": server.findings(), "users": users, "tokens": sorted(tokens, key=lambda token: token["id"]), "events": events_counted(server)}


def restored(folder, snapshot=None, settings=SETTINGS):
    """A server, not started, over what was restored."""
    server = lib.Server(program, settings)
    words = ["restore", folder, "--data", server.data] + (["--snapshot", snapshot] if snapshot else [])
    begin = time.monotonic()
    done = run(*words)
    lib.expect(done.returncode == 0, "the restore proves what it wrote", (done.returncode, done.stdout, done.stderr))
    return server, answer(done), time.monotonic() - begin


def drill(server, folder):
    kinds = ["ndjson", "bulk", "raw", "bulk"]
    senders = [lib.Sender(server, kind, f"{kind}-{i}", server.source(f"{kind}-{i}"), batch=100, pace=0.005) for i, kind in enumerate(kinds)]
    server.ask("POST", "/api/v1/users", {"name": "lan", "role": "analyst", "password": "a long sentence to remember"})
    (server.data / "evidence/2026").mkdir(parents=True)
    (server.data / "evidence/2026/photo.bin").write_bytes(os.urandom(300_000))
    for sender in senders:
        sender.start()
    time.sleep(load_seconds)                       # the load; nothing waits for it

    before = sum(len(sender.acknowledged) for sender in senders)
    done = server.command("backup", str(folder))
    first = answer(done)
    lib.expect(done.returncode == 0 and first["keys"] and first["sealed"], "a backup is made while senders send", (done.returncode, done.stdout, done.stderr))
    lib.expect(sum(len(sender.acknowledged) for sender in senders) > before, "and they were acknowledged meanwhile")
    lib.expect(0 < first["state_position"] <= first["journal_end"], "State is not ahead of the journal", first)
    kept = objects(folder)
    time.sleep(load_seconds)
    second = answer(server.command("backup", str(folder)))
    lib.expect(second["new_bytes"] < second["bytes"] * 0.9 and second["journal_end"] > first["journal_end"], "the second backup stores only what is new", (first, second))
    lib.expect(kept.items() <= objects(folder).items(), "no file that was there was written again")
    lib.figure(f"under load: first backup of {first['bytes'] / 2**20:.1f} MiB stored {first['new_bytes'] / 2**20:.1f}, second of {second['bytes'] / 2**20:.1f} stored {second['new_bytes'] / 2**20:.1f}")

    # The node is killed in the middle of a backup, which a large file makes long enough.
    large = server.data / "evidence/2026/large.bin"
    large.write_bytes(os.urandom(64 << 20))
    more = sorted(path.name for path in (folder / "objects").rglob("*") if path.is_file())
    making = subprocess.Popen([program, "backup", str(folder), "--data", str(server.data)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    lib.wait_for(lambda: making.poll() is not None or sorted(path.name for path in (folder / "objects").rglob("*") if path.is_file()) != more, "the backup to write something")
    for sender in senders:
        sender.held.set()
    server.kill()
    code = making.wait(60)
    lib.expect(code == 2, "the command says that it was broken off", (code, making.stderr.read()))
    names = [snapshot["snapshot"] for snapshot in listed(folder)]
    lib.expect(names == [first["snapshot"], second["snapshot"]], "the snapshots before the kill are there, and no half one", (code, names))
    verified = run("backup", "verify", folder)
    lib.expect(verified.returncode == 0 and answer(verified)["checked"] == "all bytes", "and they are whole", verified.stderr)

    large.unlink()
    server.start()
    runs = server.ask("GET", "/api/v1/backups")["items"]
    lib.expect(runs[0]["outcome"] == "broken off", "the run that was killed is told as broken off", runs[:1])
    for sender in senders:
        sender.held.clear()
    time.sleep(0.3)
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(120)
        lib.expect(not sender.bad and sender.acknowledged, f"{sender.name_} got through", sender.bad[:2])
    server.caught_up()
    server.stop()                                  # so that the counters before the journal are in State to the last
    server.start()
    was = facts(server)
    third = answer(server.command("backup", str(folder)))
    lib.expect(third["state_position"] == third["journal_end"], "a quiet node is copied whole", third)
    was["evidence"] = (server.data / "evidence/2026/photo.bin").read_bytes()
    was["keys"] = {path.name: path.read_bytes() for path in (server.data / "keys").iterdir()}
    server.kill()
    records = server.records(dump)
    shutil.rmtree(server.data)                     # the disk is lost
    return senders, was, records, second, third


def compare(again, told, was, records, senders):
    """The restored node, against what the lost one said of itself."""
    lib.expect(told["good"] and told["archive_end"] is not None or was["events"] is None, "the archive was in the backup", told)
    again.start()
    now = facts(again)
    for name in ("sources", "findings", "users", "tokens", "events"):
        lib.expect(now[name] == was[name], f"{name} are the same after the restore", (was[name], now[name]))
    correlation = again.ask("GET", "/api/v1/health")["correlation"]
    lib.expect((again.data / "correlation").is_dir() and not correlation["gap"], "the groups of the correlations were taken up", correlation)
    lib.expect((again.data / "evidence/2026/photo.bin").read_bytes() == was["evidence"], "evidence is the same")
    lib.expect({path.name: path.read_bytes() for path in (again.data / "keys").iterdir()} == was["keys"], "keys are the same")
    signed = lib.request(again.connection(), "POST", "/api/v1/session", lib.json.dumps({"name": "lan", "password": "a long sentence to remember"}).encode(), {"Content-Type": "application/json"})
    lib.expect(signed.status == 200, "people sign in with their passwords", signed)
    sent = again.post("/ingest/ndjson", b'{"after":"the restore"}\n', senders[0].token)
    lib.expect(sent.status == 200 and sent.json()["accepted"] == 1, "tokens of senders work", sent)
    audit = again.ask("GET", "/api/v1/audit/verification")
    lib.expect(audit["good"] and audit["lines"] > 5, "the audit chain is whole, and goes on", audit)
    again.caught_up()
    code, _ = again.stop()
    lib.expect(code == 0, "the restored node stops with code 0", code)
    verified = again.command("verify")
    lib.expect(verified.returncode == 0, "verify finds the restored folder good, with what came after", verified.stdout + verified.stderr)
    lib.expect(again.records(dump)[:-1] == records, "every record is there, in order, byte for byte", len(records))
    lib.check_journal(records, senders, "in the restored journal")


def compare_under_load(again, told, records):
    """A snapshot that was made while senders sent: it is what the journal had then, and all that follows from it."""
    again.start()
    again.caught_up()
    counts, sources, events = again.counts(), again.ask("GET", "/api/v1/sources?limit=1000")["items"], events_counted(again)
    again.stop()
    part = again.records(dump)
    lib.expect(0 < len(part) < len(records) and part == records[:len(part)], "the journal is the beginning of the whole one", (len(part), len(records)))
    worked_out = lib.expected_counts(part)
    lib.expect({key: count for key, count in counts.items() if key[0] == lib.BAD} == worked_out, "State and the replay of the rest find what the rules must find", (counts, worked_out))
    words = sum(b"badword" in record for record in part)
    lib.expect(sum(count for key, count in counts.items() if key[0] == lib.WORD) == words, "in raw lines as well", (counts, words))
    for source in sources:
        expected = sum((f'"n":"{source["name"]}-' in text) or text.startswith(source["name"] + "-") for text in (record.decode() for record in part))
        lib.expect(source["counters"]["accepted"] == expected, f"records of {source['name']} are counted once", (source["counters"], expected))
    lib.expect(events is None or events == (len(part), words), "a search counts each record once", (events, len(part), words))
    lib.figure(f"snapshot under load: State at {told['state_position']} of {told['journal_end']}; the rest was replayed")


def without_archive(folder, was):
    """The archive is made again from the journal."""
    again, _, _ = restored(folder)
    try:
        shutil.rmtree(again.data / "archive", ignore_errors=True)
        again.start()
        lib.expect(facts(again)["events"] == was["events"], "an archive that is gone is rebuilt from the journal", was["events"])
    finally:
        again.close()


def killed_restore(folder):
    """kill -9 in the middle of a restore leaves a folder that nobody takes for whole."""
    killed = 0
    for _ in range(10):
        server = lib.Server(program, SETTINGS)
        try:
            mark = server.data / "restore-incomplete"
            making = subprocess.Popen([program, "restore", str(folder), "--data", str(server.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            lib.wait_for(lambda: mark.exists() or making.poll() is not None, "the restore to begin")
            making.kill()
            making.wait()
            if not mark.exists():
                continue
            killed += 1
            server.launch()
            code = server.process.wait(30)
            lib.expect(code == 2 and "not finished" in server.log(), "a server refuses the folder", (code, server.log()[-500:]))
            lib.expect(server.command("user", "list").returncode == 2, "so does the command line")
            again = run("restore", folder, "--data", server.data)
            lib.expect(again.returncode == 2 and "not finished" in again.stderr, "a second restore does not go on in it", again.stderr)
            shutil.rmtree(server.data)
            lib.expect(run("restore", folder, "--data", server.data).returncode == 0, "in a fresh folder it succeeds")
            break
        finally:
            server.close()
    lib.expect(killed > 0, "a restore was killed in the middle")


def damage(folder):
    path = max(objects(folder), key=lambda one: one.stat().st_size)
    whole = path.read_bytes()
    target = folder.parent / "never"
    for what, content in (("altered", whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]), ("cut", whole[:-1]), ("gone", None)):
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        done = run("backup", "verify", folder)
        lib.expect(done.returncode == 1 and path.name in done.stderr, f"an object that is {what} is named", (done.returncode, done.stderr[:500]))
        done = run("backup", "verify", folder, environment={key: value for key, value in os.environ.items() if key != "VONGGAC_BACKUP_PASSPHRASE"})
        lib.expect(done.returncode == 1 and path.name in done.stderr, "also by who has not the passphrase", (done.returncode, done.stderr[:500]))
        done = run("restore", folder, "--data", target)
        lib.expect(done.returncode == 2 and path.name in done.stderr, "and nothing is restored from it", (done.returncode, done.stderr))
        shutil.rmtree(target, ignore_errors=True)
        path.unlink(missing_ok=True)
        path.write_bytes(whole)
    wrong = run("restore", folder, "--data", target, environment={**os.environ, "VONGGAC_BACKUP_PASSPHRASE": "another sentence"})
    lib.expect(wrong.returncode == 2 and "passphrase" in wrong.stderr and not target.exists(), "a wrong passphrase restores nothing", wrong.stderr)


def prune(folder, newest):
    done = run("backup", "prune", folder, "--keep", 1)
    lib.expect(done.returncode == 0, "old snapshots are removed", done.stderr)
    lib.expect([snapshot["snapshot"] for snapshot in listed(folder)] == [newest], "the newest stays")
    lib.expect(run("backup", "verify", folder).returncode == 0, "and is whole")
    lib.expect(run("backup", "prune", folder, "--keep", 0).returncode == 2, "all of them is not asked for")


def without_passphrase(server, folder):
    bare = {key: value for key, value in os.environ.items() if key != "VONGGAC_BACKUP_PASSPHRASE"}
    done = run("backup", folder, "--data", server.data, environment=bare)
    lib.expect(done.returncode == 3 and "keys" in done.stderr, "without a passphrase keys are left out, and that is said", (done.returncode, done.stderr))
    done = run("backup", folder, "--data", server.data, "--without-keys", environment=bare)
    lib.expect(done.returncode == 0 and "NOT" not in done.stderr, "who says --without-keys knows it", (done.returncode, done.stderr))
    secret = (server.data / "keys/journal.key").read_bytes()
    lib.expect(not any(secret.strip() in path.read_bytes() for path in objects(folder)), "no object holds the key")
    again = lib.Server(program, SETTINGS)
    try:
        lib.expect(run("restore", folder, "--data", again.data, environment=bare).returncode == 2, "a restore asks for the keys")
        done = run("restore", folder, "--data", again.data, "--keys", server.data / "keys", environment=bare)
        lib.expect(done.returncode == 0, "and takes them from where they are kept", done.stderr)
        again.start()
        lib.expect(again.stop()[0] == 0 and again.command("verify").returncode == 0, "the node goes on under its old key")
    finally:
        again.close()


base = pathlib.Path(lib.tempfile.mkdtemp(prefix="vonggac-backup-"))
folder = base / "backup"
opened = []
try:
    with lib.Server(program, SETTINGS) as server:
        senders, was, records, second, third = drill(server, folder)
    again, told, seconds = restored(folder)
    opened.append(again)
    lib.figure(f"{len(records)} records, {told['bytes'] / 2**20:.1f} MiB in {told['files']} files restored and proven in {seconds:.2f} s")
    compare(again, told, was, records, senders)
    without_passphrase(again, base / "plain")      # by the command line alone: no server has the folder open
    loaded, _, _ = restored(folder, second["snapshot"])
    opened.append(loaded)
    compare_under_load(loaded, second, records)
    if was["events"] is None:
        lib.skip("the archive in a backup", "this build has no search")
    else:
        without_archive(folder, was)
    killed_restore(folder)
    damage(folder)
    prune(folder, third["snapshot"])
finally:
    for server in opened:
        server.close()
    shutil.rmtree(base, ignore_errors=True)
lib.finish()
