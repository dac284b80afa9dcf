"""Where the demo works: its folder, what it starts and how all of it ends, whatever happens.

The folder is made anew for each run and an old one is removed only if its mark says that a demo made it. A lock keeps
two demos out of one folder. The node's pid is on disk while it lives, so that a run after a `kill -9` of the demo ends
what that one left. Signals are held back while a process is being started or ended: none is lost, none is left.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from node_process import BIN_DIR, Cli, Failed, NodeProcess, free_port, tail, wait_until  # noqa: E402

MARK = ".made-by-dengji-demo"
PASSPHRASE = "demo"
ENV = {"DENGJI_PASSPHRASE": PASSPHRASE}
# What the user's shell may have for a ledger of its own is not for this one.
for variable in ("DENGJI_URL", "DENGJI_LOG_KEY"):
    os.environ.pop(variable, None)


class Stopped(BaseException):
    """A signal asked the demo to end; no handler of ordinary errors swallows it."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


class Signals:
    """SIGINT, SIGTERM and SIGHUP raise Stopped in the main thread, but not inside `with held()`: there they wait."""

    def __init__(self):
        self.depth = 0
        self.waiting = None
        self.stopped = False
        self.kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def install(self):
        for kind in self.kinds:
            signal.signal(kind, self.arrived)

    def arrived(self, number, _frame):
        if self.stopped:
            return  # it is ending already
        if self.depth:
            self.waiting = number
            return
        self.stopped = True
        raise Stopped(number)

    @contextlib.contextmanager
    def held(self):
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
        if not self.depth and self.waiting is not None:
            self.stopped = True
            raise Stopped(self.waiting)


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def end_left_over(pid_file):
    """Ends the node of an earlier run that was killed itself: only if that pid is a dengjid that serves this folder."""
    try:
        pid = int(pid_file.read_text())
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    if not (command and command[0].endswith(b"dengjid") and str(pid_file.parent).encode() in b" ".join(command)):
        return None
    os.kill(pid, signal.SIGTERM)

    def gone():
        # A zombie has no command line any more; whoever adopted it reaps it.
        with contextlib.suppress(OSError):
            return not pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        return True

    wait_until(gone, 20, f"the node {pid} that an earlier demo left ends")
    return pid


class Workshop:
    def __init__(self, folder, port):
        self.folder = pathlib.Path(folder).absolute()
        self.wanted_port = port
        self.signals = Signals()
        self.nodes = []
        self.is_open = False
        self.notes = []  # what a stranger should know before the story starts

    def open(self):
        self.signals.install()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside the folder, not in it: the folder goes, the lock stays. Python's files are not inherited by children.
        self.lock = open(self.folder.parent / f".{self.folder.name}.lock", "a")  # noqa: SIM115
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed(f"another demo works in {self.folder} right now; --folder names another place") from None
        if self.folder.exists():
            self.remove_old()
        self.folder.mkdir()
        (self.folder / MARK).write_text("scripts/demo.sh made this folder and may remove it\n")
        self.is_open = True

    def remove_old(self):
        if any(self.folder.iterdir()) and not (self.folder / MARK).is_file():
            raise Failed(f"{self.folder} was not made by a demo, so it stays as it is; --folder names another place")
        for pid_file in self.folder.rglob("*.pid"):
            if left := end_left_over(pid_file):
                self.notes.append(f"an earlier demo was killed and left its node (process {left}) running: ended now")
        # The mark goes last: an interrupted removal is still recognised.
        for entry in sorted(self.folder.iterdir(), key=lambda entry: entry.name == MARK):
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        self.folder.rmdir()

    @staticmethod
    def free_port():
        return free_port()

    def port(self):
        if is_free(self.wanted_port):
            return self.wanted_port
        other = free_port()
        self.notes.append(f"port {self.wanted_port} is taken, the node listens on {other}")
        return other

    def start_node(self, folder, write_config, port):
        """A ready node whose configuration write_config(port) writes into `folder`. Somebody may take the port between
        the look at it and the node's bind: then on another one."""
        log = folder / "node.log"
        for attempt in range(3):
            config, url = write_config(port)
            node = NodeProcess(config, url, log, env=ENV)
            pid_file = config.with_suffix(".pid")
            with self.signals.held():
                node.spawn()
                self.nodes.append((node, pid_file))
                pid_file.write_text(f"{node.pid}\n")
            try:
                node.wait_ready(30)
                return node
            except Failed:
                self.stop_node(node)
                if attempt == 2 or is_free(port):
                    raise
                port = free_port()
        raise AssertionError("three attempts end above")

    def stop_node(self, node):
        """A clean stop; the exit code."""
        with self.signals.held():
            code = node.stop()
            for pair in [pair for pair in self.nodes if pair[0] is node]:
                pair[1].unlink(missing_ok=True)
                self.nodes.remove(pair)
        return code

    def close(self):
        """Ends everything that this demo started; may be called again. Signals change nothing from here on."""
        self.signals.stopped = True
        for node, pid_file in self.nodes:
            try:
                node.stop(10)
            except Failed:
                node.kill()
            pid_file.unlink(missing_ok=True)
        self.nodes.clear()


__all__ = ["BIN_DIR", "Cli", "ENV", "Failed", "PASSPHRASE", "ROOT", "Stopped", "Workshop", "tail"]
