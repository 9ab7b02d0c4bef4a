#!/usr/bin/env python3
"""P7: syslog over TCP to what keeps it, against rsyslog and syslog-ng on the same wire, cores and messages.

Usage: bench/syslog_wire.py PROGRAM [--messages N] [--rounds N] [--syslog-ng ROOT]
Prints one JSON document. Two connections send N lines (half RFC 3164, half RFC 5424, newline framed) as fast as they are
taken. The clock stops: for vonggac when every message is in its fsynced journal (acknowledged_s) and when every one is
parsed, normalised, matched and committed (committed_s); for rsyslog and syslog-ng when every line stands in their output file,
which they do not fsync. Each is measured in every round, one behind the other. ROOT is where syslog-ng's packages were
unpacked (conformance/run leaves them in build/conformance/syslog-ng/root); without it or without rsyslogd that peer is
left out and said so.
"""
import argparse, json, os, pathlib, shutil, socket, statistics, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import lib

CONNECTIONS = 2
TEXTS = [
    "sshd[{n}]: Failed password for invalid user admin from 203.0.113.{a} port {p} ssh2",
    "sshd[{n}]: Accepted publickey for lan from 198.51.100.{a} port {p} ssh2: ED25519 SHA256:q1w2e3r4t5y6u7i8o9p0",
    "postfix/smtpd[{n}]: connect from mail.example.com[192.0.2.{a}]",
    "kernel: [{n}.125] IN=eth0 OUT= SRC=203.0.113.{a} DST=192.0.2.10 LEN=60 TTL=52 ID={p} PROTO=TCP SPT={p} DPT=22 WINDOW=29200 SYN",
    "named[{n}]: client @0x7f3c 192.0.2.{a}#{p} (www.example.com): query: www.example.com IN A + (192.0.2.53)",
    "cron[{n}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily)",
]


def message(i):
    text = TEXTS[i % len(TEXTS)].format(n=1000 + i % 30000, a=1 + i % 250, p=1024 + i * 7 % 60000)
    host = f"host{i % 40}"
    if i % 2:
        return f"<38>{time.strftime('%b %e %H:%M:%S')} {host} {text}\n"
    program, _, rest = text.partition(": ")
    name, _, process = program.partition("[")
    return f"<38>1 {time.strftime('%Y-%m-%dT%H:%M:%S')}.{i % 1000:03d}Z {host} {name} {process.rstrip(']') or '-'} - - {rest}\n"


def parts(count):
    each = count // CONNECTIONS
    return [b"".join(message(k * each + i).encode() for i in range(each)) for k in range(CONNECTIONS)], each * CONNECTIONS


def send(port, buffers):
    def one(buffer):
        with socket.create_connection(("127.0.0.1", port)) as to:
            to.sendall(buffer)
            to.shutdown(socket.SHUT_WR)
            to.settimeout(300)
            while to.recv(1024):
                pass
    threads = [threading.Thread(target=one, args=(buffer,)) for buffer in buffers]
    for thread in threads:
        thread.start()
    return threads


def ours(program, buffers, count, rules):
    settings = f'[syslog]\ntcp = ["127.0.0.1:0"]\n[rules]\nfolders = []\ninclude_shipped = {"true" if rules else "false"}\n'
    with lib.Server(program, settings) as server:
        port = next(one["port"] for one in server.health()["listeners"] if one["name"] == "syslog_tcp")
        before = server.health()["journal"]["end"]
        begin = time.monotonic()
        threads = send(port, buffers)
        kept = lib.wait_for(lambda: time.monotonic() if server.health()["journal"]["end"] - before >= count else None, "the journal to have them", 600)
        server.caught_up(600)
        done = time.monotonic()
        for thread in threads:
            thread.join()
        return {"acknowledged_s": kept - begin, "committed_s": done - begin}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def peer(command, configure, buffers, count, environment=None):
    """Starts the peer in a folder of its own and waits until its output has every line."""
    with tempfile.TemporaryDirectory(prefix="vg-bench-") as folder:
        folder, port = pathlib.Path(folder), free_port()
        configure(folder, port)
        with open(folder / "log", "w") as log:
            process = subprocess.Popen([str(word) for word in command(folder)], cwd=folder, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        try:
            def listens():
                if process.poll() is not None:
                    sys.exit(f"{command(folder)[0]} ended: {(folder / 'log').read_text()[-1000:]}")
                with socket.socket() as to:
                    return to.connect_ex(("127.0.0.1", port)) == 0
            lib.wait_for(listens, "the peer to listen", 60)
            begin, seen, out = time.monotonic(), 0, folder / "all.log"
            threads = send(port, buffers)
            lib.wait_for(out.exists, "the peer's file", 60)
            with open(out, "rb") as file:
                while seen < count:
                    if part := file.read(1 << 20):
                        seen += part.count(b"\n")
                    else:
                        time.sleep(0.002)
                        if time.monotonic() - begin > 600:
                            sys.exit(f"{command(folder)[0]}: {seen} of {count} lines after ten minutes")
            taken = time.monotonic() - begin
            process.terminate()
            process.wait(60)
            for thread in threads:
                thread.join()
            return {"written_s": taken}
        finally:
            process.kill()
            process.wait()


def rsyslog(buffers, count):
    def configure(folder, port):
        (folder / "conf").write_text(f'global(workDirectory="{folder}" maxMessageSize="64k")\nmodule(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="{port}")\naction(type="omfile" file="{folder}/all.log")\n')
    return peer(lambda folder: ["rsyslogd", "-n", "-f", folder / "conf", "-i", folder / "pid"], configure, buffers, count)


def syslog_ng(root):
    def run(buffers, count):
        def configure(folder, port):
            (folder / "conf").write_text(f'@version: 3.35\nsource s {{ network(ip("127.0.0.1") port({port}) transport("tcp") max-connections(16) log-iw-size(100000)); }};\ndestination d {{ file("{folder}/all.log"); }};\nlog {{ source(s); destination(d); }};\n')
        command = lambda folder: [root / "usr/sbin/syslog-ng", "-F", "--no-caps", "-f", folder / "conf", "--module-path", root / "usr/lib/syslog-ng/3.38", "-R", folder / "persist", "-p", folder / "pid", "-c", folder / "control"]
        libraries = ":".join(str(root / place) for place in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/syslog-ng"))
        return peer(command, configure, buffers, count, {"LD_LIBRARY_PATH": libraries})
    return run


def main():
    words = argparse.ArgumentParser()
    words.add_argument("program")
    words.add_argument("--messages", type=int, default=500_000)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--syslog-ng", type=pathlib.Path, default=ROOT / "build/conformance/syslog-ng/root")
    options = words.parse_args()
    buffers, count = parts(options.messages)
    runs = {"detection_off": lambda: ours(options.program, buffers, count, False), "detection_on": lambda: ours(options.program, buffers, count, True)}
    left_out = []
    if shutil.which("rsyslogd"):
        runs["rsyslog"] = lambda: rsyslog(buffers, count)
    else:
        left_out.append("rsyslog: rsyslogd is not installed")
    if (options.syslog_ng / "usr/sbin/syslog-ng").exists():
        runs["syslog_ng"] = lambda: syslog_ng(options.syslog_ng)(buffers, count)
    else:
        left_out.append(f"syslog-ng: not unpacked in {options.syslog_ng}")
    told = {"messages": count, "bytes": sum(map(len, buffers)), "connections": CONNECTIONS, "left_out": left_out, "rounds": {name: [] for name in runs}}
    for _ in range(options.rounds):
        for name, once in runs.items():
            told["rounds"][name].append(once())
    rate = lambda name, key: count / statistics.median(one[key] for one in told["rounds"][name])
    told["messages_s"] = {f"{name} {key}": rate(name, key) for name, rounds in told["rounds"].items() for key in rounds[0]}
    for name, key in (("rsyslog", "ratio_to_rsyslog"), ("syslog_ng", "ratio_to_syslog_ng")):
        if name in runs:
            told[key] = {f"{mode} {which}": rate(mode, which) / rate(name, "written_s") for mode in ("detection_off", "detection_on") for which in ("acknowledged_s", "committed_s")}
    print(json.dumps(told, indent=1))


main()
