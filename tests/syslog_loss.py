#!/usr/bin/env python3
"""What plain syslog loses at a kill -9. Usage: tests/syslog_loss.py PROGRAM TEST-PROGRAM JOURNAL-DUMP SLOW-DISK [--quick]

UDP and TCP acknowledge nothing, so that what is under way at a crash is gone. One sender of each sends 2,000 messages a
second; the process is killed in the middle and started again. Printed: how many messages that were handed to the kernel
before the kill are not in the journal, as a number and as the time that they stand for. A figure, not a judgement; what is
judged is that nothing else is lost: each message that arrived a second before the kill is kept, none is kept twice, and
UDP's are accounted for.
"""
import random, socket, sys, threading, time

import lib

program, dump, quick = sys.argv[1], sys.argv[3], "--quick" in sys.argv
ROUNDS, RATE = (1 if quick else 5), 2000
SETTINGS = '[syslog]\nudp = ["127.0.0.1:0"]\ntcp = ["127.0.0.1:0"]\n'


class Plain(threading.Thread):
    def __init__(self, server, kind, round_number):
        super().__init__(daemon=True)
        port = next(one["port"] for one in server.health()["listeners"] if one["name"] == f"syslog_{kind}")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
        self.socket.connect(("127.0.0.1", port))
        self.kind, self.round_number, self.sent, self.stopping = kind, round_number, [], threading.Event()

    def run(self):
        begin, number = time.monotonic(), 0
        while not self.stopping.is_set():
            while number < (time.monotonic() - begin) * RATE:
                text = f"<13>{self.kind}-{self.round_number}-{number} said".encode()
                try:
                    self.socket.sendall(text + (b"\n" if self.kind == "tcp" else b""))
                except OSError:
                    return
                self.sent.append((time.monotonic(), text))
                number += 1
            time.sleep(0.001)


lost = {"udp": [], "tcp": []}
with lib.Server(program, SETTINGS) as server:
    everything = []
    for number in range(ROUNDS):
        senders = [Plain(server, kind, number) for kind in lost]
        for sender in senders:
            sender.start()
        time.sleep(random.uniform(1.5, 2.5))
        killed = time.monotonic()
        server.kill()
        for sender in senders:
            sender.stopping.set()
            sender.join(10)
            sender.socket.close()
            everything.append((sender, killed))
        server.start()
    server.caught_up()
    lib.expect(server.stop()[0] == 0, "it stops with code 0")
    records = server.records(dump)
    kept = set(records)
    lib.expect(len(kept) == len(records), "no message is kept twice", len(records) - len(kept))
    for sender, killed in everything:
        before = [(when, text) for when, text in sender.sent if when < killed]
        missing = [when for when, text in before if text not in kept]
        old = [when for when in missing if when < killed - 1]
        lib.expect(not old, f"what came over {sender.kind} a second before the kill is kept", len(old))
        lost[sender.kind].append((len(missing), killed - missing[0] if missing else 0, len(before)))
for kind, rounds in lost.items():
    lib.figure(f"{kind}: {ROUNDS} kills at {RATE} messages/s: lost {', '.join(str(count) for count, _, _ in rounds)} of {sum(sent for _, _, sent in rounds)} sent; "
               f"at most {1000 * max(span for _, span, _ in rounds):.0f} ms of messages")
lib.finish()
