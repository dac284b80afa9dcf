"""Starts, watches and ends dengjid as a real process, and runs dengji; for the demo and the e2e, crash and interop tests.

Nothing here sleeps for luck: every wait has a condition and a deadline, and every process is ended by its own id.
Standard library only.
"""

import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN_DIR = pathlib.Path(os.environ.get("DENGJI_BIN_DIR", ROOT / "build" / "release" / "bin"))
# A node of another build, such as one under a sanitizer, between the usual tools.
DENGJID = os.environ.get("DENGJID", str(BIN_DIR / "dengjid"))
# Such a node is slower; every deadline here is the usual one so many times.
PATIENCE = int(os.environ.get("DENGJI_PATIENCE", "1"))


class Failed(Exception):
    """What went wrong, with the last lines of the log that says why."""


def wait_until(condition, deadline_s, what, every_s=0.02):
    """The first true value of condition(); Failed, naming `what`, when deadline_s have passed without one."""
    end = time.monotonic() + deadline_s * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise Failed(f"not within {deadline_s} s: {what}")
        time.sleep(every_s)


_handed_out = set()


def free_port():
    """A loopback port that nothing listens on now; never the same one twice from one process."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _handed_out:
            _handed_out.add(port)
            return port


def tail(path, lines=25):
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"(no log: {error})"
    return "\n".join(text.splitlines()[-lines:])


class NodeProcess:
    """One dengjid. `config` is its TOML file, `url` the base URL that this file makes it serve, `log` gets stdout and
    stderr, appended over restarts. Usable as a context manager: the process is gone at the end, whatever happened."""

    def __init__(self, config, url, log, binary=None, env=None, ca_file=None):
        self.config = pathlib.Path(config)
        self.url = url.rstrip("/")
        self.log = pathlib.Path(log)
        self.command = [str(binary or DENGJID), "--config", str(config)]
        self.env = {**os.environ, **(env or {})}
        self.tls = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
        self.process = None

    def spawn(self):
        """Starts the process and does not wait."""
        if self.running():
            raise Failed(f"{self.command[0]} runs already as {self.process.pid}")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, start_new_session=True)
        return self

    def start(self, deadline_s=30):
        """Starts the process and waits until it says that it is ready."""
        self.spawn()
        try:
            self.wait_ready(deadline_s)
        except BaseException:
            self.kill()
            raise
        return self

    def wait_ready(self, deadline_s=30):
        def ready():
            if not self.running():
                raise Failed(f"dengjid ended with {self.process.returncode} before it was ready:\n{tail(self.log)}")
            return self.status_of("/readyz") == 200

        try:
            wait_until(ready, deadline_s, f"{self.url}/readyz answers 200")
        except Failed as failure:
            raise Failed(f"{failure}\n{tail(self.log)}") from None

    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def stop(self, deadline_s=30):
        """SIGTERM, then waits for a clean end; the exit code. Failed (and killed) if it does not end in time."""
        if self.process is None:
            return None
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(deadline_s * PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"dengjid did not end within {deadline_s} s of SIGTERM:\n{tail(self.log)}") from None

    def kill(self):
        """SIGKILL: no chance to write anything more."""
        if self.process is not None:
            if self.running():
                self.process.kill()
            self.process.wait()

    def status_of(self, path, timeout_s=2):
        """The HTTP status of one GET, None if nobody answers."""
        try:
            return self.request("GET", path, timeout_s=timeout_s)[0]
        except (OSError, ssl.SSLError):
            return None

    def request(self, method, path, body=None, headers=None, timeout_s=30):
        """(status, headers, bytes) of one request; an HTTP error status is an answer, not an exception."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s, context=self.tls) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read()

    def get_json(self, path, headers=None):
        """The JSON of a GET that must answer 200."""
        status, _, body = self.request("GET", path, headers=headers)
        if status != 200:
            raise Failed(f"GET {path} answered {status}: {body[:500]!r}")
        return json.loads(body)

    def rss_anon_kib(self):
        """Anonymous memory only: LevelDB maps its tables, and mapped pages are the kernel's to give and take."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
        raise Failed(f"/proc/{self.pid}/status has no RssAnon")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.kill()


class Cli:
    """The dengji command. `env` holds what every call gets, e.g. a passphrase variable."""

    def __init__(self, binary=None, env=None, cwd=None):
        self.binary = str(binary or BIN_DIR / "dengji")
        self.env = {**os.environ, **(env or {})}
        self.cwd = cwd

    def run(self, *arguments, stdin="", expect=0, timeout_s=120):
        """The finished process; Failed unless it ended with the exit code `expect` (None = any)."""
        command = [self.binary, *map(str, arguments)]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=self.env, cwd=self.cwd, timeout=timeout_s)
        if expect is not None and done.returncode != expect:
            raise Failed(
                f"{' '.join(command)} ended with {done.returncode}, not {expect}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def json(self, *arguments, **options):
        """What the command prints under `-o json`."""
        return json.loads(self.run(*arguments, "-o", "json", **options).stdout)
