#!/usr/bin/env python3
"""Search of the real program: what was acknowledged is found within seconds, by command line and HTTP; an export is a Parquet
file; evidence is checked by openssl and sha256sum as its README says; a client that goes away gives its turn back; many
searches of one account do not keep another's waiting. Usage: tests/searching.py PROGRAM. Ends with `N passed, N failed, N skipped`."""
import http.client, json, pathlib, re, shutil, socket, subprocess, sys, tempfile, threading, time, urllib.request, zipfile

passed, failures = 0, []


def check(good, what):
    global passed
    if good:
        passed += 1
    else:
        failures.append(what)
        print(f"FAILED: {what}")


def run(program, *words, **more):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=120, **more)


def until(what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def get(url, token, path, **headers):
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}", **headers})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def evidence(program, data, folder):
    ident = json.loads(run(program, "search", "hello", "--limit", "1", "--data", data).stdout.splitlines()[0])["id"]
    pack = folder / "evidence.zip"
    made = run(program, "evidence", "export", ident, "--reason", "for a test", "--output", pack, "--data", data)
    check(made.returncode == 0, f"evidence is made: {made.stderr}")
    check(run(program, "evidence", "verify", pack, "--key", data / "keys" / "journal.pub").returncode == 0, "evidence verifies with the node's key")
    opened = folder / "opened"
    with zipfile.ZipFile(pack) as archive:
        check(archive.testzip() is None, "another program reads the ZIP")
        archive.extractall(opened)
    sums = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=opened, capture_output=True, text=True)
    check(sums.returncode == 0, f"sha256sum -c agrees: {sums.stdout}")
    statement = next((opened / "proof").glob("*.statement"))
    signature = statement.with_suffix(".sig")
    openssl = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", opened / "proof" / "journal.pem", "-rawin", "-in", statement, "-sigfile", signature]
    if shutil.which("openssl"):
        check(subprocess.run(openssl, capture_output=True).returncode == 0, "openssl accepts the statement's signature")
        statement.write_text(statement.read_text().replace("position", "posltion"))
        check(subprocess.run(openssl, capture_output=True).returncode != 0, "openssl refuses an altered statement")
    damaged = folder / "damaged.zip"
    content = bytearray(pack.read_bytes())
    content[content.find(b"hello")] ^= 1
    damaged.write_bytes(content)
    check(run(program, "evidence", "verify", damaged).returncode in (1, 2), "a changed byte is found")


def fair_and_cancelled(url, many, one):
    # A client that goes away: its search leaves the list of those under way.
    busy = [http.client.HTTPConnection(url.removeprefix("http://"), timeout=60) for _ in range(20)]
    query = "/api/v1/events/top?field=message&from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"
    for connection in busy:
        connection.request("GET", query, headers={"Authorization": f"Bearer {many}"})
    began = time.monotonic()
    count = json.loads(get(url, one, "/api/v1/events/count?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"))["count"]
    check(count > 0 and time.monotonic() - began < 30, "another account is answered meanwhile")
    for connection in busy:
        connection.close()
    check(until(lambda: not json.loads(get(url, many, "/api/v1/searches"))["items"]), "searches of clients that went away end")


class Serving:
    """The program on a data folder; `url` when it is ready."""

    def __init__(self, program, data, settings):
        config = data.parent / "settings.toml"
        config.write_text(settings)
        self.process = subprocess.Popen([program, "serve", "--config", config, "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = ""
        for line in self.process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            self.url = self.url or (found.group(0) if found else "")
            if line.strip() == "ready":
                break

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        self.process.terminate()
        return self.process.wait(30)


def rebuilding(program, folder):
    data = folder / "data"
    server = Serving(program, data, "[archive]\nsegment_events = 10000\n")
    try:
        run(program, "source", "add", "web-01", "--data", data)
        ingest = run(program, "token", "add", "--role", "ingest", "--source", "web-01", "--data", data).stdout.strip()
        events = 60000
        for begin in range(0, events, 10000):
            lines = "".join(json.dumps({"@timestamp": f"2026-03-{1 + i % 28:02}T10:00:{i % 60:02}Z", "message": f"event {i} of {'odd' if i % 2 else 'even'} kind", "host": {"name": f"web-{i % 11}"}, "source": {"ip": f"192.0.2.{i % 251}"}}) + "\n" for i in range(begin, begin + 10000))
            request = urllib.request.Request(server.url + "/ingest/ndjson", data=lines.encode(), headers={"Authorization": f"Bearer {ingest}"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                check(json.loads(answer.read())["accepted"] == 10000, "10,000 records are acknowledged")
        ask = lambda *words: run(program, "search", *words, "--from", "2026-02-01", "--to", "2026-05-01", "--data", data)
        show = lambda: json.loads(run(program, "archive", "show", "--data", data).stdout or "{}")
        check(until(lambda: json.loads(ask("--count").stdout)["count"] == events and not json.loads(ask("--count").stdout).get("incomplete"), 120), "all of them are found")
        # Worked out from the loop above: half are odd; i % 11 == 3 for 5,455 of them; 192.0.2.250 for 239.
        questions = [(("odd", "--count"), 30000), (("host.name:web-3", "--count"), 5455), (("source.ip:192.0.2.250", "--count"), 239)]
        more = [("--top", "host.name"), ("--histogram", "1d"), ("--statistics", "source.ip"), ("--fields",), ("event AND even", "--limit", "1000", "--order", "oldest")]
        answers = lambda: [ask(*words).stdout for words, _ in questions] + [ask(*words).stdout for words in more]
        before = answers()
        for (words, expected), answer in zip(questions, before):
            check(json.loads(answer)["count"] == expected, f"{words} finds {expected}")
        marked = run(program, "archive", "rebuild", "--no-wait", "--data", data)
        check(marked.returncode == 0 and json.loads(marked.stdout)["events"] > 0, f"segments are marked: {marked.stderr}")
        # Killed twice in the middle; each time it goes on.
        for _ in range(2):
            left = show()["rebuild"]["segments"]
            until(lambda: show()["rebuild"]["segments"] < left, 60)
            check(answers() == before, "answers are the same while it is built anew")
            server.kill()
            server = Serving(program, data, "[archive]\nsegment_events = 10000\n")
        check(until(lambda: show()["rebuild"]["segments"] == 0 and show()["searchable"] == show()["journal_end"], 120), "it ends after kill -9")
        check(show()["rebuild"]["kept"] == [] and show()["missing"] == [] and show()["damage"] == [], f"nothing was kept, missing or damaged: {show()}")
        check(answers() == before, "and gives the same answers")
        waited = run(program, "archive", "rebuild", "--data", data)
        check(waited.returncode == 0 and json.loads(waited.stdout)["kept"] == [], f"once more, waited for: {waited.stderr}")
        check(answers() == before, "the same again")
        lines = [json.loads(line) for line in run(program, "audit", "list", "--data", data).stdout.splitlines()]
        check(sum(line["action"] == "archive:rebuild" for line in lines) == 2, "each rebuild is in the audit chain")
    finally:
        check(server.stop() == 0, "the server stops when asked")
    # Nobody serves and a segment is gone: the answer says so, and the folder is mended from its own journal.
    segments = sorted((data / "archive" / "segments").glob("*.parquet"), key=lambda path: path.stat().st_size)
    segments[-1].unlink()
    lacking = ask("--count")
    told = json.loads(lacking.stdout)
    check(lacking.returncode == 3 and "incomplete" in lacking.stderr, f"exit code 3 says that the answer is incomplete: {lacking.returncode} {lacking.stderr}")
    check(told["count"] < events and told["incomplete"][0]["reason"] == "missing" and told["count"] + told["incomplete"][0]["events"] == events, f"what is lacking is counted: {told}")
    stream = ask("odd").stdout.splitlines()
    check(all("id" in json.loads(line) for line in stream), "a stream of events has nothing else in it")
    mended = run(program, "archive", "rebuild", "--from", str(events * 2), "--data", data)
    check(mended.returncode == 0, f"a rebuild of nothing puts back what is missing: {mended.stderr}")
    check(answers() == before, "and the folder gives the same answers")


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="vonggac-search-") as name:
        folder, data = pathlib.Path(name), pathlib.Path(name) / "data"
        server = subprocess.Popen([program, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        url = ""
        for line in server.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            url = url or (found.group(0) if found else "")
            if line.strip() == "ready":
                break
        try:
            run(program, "source", "add", "web-01", "--data", data)
            ingest = run(program, "token", "add", "--role", "ingest", "--source", "web-01", "--data", data).stdout.strip()
            readers = [run(program, "token", "add", "--role", "token-reader", "--name", name, "--data", data).stdout.strip() for name in ("many", "one")]
            lines = "".join(json.dumps({"message": f"hello {i} thuydang", "user": {"name": "thuydang"}, "host": {"name": f"web-{i % 7}"}}) + "\n" for i in range(5000))
            request = urllib.request.Request(url + "/ingest/ndjson", data=lines.encode(), headers={"Authorization": f"Bearer {ingest}"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                check(json.loads(answer.read())["accepted"] == 5000, "5,000 records are acknowledged")
            count = lambda *words: run(program, "search", *words, "--count", "--data", data).stdout
            check(until(lambda: json.loads(count("hello"))["count"] == 5000), "and found")
            check(json.loads(count("host.name:web-3"))["count"] == 714, "714 of them have the third host")
            streamed = run(program, "search", "hello", "--data", data).stdout.splitlines()
            check(len({json.loads(line)["id"] for line in streamed}) == 5000, "a stream holds each once")
            wrong = run(program, "search", "host.name:(", "--count", "--data", data)
            check(wrong.returncode == 2 and "^" in wrong.stderr, "a wrong query is shown with a caret")
            check(run(program, "search", "hello", "--export", folder / "found.parquet", "--data", data).returncode == 0, "an export is made")
            check((folder / "found.parquet").read_bytes()[:4] == b"PAR1", "and is a Parquet file")
            # A token that may not reveal: nothing tells it who it was.
            masked = get(url, readers[0], "/api/v1/events?limit=5&from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z").decode()
            check("thuydang" not in masked and "[masked]" in masked, "personal values are masked for a reader")
            word = lambda q: json.loads(get(url, readers[0], f"/api/v1/events/count?q={q}&from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"))["count"]
            check(word("thuydang") == word("nobody") == 0, "and cannot be found")
            evidence(program, data, folder)
            fair_and_cancelled(url, *readers)
        finally:
            server.terminate()
            check(server.wait(30) == 0, "the server stops when asked")
        # Nobody serves: the command line opens the folder itself.
        check(json.loads(run(program, "search", "hello", "--count", "--data", data).stdout or '{"count":0}')["count"] == 5000, "without a server the folder is searched")
    with tempfile.TemporaryDirectory(prefix="vonggac-rebuild-") as name:
        rebuilding(program, pathlib.Path(name))
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
