"""Senders that others wrote, over the protocols that are not Elasticsearch's: called by conformance/run.

Each test is a function of (server, name, install). Senders without a token come from 127.0.0.1 and are told apart by the
listener; what a test sent is compared with how the source's counters grew.
"""
import http.client, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
LINES = 1000
HEC = "splunk-handler==3.0.0 requests==2.32.5"
OTLP = "opentelemetry-exporter-otlp-proto-http==1.38.0 opentelemetry-sdk==1.38.0"
LUMBER = "github.com/elastic/go-lumber v0.1.1"
SYSLOG_NG = "syslog-ng-core syslog-ng-scl syslog-ng-mod-http libivykis0 libnet1 libwrap0 libjson-c5 libpcre3"


class Skip(Exception):
    pass


def settings(folder):
    make_certificates(folder)
    return f"""[syslog]
udp = ["127.0.0.1:0"]
tcp = ["127.0.0.1:0"]
tls = ["127.0.0.1:0"]
[relp]
listen = ["127.0.0.1:0"]
[lumberjack]
listen = ["127.0.0.1:0"]
[tls]
certificate = "{folder}/server.pem"
key = "{folder}/server.key"
[senders]
client_certificates = "optional"
client_ca = "{folder}/ca.pem"
[http]
allow_plain = true
"""


def make_certificates(folder):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    for name, rest in (("ca", ["-subj", "/CN=conformance"]),
                       ("server", ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-CA", "ca.pem", "-CAkey", "ca.key"]),
                       ("client", ["-subj", "/CN=rsyslog-01", "-CA", "ca.pem", "-CAkey", "ca.key"])):
        subprocess.run(["openssl", "req", "-x509", *key, *rest, "-keyout", f"{name}.key", "-out", f"{name}.pem"], cwd=folder, check=True, capture_output=True)


def ask(control, path):
    class Connection(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.connect(os.path.relpath(control) if len(str(control)) > 100 else str(control))
    connection = Connection("localhost", timeout=60)
    connection.request("GET", path)
    return connection.getresponse().read()


def wait_until(state, what, seconds=120):
    end = time.monotonic() + seconds
    while not (value := state()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return value


def of_listener(server, listener, peer="127.0.0.1"):
    """The source of what comes over a listener; made at first use."""
    name = listener.replace("_", "-")
    if name not in server.command("source", "list", "--format", "ndjson"):
        server.command("source", "add", name, "--listener", listener, "--peer", peer)
    return name


def grows(server, source, count, work):
    """`work` makes the source's accepted records grow by `count`, and nothing is refused."""
    before = server.counters(source)
    work()
    wait_until(lambda: server.counters(source)["accepted"] >= before["accepted"] + count, f"{count} records of {source}; it has {server.counters(source)}")
    after = server.counters(source)
    assert after["accepted"] == before["accepted"] + count, f"accepted {after['accepted'] - before['accepted']}, sent {count}"
    assert after["refused"] == before["refused"], f"refused {after['refused'] - before['refused']}"


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stderr[-1500:]}"
    return done.stdout


# ---- util-linux logger ----

def logger(listener, *options, count=50):
    def test(server, name, install):
        source = of_listener(server, listener)
        def work():
            for i in range(count):
                run(["logger", "--server", "127.0.0.1", "--port", str(server.listener(listener)), *options, "-t", name, "-p", "auth.notice", f"câu số {i}"])
        grows(server, source, count, work)
    return test


def unknown_sender(server, name, install):
    run(["logger", "--server", "127.0.0.1", "--port", str(server.listener("syslog_udp")), "--udp", "--rfc3164", "ai đó"])
    wait_until(lambda: "unknown/127.0.0.1" in server.command("source", "list", "--format", "ndjson"), "the source unknown/127.0.0.1")
    wait_until(lambda: server.counters("unknown/127.0.0.1")["accepted"] == 1, "its record")


# ---- daemons: rsyslog is installed, syslog-ng (which excludes it) unpacked ----

class Daemon:
    """A program in a folder of its own that reads a file of lines; ended by its process."""

    def __init__(self, lines):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="vg-shipper-"))
        self.file = self.folder / "input.log"
        self.file.write_text("".join(f"dòng số {i} của tệp\n" for i in range(lines)))
        self.process = None

    def start(self, command, environment=None):
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=open(self.folder / "out", "w"), stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if kind is not None:
            print((self.folder / "out").read_text()[-1500:] if (self.folder / "out").exists() else "")
        shutil.rmtree(self.folder, ignore_errors=True)


def rsyslog(listener, action, tls=False):
    def test(server, name, install):
        if not shutil.which("rsyslogd"):
            raise Skip("rsyslog is not installed: tools/install-packages tools/packages-test.txt")
        if listener is None:
            source, token, port = name, server.add_source(name), server.port
        else:
            source, token, port = of_listener(server, listener), "", server.listener(listener)
        with Daemon(LINES) as daemon:
            globals_ = f'global(workDirectory="{daemon.folder}" maxMessageSize="64k"'
            if tls:
                globals_ += (f' DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{server.folder}/ca.pem"'
                             f' DefaultNetstreamDriverCertFile="{server.folder}/client.pem" DefaultNetstreamDriverKeyFile="{server.folder}/client.key"')
            config = daemon.folder / "rsyslog.conf"
            config.write_text(f'{globals_})\nmodule(load="imfile" mode="polling" pollingInterval="1")\nmodule(load="omrelp")\nmodule(load="omelasticsearch")\n'
                              'template(name="doc" type="list" option.jsonf="on") { property(outname="@timestamp" name="timegenerated" dateFormat="rfc3339" format="jsonf")'
                              ' property(outname="message" name="msg" format="jsonf") }\n'
                              f'input(type="imfile" file="{daemon.file}" tag="conf")\n' + action.format(port=port, token=token, folder=daemon.folder) + "\n")
            grows(server, source, LINES, lambda: daemon.start(["rsyslogd", "-n", "-f", config, "-i", daemon.folder / "pid"]))
    return test


def unpack_syslog_ng(install):
    script = f'apt-get download -q {SYSLOG_NG} && for each in *.deb; do dpkg-deb -x "$each" root; done'
    return install("syslog-ng", lambda to: ["sh", "-c", f"cd {to} && {script}"], SYSLOG_NG) / "root"


def syslog_ng(listener, destination):
    def test(server, name, install):
        root = unpack_syslog_ng(install)
        if listener is None:
            source, token, port = name, server.add_source(name), server.port
        else:
            source, token, port = of_listener(server, listener), "", server.listener(listener)
        with Daemon(LINES) as daemon:
            config = daemon.folder / "syslog-ng.conf"
            text = destination.replace("PORT", str(port)).replace("TOKEN", token).replace("SERVER", str(server.folder))
            config.write_text(f'@version: 3.35\n@include "scl.conf"\nsource s {{ file("{daemon.file}" follow-freq(1) flags(no-parse)); }};\ndestination d {{ {text} }};\nlog {{ source(s); destination(d); }};\n')
            command = [root / "usr/sbin/syslog-ng", "-F", "--no-caps", "-f", config, "--module-path", root / "usr/lib/syslog-ng/3.38", "-R", daemon.folder / "persist",
                       "-p", daemon.folder / "pid", "-c", daemon.folder / "control"]
            libraries = ":".join(str(root / place) for place in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/syslog-ng"))
            include = root / "usr/share/syslog-ng/include"
            (daemon.folder / "scl.conf").write_text((include / "scl.conf").read_text().replace("`java-module-dir`", "") if (include / "scl.conf").exists() else "")
            config.write_text(config.read_text().replace('@include "scl.conf"\n', scl_of(include, destination)))
            grows(server, source, LINES, lambda: daemon.start(command, {"LD_LIBRARY_PATH": libraries}))
    return test


def scl_of(include, destination):
    """Only the block that is used: the others look for what is not unpacked."""
    return f'@include "{include}/scl/elasticsearch/elastic-http.conf"\n' if "elasticsearch-http" in destination else ""


# ---- packages of other registries ----

def python_script(script, packages):
    def test(server, name, install):
        folder = install(name, lambda to: [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target", to, *packages.split()], packages)
        token = server.add_source(name)
        sent = json.loads(run([sys.executable, HERE / script, server.url], env={**os.environ, "PYTHONPATH": str(folder), "TOKEN": token}).splitlines()[-1])
        wait_until(lambda: server.counters(name)["accepted"] >= sent["accepted"], f"{sent['accepted']} records")
        counters = server.counters(name)
        assert (counters["accepted"], counters["refused"]) == (sent["accepted"], sent["refused"]), (counters, sent)
    return test


def go_lumber(server, name, install):
    if not shutil.which("go"):
        raise Skip(f"{LUMBER} cannot be built here: there is no Go")
    def build(to):
        shutil.copy(HERE / "lumberjack_client.go", to / "main.go")
        (to / "go.mod").write_text(f"module conformance\n\ngo 1.20\n\nrequire {LUMBER}\n")
        return ["sh", "-c", f"cd {to} && go mod tidy && go build -o client ."]
    folder = install(name, build, LUMBER)
    source = of_listener(server, "lumberjack")
    for options in (["0"], ["3"]):
        grows(server, source, 5000, lambda: run([folder / "client", f"127.0.0.1:{server.listener('lumberjack')}", *options]))


OMFWD = 'action(type="omfwd" target="127.0.0.1" port="{{port}}" {0})'.format
TESTS = {
    "unknown-sender": unknown_sender,  # first: before 127.0.0.1 is registered
    "logger-udp-3164": logger("syslog_udp", "--udp", "--rfc3164"),
    "logger-udp-5424": logger("syslog_udp", "--udp", "--rfc5424"),
    "logger-tcp-3164": logger("syslog_tcp", "--tcp", "--rfc3164"),
    "logger-tcp-octets": logger("syslog_tcp", "--tcp", "--octet-count", "--rfc5424"),
    "rsyslog-udp": rsyslog("syslog_udp", OMFWD('protocol="udp"')),
    "rsyslog-tcp": rsyslog("syslog_tcp", OMFWD('protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"')),
    "rsyslog-tcp-octets": rsyslog("syslog_tcp", OMFWD('protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"')),
    "rsyslog-tls": rsyslog("syslog_tls", OMFWD('protocol="tcp" StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"'), tls=True),
    "rsyslog-relp": rsyslog("relp", 'action(type="omrelp" target="127.0.0.1" port="{port}" template="RSYSLOG_SyslogProtocol23Format")'),
    "rsyslog-elasticsearch": rsyslog(None, 'action(type="omelasticsearch" server="127.0.0.1" serverport="{port}" template="doc" searchIndex="logs" searchType="" bulkmode="on" uid="writer" pwd="{token}"'
                                           ' usehttps="off" skipverifyhost="on" errorfile="{folder}/errors")'),
    "syslog-ng-udp": syslog_ng("syslog_udp", 'network("127.0.0.1" port(PORT) transport("udp"));'),
    "syslog-ng-tcp": syslog_ng("syslog_tcp", 'network("127.0.0.1" port(PORT) transport("tcp"));'),
    "syslog-ng-5424": syslog_ng("syslog_tcp", 'syslog("127.0.0.1" port(PORT) transport("tcp"));'),
    "syslog-ng-tls": syslog_ng("syslog_tls", 'syslog("127.0.0.1" port(PORT) transport("tls") tls(ca-file("SERVER/ca.pem") peer-verify(required-trusted)));'),
    "syslog-ng-hec": syslog_ng(None, 'http(url("http://127.0.0.1:PORT/services/collector/event") method("POST") headers("Authorization: Splunk TOKEN") batch-lines(100) batch-timeout(1000)'
                                     ' body("$(format-json event=$MSG host=$HOST time=$UNIXTIME)"));'),
    "syslog-ng-elasticsearch": syslog_ng(None, 'elasticsearch-http(url("http://127.0.0.1:PORT/_bulk") index("logs") type("") user("writer") password("TOKEN") batch-lines(100) batch-timeout(1000)'
                                               ' template("$(format-json message=$MSG @timestamp=$ISODATE)"));'),
    "splunk-handler": python_script("splunk_client.py", HEC),
    "opentelemetry": python_script("otlp_client.py", OTLP),
    "go-lumber": go_lumber,
}
