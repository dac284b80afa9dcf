"""dengjid on a disk that fills up to its last byte under load, with LevelDB's log cut in the middle of a record.

A small tmpfs holds the store and a filler file. While the disk is full: what was acknowledged is there and can be read,
entries are answered 503 with the code that says why, /readyz says that the disk is full, the process lives. When the
filler goes, writes resume within five seconds without a restart. Then the same with a disk that the node's own writes
fill, and a kill while it is full.

Needs a mount: as root, or in a user and mount namespace of its own. Where neither is allowed it ends with exit code 77.
"""

import errno
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402
from load import Load, Tree, checkpoint, leaf_hash, leaves, unpadded  # noqa: E402
from node_process import Failed, tail, wait_until  # noqa: E402

DISK_MIB = 160
PAGE = 4_096
RESUME_S = 5
SKIPPED = 77


def mount(folder):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "none", str(folder)],
                          capture_output=True, text=True, check=False)


class DiskFull(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = pathlib.Path(folder.name) / "disk"
        self.disk.mkdir()
        self.assertEqual(mount(self.disk).returncode, 0)
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(self.disk)], check=True)
        self.play = Play(folder.name, data="disk/data")
        self.addCleanup(self.play.node.kill)
        self.play.node.start()
        self.play.register("seller", "320500")

    def free(self):
        status = os.statvfs(self.disk)
        return status.f_bavail * status.f_frsize

    def fill(self, leave):
        """A file that leaves `leave` bytes of the disk, as far as its pages allow."""
        with open(self.disk / "filler", "wb") as filler:
            os.posix_fallocate(filler.fileno(), 0, self.free() - leave)

    def take_the_rest(self):
        """Whatever a failed write of the node gave back is taken too, page by page."""
        with open(self.disk / "filler", "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(PAGE))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)

    def no_page_left(self):
        """Takes the rest until nothing comes back for longer than the node waits between its attempts."""
        self.take_the_rest()
        end = time.monotonic() + 1
        while time.monotonic() < end:
            if self.free() >= 4 * PAGE:
                return False
            time.sleep(0.01)
        return True

    def start_load(self, **options):
        load = Load(self.play, connections=64, body_bytes=4_000, **options)
        self.addCleanup(load.kill)
        return load

    def reasons(self):
        """What /readyz gives as reasons; None while it says that the node is ready."""
        status, _, body = self.play.node.request("GET", "/readyz")
        return body.decode() if status == 503 else None

    def check_everything(self, receipts):
        """Every receipt is of a leaf that is there, and the leaves give the root of the checkpoint."""
        size, root = checkpoint(self.play.node)
        tree, hashes = Tree(), []
        for leaf in leaves(self.play.node, 0, size, self.play.authorization()):
            hashes.append(leaf_hash(leaf))
            tree.append(hashes[-1])
        self.assertEqual(tree.root(), root)
        for receipt in receipts:
            self.assertLess(receipt.seq, size)
            self.assertEqual(hashes[receipt.seq], receipt.leaf_hash)
        return size

    def new_entry(self, name="platform"):
        play = self.play
        return play.entry("org.register", [("registrant", name), ("registrar", "registrar")], {
            "org": {"id": ORGS[name][0], "name": name, "region": "320000", "ownership": "private", "scale": "small",
                    "chain_roles": []},
            "keys": [{"jwk": play.jwks[name], "use": "sign"}]})

    def entry_of_turn(self, turn, receipts):
        """An entry that is accepted once."""
        if turn < 2:
            return self.new_entry(("platform", "buyer")[turn])
        return self.play.entry("dataset.withdraw", [("applicant", "seller")], {"dataset": receipts[0].entry_id})

    def check_full(self, receipts):
        """While no byte is left."""
        node = self.play.node
        wait_until(self.no_page_left, 20, "not one page is left")
        reasons = wait_until(self.reasons, 10, "/readyz says why")
        self.assertIn("disk is full", reasons)
        self.assertEqual(node.status_of("/livez"), 200)
        status, problem = self.play.post(self.new_entry())
        self.assertEqual((status, problem["code"]), (503, "disk_full"), problem)
        self.check_everything(receipts)
        for receipt in receipts[-20:]:
            entry = node.get_json(f"/v1/entries/{receipt.entry_id}")
            self.assertEqual((entry["seq"], unpadded(entry["leaf_hash"])), (receipt.seq, receipt.leaf_hash))
        self.assertEqual(node.get_json(f"/v1/orgs/{ORGS['seller'][0]}")["id"], ORGS["seller"][0])

    def check_resumes(self, entry):
        """From the moment that there is room again."""
        begin = time.monotonic()
        answers = []

        def taken():
            answers.append(self.play.post(entry))
            return answers[-1][0] in (200, 201)

        try:
            wait_until(taken, RESUME_S, "an entry is taken again", every_s=0.1)
        except Failed as failure:
            raise Failed(f"{failure}; the last answer: {answers[-1]}\n{tail(self.play.node.log)}") from None
        took = time.monotonic() - begin
        self.assertIsNone(self.reasons())
        return took

    def test_filled_in_the_middle_of_a_record(self):
        """Room for some entries beside the filler, then the log's next record does not fit."""
        node = self.play.node
        pid = node.pid
        for turn, leave in enumerate((1_500_000, 3_777_777, 7_000_001)):
            with self.subTest(leave=leave):
                self.fill(leave)
                # Few enough that the three loads together cannot fill the disk once the filler is gone.
                load = self.start_load(entries=2_500)
                wait_until(self.reasons, 20, "the disk is full")
                receipts = load.receipts()
                self.check_full(receipts)
                self.assertLess(self.free(), 4 * PAGE)
                entry = self.entry_of_turn(turn, receipts)
                (self.disk / "filler").unlink()
                took = self.check_resumes(entry)
                wait_until(lambda had=len(receipts): len(load.receipts()) > had, RESUME_S, "the load goes on")
                summary = load.stop()
                self.assertEqual(set(summary["answers"]) - {"200", "201"},
                                 set(summary["answers"]) & {"503 disk_full", "503 outcome_unknown"}, summary)
                self.assertIn("503 disk_full", summary["answers"])
                self.check_everything(load.receipts())
                print(f"{leave} bytes left: {len(receipts)} entries acknowledged before, resumed after {took:.2f} s")
        self.assertEqual((node.running(), node.pid), (True, pid))
        self.assertEqual(node.stop(), 0)
        self.play.node.start()

    def test_filled_by_its_own_writes_then_killed(self):
        """Half of the disk is the store's, which takes the last byte of it, tables and compactions included. Killed while
        it is full, the node says so and ends, or serves what was acknowledged where its log was empty and it needs no
        room to open; once there is room it starts, with all that was acknowledged."""
        node = self.play.node
        self.fill(self.free() // 2)
        load = self.start_load(entries=20_000)
        wait_until(self.reasons, 60, "the disk is full")
        self.check_full(load.receipts())
        node.kill()
        load.kill()
        receipts = load.receipts()
        # What the process held and nobody could see any more went with it.
        wait_until(self.no_page_left, 20, "not one page is left")
        node.spawn()
        wait_until(lambda: not node.running() or node.status_of("/livez") == 200, 20, "it ends or serves")
        if node.running():
            self.check_everything(receipts)
            (self.disk / "filler").unlink()
        else:
            self.assertEqual(node.process.returncode, 1)
            self.assertIn("disk is full", tail(node.log, 1))
            (self.disk / "filler").unlink()
            node.start()
        self.check_everything(receipts)
        self.check_resumes(self.new_entry())
        print(f"full by its own writes after {len(receipts)} entries, started anew with all of them")
        self.assertEqual(node.stop(), 0)


def may_mount():
    with tempfile.TemporaryDirectory() as folder:
        done = mount(folder)
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0


def main():
    if may_mount():
        return unittest.main()
    inside = os.environ.get("DENGJI_IN_NAMESPACE")
    if not inside and shutil.which("unshare") and subprocess.run(["unshare", "-Urm", "true"], check=False).returncode == 0:
        os.environ["DENGJI_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, *sys.argv])
    print("skipped: neither mount nor a user namespace with a mount of its own is allowed here")
    return sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
