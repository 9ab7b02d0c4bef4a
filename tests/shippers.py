"""Senders of the acknowledged protocols besides NDJSON, _bulk and raw: HEC, OTLP, RELP, Lumberjack. As lib.Sender, each knows
what it sent and what was acknowledged, and sends again what was not.

    senders = [shippers.make(server, "relp", "relp-0", server.source("relp"))]

Those of RELP and Lumberjack have no token: the settings SETTINGS open the listeners, and register() makes their sources.
"""
import json, socket, struct, zlib

import lib

SETTINGS = '[relp]\nlisten = ["127.0.0.1:0"]\n[lumberjack]\nlisten = ["127.0.0.1:0"]\n'
KINDS = ["hec", "otlp", "relp", "lumberjack"]


def register(server):
    for listener in ("relp", "lumberjack"):
        server.ask("POST", "/api/v1/sources", {"name": f"over-{listener}", "listener": listener, "peers": ["127.0.0.1"]})


def port_of(server, name):
    return next(one["port"] for one in server.health()["listeners"] if one["name"] == name)


def make(server, kind, name, token, **options):
    return {"hec": Hec, "otlp": Otlp, "relp": Relp, "lumberjack": Lumberjack}[kind](server, kind, name, token, **options)


class Hec(lib.Sender):
    """One event object is one record."""

    def record(self):
        return b'{"event":"e",' + super().record()[1:]

    def post(self, connection, batch):
        return lib.request(connection, "POST", "/services/collector/event", b"".join(batch), {"Authorization": f"Splunk {self.token}"})

    def take_answer(self, batch, answer):
        done = []
        if answer.status == 200 and answer.json() == {"text": "Success", "code": 0}:
            done = batch
        elif answer.status == 503 and (answer.json().get("code") == 9 or "retry-after" in answer.headers):
            self.busy_requests += 1
            self.retry_after += answer.headers.get("retry-after", "").isdigit()
        else:
            self.bad.append(answer)
        self.settle(done)


class Otlp(lib.Sender):
    """The record is what docs/sources.md says it is: one JSON object with body and attributes."""

    def record(self):
        n = self.next
        self.next += 1
        word = "badword " if n % 5 == 0 else ""
        return f'{{"body":"{self.name_}-{n} {word}— đúng vậy"}}'.encode()

    def post(self, connection, batch):
        records = ",".join('{"body":{"stringValue":' + json.dumps(json.loads(record)["body"]) + "}}" for record in batch)
        body = f'{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{records}]}}]}}]}}'.encode()
        return lib.request(connection, "POST", "/v1/logs", body, {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})

    def take_answer(self, batch, answer):
        done = []
        if answer.status == 200 and answer.json() == {}:
            done = batch
        elif answer.status in (429, 503):
            self.busy_requests += answer.status == 429
            self.retry_after += answer.status == 429 and answer.headers.get("retry-after", "").isdigit()
        else:
            self.bad.append(answer)
        self.settle(done)


class Stream(lib.Sender):
    """Over a socket of its own; whatever is broken off is sent again over a new one."""
    listener = ""

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", port_of(self.server, self.listener)), timeout=60)
        self.greet(connection)
        return connection

    def greet(self, connection):
        pass

    def take_answer(self, batch, answer):
        self.settle(answer)


def read(connection, count):
    got = b""
    while len(got) < count:
        some = connection.recv(count - len(got))
        if not some:
            raise ConnectionError("closed")
        got += some
    return got


class Relp(Stream):
    listener = "relp"

    def record(self):
        n = self.next
        self.next += 1
        return f"{self.name_}-{n} on h{n % self.entities}: {'badword ' if n % 5 == 0 else ''}was said — đúng vậy".encode()

    def greet(self, connection):
        self.transaction = 1
        connection.sendall(b"1 open 14 relp_version=0\n")
        self.answer(connection)

    def answer(self, connection):
        header = b""
        while header.count(b" ") < 3:
            header += read(connection, 1)
        number, word, length = header.split(b" ")[:3]
        data = read(connection, int(length) + 1)[:-1]
        if word != b"rsp" or not data.startswith(b"200 OK"):
            raise ConnectionError(f"{header} {data}")
        return int(number)

    def post(self, connection, batch):
        frames, waiting = [], {}
        for record in batch:
            self.transaction += 1
            waiting[self.transaction] = record
            frames.append(b"%d syslog %d %s\n" % (self.transaction, len(record), record))
        connection.sendall(b"".join(frames))
        for _ in batch:
            self.settle([waiting[self.answer(connection)]])  # each counts by itself, also when the next one never comes
        return []


class Lumberjack(Stream):
    listener = "lumberjack"

    def post(self, connection, batch):
        events = b"".join(b"2J" + struct.pack(">II", i + 1, len(record)) + record for i, record in enumerate(batch))
        if self.requests % 2:
            packed = zlib.compress(events)
            events = b"2C" + struct.pack(">I", len(packed)) + packed
        connection.sendall(b"2W" + struct.pack(">I", len(batch)) + events)
        done = 0
        while done < len(batch):
            if read(connection, 2) != b"2A":
                raise ConnectionError("no acknowledgement")
            reached = struct.unpack(">I", read(connection, 4))[0]
            self.settle(batch[done:reached])
            done = max(done, reached)
        return []
