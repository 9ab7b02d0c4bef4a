#!/usr/bin/env python3
"""Acknowledgement and detection beside heavy searches.

Usage: bench/heavy_searches.py PROGRAM FILE [--rounds N] [--seconds S] [--searches N] [--fill N] [--rate EVENTS_S]
Prints one JSON document. The archive is filled with FILE, --fill times over, at full speed; half of that speed is the rate of what follows (or
--rate). Then, by turns, --rounds times: --seconds of Elasticsearch _bulk at that rate alone, and the same beside --searches
searches that never rest, of five accounts: a piece of text in everything, top values, a histogram, exports. Both give
p50 and p99 of the senders' acknowledgement and of arrival to committed finding (one event in fifty is an attack).

Senders and searchers run on the same machine as the server. Those who search are niced as far as the server nices its searches, so
that their own work (reading what comes) is not what is measured. Times of acknowledgement are from the moment that the pace
asks for, so that a server that keeps a sender waiting is not spared the requests that could not be sent meanwhile.
"""
import argparse, http.client, json, multiprocessing, os, pathlib, statistics, sys, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import lib
from end_to_end import NAME, bodies, histogram, metrics, quantile, send, since, with_attacks

ACCOUNTS = 5
DOCUMENTS = 50  # of one request
WHOLE = {"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
PASSWORD = "mười hai con giáp đi chơi"
# "*ko*" and "*zq*" have less than three letters between stars: no filter helps, everything is read.
SEARCHES = [("count", "*zq*"), ("top", "", "message"), ("histogram", "*ko*"), ("export", "", "ndjson"), ("count", "NOT *zq*"), ("top", "*ko*", "process.command_line"), ("histogram", "NOT event.code:4658"),
            ("export", "*ko*", "csv"), ("statistics", "", "process.executable"), ("export", "", "parquet")]


def sender(port, token, requests, pace, begin, results):
    """One request each `pace` seconds. Seconds from when each was due to its acknowledgement."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    times, busy = [], 0
    begin.wait()
    start = time.monotonic()
    for turn, body in enumerate(requests):
        due = start + turn * pace
        if (wait := due - time.monotonic()) > 0:
            time.sleep(wait)
        while True:
            connection.request("POST", "/logs/_bulk?filter_path=errors,items.*.error", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 429:
                break
            busy += 1
            time.sleep(0.05)
        if answer.status != 200 or b'"errors":true' in text:
            results.put({"error": f"{answer.status} {text[:300]!r}"})
            return
        times.append(time.monotonic() - due)
    results.put({"times": times, "busy": busy, "seconds": time.monotonic() - start})


def sign_in(server, name):
    connection = server.connection()
    answer = lib.request(connection, "POST", "/api/v1/session", json.dumps({"name": name, "password": PASSWORD}).encode(), {"Content-Type": "application/json"})
    connection.close()
    if answer.status >= 300:
        sys.exit(f"sign-in: {answer}")
    return {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer.json()["csrf"]}


def searcher(port, headers, search, stop, results):
    """The same search again and again until `stop`. Answers, refusals, bytes."""
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    told = {"search": list(search), "answers": 0, "refused": 0, "failed": 0, "bytes": 0, "longest_s": 0.0}
    kind, query, *more = search
    while not stop.is_set():
        begin = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
            if kind == "export":
                connection.request("POST", "/api/v1/events/export", json.dumps({"q": query, **WHOLE, "format": more[0]}), {**headers, "Content-Type": "application/json"})
            else:
                words = {"q": query, **WHOLE, **({"field": more[0]} if more else {}), **({"step": "3600000"} if kind == "histogram" else {})}
                connection.request("GET", f"/api/v1/events/{kind}?{urllib.parse.urlencode(words)}", headers=headers)
            answer = connection.getresponse()
            while piece := answer.read(1 << 18):
                told["bytes"] += len(piece)
                if stop.is_set():
                    break
            connection.close()
            told["answers" if answer.status == 200 else "refused" if answer.status == 429 else "failed"] += 1
            if answer.status not in (200, 429):
                time.sleep(0.2)
            elif answer.status == 429:
                time.sleep(1)
        except OSError:
            told["failed"] += 1
        told["longest_s"] = max(told["longest_s"], time.monotonic() - begin)
    results.put(told)


def at(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def phase(options, server, token, requests, rate, logins):
    """One measurement; with `logins` beside that many searches."""
    stop, found = multiprocessing.Event(), multiprocessing.Queue()
    seekers = [multiprocessing.Process(target=searcher, args=(server.port, logins[i % ACCOUNTS], SEARCHES[i % len(SEARCHES)], stop, found)) for i in range(options.searches if logins else 0)]
    for one in seekers:
        one.start()
    if seekers:
        time.sleep(2)  # until they are under way
    before = metrics(server)
    begin, results = multiprocessing.Event(), multiprocessing.Queue()
    pace = DOCUMENTS / rate
    workers = [multiprocessing.Process(target=sender, args=(server.port, token, requests[i::2], pace * 2, begin, results)) for i in range(2)]
    for one in workers:
        one.start()
    begin.set()
    answers = [results.get(timeout=600) for _ in workers]
    for one in workers:
        one.join()
    server.caught_up(600)
    after = metrics(server)
    lag = server.health()["archive"]
    stop.set()
    sought = [found.get(timeout=600) for _ in seekers]
    for one in seekers:
        one.join()
    for answer in answers:
        if "error" in answer:
            sys.exit(f"a request was refused: {answer['error']}")
    times = [one for answer in answers for one in answer["times"]]
    buckets = since(histogram(before, NAME), histogram(after, NAME))
    sums = [float(text.split(f"{NAME}_sum ")[1].split("\n")[0]) if f"{NAME}_sum " in text else 0.0 for text in (before, after)]
    server.searchable(600)
    return {"requests": len(times), "busy_answers": sum(answer["busy"] for answer in answers), "rate_events_s": len(times) * DOCUMENTS / max(answer["seconds"] for answer in answers),
            "acknowledged": {"p50_s": at(times, 0.5), "p99_s": at(times, 0.99), "mean_s": statistics.mean(times)},
            "finding": {"count": buckets[-1][1], "p50_s": quantile(buckets, 0.5), "p99_s": quantile(buckets, 0.99), "mean_s": (sums[1] - sums[0]) / max(1, buckets[-1][1])},
            "records_not_searchable_at_the_end": server.health()["journal"]["end"] - lag["searchable"] if "searchable" in lag else None, "searches": sought}


def medians(rounds):
    return {what: {key: statistics.median(one[what][key] for one in rounds) for key in ("p50_s", "p99_s", "mean_s")} for what in ("acknowledged", "finding")}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("program")
    words.add_argument("file")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--seconds", type=float, default=20)
    words.add_argument("--searches", type=int, default=10)
    words.add_argument("--fill", type=int, default=3)
    words.add_argument("--rate", type=float)
    words.add_argument("--settings", default="", help="lines of TOML for the node")
    options = words.parse_args()
    lines = pathlib.Path(options.file).read_bytes().splitlines()
    mixed = with_attacks(lines)
    with lib.Server(options.program, f"{options.settings}\n[rules]\nfolders = []\ninclude_shipped = true\n") as server:
        token = server.source("bench")
        fills = [send(server, token, bodies(lines, 500), 2) for _ in range(options.fill)]
        full = statistics.median(one["events"] / one["committed_s"] for one in fills)
        rate = options.rate or full / 2
        server.searchable(3600)
        logins = []
        for i in range(ACCOUNTS):
            done = server.command("user", "add", f"seeker{i}", "--role", "analyst", "--password-stdin", text=PASSWORD)
            if done.returncode != 0:
                sys.exit(f"user add: {done.stderr}")
            logins.append(sign_in(server, f"seeker{i}"))
        count = max(2, int(rate * options.seconds / DOCUMENTS)) * DOCUMENTS
        several = (mixed * (count // len(mixed) + 1))[:count]
        requests = bodies(several, DOCUMENTS)
        alone, beside = [], []
        phase(options, server, token, requests[:len(requests) // 4], rate, None)  # warms up
        for _ in range(options.rounds):
            alone.append(phase(options, server, token, requests, rate, None))
            beside.append(phase(options, server, token, requests, rate, logins))
        without, with_searches = medians(alone), medians(beside)
        print(json.dumps({"events_in_archive": server.health()["archive"]["events"], "full_speed_events_s": full, "wanted_events_s": rate, "documents_a_request": DOCUMENTS, "concurrent_searches": options.searches, "accounts": ACCOUNTS,
                          "alone": without, "beside": with_searches,
                          "ratio": {what: {key: with_searches[what][key] / without[what][key] for key in without[what]} for what in without},
                          "answers": sum(one["answers"] for round in beside for one in round["searches"]), "refused": sum(one["refused"] for round in beside for one in round["searches"]),
                          "failed": sum(one["failed"] for round in beside for one in round["searches"]), "rounds_alone": alone, "rounds_beside": beside}))


if __name__ == "__main__":
    main()
