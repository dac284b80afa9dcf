"""dengji policy dry-run over a seeded export: figures on standard output, progress beside it, and drafts that are no good."""

import base64
import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("DENGJI_BIN_DIR", ROOT / "build" / "debug" / "bin"))
LEAVES = 1_200
FROM = "2026-01-20"


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)


class DryRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="dengji-dry-run-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.export = cls.folder / "ledger.ndjson"
        made = run(BIN / "make_export", 11, LEAVES, cls.export, cls.folder / "accounts")
        assert made.returncode == 0, made.stderr
        cls.policies = {}
        for line in cls.export.read_text().splitlines()[1:-1]:
            payload = json.loads(line)["entry"]["payload"]
            entry = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            if entry["type"] == "policy.enact":
                cls.policies[entry["body"]["code"]] = entry["body"]

    def draft(self, body):
        file = self.folder / f"draft-{len(list(self.folder.iterdir()))}.json"
        file.write_text(body if isinstance(body, str) else json.dumps(body))
        return file

    def dry_run(self, drafts, *options, form="json"):
        policies = [part for body in drafts for part in ("--policy", self.draft(body))]
        return run(BIN / "dengji", "-o", form, "policy", "dry-run", self.export, *policies, "--from", FROM, *options)

    def higher_fee(self):
        body = json.loads(json.dumps(self.policies["FEES"]))
        body["fee_schedule"]["registration_fen"] += 1_000_000
        return body

    def test_policies_in_force_as_drafts_change_nothing(self):
        done = self.dry_run(self.policies.values(), "--trusted")
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertGreater(answer["entries"], 500)
        self.assertEqual(answer["decided_otherwise"], 0)
        self.assertEqual((answer["winners"], answer["losers"], answer["not_taken_count"]), (0, 0, 0))
        for rows in ("organisations", "lines", "pools"):
            for row in answer[rows]:
                self.assertEqual(row["was"], row["would"])

    def test_an_audited_and_a_trusted_run_agree_and_tell_their_progress_on_standard_error(self):
        answers = []
        for options in ((), ("--trusted", "--timing")):
            done = self.dry_run([self.higher_fee()], *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, rf"policy dry-run: \d+ of {LEAVES} entries")
            answers.append(json.loads(done.stdout))
        self.assertIn("entries replayed", done.stderr)
        self.assertEqual([answer.pop("audited") for answer in answers], [True, False])
        self.assertEqual(answers[0], answers[1])
        self.assertGreater(answers[0]["losers"], 0)
        gains = [row["difference_fen"] for row in answers[0]["organisations"]]
        self.assertEqual(gains, sorted(gains, reverse=True))

    def test_tables_and_csv_hold_the_figures(self):
        file = self.folder / "figures.csv"
        done = self.dry_run([self.higher_fee()], "--trusted", "--csv", file, form="table")
        self.assertEqual(done.returncode, 0, done.stderr)
        for heading in ("Organisations (fen), winners first", "Lines (fen)", "Pools at the end of each month (fen)"):
            self.assertIn(heading, done.stdout)
        with file.open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        due = [row for row in rows if row["table"] == "fee" and row["key"] == "FEES" and row["line"] == "registration"]
        figures = {row["figure"]: row for row in due}
        # Each fee is higher by the same; what was cancelled since counts no more.
        more, rest = divmod(int(figures["fen"]["difference"]), 1_000_000)
        self.assertEqual(rest, 0)
        self.assertTrue(0 < more <= int(figures["count"]["would"]))
        for row in rows:
            self.assertEqual(int(row["would"]) - int(row["was"]), int(row["difference"]))
        self.assertTrue(any(row["table"] == "pool" and row["month"] for row in rows))

    def test_a_draft_that_cannot_be_read_or_enacted_is_refused_with_its_place(self):
        body = self.higher_fee()
        body["fee_schedule"]["registration_fen"] = "much"
        done = self.dry_run([body], "--trusted")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/fee_schedule/registration_fen", done.stderr)

        body = self.higher_fee()
        body["code"] = "fees"
        done = self.dry_run([self.policies["WAIVER"], body], "--trusted")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("policy_code_form", done.stderr)
        self.assertIn("at /code", done.stderr)
        self.assertRegex(done.stderr, r"draft-\d+\.json")

        self.assertEqual(self.dry_run(["{"], "--trusted").returncode, 1)
        self.assertEqual(self.dry_run([self.higher_fee()], "--to", "2026-01-01").returncode, 2)

    def test_a_period_without_entries_is_a_mistake_of_the_command_line(self):
        policy = ("--policy", self.draft(self.higher_fee()))
        done = run(BIN / "dengji", "policy", "dry-run", self.export, *policy, "--from", "2999-01-01", "--trusted")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the ledger begins on 2026-01-02", done.stderr)

    def test_a_tampered_export_ends_the_run_unless_it_is_trusted(self):
        lines = self.export.read_text().splitlines()
        lines[-1] = lines[-1].replace("1", "2", 1)
        tampered = self.folder / "tampered.ndjson"
        tampered.write_text("\n".join(lines) + "\n")
        policy = ("--policy", self.draft(self.higher_fee()))
        done = run(BIN / "dengji", "policy", "dry-run", tampered, *policy, "--from", FROM)
        self.assertIn(done.returncode, (10, 14), done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(
            run(BIN / "dengji", "policy", "dry-run", tampered, *policy, "--from", FROM, "--trusted").returncode, 0
        )


if __name__ == "__main__":
    unittest.main()
