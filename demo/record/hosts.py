"""The pretended network: one namespace a machine, each with a host name and a system log of its own.

    hosts.build()                                       # once; gw joins the four links and is everybody's router
    hosts.start("web", ["/usr/sbin/nginx", "-c", ...])  # a server, which lives until the recorder ends
    hosts.run("lan", ["curl", ...])                     # a command, waited for

Addresses are those that are kept for documentation (RFC 5737, RFC 3849); nothing leaves the namespaces.
"""
import ctypes, pathlib, subprocess, time

RUN = pathlib.Path("/run/hosts")

# name: host name, link, addresses. The first address is the one that a machine speaks from by itself.
HOSTS = {
    "web": ("web-01", "dmz", ["192.0.2.10/26", "2001:db8:10::10/64"]),
    "ns": ("ns-01", "dmz", ["192.0.2.11/26"]),
    "db": ("db-01", "dmz", ["192.0.2.20/26"]),
    "office": ("quantri-01", "dmz", ["192.0.2.40/26", "192.0.2.41/26", "192.0.2.42/26"]),
    "mail": ("mail-01", "campus", ["192.0.2.70/26"]),
    "dns": ("dns-01", "campus", ["192.0.2.71/26"]),
    "proxy": ("proxy-01", "campus", ["192.0.2.72/26"]),
    "dhcp": ("dhcp-01", "lan", ["192.0.2.130/25"]),
    "lan": ("may-tram", "lan", [f"192.0.2.{n}/25" for n in range(141, 153)]),
    "net": ("internet", "wan", ["198.51.100.10/24", "198.51.100.23/24", "198.51.100.77/24", "198.51.100.25/24", "198.51.100.26/24", "198.51.100.80/24",
                                "203.0.113.10/24", "203.0.113.66/24", "203.0.113.80/24", "203.0.113.99/24", "2001:db8:66::10/64", "2001:db8:66::23/64",
                                *(f"203.0.113.{n}/24" for n in range(101, 113))]),
}
GATEWAY = "gw-01"
LINKS = {
    "dmz": ["192.0.2.1/26", "2001:db8:10::1/64"],
    "campus": ["192.0.2.65/26"],
    "lan": ["192.0.2.129/25"],
    "wan": ["198.51.100.1/24", "203.0.113.1/24", "2001:db8:66::1/64"],
}


def must(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, words))}: {done.returncode}: {done.stderr}{done.stdout}")
    return done.stdout


def build():
    RUN.mkdir(parents=True)
    pathlib.Path("/dev/log").touch()
    must("ip", "netns", "add", "gw")
    must("ip", "-n", "gw", "link", "set", "lo", "up")
    for link, addresses in LINKS.items():
        must("ip", "-n", "gw", "link", "add", f"br-{link}", "type", "bridge")
        must("ip", "-n", "gw", "link", "set", f"br-{link}", "up")
        for address in addresses:
            must("ip", "-n", "gw", "address", "add", address, "dev", f"br-{link}", *(["nodad"] if ":" in address else []))
    for name, (_, link, addresses) in HOSTS.items():
        must("ip", "netns", "add", name)
        must("ip", "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", f"to-{name}", "netns", "gw")
        must("ip", "-n", "gw", "link", "set", f"to-{name}", "master", f"br-{link}", "up")
        must("ip", "-n", name, "link", "set", "lo", "up")
        must("ip", "-n", name, "link", "set", "eth0", "up")
        for address in addresses:
            must("ip", "-n", name, "address", "add", address, "dev", "eth0", *(["nodad"] if ":" in address else []))
        for address in LINKS[link]:
            router = address.split("/")[0]
            if ":" not in router or any(":" in own for own in addresses):
                must("ip", "-n", name, *(["-6"] if ":" in router else []), "route", "append", "default", "via", router)
    inside("gw", ["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"])
    inside("gw", ["sysctl", "-qew", "net.bridge.bridge-nf-call-iptables=0", "net.bridge.bridge-nf-call-ip6tables=0"])     # within a link nothing is filtered
    pathlib.Path("/etc/resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")


def hostname(host):
    return GATEWAY if host == "gw" else HOSTS[host][0]


def wrapped(host, words):
    """The command in the machine's network, with its name and its /dev/log."""
    log = RUN / host / "log"
    script = f'hostname {hostname(host)}; [ -S {log} ] && mount --bind {log} /dev/log; shift 0; exec "$@"'
    return ["nsenter", f"--net=/run/netns/{host}", "unshare", "--mount", "--uts", "sh", "-c", script, "sh", *map(str, words)]


def inside(host, words, **options):
    return must(*wrapped(host, words), **options)


def enter(host):
    """This process moves into the machine's network, but not to its name and log: commands that log are for run()."""
    with open(f"/run/netns/{host}") as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), 0x40000000) != 0:      # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), f"the network of {host}")


def run(host, words, seconds=60, **options):
    """Waited for; what it says and how it ends is its own affair (attacks fail by design)."""
    try:
        return subprocess.run(wrapped(host, words), capture_output=True, text=True, timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, "", "")


def start(host, words, **options):
    return subprocess.Popen(wrapped(host, words), stdout=subprocess.DEVNULL, stderr=open(RUN / f"{host}.err", "ab"), **options)


def start_syslog(host, facilities="*.*"):
    """rsyslogd of this machine: the forwarded form (RFC 5424) of what it gets goes to RUN/HOST/syslog."""
    folder = RUN / host
    folder.mkdir()
    (folder / "rsyslog.conf").write_text(f"""
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log" CreatePath="on" RateLimit.Interval="0" UseSysTimeStamp="on")
template(name="traditional" type="string" string="<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\\n")
template(name="standard" type="string" string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% %STRUCTURED-DATA% %msg:2:$:drop-last-lf%\\n")
{facilities} action(type="omfile" file="{folder}/standard" template="standard")
{facilities} action(type="omfile" file="{folder}/traditional" template="traditional")
""")
    start(host, ["/usr/sbin/rsyslogd", "-n", "-f", folder / "rsyslog.conf", "-i", folder / "rsyslog.pid"])
    wait(lambda: (folder / "log").exists(), f"the system log of {host}")


def wait(state, what, seconds=20):
    end = time.monotonic() + seconds
    while not state():
        if time.monotonic() > end:
            errors = "".join(path.read_text(errors="replace")[-1500:] for path in RUN.glob("*.err"))
            raise SystemExit(f"{what} did not come within {seconds} s: {errors}")
        time.sleep(0.05)


def wait_port(host, address, port):
    """Waits until somebody listens there."""
    wait(lambda: f":{port} " in run(host, ["ss", "-Hltn"]).stdout, f"{address}:{port}")
