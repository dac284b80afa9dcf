"""dengjid under load, killed by SIGKILL fifty times over one growing store.

Each kill falls while at least 32 requests have left whole and are unanswered, after at least 1,000 entries were
acknowledged since the kill before. After each restart:

- every entry acknowledged since the last kill is where its receipt says, with the leaf hash that it says;
- every leaf since then is an acknowledged entry or one of the unanswered, each once, and the root that the leaves give
  is that of the checkpoint, whose tree continues the one before;
- the batch that was open is in wholly or not at all;
- the unanswered entries, each sent again twice at once, get one receipt each.

At the end the whole export is audited, and every receipt ever given is compared with it.

Whether a kill hit an open batch is told by the node's own log at level debug: one line when the apply thread has taken
a batch, one when it has answered it. A line that was written survives SIGKILL, so a first line without its second means
that the process died in between: applying, writing, syncing, signing or answering.
"""

import base64
import hashlib
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import Play  # noqa: E402
from load import Load, Tree, checkpoint, leaf_hash, leaves, unpadded  # noqa: E402

KILLS = int(os.environ.get("DENGJI_KILLS", "50"))
IN_OPEN_BATCH = KILLS * 4 // 5
ACKNOWLEDGED = 1_000
UNANSWERED = 32
TAKEN = re.compile(r" batch (\d+): (\d+) entries on size (\d+)")
ANSWERED = re.compile(r" batch (\d+): answered, size (\d+)")


def entry_id_of(leaf):
    payload = unpadded(json.loads(leaf)["entry"]["payload"])
    return base64.urlsafe_b64encode(hashlib.sha256(payload).digest()).rstrip(b"=").decode()


class Kill(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.play = Play(folder.name, node='log_level = "debug"\n')
        self.addCleanup(self.play.node.kill)
        self.random = random.Random(int(os.environ.get("DENGJI_SEED", "20260301")))
        self.tree = Tree()
        self.hashes = []  # of every leaf, by seq
        self.receipts = {}  # entry id -> the receipt that it got first
        self.log_read = 0
        self.counts = {"open": 0, "whole": 0, "dropped": 0, "after": 0, "committed_unanswered": 0, "unanswered": 0}

    def log_since(self):
        with open(self.play.node.log, encoding="utf-8", errors="replace") as log:
            log.seek(self.log_read)
            text = log.read()
            self.log_read = log.tell()
        return text

    def open_batch(self):
        """(size before, size with it) of the batch that the killed process had taken and not answered, or None."""
        open_batch, size = None, None
        for line in self.log_since().splitlines():
            if taken := TAKEN.search(line):
                open_batch = (int(taken[3]), int(taken[3]) + int(taken[2]))
            elif answered := ANSWERED.search(line):
                open_batch, size = None, int(answered[2])
        return open_batch, size

    def remember(self, receipts):
        for receipt in receipts:
            first = self.receipts.setdefault(receipt.entry_id, receipt)
            self.assertEqual((receipt.seq, receipt.leaf_hash), (first.seq, first.leaf_hash), "two receipts for one entry")

    def check_growth(self, unanswered):
        """What the restarted node holds beyond what was known; returns the size."""
        size, root = checkpoint(self.play.node)
        acknowledged = {receipt.seq: receipt for receipt in self.receipts.values() if receipt.seq >= len(self.hashes)}
        first = len(self.hashes)
        seen = set()
        for seq, leaf in enumerate(leaves(self.play.node, first, size, self.play.authorization()), first):
            self.hashes.append(leaf_hash(leaf))
            self.tree.append(self.hashes[-1])
            entry_id = entry_id_of(leaf)
            self.assertNotIn(entry_id, seen, "an entry is in twice")
            seen.add(entry_id)
            receipt = acknowledged.pop(seq, None)
            if receipt:
                self.assertEqual((receipt.entry_id, receipt.leaf_hash), (entry_id, self.hashes[-1]))
            elif seq >= 2:  # genesis and the applicant's registration went in before the load
                self.assertIn(entry_id, unanswered, f"nobody sent entry {seq}")
                self.counts["committed_unanswered"] += 1
        self.assertEqual(acknowledged, {}, "acknowledged entries are gone")
        self.assertEqual(self.tree.root(), root)
        for receipt in self.random.sample(sorted(self.receipts.values(), key=lambda each: each.seq), 8):
            entry = self.play.node.get_json(f"/v1/entries/{receipt.entry_id}")
            self.assertEqual((entry["seq"], unpadded(entry["leaf_hash"])), (receipt.seq, receipt.leaf_hash))
        return size

    def kill_once(self, resend):
        """One load that ends in a kill, then the restart. Returns the file with the unanswered entries."""
        options = {"resend": resend} if resend else {}
        load = Load(self.play, entries=4_000, connections=128, kill=self.play.node.pid, after=ACKNOWLEDGED,
                    at_least=UNANSWERED, delay_us=self.random.randrange(30_000), **options)
        self.addCleanup(load.kill)
        summary = load.finish()
        self.play.node.process.wait(10)
        self.assertTrue(summary["killed"])
        self.assertGreaterEqual(summary["unanswered_whole"], UNANSWERED)
        self.assertGreaterEqual(summary["acknowledged"], ACKNOWLEDGED)
        self.assertEqual(set(summary["answers"]) - {"200", "201"}, set(), summary)
        self.remember(load.receipts())
        for entry_id in self.expected:
            self.assertIn(entry_id, self.receipts, "sent again and not answered")
        unanswered = load.unanswered()
        self.counts["unanswered"] += len(unanswered)
        open_batch, last_size = self.open_batch()

        self.play.node.start()
        size = self.check_growth(set(unanswered))
        if open_batch is None:
            self.counts["after"] += 1
            self.assertEqual(size, last_size)
        else:
            self.counts["open"] += 1
            self.assertIn(size, open_batch, "half a batch is in")
            self.counts["whole" if size == open_batch[1] else "dropped"] += 1
        self.expected = unanswered
        kept = self.play.folder / "resend"
        kept.write_bytes(load.unanswered_file.read_bytes())
        return kept

    def test_fifty_kills_lose_nothing(self):
        self.play.node.start()
        self.play.register("seller", "320500")
        self.expected = []
        resend = None
        for kill in range(KILLS):
            with self.subTest(kill=kill):
                resend = self.kill_once(resend)
        load = Load(self.play, entries=0, resend=resend)
        self.addCleanup(load.kill)
        load.finish()
        self.remember(load.receipts())
        self.check_growth(set(self.expected))
        export = self.play.export()
        (self.play.folder / "export.ndjson").write_bytes(export)
        summary = self.play.cli.json("audit", "export.ndjson", timeout_s=300)
        self.assertEqual((summary["verdict"], summary["size"]), ("consistent", len(self.hashes)))
        for line in export.splitlines()[1:-1]:
            leaf = json.loads(line)
            self.hashes[leaf["seq"]] = leaf_hash(line)
        for receipt in self.receipts.values():
            self.assertEqual(self.hashes[receipt.seq], receipt.leaf_hash)
        print(f"{KILLS} kills, {len(self.receipts)} receipts over {len(self.hashes)} entries: {self.counts}")
        self.assertGreaterEqual(self.counts["open"], IN_OPEN_BATCH, self.counts)
        self.assertEqual(self.play.node.stop(), 0)


if __name__ == "__main__":
    unittest.main()
