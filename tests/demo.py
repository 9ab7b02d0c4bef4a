#!/usr/bin/env python3
"""Plays the demonstration (demo/README.md) to the program as `./run demo` does, and compares what it finds with what happened.
Usage: tests/demo.py PROGRAM [...]

Who attacked whom, and how often, is known from demo/record/attacks.py, not from what the program says. Each attack names the
rule that must find it, by its file in content/rules, whom the finding is about, whose it is, and the least count. And: all
records arrive and are understood, nobody who did nothing is accused, and the recording holds addresses of documentation alone.
"""
import datetime, ipaddress, json, pathlib, re, subprocess, sys, tempfile, time

import lib

sys.dont_write_bytecode = True
sys.path.insert(0, str(lib.ROOT / "demo"))
import moving, replay, scenario
from scenario import PROVINCE, SCHOOL

SCANNER, GUESSER, SPAMMER, INFECTED = "ip:198.51.100.23", "ip:203.0.113.66", "ip:198.51.100.77", "ip:192.0.2.145"

# Rule, whom it is about (the beginning of the finding's entity), whose finding it is, least count, what happened.
MUST_FIND = [
    ("port-scan-of-one-host", f"{SCANNER} ip:192.0.2.10", PROVINCE, 40, "48 ports of web-01, two of them open"),
    ("port-scan-of-one-host", f"{SCANNER} ip:192.0.2.70", PROVINCE, 40, "48 ports of mail-01, one of them open"),
    ("port-scan-of-one-host", "ip:2001:db8:66::23 ip:2001:db8:10::10", PROVINCE, 20, "24 ports of web-01 over IPv6"),
    ("port-sweep-of-network", SCANNER, PROVINCE, 30, "port 3389 of 30 machines"),
    ("dns-zone-transfer", SCANNER, PROVINCE, 1, "the whole zone asked for"),
    ("dns-update-refused", SCANNER, PROVINCE, 1, "a change of the zone"),
    ("web-content-discovery", SCANNER, PROVINCE, 30, "71 well-known paths"),
    ("sql-injection-answered", SCANNER, PROVINCE, 6, "UNION SELECT, three on each of two sites"),
    ("sql-injection-tool", SCANNER, PROVINCE, 10, "ten tries on each of two sites"),
    ("path-traversal-answered", SCANNER, PROVINCE, 3, "/etc/passwd twice, /etc/shadow"),
    ("web-shell-command-answered", SCANNER, PROVINCE, 3, "id, uname -a and cat /etc/passwd by the uploaded script"),
    ("web-script-in-media-folder", SCANNER, PROVINCE, 5, "a script in /uploads/"),
    ("sudo-by-service-account", "host:web-01", PROVINCE, 3, "find -exec by www-data, vanthu refused twice"),
    ("ssh-brute-force", GUESSER, PROVINCE, 40, "40 passwords"),
    ("ssh-password-guessed", GUESSER, PROVINCE, 6, "the 41st was right"),
    ("database-password-guessing", "ip:192.0.2.10", PROVINCE, 20, "24 passwords of PostgreSQL, from web-01"),
    ("database-password-guessed", "ip:192.0.2.10", PROVINCE, 2, "baocao's was right"),
    ("database-runs-program", "user:", PROVINCE, 1, "COPY FROM PROGRAM"),
    ("database-superuser-made", "user:", PROVINCE, 1, "CREATE ROLE sao_luu SUPERUSER"),
    ("mail-password-guessing", SPAMMER, SCHOOL, 40, "49 passwords"),
    ("mail-password-guessed", SPAMMER, SCHOOL, 2, "hoa.pham's was right"),
    ("mail-account-sends-in-bulk", "user:", SCHOOL, 100, "120 letters to 480 strangers"),
    ("dns-generated-names", INFECTED, SCHOOL, 50, "120 names that an algorithm made"),
    ("dns-tunnel", INFECTED, SCHOOL, 50, "100 questions that carry a file out"),
    ("dns-mining-pool", "", SCHOOL, 6, "a mining pool, six times"),
    ("proxy-mining-pool", INFECTED, SCHOOL, 6, "CONNECT to the pool, six times"),
    ("proxy-refuses-odd-ports", INFECTED, SCHOOL, 12, "CONNECT to twelve odd ports, and to the pool's"),
    ("proxy-beacon", INFECTED, SCHOOL, 20, "70 signals, one every six seconds"),
]
# dhcp-01 asks dns-01 in the name of its clients, so that what it forwards looks like its own.
FORWARDERS = {"192.0.2.130"}
ATTACKERS = {"198.51.100.23", "203.0.113.66", "198.51.100.77", "192.0.2.145", "192.0.2.10", "2001:db8:66::23"}
DOCUMENTATION = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def check_recording():
    size, foreign = 0, set()
    for source in scenario.SOURCES:
        text = (replay.RECORDING / source.file).read_text()
        size += len(text.encode())
        for found in re.findall(r"(?<![\w./])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])", text):
            if not any(ipaddress.ip_address(found) in network for network in DOCUMENTATION) and not found.startswith("255.255.255."):     # a DHCP answer's mask
                foreign.add(found)
    lib.expect(not foreign, "the recording holds addresses of documentation alone", foreign)
    lib.expect(0 < size < 5_000_000, "the recording is below 5 MB", size)


def rule_ids(name):
    return re.findall(r"^id: (\S+)", (lib.ROOT / f"content/rules/{name}.yaml").read_text(), re.M)


def check_times(demonstration, sent):
    """First and last time of each source's events are as far apart, and as far from the recording's end, as they were."""
    def all_searchable():
        try:
            events = demonstration.rows("search", "--from", "-1h")
        except SystemExit:      # the answer was said to be incomplete: the archive is behind
            return None
        found = {}
        for event in events:
            found.setdefault(event["source"]["name"], []).append(replay.seconds(event["occurred"]))
        return found if all(len(found.get(name, [])) >= count for name, count in sent.items()) else None
    found = lib.wait_for(all_searchable, "everything to be searchable", 40)
    for source in scenario.SOURCES:
        lines = (replay.RECORDING / source.file).read_text().splitlines()
        recorded = [(moving.time_of(source.times, line, replay.BEGIN.year) + demonstration.by).timestamp() for line in lines]
        apart = max(abs(min(recorded) - min(found[source.name])), abs(max(recorded) - max(found[source.name])))
        lib.expect(apart <= 1, f"{source.name}: events have their own times", f"{apart} s apart")    # some notations have whole seconds


def check(demonstration, sent, begin):
    sources = {source["name"]: source for source in demonstration.rows("source", "list")}
    for name, count in sent.items():
        counters = sources[name]["counters"]
        lib.expect(counters["accepted"] == count, f"{name}: each record arrives once", counters)
        lib.expect(counters.get("unparsed", 0) == 0, f"{name}: each record is understood", counters)
        lib.expect(counters.get("late", 0) == 0, f"{name}: nothing is late", counters)
    lib.expect(not [name for name, source in sources.items() if name.startswith("unknown/") and source["counters"]["received"]], "every sender is known", list(sources))

    organisations = {organisation["id"]: organisation["name"] for organisation in demonstration.rows("org", "list")}
    findings = demonstration.findings()
    for rule, about, whose, least, what in MUST_FIND:
        ids = rule_ids(rule)
        of_rule = [finding for finding in findings if finding["rule"]["id"] in ids]
        fit = [finding for finding in of_rule if finding["entity"].startswith(about) and organisations[finding["organisation"]] == whose and finding["count"] >= least]
        lib.expect(fit, f"{what}: found by {rule}", [(finding["entity"], finding["count"]) for finding in of_rule])
    for finding in findings:
        addresses = set(re.findall(r"(?:^| )ip:(\S+)", finding["entity"]))
        lib.expect(not addresses or addresses & (ATTACKERS | FORWARDERS), "only who did something is accused", f"{finding['rule']['title']}: {finding['entity']}")
        lib.expect(begin - replay.LENGTH.total_seconds() - 60 <= replay.seconds(finding["first_seen"]) <= time.time() + 60, "a finding is of the last minutes", finding["first_seen"])
    check_times(demonstration, sent)
    lib.figure(f"{sum(sent.values())} records, {len(findings)} findings, {time.time() - begin:.1f} s from the start of the program")


def walk(demonstration):
    """docs/walk.md: from the file that came with a letter to the answer, and what comes back a month later. What must come of it is
    worked out from demo/letters.py."""
    demonstration.receive_letters()

    def take(number, code):
        done = subprocess.run([demonstration.program, "list", "import", demonstration.folder / f"letters/danh-sach-{number}.csv", "--data", demonstration.data], capture_output=True, text=True, timeout=60)
        lib.expect(done.returncode == code, f"list {number} is taken without a question", done.stderr)
        return json.loads(done.stdout)

    def of(address):
        one, = [item for item in demonstration.rows("case", "items") if item["subject"] == address]
        return one

    told = take(1, 3)
    lib.expect({name: told["counts"][name] for name in ("read", "accepted", "duplicate", "rejected")} == {"read": 5, "accepted": 3, "duplicate": 1, "rejected": 1}, "each row of the first list is accounted for", told["counts"])
    lib.expect((told["attribution"]["owner"], told["attribution"]["nobody"]) == (2, 1), "two are ours, one is nobody's", told["attribution"])
    lib.expect(told["cases"]["opened"] == 2, "two organisations have a case", told["cases"])
    hits = {hit["subject"]: hit["organisation"]["name"] for hit in demonstration.rows("list", "hits")}
    lib.expect(hits == {"192.0.2.72": SCHOOL, "192.0.2.41": PROVINCE}, "the worklist names whose they are", hits)
    removed = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=55)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for address in hits:
        demonstration.command("case", "answer", of(address)["id"], "removed", "--removed", removed, "--tool", "Rescue Disk", "--hash", "-", "--rescan", "clean", "--note", "cài lại máy")

    def verdicts(address):
        done = subprocess.run([demonstration.program, "case", "verdict", of(address)["id"], "--data", demonstration.data], capture_output=True, text=True)
        return [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    lib.expect("may-close" not in verdicts("192.0.2.41"), "nobody takes the word of who removed it for proof", verdicts("192.0.2.41"))
    told = take(2, 0)
    lib.expect((told["cases"]["absent"], told["cases"]["refuted"] + told["cases"]["reminded"]) == (1, 1), "the next list names one of them still, and of the other's family another", told["cases"])
    desk = of("192.0.2.41")
    demonstration.command("case", "close", desk["id"])
    lib.expect(of("192.0.2.41")["state"] == "closed", "who is gone from it is closed by the policy", of("192.0.2.41"))
    lib.expect("may-close" not in verdicts("192.0.2.72"), "whom it names is not", verdicts("192.0.2.72"))
    demonstration.command("paper", "draft", "reply", "--case", desk["case"])
    demonstration.command("paper", "export", "last", str(demonstration.folder / "letters/tra-loi.pdf"))
    letter = " ".join(subprocess.run(["pdftotext", "-layout", demonstration.folder / "letters/tra-loi.pdf", "-"], capture_output=True, text=True, check=True).stdout.split())
    lib.expect("Phúc đáp Văn bản số 101/CQĐP-GSAT" in letter and "đã xử lý, được xác minh: 1" in letter and "192.0.2.41" in letter, "the answer letter tells it", letter)
    told = take(3, 0)
    lib.expect(told["cases"]["relapsed"] == 1, "the third list is a relapse", told["cases"])
    back = of("192.0.2.41")
    lib.expect(back["state"] == "open" and back["relapses"] == 1 and back["id"] == desk["id"] and back["case"] == desk["case"], "which is back in its own case", back)

    def machine():
        inside = of("192.0.2.72").get("inside") or {}
        return inside if inside.get("machines") else None
    inside = lib.wait_for(machine, "the machine behind the proxy", 40)
    lib.expect([one["address"] for one in inside["machines"]] == ["192.0.2.145"], "the proxy's log tells which machine it was", inside)


check_recording()
with tempfile.TemporaryDirectory() as folder:
    begin = time.time()
    demonstration = replay.Demonstration(str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(folder) / "demo", "127.0.0.1:0")
    try:
        sent = demonstration.play()
        demonstration.wait(sent)
        check(demonstration, sent, begin)
        walk(demonstration)
    finally:
        demonstration.stop()
lib.finish()
