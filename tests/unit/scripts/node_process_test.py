"""tests/support/node_process.py, against a small stand-in for dengjid that can be late, deaf or broken."""

import pathlib
import signal
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import node_process  # noqa: E402

STAND_IN = """#!{python}
import http.server, pathlib, signal, sys, time
mode, port = pathlib.Path(sys.argv[2]).read_text().split()
print("mode", mode, flush=True)
if mode == "broken":
    sys.exit("config is broken")
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ready_at = time.monotonic() + (0.3 if mode == "late" else 0)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = time.monotonic() >= ready_at and mode != "never"
        body = b'{{"ready": true}}'
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
"""


class NodeProcess(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.binary = self.folder / "stand_in"
        self.binary.write_text(STAND_IN.format(python=sys.executable))
        self.binary.chmod(0o755)

    def node(self, mode):
        port = node_process.free_port()
        config = self.folder / "node.toml"
        config.write_text(f"{mode} {port}")
        node = node_process.NodeProcess(config, f"http://127.0.0.1:{port}", self.folder / "log", binary=self.binary)
        self.addCleanup(node.kill)
        return node

    def test_start_waits_until_the_node_is_ready_and_stop_ends_it_cleanly(self):
        node = self.node("late")
        begin = time.monotonic()
        node.start(deadline_s=20)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        self.assertEqual(node.get_json("/readyz"), {"ready": True})
        self.assertGreater(node.rss_anon_kib(), 0)
        self.assertEqual(node.stop(deadline_s=20), 0)
        self.assertFalse(node.running())

    def test_a_node_that_ends_at_once_is_reported_with_its_log(self):
        with self.assertRaisesRegex(node_process.Failed, "(?s)before it was ready.*config is broken"):
            self.node("broken").start(deadline_s=20)

    def test_a_node_that_is_never_ready_is_ended_at_the_deadline(self):
        node = self.node("never")
        with self.assertRaisesRegex(node_process.Failed, "readyz"):
            node.start(deadline_s=1)
        self.assertFalse(node.running())

    def test_a_node_deaf_to_sigterm_is_killed_and_reported(self):
        node = self.node("deaf").start(deadline_s=20)
        with self.assertRaisesRegex(node_process.Failed, "SIGTERM"):
            node.stop(deadline_s=0.3)
        self.assertEqual(node.process.returncode, -signal.SIGKILL)

    def test_a_killed_node_can_be_started_again_on_the_same_log(self):
        node = self.node("plain").start(deadline_s=20)
        node.kill()
        node.start(deadline_s=20)
        node.stop(deadline_s=20)
        self.assertEqual(node_process.tail(node.log).count("mode plain"), 2)

    def test_the_context_manager_leaves_nothing_running_after_an_exception(self):
        with self.assertRaises(ZeroDivisionError):
            with self.node("plain").start(deadline_s=20) as node:
                1 / 0
        self.assertFalse(node.running())


class Cli(unittest.TestCase):
    def test_an_unexpected_exit_code_is_an_error_that_shows_stderr(self):
        cli = node_process.Cli(binary="/bin/sh")
        self.assertEqual(cli.run("-c", "exit 3", expect=3).returncode, 3)
        with self.assertRaisesRegex(node_process.Failed, "(?s)ended with 10, not 0.*bad signature"):
            cli.run("-c", "echo bad signature >&2; exit 10")

    def test_ports_are_not_handed_out_twice(self):
        ports = [node_process.free_port() for _ in range(50)]
        self.assertEqual(len(set(ports)), 50)


if __name__ == "__main__":
    unittest.main()
