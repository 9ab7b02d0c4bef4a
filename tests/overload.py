#!/usr/bin/env python3
"""Ten times overload for a minute. Usage: tests/overload.py PROGRAM TEST-PROGRAM JOURNAL-DUMP SLOW-DISK

The disk of the journal is made slow (each sync takes half a second longer) and the queue small, so that the node can take
about 8,000 records a second; 240 senders in 4 processes offer more than ten times as many. Memory stays bounded, who is
not served is told so with Retry-After, and nothing acknowledged is lost.
"""
import multiprocessing, os, sys, threading, time

import lib, shippers

program, dump, slow_disk = sys.argv[1], sys.argv[3], sys.argv[4]
SECONDS, PROCESSES, SENDERS, BATCH = 60, 4, 60, 1000
SETTINGS = "[archive]\ntail_bytes = 33554432\n[intake]\nqueue_records = 4000\nqueue_bytes = 4194304\n[http]\nhandler_threads = 256\n" + shippers.SETTINGS
# Four of the seven protocols hold a message or window whole until it is durable: 1.5 MB for each sender. Beside the node
# itself there are the archive's tail and the one that is being written, each about three times its texts in DuckDB's tables.
MOST_BYTES = (256 << 20) + PROCESSES * SENDERS * (3 << 19) + 6 * (32 << 20)


def send(server, token, number, results):
    """One process of senders; what they sent and got, without the threads."""
    kinds = ["ndjson", "bulk", "raw", *shippers.KINDS]
    made = [(kinds[i % len(kinds)], f"p{number}s{i}") for i in range(SENDERS)]
    senders = [(shippers.make if kind in shippers.KINDS else lib.Sender)(server, kind, name, token, batch=BATCH) for kind, name in made]
    for sender in senders:
        sender.start()
    time.sleep(SECONDS)
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(90)
    results.put({"sent": {r: c for s in senders for r, c in s.sent.items()}, "acknowledged": {r for s in senders for r in s.acknowledged},
                 "offered": sum(s.requests for s in senders) * BATCH, "busy": sum(s.busy for s in senders), "retry_after": sum(s.retry_after for s in senders),
                 "refused_requests": sum(s.busy_requests for s in senders), "bad": [str(b) for s in senders for b in s.bad][:3]})


class Result:
    def __init__(self, part):
        self.sent, self.acknowledged = part["sent"], part["acknowledged"]


with lib.Server(program, SETTINGS, environment={"LD_PRELOAD": slow_disk, "VG_SLOW_SYNC_MS": "500"}) as server:
    token = server.source("many")
    shippers.register(server)
    calm, _ = server.memory()
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=send, args=(server, token, number, results)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    seen, stop = [], threading.Event()

    def watch():
        while not stop.wait(0.25):
            seen.append(server.memory()[0])
    watcher = threading.Thread(target=watch)
    watcher.start()
    parts = [results.get(timeout=SECONDS + 240) for _ in processes]
    for process in processes:
        process.join()
    stop.set()
    watcher.join()
    _, highest = server.memory()
    ready = server.get("/readyz")
    lib.expect(ready.status == 200, "it is ready when the storm is over", ready)
    offered, acknowledged = sum(p["offered"] for p in parts), sum(len(p["acknowledged"]) for p in parts)
    lib.expect(offered >= 10 * acknowledged, "ten times as much was offered as could be taken", f"{offered} offered, {acknowledged} taken")
    lib.expect(not any(p["bad"] for p in parts), "senders get only answers that they can work with", [p["bad"] for p in parts if p["bad"]][:2])
    refused, with_time = sum(p["refused_requests"] for p in parts), sum(p["retry_after"] for p in parts)
    lib.expect(refused > 0, "who is not served over HTTP gets 429, or 503 in HEC")
    lib.expect(refused == with_time, "each of them has Retry-After in seconds", f"{refused} answers, {with_time} with it")
    lib.expect(max(seen + [highest]) < MOST_BYTES, "memory is bounded", f"{max(seen + [highest]) >> 20} MB")
    quarters = [max(seen[len(seen) * i // 4:len(seen) * (i + 1) // 4]) >> 20 for i in range(4)]
    health = server.caught_up()
    lib.expect(health["journal"]["damage"] == [], "no record was taken for damaged", health["journal"]["damage"])
    lib.expect(server.stop(60)[0] == 0, "it stops with code 0")
    records = server.records(dump)
    kept, duplicates = lib.check_journal(records, [Result(p) for p in parts], "after the storm")
    lib.figure(f"{SECONDS} s, {PROCESSES * SENDERS} senders: {offered / SECONDS:.0f} records/s offered, {acknowledged / SECONDS:.0f} acknowledged, "
               f"{offered / max(acknowledged, 1):.0f} times; {refused} answers 429; memory {calm >> 20} MB calm, {highest >> 20} MB at most, by quarters {quarters}; "
               f"{kept} acknowledged, {duplicates} duplicates in the journal")
lib.finish()
