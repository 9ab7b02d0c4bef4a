#!/usr/bin/env python3
"""The disk gets full, and has room again. Usage: tests/disk_full.py PROGRAM TEST-PROGRAM JOURNAL-DUMP [--quick]

A real small file system (tmpfs, which only root can mount). Acknowledging stops, /readyz says why, what was acknowledged
is there, and the node goes on by itself when there is room.
"""
import json, os, pathlib, secrets, subprocess, sys, tempfile

import lib

program, dump = sys.argv[1], sys.argv[3]
folder = pathlib.Path(tempfile.mkdtemp(prefix="vonggac-full-"))
mounted = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(folder)], capture_output=True).returncode == 0
if not mounted:
    folder.rmdir()
    lib.skip("disk full", "only root can mount a small file system, and here it cannot be done")
    lib.finish()
try:
    # 8 MB are kept free for State: the journal stops before the last byte.
    with lib.Server(program, "[journal]\nsegment_bytes = 1048576\nreserve_bytes = 8388608\n", data=folder / "data") as server:
        token = server.source("web-01")
        taken, refused, number = [], None, 0
        filler = folder / "filler"
        filler.touch()  # while there is room for its name: the node's own files may take the last block first
        for _ in range(500):
            batch = [json.dumps({"n": number + i, "noise": secrets.token_hex(2000)}).encode() for i in range(50)]
            number += 50
            answer = server.post("/ingest/ndjson", b"".join(r + b"\n" for r in batch), token)
            if answer.status != 200:
                refused = answer
                taken += batch[:answer.json().get("accepted_lines", 0)]
                break
            taken += batch
        lib.expect(refused is not None and refused.status in (429, 503), "a full disk is no success", refused)
        lib.expect(refused is not None and refused.headers.get("retry-after", "").isdigit(), "with Retry-After", refused and refused.headers)
        ready = server.get("/readyz")
        lib.expect(ready.status == 503, "/readyz says that it takes no records", ready)
        lib.expect(b"space" in ready.body.lower() or b"free" in ready.body.lower(), "and why", ready)
        lib.expect(server.get("/healthz").status == 200, "the process lives")
        lib.expect(server.health()["journal"]["writable"] is False, "health says so too", server.health()["journal"])
        lib.expect(server.post("/ingest/ndjson", b'{"n":-1}\n', token).status in (429, 503), "it goes on saying so")
        found = server.api("GET", "/api/v1/findings")
        lib.expect(found.status == 200, "people can still look", found)

        # Harder: not even the reserve is left, and the process is killed in that state.
        with open(filler, "wb", buffering=0) as file:  # a buffer would want to be written once more when it is closed
            try:
                while True:
                    file.write(b"\0" * 65536)
            except OSError:
                pass
        lib.expect(server.post("/ingest/ndjson", b'{"n":-2}\n', token).status in (429, 503), "nor without a single free byte")

        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=96m", str(folder)], check=True)
        lib.wait_for(lambda: server.get("/readyz").status == 200, "it to heal by itself", 30)
        lib.expect(True, "it heals by itself when there is room")
        last = b'{"n":"after"}'
        answer = server.post("/ingest/ndjson", last + b"\n", token)
        lib.expect(answer.status == 200, "and takes records again", answer)
        taken.append(last)
        server.caught_up()
        lib.expect(server.stop()[0] == 0, "it stops with code 0")
        records = server.records(dump)
        lost = len(set(taken) - set(records))
        lib.expect(lost == 0, "nothing that was acknowledged is lost", f"{lost} of {len(taken)}")
        lib.expect(b'{"n":-1}' not in records and b'{"n":-2}' not in records, "nothing that was refused is kept")
        verified = server.command("verify")
        lib.expect(verified.returncode == 0, "verify finds the folder good", verified.stdout + verified.stderr)
        lib.figure(f"a disk of 24 MB: {len(taken)} records of 4 kB taken, 0 lost")
finally:
    subprocess.run(["umount", "-l", str(folder)], capture_output=True)
    folder.rmdir()
lib.finish()
