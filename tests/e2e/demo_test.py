"""The demo as a stranger runs it: the whole story with its port taken, interrupted and killed at random moments, run
again, two at once, and in a folder that is somebody else's.

DENGJI_DEMO_SEED repeats the moments of an earlier run; the seed is printed.
"""

import contextlib
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from node_process import BIN_DIR, ROOT, Cli, wait_until  # noqa: E402

INTERRUPTS = 4
KILLS = 1


def processes_of(folder):
    """{pid: command} of everything that works in the folder or was started with it."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if command and (str(folder) in command or os.readlink(entry / "cwd").startswith(str(folder))):
                found[int(entry.name)] = command
    return found


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.base.cleanup)
        cls.folder = pathlib.Path(cls.base.name).resolve() / "demo"
        seed = int(os.environ.get("DENGJI_DEMO_SEED", random.SystemRandom().randrange(1 << 32)))
        print(f"DENGJI_DEMO_SEED={seed}", flush=True)
        cls.random = random.Random(seed)
        cls.duration_s = 5.0

    def start(self, folder=None, port=0):
        """The demo in a session of its own, as in a terminal of its own; from another folder, without a terminal."""
        command = [str(ROOT / "scripts" / "demo.sh"), "--folder", str(folder or self.folder)]
        if port:
            command += ["--port", str(port)]
        process = subprocess.Popen(command, cwd=self.base.name, env={**os.environ, "DENGJI_BIN_DIR": str(BIN_DIR)},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   encoding="utf-8", start_new_session=True)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def whole(self, **options):
        """What a whole story says; it must succeed and leave nothing running."""
        started = time.monotonic()
        process = self.start(**options)
        said, _ = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(processes_of(self.folder), {})
        type(self).duration_s = time.monotonic() - started
        return said

    def test_1_the_whole_story_with_its_port_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            said = self.whole(port=port)
            self.assertIn(f"port {port} is taken", said)
        acts = re.findall(r"^ ?(\d+)  \S", said, re.M)
        self.assertEqual(acts, [str(number) for number in range(1, len(acts) + 1)])
        for line in ("73 of 73 proven", "10 valid, 1 revoked, 1 suspended", "nothing is left running"):
            self.assertIn(line, said)
        # The export that it leaves is a ledger that anybody can audit, and the altered one is not.
        cli = Cli(cwd=self.folder)
        self.assertEqual(cli.json("audit", "export.ndjson")["verdict"], "consistent")
        cli.run("audit", "tampered.ndjson", expect=14)
        exits = re.findall(r"^  exit (\d+) ", (self.folder / "commands.log").read_text(encoding="utf-8"), re.M)
        # One changed byte and the tampered leaf; the suspended certificate; stripped signature and replay.
        self.assertEqual({code: exits.count(code) for code in set(exits) - {"0"}}, {"14": 2, "12": 1, "1": 2})

    def test_2_interrupted_at_random_it_leaves_nothing_and_runs_again(self):
        for turn in range(INTERRUPTS):
            process = self.start()
            moment = self.random.uniform(0, self.duration_s)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            # Ctrl-C reaches the whole group; a supervisor's SIGINT or SIGTERM one process.
            number, everybody = self.random.choice([(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)])
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if everybody else os.kill)(process.pid, number)
            said, _ = process.communicate(timeout=60)
            what = f"turn {turn}, {number.name} after {moment:.3f} s of {self.duration_s:.3f} s:\n{said}"
            self.assertNotIn("FAILED", said, what)
            self.assertEqual(processes_of(self.folder), {}, what)
        for turn in range(KILLS):
            # Killed while its node runs: nobody can clean up but the next run.
            process = self.start()
            wait_until(lambda: (self.folder / "node.pid").exists(), 60, "the demo starts its node")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.random.uniform(0, self.duration_s / 2))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=60)
            left = [command for command in processes_of(self.folder).values() if "dengjid" in command]
            self.assertEqual(len(left), 1, f"kill {turn}: its node outlives it")
        self.assertIn("left its node", self.whole())

    def test_3_a_second_demo_waits_for_nobody_and_says_why(self):
        first = self.start()
        wait_until(lambda: (self.folder / "node.pid").exists(), 60, "the first demo starts its node")
        second = self.start()
        said, _ = second.communicate(timeout=60)
        self.assertEqual(second.returncode, 1)
        self.assertIn("another demo works in", said)
        os.killpg(first.pid, signal.SIGINT)
        said, _ = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 130, said)
        self.assertIn("stopped by SIGINT", said)
        self.assertEqual(processes_of(self.folder), {})

    def test_4_a_folder_that_is_not_the_demos_stays_as_it_is(self):
        with tempfile.TemporaryDirectory(dir=self.base.name) as other:
            kept = pathlib.Path(other) / "thesis.txt"
            kept.write_text("mine")
            process = self.start(folder=other)
            said, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1, said)
            self.assertIn("was not made by a demo", said)
            self.assertEqual([entry.name for entry in pathlib.Path(other).iterdir()], [kept.name])


if __name__ == "__main__":
    unittest.main()
