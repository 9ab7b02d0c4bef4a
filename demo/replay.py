#!/usr/bin/env python3
"""Starts a server on a fresh folder, plays demo/recording to its listeners with times moved to now, and says what it found.
Usage: demo/replay.py PROGRAM FOLDER [--listen ADDRESS:PORT] [--once]. Ends with Ctrl-C, with --once by itself.

FOLDER is emptied first, unless it holds what this program does not make. Only the standard library."""
import argparse, collections, datetime, http.client, json, os, pathlib, re, secrets, shutil, signal, socket, subprocess, sys, time

import carriers, letters, moving, scenario

HERE = pathlib.Path(__file__).resolve().parent
RECORDING = HERE / "recording"
ABOUT = json.loads((RECORDING / "recording.json").read_text())
BEGIN, END = (datetime.datetime.fromisoformat(ABOUT[name]) for name in ("begin", "end"))
LENGTH = END - BEGIN
SLICE = datetime.timedelta(seconds=30)     # of the recording's time: what all machines sent in it goes out before the next
SETTINGS = """listen = ["{listen}"]
data = "{data}"
[node]
organisation = "Trung tâm giám sát tỉnh Ví Dụ"
[syslog]
udp = ["127.0.0.1:0"]
tcp = ["127.0.0.1:0"]
tls = ["127.0.0.1:0"]
[relp]
listen = ["127.0.0.1:0"]
[files]
follow = [{follow}]
"""


class Demonstration:
    def __init__(self, program, folder, listen):
        self.program, self.folder, self.data = program, folder, folder / "data"
        make_fresh(folder)
        files = [f'"{source.name}={folder}/logs/{source.file}"' for source in scenario.SOURCES if source.carrier == "file"]
        (folder / "vonggac.toml").write_text(SETTINGS.format(listen=listen, data=self.data, follow=", ".join(files)))
        (folder / "logs").mkdir()
        self.server = subprocess.Popen([program, "serve", "--config", folder / "vonggac.toml"], stdout=subprocess.PIPE, text=True)
        self.address = None
        for line in self.server.stdout:
            print(line, end="", flush=True)
            found = re.search(r"https?://[\w.\[\]:]+", line)
            self.address = self.address or (found and found.group(0).rstrip("/"))
            if line.strip() == "ready":
                return
        sys.exit(f"{program} did not start")

    def command(self, *words, text=None):
        done = subprocess.run([self.program, *words, "--data", self.data], input=text, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"vonggac {' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def rows(self, *words):
        return [json.loads(line) for line in self.command(*words, "--format", "ndjson").splitlines()]

    def add_sources(self):
        """Organisations, sources and accounts. A machine without a token is known by its address, here one of 127/8."""
        self.tokens, self.own = {}, {}
        for organisation in (scenario.PROVINCE, scenario.SCHOOL):
            self.command("org", "add", organisation)
        for number, source in enumerate(scenario.SOURCES):
            words = ["source", "add", source.name, "--org", source.organisation, "--zone", scenario.ZONE]
            if source.carrier in ("syslog_udp", "syslog_tcp", "syslog_tls", "relp"):
                self.own[source.name] = f"127.0.0.{11 + number}"
                words += ["--listener", source.carrier, "--peer", self.own[source.name]]
            self.command(*words)
            if source.carrier in ("ndjson", "bulk", "raw"):
                self.tokens[source.name] = self.command("token", "add", "--role", "ingest", "--source", source.name)
        self.accounts = {"demo": ("administrator", None), "truong": ("analyst", scenario.SCHOOL)}
        self.password = secrets.token_urlsafe(12)
        for name, (role, organisation) in self.accounts.items():
            self.command("user", "add", name, "--role", role, *(["--org", organisation] if organisation else []), "--password-stdin", text=self.password)

    def carrier(self, source, ports):
        own = self.own.get(source.name)
        match source.carrier:
            case "syslog_udp":
                return carriers.Udp(own, ports["syslog_udp"])
            case "syslog_tcp":
                return carriers.Tcp(own, ports["syslog_tcp"])
            case "syslog_tls":
                return carriers.Tcp(own, ports["syslog_tls"], self.data / "keys/ca.crt")
            case "relp":
                return carriers.Relp(own, ports["relp"])
            case "file":
                return carriers.File(self.folder / "logs" / source.file)
        return carriers.Http(self.address, self.tokens[source.name], source.carrier)

    def play(self):
        """Sends everything, slice by slice. How many records each source must have, by name."""
        self.add_sources()
        self.by = datetime.datetime.now(datetime.timezone.utc) - END
        ports = {listener["name"]: listener["port"] for listener in self.health()["listeners"]}
        sent = {}
        slices = collections.defaultdict(list)     # (slice, source number) → lines
        self.carriers = []     # stay open, as those of machines do, until everything has arrived
        for number, source in enumerate(scenario.SOURCES):
            lines = (RECORDING / source.file).read_text().splitlines()
            sent[source.name] = len(lines)
            self.carriers.append(self.carrier(source, ports))
            at = 0
            for line in lines:                     # a record goes with the one before it when its own time says less
                at = max(at, (moving.time_of(source.times, line, BEGIN.year) - BEGIN) // SLICE)
                slices[at, number].append(moving.move(source.times, line, self.by, BEGIN.year))
        for at, number in sorted(slices):
            self.carriers[number].send(slices[at, number])
        return sent

    def receive_letters(self):
        """What an authority sent about infected machines, in FOLDER/letters, and whose addresses are whose."""
        proxy = next(source for source in scenario.SOURCES if source.name == "proxy-01")
        signals = [line for line in (RECORDING / proxy.file).read_text().splitlines() if "cap-nhat.example.net" in line]
        seen = moving.time_of(proxy.times, signals[-1], BEGIN.year) + self.by
        letters.write(self.folder / "letters", newest=seen)
        self.command("range", "import", self.folder / "letters/dai-dia-chi.csv")

    def health(self):
        """Over the control socket, by which the program knows whoever may open the folder."""
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        connection.sock.connect(os.path.relpath(self.data / "control.sock"))     # a socket's path may have 107 bytes
        connection.request("GET", "/api/v1/health")
        told = json.load(connection.getresponse())
        connection.close()
        return told

    def wait(self, sent, seconds=60):
        """Until the program has worked on every record that was sent."""
        end = time.monotonic() + seconds
        while True:
            there = {source["name"]: source["counters"]["accepted"] for source in self.rows("source", "list")}
            if all(there[name] >= count for name, count in sent.items()):
                return
            if time.monotonic() > end:
                raise SystemExit("not everything arrived: " + ", ".join(f"{name} {there[name]} of {count}" for name, count in sent.items() if there[name] < count))
            time.sleep(0.1)

    def findings(self):
        return self.rows("finding", "list")

    def stop(self):
        for carrier in getattr(self, "carriers", []):
            carrier.close()
        self.server.terminate()
        self.server.wait(30)


def seconds(text):
    """Since 1970, of a time in the program's answers."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def make_fresh(folder):
    if folder.exists() and not {path.name for path in folder.iterdir()} <= {"data", "letters", "logs", "vonggac.toml"}:
        sys.exit(f"{folder} holds something else than a demonstration; it is left alone")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--listen", default="127.0.0.1:7300")
    parser.add_argument("--once", action="store_true")
    given = parser.parse_args()
    demonstration = Demonstration(str(pathlib.Path(given.program).resolve()), given.folder, given.listen)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        sent = demonstration.play()
        demonstration.receive_letters()
        demonstration.wait(sent)
        tell(demonstration, sent)
        if not given.once:
            print("\nCtrl-C ends it.", flush=True)
            demonstration.server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        demonstration.stop()


def tell(demonstration, sent):
    organisations = {organisation["id"]: organisation["name"] for organisation in demonstration.rows("org", "list")}
    findings = demonstration.findings()
    order = ["critical", "high", "medium", "low", "informational"]
    print(f"\n{sum(sent.values())} records of {len(sent)} sources sent, {len(findings)} findings:")
    for finding in sorted(findings, key=lambda finding: (order.index(finding["level"]), finding["first_seen"])):
        print(f"  {finding['level']:13} {finding['rule']['title']}  ({finding['entity']}, {finding['count']} times; {organisations.get(finding['organisation'], '?')})")
    print(f"\nThree letters with lists of infected addresses have come: {demonstration.folder}/letters/danh-sach-1.csv, -2 and -3. From the first to the answer: docs/walk.md.")
    print(f"\nConsole and API: {demonstration.address}/   accounts: " + ", ".join(
        f"{name} ({role}{' of ' + organisation if organisation else ''})" for name, (role, organisation) in demonstration.accounts.items())
        + f"   password of both: {demonstration.password}", flush=True)


if __name__ == "__main__":
    main()
