"""SIGTERM while writers, readers and streams are at work: a clean stop, nothing acknowledged is lost, no data race.

Runs against the node that $DENGJID names as well: under TSan or ASan every report of the sanitizer fails it.
"""

import contextlib
import http.client
import json
import pathlib
import socket
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402
from load import Load, Tree, checkpoint, leaf_hash, leaves  # noqa: E402
from node_process import PATIENCE, wait_until  # noqa: E402

PATHS = ["/checkpoint", "/v1/orgs", "/v1/datasets?limit=20", "/v1/entries?limit=20", "/v1/entries/1/proof", "/tile/0/000.p/2",
         "/v1/stats", "/metrics", "/readyz", "/v1/datasets?as_of=1", "/v1/accounts/fee", "/v1/nothing"]
REPORTS = ("ThreadSanitizer", "AddressSanitizer", "runtime error:", "LEDGER_ASSERT")


class Reader(threading.Thread):
    """GETs on one connection, one after the other, until the node goes away."""

    def __init__(self, play, shift):
        super().__init__()
        self.play, self.shift = play, shift
        self.answers, self.failed = 0, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.play.port, timeout=30 * PATIENCE)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                path = PATHS[(self.answers + self.shift) % len(PATHS)]
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                self.answers += 1
                if answer.status >= 500 and answer.status != 503:
                    self.failed.append((path, answer.status))


class Stream(threading.Thread):
    """A WebSocket reader from entry 0 on; `ids` are the seqs that it saw."""

    def __init__(self, play):
        super().__init__()
        self.socket = socket.create_connection(("127.0.0.1", play.port), timeout=30 * PATIENCE)
        token = play.authorization()["Authorization"]
        self.socket.sendall((f"GET /v1/stream?from=0 HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                             f"Authorization: {token}\r\n\r\n").encode())
        self.ids, self.close_code = [], None

    def run(self):
        with contextlib.suppress(OSError), self.socket, self.socket.makefile("rb") as stream:
            while stream.readline() not in (b"\r\n", b""):
                continue
            while head := stream.read(2):
                length = head[1] & 0x7f
                if length >= 126:
                    length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
                data = stream.read(length)
                if head[0] & 0x0f == 8:
                    self.close_code = int.from_bytes(data[:2], "big")
                    return
                if head[0] & 0x0f == 1 and (event := json.loads(data)).get("id", "").isdigit():
                    self.ids.append(int(event["id"]))


class StopUnderLoad(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.play = Play(folder.name, node="verify_threads = 2\n", http="threads = 2\nread_threads = 2\n")
        self.addCleanup(self.play.node.kill)
        self.play.node.start()

    def test_everybody_is_at_work_when_the_signal_comes(self):
        play, node = self.play, self.play.node
        play.register("seller", "320500")
        readers, stream = [Reader(play, shift) for shift in (0, 5)], Stream(play)
        for thread in (*readers, stream):
            thread.start()
        load = Load(play, entries=5_000, connections=32)
        self.addCleanup(load.kill)

        def enough():
            self.assertTrue(node.running(), node.log.read_text(errors="replace")[-20_000:])
            return len(load.receipts()) >= 1_500

        wait_until(enough, 60, "1,500 entries are acknowledged")
        self.assertEqual(node.stop(), 0, node.log.read_text()[-8_000:])
        summary = load.stop()
        for thread in (*readers, stream):
            thread.join(60)
        self.assertEqual(set(summary["answers"]) - {"201", "503 unavailable"}, set(), summary)
        self.assertEqual([reader.failed for reader in readers], [[], []])
        self.assertGreater(min(reader.answers for reader in readers), 5)
        self.assertEqual(stream.ids, list(range(len(stream.ids))), "the stream has a gap")
        self.assertGreater(len(stream.ids), 2)
        self.assertIn(stream.close_code, (1001, 4008))

        node.start()
        size, root = checkpoint(node)
        tree, hashes = Tree(), []
        for leaf in leaves(node, 0, size, play.authorization()):
            hashes.append(leaf_hash(leaf))
            tree.append(hashes[-1])
        self.assertEqual(tree.root(), root)
        receipts = load.receipts()
        for receipt in receipts:
            self.assertEqual(hashes[receipt.seq], receipt.leaf_hash)
        # A clean stop answers all that it has taken.
        self.assertEqual(size, len(receipts) + 2)
        self.assertEqual(node.get_json(f"/v1/orgs/{ORGS['seller'][0]}")["id"], ORGS["seller"][0])
        self.assertEqual(node.stop(), 0)
        said = node.log.read_text(errors="replace")
        for report in REPORTS:
            self.assertNotIn(report, said, said[-8_000:])


if __name__ == "__main__":
    unittest.main()
