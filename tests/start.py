#!/usr/bin/env python3
"""Start and idle memory. Usage: tests/start.py PROGRAM TEST-PROGRAM JOURNAL-DUMP

Times are printed, not asserted; memory is asserted. The rules are the shipped ones.
"""
import sys

import lib

program = sys.argv[1]
times = []
for _ in range(5):
    server = lib.Server(program, "[rules]\ninclude_shipped = true\n")
    try:
        times.append(server.start())
        lib.expect(server.get("/healthz").status == 200 and server.get("/readyz").status == 200, "it answers when it says ready")
        rules = server.health()["content"]["rules"]
        lib.expect(rules >= 20, "the shipped rules are loaded", rules)
        resident, highest = server.memory()
        lib.expect(highest < 150 << 20, "idle memory is below 150 MB", f"{resident >> 20} MB, {highest >> 20} MB at most")
        code, stopped = server.stop()
        lib.expect(code == 0, "it stops with code 0", code)
        again = server.start()
    finally:
        server.close()
times.sort()
lib.figure(f"ready on an empty folder after {times[0]:.2f} to {times[-1]:.2f} s (median {times[2]:.2f} s, goal below 1 s), again after {again:.2f} s, "
           f"stopped in {stopped:.2f} s; idle with {rules} rules: {resident / 2**20:.0f} MB resident, {highest / 2**20:.0f} MB at most")
lib.finish()
