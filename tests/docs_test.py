#!/usr/bin/env python3
"""Runs every command of the documents' `console` blocks against a fresh node, and compares docs/life-of-an-event.md with
the code it names. Usage: tests/docs_test.py PROGRAM. Ends with `N passed, N failed, N skipped`."""
import os, pathlib, re, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "README.vi.md", "docs/operating.md", "docs/sources.md", "docs/sources.vi.md", "docs/rules.md", "docs/rules.vi.md", "docs/notifications.md", "docs/notifications.vi.md", "docs/indicators.md", "docs/indicators.vi.md", "docs/hunts.md", "docs/hunts.vi.md", "docs/lists.md", "docs/lists.vi.md", "docs/deadlines.md", "docs/deadlines.vi.md", "docs/cases.md", "docs/cases.vi.md", "docs/answering.md", "docs/answering.vi.md", "docs/directory.md", "docs/directory.vi.md", "docs/papers.md", "docs/papers.vi.md"]
OF_THEIR_OWN = ["docs/walk.md", "docs/walk.vi.md"]  # each on a node of its own: what it does counts on nothing being there
passed, failures = 0, []


def check(good, what):
    global passed
    if good:
        passed += 1
    else:
        failures.append(what)
        print(f"FAILED: {what}")


def commands_of(document):
    for block in re.findall(r"^```console\n(.*?)^```", (ROOT / document).read_text(), re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                yield line[2:]


def run(command, environment):
    return subprocess.run(["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def run_commands(program, documents):
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        server = subprocess.Popen([program, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        address = ""
        for line in server.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            address = address or (found.group(0) if found else "")
            if line.strip() == "ready":
                break
        environment = {**os.environ, "DATA": str(data), "URL": address}
        try:
            for document in documents:
                for command in commands_of(document):
                    here = command.replace("build/release/vonggac", str(program)).replace("summary.html", f"{folder}/summary.html")
                    done = run(here, environment)
                    # What was just sent can be found within two seconds, not at once.
                    until = time.monotonic() + (20 if "vonggac search" in command else 0)
                    while done.returncode != 0 and time.monotonic() < until:
                        time.sleep(0.2)
                        done = run(here, environment)
                    check(done.returncode == 0, f"{document}: `{command}` ended with {done.returncode}: {done.stderr[-500:]}")
        finally:
            server.terminate()
            check(server.wait(10) == 0, "the server stops when asked")


def compare_life_of_an_event():
    text = (ROOT / "docs/life-of-an-event.md").read_text()
    named = re.findall(r"`([\w:>-]+)`\s+(?:makes or grows\s+)?\(?(?:in )?\(?(src/[\w/.]+)\)?", text)
    check(len(named) >= 10, "docs/life-of-an-event.md names its steps as `function` (file)")
    for name, file in named:
        path = ROOT / file
        check(path.exists(), f"docs/life-of-an-event.md names {file}, which is not there")
        if path.exists():
            check(re.split(r"::|->", name)[-1] in path.read_text(), f"docs/life-of-an-event.md names {name}, which is not in {file}")
    # The steps stand in the document in the order in which run_batch and interpret take them.
    steps = ["to_event", "->match", "tally(", "commit("]
    code = (ROOT / "src/server/pipeline.cpp").read_text()
    check(all(step in code for step in steps), "pipeline.cpp has the steps of docs/life-of-an-event.md")
    places = [text.find(step) for step in ["formats::to_event", "engine->match", "`tally`", "`commit`"]]
    check(-1 not in places and places == sorted(places), "docs/life-of-an-event.md tells the steps in order")


compare_life_of_an_event()
for documents in [DOCUMENTS, *([one] for one in OF_THEIR_OWN)]:
    run_commands(pathlib.Path(sys.argv[1]).resolve(), documents)
print(f"{passed} passed, {len(failures)} failed, 0 skipped")
sys.exit(1 if failures else 0)
