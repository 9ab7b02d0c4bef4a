#!/usr/bin/env python3
"""A list of victims from the file to the worklist, at an authority's size.

Usage: bench/large_list.py PROGRAM FILE [--rows N] [--ranges N] [--organisations N] [--months N] [--postgresql] [--rate EVENTS_S] [--seconds S]
Prints one JSON document. A directory of --ranges networks of --organisations organisations is imported; then, with events of FILE arriving by _bulk
at half of what the senders reach without a pause (or --rate), a list of --rows rows, four in five of them of some organisation, is uploaded, read, kept (rows, whose they are, worklist, cases)
and its worklist asked for. Acknowledgement and arrival to finding are measured alone and beside it. Findings and indicators are left out of the
time from file to worklist: they follow through the journal. More lists follow until there are --months of them, four in five of whose victims
stood on the one before; then the pages of cases and lists are asked for, each a hundred times. State is SQLite, or a private PostgreSQL on the same machine.
"""
import argparse, json, multiprocessing, pathlib, random, statistics, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import lib
from end_to_end import NAME, bodies, histogram, metrics, quantile, send, since, with_attacks
from heavy_searches import DOCUMENTS, at, sender

FAMILIES = ["Mirai", "Sality", "Conficker", "Gamarue", "Mozi", "Avalanche", "Qakbot"]


def network(i):
    """The i-th of a million networks of 16 addresses, which lie apart: 1.0.0.0/28, 1.0.0.64/28, ..."""
    base = (1 << 24) + i * 64
    return f"{base >> 24}.{base >> 16 & 255}.{base >> 8 & 255}.{base & 255}", base


def range_files(folder, options):
    piece = 250_000
    for first in range(0, options.ranges, piece):
        path = folder / f"ranges-{first}.csv"
        with open(path, "w") as out:
            out.write("organisation,range,from,document\n")
            for i in range(first, min(options.ranges, first + piece)):
                out.write(f"Đơn vị {i % options.organisations:05},{network(i)[0]}/28,2020-01-01,1/QĐ\n")
        yield path


def list_file(options, month):
    """Victims in the order of their numbers; a month later one in five is another."""
    chance, other = random.Random(month), random.Random(4)
    out = ["STT;Thời gian;Địa chỉ IP;Cổng nguồn;ASN;Nhà mạng;Đơn vị;Họ mã độc;C&C;Cổng C&C"]
    for i in range(options.rows):
        stays, known, fresh = i % 5 != month % 5, (other.randrange(options.ranges), other.random(), other.randrange(48)), (chance.randrange(options.ranges), chance.random(), chance.randrange(48))
        place, part, host = known if stays else fresh
        base = network(place)[1] + (host % 16 if part < 0.8 else 16 + host)
        address = f"{base >> 24}.{base >> 16 & 255}.{base >> 8 & 255}.{base & 255}"
        out.append(f"{i + 1};{chance.randint(1, 28):02}/{month:02}/2026 {chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02};{address};{chance.randint(1024, 65535)};AS45899;VNPT;Đơn vị;"
                   f"{FAMILIES[i % len(FAMILIES)]};192.0.2.{chance.randint(1, 200)};443")
    return "\n".join(out).encode() + b"\n"


def upload(server, path, data, timeout=600):
    connection = lib.UnixConnection(str(server.data / "control.sock"), timeout)
    try:
        answer = lib.request(connection, "POST", path, data, {"Content-Type": "application/octet-stream"})
    finally:
        connection.close()
    if answer.status >= 300:
        sys.exit(f"upload: {answer}")
    return answer.json()


def import_list(server, options, month):
    data = list_file(options, month)
    cpu = lambda: sum(int(word) for word in pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]) / 100
    begin, cpu_begin, told = time.monotonic(), cpu(), {"bytes": len(data)}
    opened = upload(server, "/api/v1/list-uploads?name=list.csv", data)
    told["read_s"] = time.monotonic() - begin
    options_of = {"series": "botnet", "letter": {"issuer": "Bench", "number": f"{month}/BC", "date": f"2026-{month:02}-28"}}
    kept = server.ask("POST", f"/api/v1/list-uploads/{opened['id']}/keep", {**options_of, "findings": False, "indicators": False}, 600)
    told["kept_s"] = time.monotonic() - begin
    hits = server.ask("GET", "/api/v1/list-hits?limit=100", None, 600)
    told["worklist_s"] = time.monotonic() - begin
    told["server_cpu_s"] = cpu() - cpu_begin
    shown = server.ask("GET", f"/api/v1/lists/{kept['list'] if isinstance(kept['list'], str) else kept['list']['id']}", None, 600)
    told["counts"], told["attribution"], told["cases"], told["first_page"] = shown["counts"], {key: shown["attribution"][key] for key in ("owner", "conflict", "gap", "nobody")}, kept["cases"], len(hits["items"])
    return told


def pages(server):
    """Seconds of what the pages ask for, as the node's administrator and within one organisation."""
    cases = server.ask("GET", "/api/v1/cases?limit=1000")["items"]
    lists = server.ask("GET", "/api/v1/lists?limit=10")["items"]
    chance, told = random.Random(1), {}
    one = lambda: chance.choice(cases)
    questions = {"cases": lambda: "/api/v1/cases?limit=100", "cases open, of one organisation": lambda: f"/api/v1/cases?limit=100&state=open&organisation={one()['organisation']}", "cases by words": lambda: "/api/v1/cases?limit=100&text=botnet",
                 "a case": lambda: f"/api/v1/cases/{one()['id']}", "its items": lambda: f"/api/v1/cases/{one()['id']}/items?limit=100", "its timeline": lambda: f"/api/v1/cases/{one()['id']}/timeline?limit=100",
                 "items that are open": lambda: "/api/v1/case-items?limit=100&state=open", "worklist": lambda: "/api/v1/list-hits?limit=100", "worklist of one organisation": lambda: f"/api/v1/list-hits?limit=100&organisation={one()['organisation']}",
                 "lists": lambda: "/api/v1/lists?limit=100", "a list": lambda: f"/api/v1/lists/{chance.choice(lists)['id']}", "its rows": lambda: f"/api/v1/lists/{chance.choice(lists)['id']}/rows?limit=100"}
    for name, path_of in questions.items():
        times = []
        for _ in range(100):
            path, begin = path_of(), time.monotonic()
            server.ask("GET", path)
            times.append(time.monotonic() - begin)
        told[name] = {"p50_s": at(times, 0.5), "p99_s": at(times, 0.99)}
    return told


def statistics_of(server):
    """Seconds of the statistics of the months of the lists, as the authority draws them up: of everything below the node, and of one organisation."""
    told = {}
    one = server.ask("GET", "/api/v1/cases?limit=1")["items"][0]["organisation"]
    for name, about in {"of everything": {}, "of one organisation": {"organisation": one}}.items():
        times = []
        for _ in range(20):
            begin = time.monotonic()
            server.ask("POST", "/api/v1/papers", {"form": "statistics", "from": "2026-04-01T00:00:00+07:00", "until": "2026-12-31T00:00:00+07:00", **about}, 600)
            times.append(time.monotonic() - begin)
        told[name] = {"p50_s": at(times, 0.5), "p99_s": at(times, 0.99)}
    return told


def flow(server, token, requests, rate, work=None):
    """Events at `rate` while `work` runs, or until all requests are sent."""
    before = metrics(server)
    begin, results = multiprocessing.Event(), multiprocessing.Queue()
    pace = DOCUMENTS / rate
    workers = [multiprocessing.Process(target=sender, args=(server.port, token, requests[i::2], pace * 2, begin, results)) for i in range(2)]
    for one in workers:
        one.start()
    begin.set()
    told = {}
    if work:
        told["work"] = work()
        if all(not one.is_alive() for one in workers):
            told["events_ended_first"] = True
    answers = [results.get(timeout=1200) for _ in workers]
    for one in workers:
        one.join()
    server.caught_up(600)
    for answer in answers:
        if "error" in answer:
            sys.exit(f"a request was refused: {answer['error']}")
    times = [one for answer in answers for one in answer["times"]]
    buckets = since(histogram(before, NAME), histogram(metrics(server), NAME))
    return {**told, "requests": len(times), "busy_answers": sum(answer["busy"] for answer in answers), "rate_events_s": len(times) * DOCUMENTS / max(answer["seconds"] for answer in answers),
            "acknowledged": {"p50_s": at(times, 0.5), "p99_s": at(times, 0.99)}, "finding": {"count": buckets[-1][1], "p50_s": quantile(buckets, 0.5), "p99_s": quantile(buckets, 0.99)}}


def measure(options, settings):
    lines = pathlib.Path(options.file).read_bytes().splitlines()
    with lib.Server(options.program, f"{settings}\n[rules]\nfolders = []\ninclude_shipped = true\n") as server:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            for path in range_files(pathlib.Path(folder), options):
                done = server.command("range", "import", str(path), "--create-organisations", seconds=3600)
                if done.returncode != 0:
                    sys.exit(f"range import: {done.returncode} {done.stderr[-500:]}")
        directory_s = time.monotonic() - begin
        token = server.source("bench")
        send(server, token, bodies(lines, 500), 2)
        mixed = with_attacks(lines)
        requests_of = lambda events: bodies((mixed * (events // len(mixed) + 1))[:max(2, events // DOCUMENTS) * DOCUMENTS], DOCUMENTS)
        fastest = flow(server, token, requests_of(len(mixed)), float("inf"))["rate_events_s"]  # what these senders reach; warms up too
        rate = options.rate or fastest / 2
        requests = requests_of(int(rate * options.seconds))
        alone = flow(server, token, requests, rate)
        beside = flow(server, token, requests * 4, rate, lambda: import_list(server, options, 4))
        more = [import_list(server, options, month) for month in range(5, 4 + options.months)]  # nothing else runs
        diff_begin = time.monotonic()
        lists = server.ask("GET", "/api/v1/lists?limit=1")["items"]
        server.ask("GET", f"/api/v1/lists/{lists[0]['id']}/diff", None, 600)
        diff_s = time.monotonic() - diff_begin
        return {"rows": options.rows, "ranges": options.ranges, "organisations": options.organisations, "state": "postgresql" if options.postgresql else "sqlite", "directory_s": directory_s, "fastest_events_s": fastest, "wanted_events_s": rate, "alone": alone, "beside": beside,
                "lists_after_it_quiet": more, "pages": pages(server), "statistics": statistics_of(server), "diff_s": diff_s, "memory_mb": [part / 2**20 for part in server.memory()],
                "state_mb": sum(one.stat().st_size for one in server.data.glob("state*")) / 2**20}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("program")
    words.add_argument("file")
    words.add_argument("--rows", type=int, default=500_000)
    words.add_argument("--ranges", type=int, default=1_000_000)
    words.add_argument("--organisations", type=int, default=10_000)
    words.add_argument("--months", type=int, default=2)
    words.add_argument("--postgresql", action="store_true")
    words.add_argument("--rate", type=float)
    words.add_argument("--seconds", type=float, default=40)
    options = words.parse_args()
    if not options.postgresql:
        print(json.dumps(measure(options, "")))
        return
    from with_postgres import Server as Postgres
    postgres = Postgres()
    try:
        postgres.start()
        postgres.sql("create database vonggac")
        print(json.dumps(measure(options, f'[state]\npostgresql = "{postgres.connection("vonggac")}"\n')))
    finally:
        postgres.remove()


if __name__ == "__main__":
    main()
