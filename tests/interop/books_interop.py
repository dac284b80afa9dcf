#!/usr/bin/env python3
"""Our books before Debian's hledger, and before a CSV reader.

A seeded history is exported; `dengji account export` audits it and writes the journal; hledger, another program by other
people, must read it, find every closing assertion true, and come to the balance of every account that the state has. A
journal of a period must open with what came before; one changed figure must be found by hledger.
"""

import collections
import csv
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("DENGJI_BIN_DIR", ROOT / "build" / "debug" / "bin"))
SEEDS = [7, 20_260_002]
LEAVES = 400


def run(*command, expect=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)
    if done.returncode != expect:
        raise AssertionError(f"{command[0]} ended with {done.returncode}, not {expect}: {done.stderr[-2000:]}")
    return done


def hledger_name(account):
    return account.replace("%", "%25").replace(":", "%3A").replace("/", ":")


def fen(text):
    """'CNY -12.34' or '0' in fen."""
    number = text.replace("CNY", "").replace(",", "").strip()
    yuan, _, cents = number.lstrip("-").partition(".")
    amount = int(yuan) * 100 + int((cents + "00")[:2])
    return -amount if number.startswith("-") else amount


class Books(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="dengji-books-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        for seed in SEEDS:
            run(BIN / "make_export", seed, LEAVES, cls.folder / f"{seed}.ndjson", cls.folder / f"{seed}.accounts")

    def accounts(self, seed):
        """What the state says: id → debits less credits, in fen."""
        lines = (self.folder / f"{seed}.accounts").read_text().splitlines()
        return {account: int(debits) - int(credits) for account, debits, credits in (line.split("\t") for line in lines)}

    def export(self, seed, *options, expect=0):
        return run(BIN / "dengji", "account", "export", self.folder / f"{seed}.ndjson", *options, expect=expect)

    def journal(self, seed, *options):
        name = self.folder / f"{seed}.journal"
        self.export(seed, "--format", "hledger", "--out", name, *options)
        return name

    def hledger_balances(self, journal):
        printed = run("hledger", "-f", journal, "balance", "--flat", "--empty", "--no-total", "-O", "csv").stdout
        rows = list(csv.reader(io.StringIO(printed)))[1:]
        return {account: fen(balance) for account, balance in rows}

    def test_hledger_comes_to_the_balance_of_every_account(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                posted = self.accounts(seed)
                self.assertGreater(sum(1 for balance in posted.values() if balance), 20)
                read = self.hledger_balances(self.journal(seed))
                moved = {hledger_name(account): balance for account, balance in posted.items()
                         if balance or hledger_name(account) in read}
                self.assertEqual(read, moved)

    def test_hledger_finds_nothing_wrong_and_finds_one_changed_fen(self):
        journal = self.journal(SEEDS[0])
        run("hledger", "-f", journal, "check", "ordereddates", "assertions")
        text = journal.read_text()
        asserted = re.search(r"= CNY (-?)(\d+)\.(\d\d)\n", text)
        wrong = f"= CNY {asserted[1]}{int(asserted[2]) + 1}.{asserted[3]}\n"
        journal.write_text(text[:asserted.start()] + wrong + text[asserted.end():])
        self.assertIn("assertion", run("hledger", "-f", journal, "check", "assertions", expect=1).stderr)

    def test_a_period_opens_with_what_came_before_and_ends_as_the_whole_does(self):
        seed = SEEDS[0]
        days = re.findall(r"^(\d{4}-\d\d-\d\d) \* \(", self.journal(seed).read_text(), re.M)
        middle = days[len(days) // 2]
        period = self.journal(seed, "--from", middle)
        self.assertEqual(period.read_text().count(" * opening balances"), 1)
        self.assertNotIn("\n" + days[0], period.read_text())
        read = {account: balance for account, balance in self.hledger_balances(period).items() if balance}
        self.assertEqual(read, {hledger_name(a): b for a, b in self.accounts(seed).items() if b})

    def test_one_book_holds_its_accounts_and_no_others(self):
        seed = SEEDS[0]
        read = self.hledger_balances(self.journal(seed, "--book", "pool"))
        self.assertTrue(read)
        self.assertEqual({account.split(":")[0] for account in read}, {"pool"})
        posted = self.accounts(seed)
        self.assertEqual({a: b for a, b in read.items() if b},
                         {hledger_name(a): b for a, b in posted.items() if b and a.startswith("pool/")})

    def test_csv_sums_to_the_same_and_says_what_was_set_aside(self):
        seed = SEEDS[0]
        rows = list(csv.DictReader(io.StringIO(self.export(seed, "--format", "csv").stdout)))
        sums, closing = collections.Counter(), {}
        for row in rows:
            if row["fx"] in ("post", "take"):
                sums[row["debit"]] += int(row["fen"])
                sums[row["credit"]] -= int(row["fen"])
            elif row["fx"] == "closing":
                account = row["debit"] or row["credit"]
                closing[account] = int(row["fen"]) if row["debit"] else -int(row["fen"])
        self.assertEqual(dict(sums), closing)
        self.assertEqual({a: b for a, b in sums.items() if b}, {a: b for a, b in self.accounts(seed).items() if b})
        self.assertTrue({"reserve", "void"} <= {row["fx"] for row in rows})

    def test_what_is_wrong_is_said_and_nothing_is_left_behind(self):
        out = self.folder / "never.journal"
        self.assertIn("--to", self.export(SEEDS[0], "--from", "2026-05-01", "--to", "2026-04-01", expect=2).stderr)
        self.assertIn("no day", self.export(SEEDS[0], "--from", "May", expect=2).stderr)
        self.assertIn("no posting", self.export(SEEDS[0], "--book", "nowhere", "--out", out, expect=1).stderr)
        forged = self.folder / "forged.ndjson"
        lines = (self.folder / f"{SEEDS[0]}.ndjson").read_text().splitlines(keepends=True)
        forged.write_text("".join(lines[:200] + lines[201:]))
        run(BIN / "dengji", "account", "export", forged, "--out", out, expect=14)
        self.assertEqual(list(self.folder.glob("never.journal*")), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
