"""Objects, accounts and lists of a real node as they were: by seq, by instant and by day, over HTTP and by the commands."""

import datetime
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import LEDGER, ORGS, Play  # noqa: E402
from registered_world import FEE_FEN, RegisteredWorld, today  # noqa: E402


class AsOf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.play = Play(cls.folder)
        cls.play.node.start()
        cls.world = RegisteredWorld(cls.play)
        cls.log_key = cls.play.dengji("key", "show", "log.key", "--origin", LEDGER)["verifier_key"]
        cls.dataset, cls.fee = cls.world.register("A")
        cls.registered = cls.size() - 1
        cls.paid = cls.world.pay(cls.fee, 100_000)
        cls.certificate = cls.world.certify(cls.dataset)
        cls.issued = cls.size() - 1
        cls.suspended = cls.world.change("suspend", cls.certificate)
        cls.resumed = cls.world.change("resume", cls.certificate)
        cls.revoked = cls.world.change("revoke", cls.certificate)

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.temporary.cleanup()

    @classmethod
    def size(cls):
        return cls.play.node.get_json("/v1/ledger")["size"]

    def remote(self):
        return ["--url", self.play.url, "--key", "bureau.key", "--org", ORGS["bureau"][0]]

    def dengji(self, *arguments, expect=0):
        return json.loads(self.run_cli(*arguments, "-o", "json", expect=expect).stdout)

    def run_cli(self, *arguments, expect=0):
        return self.play.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", *arguments, expect=expect)

    def test_an_object_is_read_as_of_a_seq_an_instant_and_a_day(self):
        fee = lambda *as_of: self.dengji("get", "fee", self.fee, *self.remote(), *as_of)  # noqa: E731
        self.assertEqual((fee()["open_fen"], fee()["status"]), (FEE_FEN - 100_000, "part_paid"))
        self.assertEqual(fee("--as-of", str(self.paid["seq"] - 1))["open_fen"], FEE_FEN)
        self.assertEqual(fee("--as-of", today().isoformat())["status"], "part_paid")
        certificate = lambda as_of: self.dengji("get", "certificates", self.certificate, "--url", self.play.url,  # noqa: E731
                                                "--as-of", as_of)
        self.assertEqual(certificate(str(self.suspended["seq"]))["effective_status"], "suspended")
        answered = self.play.node.request("GET", f"/v1/certificates/{self.certificate}?as_of={self.suspended['seq']}")[1]
        self.assertEqual(answered["Dengji-As-Of"], str(self.suspended["seq"]))
        self.assertEqual(certificate(answered["Dengji-As-Of-Time"])["effective_status"], "suspended")

    def test_what_was_not_there_yet_is_not_in_the_ledger(self):
        yesterday = (today() - datetime.timedelta(days=1)).isoformat()
        for as_of in (yesterday, str(self.issued - 1)):
            self.run_cli("get", "certificate", self.certificate, "--url", self.play.url, "--as-of", as_of, expect=11)
            self.run_cli("certificate", "verify", self.certificate, "--url", self.play.url, "--as-of", as_of, expect=11)
        self.run_cli("get", "fee", self.fee, "--url", self.play.url, expect=4)
        self.run_cli("get", "fee", self.fee, *self.remote(), "--as-of", "999999", expect=1)
        self.run_cli("get", "colour", "red", "--url", self.play.url, expect=2)

    def test_accounts_and_lists_are_read_as_of_then(self):
        bank = f"fee/{ORGS['platform'][0]}/bank"
        self.assertEqual(self.dengji("get", "account", bank, *self.remote())["balance_fen"], 100_000)
        self.run_cli("get", "account", bank, *self.remote(), "--as-of", str(self.paid["seq"] - 1), expect=11)
        accounts = lambda *as_of: [item["account"] for item in self.dengji(  # noqa: E731
            "list", "accounts", "--filter", f"prefix=fee/{ORGS['platform'][0]}/", *self.remote(), *as_of)["items"]]
        self.assertIn(bank, accounts())
        self.assertNotIn(bank, accounts("--as-of", str(self.registered)))

        listed = self.dengji("list", "certificate", "--url", self.play.url, "--filter", "status=suspended",
                             "--as-of", str(self.suspended["seq"]))
        self.assertEqual([item["no"] for item in listed["items"]], [self.certificate])
        self.assertEqual((listed["as_of"], listed["more"]), (self.suspended["seq"], False))
        now = self.dengji("list", "certificate", "--url", self.play.url, "--filter", "status=suspended")
        self.assertEqual(now["items"], [])
        shown = self.run_cli("list", "dataset", "--url", self.play.url).stdout
        self.assertIn(self.dataset, shown)
        self.run_cli("list", "dataset", "--url", self.play.url, "--filter", "colour=red", expect=2)

    def test_a_long_list_is_put_together_from_its_pages_up_to_the_limit(self):
        whole = self.dengji("list", "orgs", "--url", self.play.url)
        self.assertFalse(whole["more"])
        self.assertGreater(len(whole["items"]), 2)
        part = self.dengji("list", "orgs", "--url", self.play.url, "--limit", "2")
        self.assertEqual((part["items"], part["more"]), (whole["items"][:2], True))

    def test_a_certificate_is_worth_what_it_was_worth_then(self):
        def verify(as_of, expect, what=None):
            return self.dengji("certificate", "verify", what or self.certificate, "--log-key", self.log_key, "--as-of", as_of,
                               *([] if what else ["--url", self.play.url]), expect=expect)

        self.run_cli("certificate", "save", self.certificate, "--out", "saved.json", "--url", self.play.url)
        for seq, verdict, code in ((self.issued, "valid", 0), (self.suspended["seq"], "suspended", 12),
                                   (self.resumed["seq"], "valid", 0), (self.revoked["seq"], "revoked", 12)):
            with self.subTest(verdict, seq=seq):
                found = verify(str(seq), code)
                self.assertEqual((found["verdict"], found["as_of"]), (verdict, seq))
                # Its entries after that moment are no part of the proof.
                self.assertEqual(found["certificate"]["history"][-1]["seq"], seq)
                self.assertEqual(verify(str(seq), code, "saved.json")["verdict"], verdict)
        self.assertEqual(verify(today().isoformat(), 12)["verdict"], "revoked")
        self.run_cli("certificate", "verify", "saved.json", "--log-key", self.log_key, "--as-of", str(self.issued - 1), expect=11)
        told = self.run_cli("certificate", "verify", "saved.json", "--log-key", self.log_key, "--as-of",
                            str(self.resumed["seq"]))
        self.assertIn("only a node can say", told.stderr)
        self.run_cli("certificate", "verify", self.certificate, "--url", self.play.url, "--as-of", "then", expect=2)

    def test_a_saved_certificate_that_was_renewed_later_had_its_earlier_last_day(self):
        soon, later = ((today() + datetime.timedelta(days=days)).isoformat() for days in (30, 90))
        certificate = self.world.certify(self.world.register("renewed")[0], valid_to=soon)
        issued = self.size() - 1
        self.play.submit("certificate.renew", [("platform", "platform")], {"certificate": certificate, "valid_to": later})
        self.run_cli("certificate", "save", certificate, "--out", "renewed.json", "--url", self.play.url)
        self.assertEqual(self.dengji("certificate", "verify", "renewed.json", "--log-key", self.log_key, "--as-of", later)["verdict"],
                         "valid")
        self.assertEqual(self.dengji("certificate", "verify", "renewed.json", "--log-key", self.log_key, "--as-of",
                                     str(issued))["verdict"], "valid")


if __name__ == "__main__":
    unittest.main()
