#!/usr/bin/env python3
"""The real server from end to end: Elasticsearch _bulk in, committed findings out.

Usage: bench/end_to_end.py PROGRAM FILE [--rounds N] [--senders N] [--rules DIR]... [--no-latency]
Prints one JSON document. Throughput: FILE is sent as fast as the server acknowledges, by processes of their own on the same
machine; the clock stops when the pipeline has committed the last record. Latency: the same records with one attack in
fifty, at half that rate; from the arrival of a record to its committed finding, by the server's own histogram.
"""
import argparse, http.client, json, multiprocessing, os, pathlib, re, statistics, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import lib

DOCUMENTS = 500  # of one request
ATTACKS = ["recovery-destroyed", "script-by-proxy", "defender-disabled", "privileged-group-member-added"]


def bodies(lines, size):
    return [b"".join(b'{"create":{}}\n' + line + b"\n" for line in lines[i:i + size]) for i in range(0, len(lines), size)]


def post(port, token, requests, documents, pace, begin, results):
    """Sends the requests one behind the other; with a pace (seconds a request) not before its turn. A 429 is sent again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    accepted = busy = 0
    longest = 0.0
    begin.wait()
    start = time.monotonic()
    for turn, body in enumerate(requests):
        if pace and (wait := start + turn * pace - time.monotonic()) > 0:
            time.sleep(wait)
        while True:
            asked = time.monotonic()
            connection.request("POST", "/logs/_bulk?filter_path=errors,items.*.error", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            longest = max(longest, time.monotonic() - asked)
            if answer.status == 429:
                busy += 1
                time.sleep(0.05)
                continue
            if answer.status != 200 or b'"errors":true' in text:
                results.put({"error": f"{answer.status} {text[:300]!r}"})
                return
            break
        accepted += body.count(b'{"create":{}}\n')
    results.put({"accepted": accepted, "busy": busy, "seconds": time.monotonic() - start, "longest": longest})


def send(server, token, requests, senders, pace=0.0):
    begin, results = multiprocessing.Event(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=post, args=(server.port, token, requests[i::senders], DOCUMENTS, pace * senders, begin, results)) for i in range(senders)]
    for worker in workers:
        worker.start()
    start = time.monotonic()
    begin.set()
    answers = [results.get(timeout=600) for _ in workers]
    acknowledged = time.monotonic() - start
    for worker in workers:
        worker.join()
    for answer in answers:
        if "error" in answer:
            sys.exit(f"a request was refused: {answer['error']}")
    server.caught_up(3600)
    return {"events": sum(a["accepted"] for a in answers), "acknowledged_s": acknowledged, "committed_s": time.monotonic() - start, "busy_answers": sum(a["busy"] for a in answers), "longest_request_s": max(a["longest"] for a in answers)}


def metric(text, name):
    found = re.search(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.M)
    return float(found.group(1)) if found else None


def quantile(buckets, q):
    """Within the bucket by a straight line; buckets are (upper bound, count up to it)."""
    total, before_bound, before = buckets[-1][1], 0.0, 0
    for bound, count in buckets:
        if count >= q * total and count > before:
            return before_bound if bound == float("inf") else before_bound + (bound - before_bound) * (q * total - before) / (count - before)
        before_bound, before = bound, count
    return before_bound


def histogram(text, name):
    return [(float(bound.replace("+Inf", "inf")), int(float(count))) for bound, count in re.findall(rf'^{name}_bucket{{[^}}]*le="([^"]+)"[^}}]*}} (\S+)$', text, re.M)]


def since(before, after):
    """Of two states of a histogram: what came between."""
    return [(bound, count - old) for (bound, count), (_, old) in zip(after, before or [(0, 0)] * len(after))]


NAME = "vonggac_pipeline_arrival_to_finding_seconds"


def settings(rules):
    folders = ", ".join(json.dumps(folder) for folder in rules)
    return f"[rules]\nfolders = [{folders}]\ninclude_shipped = true\n"


def metrics(server):
    answer = server.get("/metrics")
    return (answer if answer.status == 200 else server.api("GET", "/metrics")).body.decode()


def throughput(options, lines):
    with lib.Server(options.program, settings(options.rules)) as server:
        token = server.source("bench")
        before = server.health()["pipeline"]["position"]
        told = send(server, token, bodies(lines, DOCUMENTS), options.senders)
        health, numbers = server.health(), metrics(server)
        if health["pipeline"]["position"] - before < told["events"]:
            sys.exit("not every acknowledged record was processed")
        told.update(events_s=told["events"] / told["committed_s"], acknowledged_events_s=told["events"] / told["acknowledged_s"], rss_mb=server.memory()[1] / 1e6,
                    matches=metric(numbers, "vonggac_pipeline_matches_total"), unparsed=metric(numbers, "vonggac_pipeline_unparsed_total"))
        return told


def with_attacks(lines):
    """The lines with an attack behind every fiftieth."""
    attacks = []
    for name in ATTACKS:
        attacks += (ROOT / "content/rules/cases" / name / "attack.json").read_bytes().splitlines()
    mixed = []
    for i, line in enumerate(lines):
        mixed.append(line)
        if i % 50 == 49:
            mixed.append(attacks[i // 50 % len(attacks)])
    return mixed


def latency(options, lines):
    """At half of what is sustained with requests of the same size: small ones, so that no event waits for its neighbours before it is sent."""
    mixed, size = with_attacks(lines), 50
    with lib.Server(options.program, settings(options.rules)) as server:
        token = server.source("bench")
        full = send(server, token, bodies(mixed, size), options.senders)
        rate = full["events"] / full["committed_s"] / 2
        before = histogram(metrics(server), NAME)
        told = send(server, token, bodies((mixed * (int(rate * 20) // len(mixed) + 1))[:int(rate * 20)], size), options.senders, size / rate)  # twenty seconds
        buckets = since(before, histogram(metrics(server), NAME))
        return {"sustained_events_s": rate * 2, "rate_events_s": told["events"] / told["acknowledged_s"], "wanted_events_s": rate, "documents_a_request": size, "findings_counted": buckets[-1][1] if buckets else 0,
                "p50_s": quantile(buckets, 0.5), "p99_s": quantile(buckets, 0.99), "longest_request_s": told["longest_request_s"], "busy_answers": told["busy_answers"]}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("program")
    words.add_argument("file")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--senders", type=int, default=2)
    words.add_argument("--rules", action="append", default=[])
    words.add_argument("--no-latency", action="store_true")
    options = words.parse_args()
    lines = pathlib.Path(options.file).read_bytes().splitlines()
    rounds = [throughput(options, lines) for _ in range(options.rounds)]
    rates = [one["events_s"] for one in rounds]
    result = {"events": len(lines), "senders": options.senders, "documents_a_request": DOCUMENTS, "best_events_s": max(rates), "median_events_s": statistics.median(rates),
              "median_acknowledged_events_s": statistics.median(one["acknowledged_events_s"] for one in rounds), "rss_mb": max(one["rss_mb"] for one in rounds), "rounds": rounds}
    if not options.no_latency:
        result["latency_at_half_load"] = latency(options, lines)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
