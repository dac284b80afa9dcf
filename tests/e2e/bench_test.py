"""`dengji bench` on a real node: a few hundred entries each way, every one taken, every checked proof good."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from node_process import Cli, NodeProcess, free_port  # noqa: E402


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        port = free_port()
        cls.cli = Cli()
        cls.cli.run("bench", "--make", cls.folder.name, "--listen", f"127.0.0.1:{port}")
        folder = pathlib.Path(cls.folder.name)
        cls.node = NodeProcess(folder / "node.toml", f"http://127.0.0.1:{port}", folder / "node.log").start()

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.folder.cleanup()

    def bench(self, *options, expect=0):
        return self.cli.run("bench", "--ledger", self.folder.name, "--organisations", 120, *options, "-o", "json",
                            expect=expect)

    def check(self, result, entries):
        self.assertEqual((result["entries"], result["refused"], result["failed"]), (entries, 0, 0))
        self.assertGreaterEqual(result["proofs_checked"], entries // 100)
        for member in ("entries_per_s", "p50_ms", "p99_ms", "max_ms", "bytes_written", "fsyncs", "rss_anon_bytes"):
            self.assertGreater(result[member], 0, member)
        self.assertLessEqual(result["p50_ms"], result["p99_ms"])
        self.assertEqual(self.node.request("GET", "/checkpoint")[2].decode().splitlines()[1], str(result["ledger_size"]))

    def test_single_entries_and_batches_are_all_taken(self):
        before = None
        for options in (["--connections", 8], ["--connections", 2, "--batch", 50]):
            with self.subTest(options=options):
                lines = self.bench("--entries", 300, *options).stdout.splitlines()
                self.assertEqual(len(lines), 1)
                result = json.loads(lines[0])
                self.check(result, 300)
                self.assertEqual(result["organisations"], 120)
                if before is not None:
                    self.assertEqual(result["ledger_size"], before + 300)
                before = result["ledger_size"]

    def test_a_run_whose_entries_are_refused_fails_and_shows_the_first_answer(self):
        self.bench("--entries", 10)
        (pathlib.Path(self.folder.name) / "market.json").rename(pathlib.Path(self.folder.name) / "kept.json")
        try:
            # The market is there already: registering its people again is refused.
            done = self.bench("--entries", 10, expect=1)
        finally:
            (pathlib.Path(self.folder.name) / "kept.json").rename(pathlib.Path(self.folder.name) / "market.json")
        self.assertEqual(done.stdout, "")
        self.assertIn("org_exists", done.stderr)


if __name__ == "__main__":
    unittest.main()
