"""What the whole-product scripts share: a server in a folder of its own, senders, and counting of what was proven.

    with lib.Server(program) as server:
        token = server.source("web-01")
        answer = server.post("/ingest/ndjson", b'{"a":1}\\n', token)
    lib.expect(answer.status == 200, "a line is taken")
    lib.finish()            # prints "N passed, N failed, N skipped"; exit code 1 when something failed

Only the standard library of Python 3.11. Nothing here sleeps to synchronise: waiting is for a state, with a limit.
"""
import http.client, json, os, pathlib, random, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = os.sysconf("SC_PAGESIZE")

_counts = [0, 0, 0]
_kept = False


def expect(holds, claim, fact=""):
    """Counts one claim; a false one is printed with the fact that contradicts it, and the script goes on."""
    global _kept
    if holds:
        _counts[0] += 1
    else:
        _counts[1] += 1
        _kept = True
        print(f"FAILED: {claim}: {str(fact)[:2000]}", flush=True)
    return bool(holds)


def skip(claim, why):
    _counts[2] += 1
    print(f"skipped: {claim}: {why}", flush=True)


def figure(text):
    print(f"[figure] {text}", flush=True)


def finish():
    print(f"{_counts[0]} passed, {_counts[1]} failed, {_counts[2]} skipped", flush=True)
    sys.exit(1 if _counts[1] or not sum(_counts) else 0)


def wait_for(state, what, seconds=60):
    """The first true value of state(); an error when it does not come in time."""
    end = time.monotonic() + seconds
    while True:
        value = state()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def request(connection, method, path, body=None, headers=None):
    connection.request(method, path, body=body, headers=headers or {})
    got = connection.getresponse()
    return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())


# Rules of our own, so that what is found depends on nothing but the script: "bad" looks at a field, "word" at the text.
RULES = {
    "bad.yml": """title: A bad program
id: 11111111-1111-4111-8111-111111111111
status: test
logsource:
    category: product_test
detection:
    selection:
        Image|endswith: '\\bad.exe'
    condition: selection
level: high
""",
    "word.yml": """title: A bad word
id: 22222222-2222-4222-8222-222222222222
status: test
logsource:
    category: product_test
detection:
    keywords:
        - 'badword'
    condition: keywords
level: low
""",
}
BAD, WORD = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


class Server:
    """One data folder, and at most one process on it. `settings` are lines of TOML; sections after plain keys."""

    def __init__(self, program, settings="", data=None, environment=None, base=None):
        self.program = str(program)
        self.base = pathlib.Path(base or tempfile.mkdtemp(prefix="vonggac-tests-"))
        self.data = pathlib.Path(data or self.base / "data")
        self.settings = settings
        self.environment = {**os.environ, **(environment or {})}
        self.process = self.port = None
        self.wrap = ()                               # words before the program's
        self.starts = 0
        rules = self.base / "rules"
        rules.mkdir(exist_ok=True)
        for name, text in RULES.items():
            (rules / name).write_text(text)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            print(self.log()[-4000:], flush=True)
        self.close(keep=kind is not None)

    def close(self, keep=False):
        self.kill()
        if (keep or _kept) and os.environ.get("VG_KEEP"):
            print(f"kept: {self.base}")
        else:
            shutil.rmtree(self.base, ignore_errors=True)

    def log(self):
        path = self.base / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def launch(self, *arguments):
        """Starts the process and does not wait for it."""
        config = self.base / "vonggac.toml"
        text = f'listen = ["127.0.0.1:0"]\ndata = "{self.data}"\n{self.settings}\n'
        config.write_text(text if "[rules]" in text else text + f'[rules]\nfolders = ["{self.base / "rules"}"]\ninclude_shipped = false\n')
        self.starts += 1
        self.out = self.base / f"out-{self.starts}"
        with open(self.base / "log", "ab") as log, open(self.out, "wb") as out:
            self.process = subprocess.Popen([*self.wrap, self.program, "serve", "--config", str(config), *arguments], stdout=out, stderr=log, env=self.environment, cwd=ROOT)
        return self

    def start(self, seconds=60):
        """Starts, and waits for the line "ready". The seconds that took."""
        begin = time.monotonic()
        self.launch()
        self.wait_ready(seconds)
        return time.monotonic() - begin

    def wait_ready(self, seconds=60):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.log()[-2000:]}")
            text = self.out.read_text(errors="replace")
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", text)
            if found and re.search(r"^ready$", text, re.M):
                self.port = int(found.group(1))
            return self.port and "ready" in text
        self.port = None
        wait_for(ready, "the server to be ready", seconds)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        self.process = None

    def stop(self, seconds=30):
        """SIGTERM, and waits. (exit code, the seconds that took)"""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.process = None
        return code, time.monotonic() - begin

    def connection(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def post(self, path, body, token, headers=None, timeout=60):
        connection = self.connection(timeout)
        try:
            return request(connection, "POST", path, body, {"Authorization": f"Bearer {token}", **(headers or {})})
        finally:
            connection.close()

    def get(self, path, timeout=60):
        """Without an account: /readyz, /healthz."""
        connection = self.connection(timeout)
        try:
            return request(connection, "GET", path)
        finally:
            connection.close()

    def api(self, method, path, body=None, timeout=60):
        """As the account of the server itself, over its control socket."""
        socket_path = str(self.data / "control.sock")
        connection = UnixConnection(socket_path if len(socket_path) < 100 else os.path.relpath(socket_path), timeout)
        try:
            text = None if body is None else json.dumps(body).encode()
            return request(connection, method, path, text, {"Content-Type": "application/json"} if text else {})
        finally:
            connection.close()

    def ask(self, method, path, body=None, timeout=60):
        answer = self.api(method, path, body, timeout)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer}")
        return answer.json()

    def command(self, *words, text=None, seconds=120):
        return subprocess.run([self.program, *words, "--data", str(self.data)], input=text, capture_output=True, text=True, timeout=seconds, cwd=ROOT)

    def source(self, name):
        """Makes a source, and a token that may send for it."""
        source = self.ask("POST", "/api/v1/sources", {"name": name})
        done = self.command("token", "add", "--role", "ingest", "--source", name)
        if done.returncode != 0 or not done.stdout.strip():
            raise RuntimeError(f"token add: {done.returncode} {done.stderr}")
        self.ids = {**getattr(self, "ids", {}), name: source["id"]}
        return done.stdout.strip()

    def health(self):
        return self.ask("GET", "/api/v1/health")

    def caught_up(self, seconds=300):
        """Waits until everything in the journal is in State."""
        def level():
            health = self.health()
            return health if health["pipeline"]["position"] >= health["journal"]["end"] else None
        return wait_for(level, "the pipeline to catch up", seconds)

    def searchable(self, seconds=300):
        """Waits until everything in the journal can be searched."""
        def level():
            health = self.health()
            return health if health["archive"].get("searchable", -1) >= health["journal"]["end"] and not health["archive"]["missing"] else None
        return wait_for(level, "the archive to catch up", seconds)

    def events(self, query=""):
        """Every event of the archive, as NDJSON gives them."""
        words = urllib.parse.urlencode({**({"q": query} if query else {}), "from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "order": "oldest"})
        answer = self.api_lines(f"/api/v1/events?{words}")
        if answer.status >= 300:
            raise RuntimeError(f"events: {answer}")
        return [json.loads(line) for line in answer.body.splitlines() if line]

    def api_lines(self, path, timeout=300):
        socket_path = str(self.data / "control.sock")
        connection = UnixConnection(socket_path if len(socket_path) < 100 else os.path.relpath(socket_path), timeout)
        try:
            return request(connection, "GET", path, None, {"Accept": "application/x-ndjson"})
        finally:
            connection.close()

    def findings(self):
        found, after = [], ""
        while True:
            page = self.ask("GET", f"/api/v1/findings?limit=1000{after}")
            found += page["items"]
            if not page.get("next"):
                return sorted(found, key=lambda finding: finding["id"])
            after = "&after=" + page["next"]

    def counts(self):
        """{(rule, entity): count}: what a replay must give again."""
        counts = {}
        for finding in self.findings():
            key = (finding["rule"]["id"], finding["entity"])
            counts[key] = counts.get(key, 0) + finding["count"]
        return counts

    def memory(self):
        """(resident, highest resident) in bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(int(re.search(rf"^{name}:\s+(\d+) kB", text, re.M).group(1)) * 1024 for name in ("VmRSS", "VmHWM"))

    def records(self, dump):
        """The raw bytes of all data records in the journal, in order; the server must be stopped."""
        done = subprocess.run([str(dump), str(self.data)], capture_output=True, timeout=1200)
        if done.returncode != 0:
            raise RuntimeError(f"journal-dump: {done.stderr.decode()}")
        found, at, text = [], 0, done.stdout
        while at < len(text):
            end = text.index(b"\n", at)
            length = int(text[at:end])
            found.append(text[end + 1:end + 1 + length])
            at = end + 2 + length
        return found


def copy_journal(server, target):
    """The journal of a stopped server in a new folder, with what is needed to read it; State is left behind."""
    target.data.mkdir()
    for name in ("journal", "keys", "content"):
        shutil.copytree(server.data / name, target.data / name)


# Senders. Each record is told from all others by its member "n"; a sender knows what it sent how often, and what was
# acknowledged. What is not acknowledged is sent again, as a real sender does.
class Sender(threading.Thread):
    def __init__(self, server, kind, name, token, batch=200, entities=7, pace=0.0):
        """`pace`: on the average this many seconds pass between an answer and the next request."""
        super().__init__(daemon=True)
        self.server, self.kind, self.name_, self.token, self.batch, self.entities, self.pace = server, kind, name, token, batch, entities, pace
        self.next = 0
        self.sent, self.acknowledged = {}, set()     # record → times sent; records
        self.waiting = []                            # sent, not acknowledged
        self.busy = 0                                # records that were told 429
        self.busy_requests = 0                       # whole answers of 429
        self.retry_after = 0                         # of these, with a usable Retry-After
        self.bad = []                                # answers that no sender should get
        self.stopping = threading.Event()
        self.held = threading.Event()                # set while the server is down
        self.requests = 0

    def record(self):
        n = self.next
        self.next += 1
        host = f"h{n % self.entities}"
        if self.kind == "raw":
            return f"{self.name_}-{n} on {host}: {'badword ' if n % 5 == 0 else ''}was said — đúng vậy".encode()
        image = "C:\\\\bad.exe" if n % 5 == 0 else "C:\\\\good.exe"
        return f'{{"n":"{self.name_}-{n}","host":{{"name":"{host}"}},"Image":"{image}","note":"đúng vậy"}}'.encode()

    def run(self):
        connection = None
        while not self.stopping.is_set():
            if self.held.is_set():
                time.sleep(0.005)
                continue
            if len(self.waiting) < self.batch:
                self.waiting += [self.record() for _ in range(self.batch - len(self.waiting))]
            batch = self.waiting[:self.batch]
            if self.pace:
                time.sleep(random.uniform(0, 2 * self.pace))
            for record in batch:
                self.sent[record] = self.sent.get(record, 0) + 1
            try:
                connection = connection or self.connect()
                self.requests += 1
                self.take_answer(batch, self.post(connection, batch))
            except (OSError, http.client.HTTPException):
                if connection:
                    connection.close()
                connection = None                    # no answer: all of it is sent again
                time.sleep(0.005)

    def connect(self):
        return self.server.connection(30)

    def post(self, connection, batch):
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.kind == "bulk":
            body = b"".join(b'{"create":{"_index":"logs"}}\n' + record + b"\n" for record in batch)
            return request(connection, "POST", "/_bulk", body, {**headers, "Content-Type": "application/x-ndjson"})
        body = b"".join(record + b"\n" for record in batch)
        path = "/ingest/ndjson" if self.kind == "ndjson" else "/ingest/raw?name=notes.log"
        return request(connection, "POST", path, body, headers)

    def take_answer(self, batch, answer):
        done = []
        if answer.status == 200 and self.kind == "bulk":
            items = answer.json()["items"]
            for record, item in zip(batch, items):
                status = item["create"]["status"]
                if status == 201:
                    done.append(record)
                elif status != 429:
                    self.bad.append(item)
                else:
                    self.busy += 1
        elif answer.status == 200:
            body = answer.json()
            if body["accepted"] != len(batch):
                self.bad.append(body)
            done = batch
        elif answer.status in (429, 503):
            self.busy_requests += answer.status == 429
            self.retry_after += answer.status == 429 and answer.headers.get("retry-after", "").isdigit()
            if self.kind == "ndjson":
                done = batch[:answer.json().get("accepted_lines", 0)]
            elif self.kind == "raw":
                first = answer.json().get("first_not_accepted")
                done = batch[:first - 1] if first else []
        else:
            self.bad.append(answer)
        self.settle(done)

    def settle(self, done):
        """These records were acknowledged."""
        self.acknowledged.update(done)
        done = set(done)
        self.waiting = [record for record in self.waiting if record not in done]


def expected_counts(records):
    """What the rules above find in these records, worked out here: {(rule, entity): count}. Raw lines carry no host: they
    are counted under the entity that their source gives, which the caller names."""
    counts = {}
    for record in records:
        if record.startswith(b"{"):
            event = json.loads(record)
            if event.get("Image", "").endswith("\\bad.exe"):
                key = (BAD, "host:" + event["host"]["name"])
                counts[key] = counts.get(key, 0) + 1
    return counts


def finish_senders(senders):
    """Lets them send a little longer, then ends them. Each must have got through, with answers that it can work with."""
    time.sleep(0.3)
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(120)
        expect(not sender.bad, f"{sender.name_} got only answers that a sender can work with", sender.bad[:2])
        expect(len(sender.acknowledged) > 0, f"{sender.name_} got through", sender.requests)


def check_journal(records, senders, claim):
    """Every acknowledged record is there exactly as sent; nothing else is; none more often than it was sent."""
    found = {}
    for record in records:
        found[record] = found.get(record, 0) + 1
    sent = {}
    acknowledged = set()
    for sender in senders:
        sent.update(sender.sent)
        acknowledged |= sender.acknowledged
    lost = [record for record in acknowledged if record not in found]
    expect(not lost, f"{claim}: every acknowledged record is in the journal as sent", f"{len(lost)} lost, such as {lost[:3]}")
    foreign = [record for record in found if record not in sent]
    expect(not foreign, f"{claim}: the journal holds nothing that was not sent", f"{len(foreign)}, such as {foreign[:3]}")
    extra = [record for record, count in found.items() if count > sent.get(record, 0)]
    expect(not extra, f"{claim}: duplicates are at most the re-sends", f"{len(extra)}, such as {extra[:3]}")
    duplicates = sum(count - 1 for count in found.values())
    expect(len(acknowledged) > 0, f"{claim}: something was acknowledged")
    return len(acknowledged), duplicates
