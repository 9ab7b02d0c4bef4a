#!/usr/bin/env python3
"""Runs a program with a private PostgreSQL 15 beside it, and ends the server whatever becomes of the program.

Usage: tests/with_postgres.py PROGRAM [ARGS...]. The program finds the server by VG_TEST_POSTGRESQL, a connection string of
libpq: a unix socket in a temporary folder, no network. As root the server runs as the user postgres. It takes 2 seconds.
"""
import os, pathlib, pwd, shutil, signal, subprocess, sys, tempfile, time

BINARIES = next((p for p in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)) if (p / "initdb").exists()), None)
PORT = 5432  # names the socket only


def runs(process):
    """False for one that is dead and only not yet buried."""
    try:
        return pathlib.Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Server:
    """Makes a database cluster, starts and ends it. `kill` is a crash: no process says goodbye."""

    def __init__(self, settings=()):
        if BINARIES is None:
            raise SystemExit("PostgreSQL is not installed: tools/install-packages tools/packages-test.txt")
        for left in pathlib.Path(tempfile.gettempdir()).glob("vonggac-postgres-*"):  # by a run that was killed
            if not pathlib.Path("/proc", left.name.split("-")[2]).exists():
                shutil.rmtree(left, ignore_errors=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"vonggac-postgres-{os.getpid()}-"))
        self.settings, self.process = list(settings), None
        self.prefix = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        os.chmod(self.folder, 0o700 if self.prefix == [] else 0o711)
        made = self.run("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "vonggac", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        if made.returncode != 0:
            raise SystemExit("initdb failed: " + made.stderr)

    def run(self, program, *arguments):
        return subprocess.run([*self.prefix, str(BINARIES / program), *map(str, arguments)], cwd="/", capture_output=True, text=True)

    def start(self):
        # The kernel ends the server with us, also when we are killed: SIGQUIT is its immediate stop.
        command = ["setpriv", "--pdeathsig", "QUIT", *self.prefix[1:], str(BINARIES / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-p", str(PORT),
                   "-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "max_locks_per_transaction=512"]
        for setting in self.settings:
            command += ["-c", setting]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.time() + 60
        while self.run("pg_isready", "-q", "-h", self.folder, "-p", PORT).returncode != 0:
            if self.process.poll() is not None or time.time() > deadline:
                raise SystemExit("PostgreSQL does not start: " + (self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def connection(self, database="postgres"):
        return f"host={self.folder} port={PORT} user=vonggac dbname={database}"

    def sql(self, text, database="postgres"):
        done = self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.connection(database), "-c", text)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def kill(self):
        """Ends the postmaster and its children at once, as a crash of the machine would; the data stay."""
        os.kill(self.process.pid, signal.SIGSTOP)  # so that none is born that nobody ends: it would hold the shared memory
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        os.kill(self.process.pid, signal.SIGKILL)
        for child in children:
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        deadline = time.time() + 30
        while any(runs(child) for child in children) and time.time() < deadline:
            time.sleep(0.01)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self, how=signal.SIGINT):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def remove(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server = Server(["fsync=off", "synchronous_commit=on", "full_page_writes=off"])  # speed; no test here cuts the power
    try:
        server.start()
        return subprocess.run(sys.argv[1:], env={**os.environ, "VG_TEST_POSTGRESQL": server.connection()}).returncode
    finally:
        server.remove()


if __name__ == "__main__":
    code = main()
    sys.exit(code if code >= 0 else 128 - code)
