#!/usr/bin/env python3
"""The recorder, process 1 of its namespaces: builds the network, starts the servers, lets people and attackers at them for
seven minutes, and copies the logs to the folder given. Started by tools/record-demo alone, which makes the surroundings."""
import datetime, json, multiprocessing, os, pathlib, random, signal, sys, time

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))
import attacks, hosts, moving, ordinary, scenario, servers

SECONDS = float(os.environ.get("VG_RECORD_SECONDS", 420))

# Ordinary life: function, machine, what it is told.
LIFE = [
    *((ordinary.visitor, "net", (f"203.0.113.{n}",)) for n in range(101, 109)),
    (ordinary.visitor, "net", ("198.51.100.10",)),
    *((ordinary.browsing, "lan", (f"192.0.2.{n}",)) for n in range(141, 149)),
    (ordinary.letters, "lan", ("192.0.2.141", ("minh.vo", servers.MAIL["minh.vo"]), "minh.vo@truong-vidu.example")),
    (ordinary.letters, "lan", ("192.0.2.142", ("thuvien", servers.MAIL["thuvien"]), "thuvien@truong-vidu.example")),
    (ordinary.arriving, "net", ("198.51.100.25",)),
    (ordinary.asking_outside, "net", ("203.0.113.109",)),
    (ordinary.asking_outside, "net", ("203.0.113.110",)),
    (ordinary.administrator, "office", ("192.0.2.40", "quantri", servers.PEOPLE["quantri"])),
    (ordinary.administrator, "office", ("192.0.2.41", "an.le", servers.PEOPLE["an.le"])),
    (ordinary.administrator, "office", ("192.0.2.42", "binh.tran", servers.PEOPLE["binh.tran"])),
    (ordinary.application, "web", ("192.0.2.10", servers.DATABASE["ungdung"])),
    (ordinary.address_by_dhcp, "lan", ("",)),
]

# Attacks: when they begin, as a part of the whole time, function, machine.
ATTACKS = [
    (0.05, attacks.scan_ports, "net"), (0.10, attacks.scan_ports_ipv6, "net"), (0.15, attacks.transfer_zone, "net"), (0.20, attacks.scan_web, "net"),
    (0.28, attacks.break_into_web, "net"), (0.45, attacks.climb_on_web_server, "web"), (0.55, attacks.guess_database, "web"),
    (0.25, attacks.guess_ssh, "net"), (0.30, attacks.guess_mail, "net"), (0.50, attacks.send_spam, "net"), (0.12, attacks.relay_mail, "net"),
    (0.35, attacks.bot_generated_names, "lan"), (0.48, attacks.bot_tunnel, "lan"), (0.60, attacks.bot_odd_ports, "lan"), (0.66, attacks.bot_miner, "lan"),
]

def live(function, host, words):
    """In a process of its own, which moves into the machine's network first."""
    signal.alarm(int(SECONDS) + 120)
    random.seed(f"{function.__name__} {host} {words}")
    hosts.enter(host)
    function(*words)


def begin_one(function, host, words):
    process = multiprocessing.get_context("fork").Process(target=live, args=(function, host, words), name=function.__name__)
    process.start()
    return process


def main(out):
    hosts.build()
    servers.start_all()
    print(f"the servers stand; {SECONDS:.0f} seconds of traffic follow", file=sys.stderr, flush=True)
    start = datetime.datetime.now(moving.HERE).replace(microsecond=0)
    begin = time.monotonic()
    end = begin + SECONDS
    running = [begin_one(function, host, (end, *words)) for function, host, words in LIFE]
    running.append(begin_one(attacks.bot_beacon, "lan", (end,)))
    for part, function, host in sorted(ATTACKS, key=lambda attack: attack[0]):
        time.sleep(max(0, begin + part * SECONDS - time.monotonic()))
        running.append(begin_one(function, host, ()))
    bad = []
    for process in running:
        process.join(max(1, end + 60 - time.monotonic()))
        if process.exitcode != 0:
            bad.append(f"{process.name}: {process.exitcode}")
    time.sleep(2)
    stop = datetime.datetime.now(moving.HERE)
    for source in scenario.SOURCES:
        records = servers.LOGS[source.file].read_text(errors="surrogateescape").splitlines()
        # What the servers said while they started is left out; so is a line without a time of its own before the first.
        times = [moving.time_of(source.times, line, start.year) for line in records]
        kept = [line for line, time in zip(records, times) if time is not None and start <= time <= stop]
        (out / source.file).write_text("".join(line + "\n" for line in kept), errors="surrogateescape")
        print(f"{source.file}: {len(kept)} records, {sum(time is None for time in times)} without a time left out", file=sys.stderr)
        if not kept:
            bad.append(f"{source.file} is empty")
    (out / "recording.json").write_text(json.dumps({"begin": start.isoformat(), "end": stop.isoformat()}) + "\n")
    sys.exit("; ".join(bad) if bad else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
