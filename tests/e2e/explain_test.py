"""Where every fen comes from, asked of a real node and of its export: the same answers, to whom they are due, as of when."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402
from registered_world import FEE_FEN, RegisteredWorld, hash_of, number_in, today  # noqa: E402

LINE = {
    "pool": "TRADE", "allocation": "first_come", "base": "settled_net", "base_tax": "incl", "scope": "certified_dataset",
    "cert_valid_at": "agree", "payee": "seller", "unit": "org", "earn": "calendar", "threshold_fen": 0,
    "tiers": [{"upto_fen": 10_000_000, "ppm": 50_000}, {"upto_fen": 50_000_000, "ppm": 30_000}, {"ppm": 10_000}],
    "floor_fen": 0, "cap_org_fen": 1_500_000, "cross_province_bonus_ppm": 0, "rounding": "down", "stacking": "stackable",
    "requires_first_registration": False, "related_lookback_days": 365, "regions": [], "industries": [], "modes": [],
    "scales": [], "notice_days": 0, "recovery_to": "pool"}
SELLER, BUYER = ORGS["seller"][0], ORGS["buyer"][0]


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.play = Play(cls.folder)
        cls.play.node.start()
        cls.world = RegisteredWorld(cls.play)
        cls.play.register("buyer", "320100")
        cls.world.enact("FIRST-FREE", "waiver", [("bureau", "bureau"), ("finance", "finance")], {
            "line": "first", "ppm": 1_000_000, "within_days": 180, "first_scope": "enterprise", "borne_by": ORGS["platform"][0],
            "rounding": "down"})
        cls.world.enact("SUB-TRD", "subsidy_line", [("bureau", "bureau"), ("finance", "finance")], LINE)
        cls.play.submit("pool.allocate", [("finance", "finance")], {"pool": "TRADE", "year": today().year, "amount_fen": 2_500_000})
        dataset, cls.fee = cls.world.register("A")
        cls.paid = cls.world.pay(cls.fee, 120_000)
        cls.issued = cls.play.submit("certificate.issue", [("platform", "platform")],
                                     {"dataset": dataset, "scope": "全部文件", "grade": "good"})
        cls.trade = number_in(cls.play.submit("trade.agree", [("seller", "seller"), ("buyer", "buyer")], {
            "certificate": number_in(cls.issued, "certificate"), "subject": "dataset", "mode": "catalogue",
            "purpose": "模型训练", "contract_hash": hash_of("contract"), "price": {"model": "one_off"},
            "amount_fen": 60_000_000, "tax_fen": 0, "delivery": "download"}), "trade")
        cls.settle(33_333_333)
        cls.first, cls.first_claimed = cls.claim()
        cls.settle(22_222_225)
        cls.second, cls.second_claimed = cls.claim()
        cls.refund = cls.play.submit("trade.refund", [("platform", "platform")], {
            "settlement": f"{cls.trade}-000002", "amount_fen": 12_345_678, "bank_date": today().isoformat(),
            "voucher": {"hash": hash_of("refund"), "line": 1, "total_fen": 12_345_678}})
        cls.last = cls.play.node.get_json("/v1/ledger")["size"] - 1
        (cls.folder / "whole.export").write_bytes(cls.play.export())

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.temporary.cleanup()

    @classmethod
    def settle(cls, fen):
        cls.play.submit("trade.settle", [("platform", "platform")], {
            "trade": cls.trade, "amount_fen": fen, "bank_date": today().isoformat(),
            "voucher": {"hash": hash_of(f"settled {fen}"), "line": 1, "total_fen": fen}})

    @classmethod
    def claim(cls):
        receipt = cls.play.submit("subsidy.claim", [("claimant", "seller")], {"line": "SUB-TRD"})
        return number_in(receipt, "subsidy"), receipt

    def get(self, path, name="bureau"):
        return self.play.node.get_json(path, headers=self.play.authorization(name))

    def status(self, path, name=None):
        headers = self.play.authorization(name) if name else {}
        return self.play.node.request("GET", path, headers=headers)[0]

    def remote(self, name="bureau"):
        return ["--url", self.play.url, "--key", f"{name}.key", "--org", ORGS[name][0]]

    def assert_adds_up(self, shown):
        for working in [*shown["workings"], *([shown["now"]] if "now" in shown else [])]:
            self.assertEqual(sum(step["adds_fen"] for step in working["steps"]), working["fen"])
        if shown["changes"]:
            self.assertEqual(sum(change["fen"] for change in shown["changes"]), shown["amount_fen"])
            self.assertEqual(sum(part["fen"] for part in shown["parts"]), shown["amount_fen"])

    def stop(self, shown, why):
        return next(stop for stop in shown["stopped"] if stop["why"] == why)

    def test_a_claim_tells_its_rule_tiers_cap_and_the_entries_that_stopped_the_rest(self):
        shown = self.get(f"/v1/subsidies/{self.second}/explain")
        self.assert_adds_up(shown)
        self.assertEqual((shown["rule"], shown["amount_fen"], shown["as_of"]), ("SUB-TRD@1", 296_297, self.last))
        told = next(effect for effect in self.second_claimed["leaf"]["effects"] if effect["fx"] == "working")
        working = shown["workings"][0]
        self.assertEqual([{k: v for k, v in step.items() if k != "adds_fen"} for step in working["steps"]], told["steps"])
        self.assertEqual((working["fen"], working["entry"]["seq"]), (told["fen"], self.second_claimed["seq"]))
        self.assertEqual(self.stop(shown, "cap")["entries"][0]["type"], "policy.enact")
        self.assertEqual(self.stop(shown, "granted")["entries"][0], {
            "seq": self.first_claimed["seq"], "type": "subsidy.claim", "id": self.first,
            "time": self.stop(shown, "granted")["entries"][0]["time"]})
        lowered = self.stop(shown, "subsidy_lowered")
        self.assertEqual((lowered["fen"], lowered["entries"][0]["seq"], lowered["entries"][0]["type"]),
                         (3_704, self.refund["seq"], "trade.refund"))

    def test_as_of_before_the_refund_nothing_was_lowered(self):
        shown = self.get(f"/v1/subsidies/{self.second}/explain?as_of={self.refund['seq'] - 1}")
        self.assert_adds_up(shown)
        self.assertEqual((shown["amount_fen"], len(shown["changes"])), (300_001, 1))
        self.assertNotIn("subsidy_lowered", [stop["why"] for stop in shown["stopped"]])
        self.assertEqual(self.status(f"/v1/subsidies/{self.second}/explain?as_of={self.second_claimed['seq'] - 1}", "bureau"), 404)

    def test_what_would_be_due_is_what_the_claim_then_got(self):
        path = f"/v1/subsidies/explain?line=SUB-TRD&org={SELLER}"
        before = self.get(f"{path}&as_of={self.second_claimed['seq'] - 1}", "seller")
        claimed = self.get(f"/v1/subsidies/{self.second}/explain?as_of={self.second_claimed['seq']}", "seller")
        self.assert_adds_up(before)
        self.assertEqual(before["amount_fen"], 300_001)
        self.assertEqual(before["now"]["steps"], claimed["workings"][0]["steps"])
        now = self.get(path)
        self.assertEqual((now["amount_fen"], self.stop(now, "nothing_due")["entries"]), (0, []))

    def test_a_fee_tells_its_assessment_payments_and_waiver(self):
        shown = self.get(f"/v1/fees/{self.fee}/explain", "seller")
        self.assert_adds_up(shown)
        self.assertEqual((shown["amount_fen"], shown["status"], shown["now"]["fen"]), (0, "owed", FEE_FEN))
        self.assertEqual([change["entry"]["type"] for change in shown["changes"]],
                         ["dataset.review", "fee.receive", "certificate.issue"])
        waived = self.stop(shown, "fee_waived")
        self.assertEqual((waived["fen"], waived["entries"][0]["seq"]), (FEE_FEN, self.issued["seq"]))
        # The second registration has no waiver, and says so.
        dataset, fee = self.world.register("B")
        self.world.certify(dataset)
        second = self.get(f"/v1/fees/{fee}/explain", "seller")
        self.assert_adds_up(second)
        self.assertEqual(second["amount_fen"], FEE_FEN)
        self.assertEqual(self.stop(second, "not_first")["entries"][0]["type"], "certificate.issue")

    def test_explanations_are_for_those_who_may_read_what_they_explain(self):
        for path in (f"/v1/subsidies/{self.first}/explain", f"/v1/fees/{self.fee}/explain"):
            self.assertEqual(self.status(path), 404)
            self.assertEqual(self.status(path, "buyer"), 404)
            self.assertEqual(self.status(path, "seller"), 200)
        due = f"/v1/subsidies/explain?line=SUB-TRD&org={SELLER}"
        self.assertEqual(self.status(due), 401)
        self.assertEqual(self.status(due, "buyer"), 403)
        self.assertEqual(self.status(due, "seller"), 200)
        self.assertEqual(self.status(f"/v1/subsidies/explain?line=NONE&org={SELLER}", "seller"), 400)
        self.assertEqual(self.status("/v1/subsidies/explain?line=SUB-TRD", "bureau"), 400)
        self.assertEqual(self.status(f"/v1/datasets/{self.first}/explain", "bureau"), 404)

    def test_an_export_gives_the_same_answers_without_a_node(self):
        offline = ["--export", "whole.export"]
        before = str(self.refund["seq"] - 1)
        for command, path in ((["subsidy", "explain", self.second], f"/v1/subsidies/{self.second}/explain"),
                              (["subsidy", "explain", self.first], f"/v1/subsidies/{self.first}/explain"),
                              (["fee", "explain", self.fee], f"/v1/fees/{self.fee}/explain")):
            for as_of in (str(self.last), before):
                said = self.get(f"{path}?as_of={as_of}")
                self.assertEqual(self.play.cli.json(*command, *offline, "--as-of", as_of), said)
                self.assertEqual(self.play.dengji(*command, *self.remote(), "--as-of", as_of), said)
        due = ["subsidy", "explain", "--line", "SUB-TRD"]
        as_of = str(self.second_claimed["seq"] - 1)
        said = self.get(f"/v1/subsidies/explain?line=SUB-TRD&org={SELLER}&as_of={as_of}")
        self.assertEqual(self.play.cli.json(*due, "--org", SELLER, *offline, "--as-of", as_of), said)
        self.assertEqual(self.play.dengji(*due, *self.remote("seller"), "--as-of", as_of), said)
        self.assertEqual(self.play.dengji(*due, "--for", SELLER, *self.remote(), "--as-of", as_of), said)

    def test_people_get_yuan_and_the_entries(self):
        shown = self.play.cli.run("subsidy", "explain", self.second, "--export", "whole.export").stdout
        for part in ("2,962.97 yuan", "5 %", "3,000.01", f"{self.refund['seq']} trade.refund", "SUB-TRD@1, rounded down"):
            self.assertIn(part, shown)

    def test_a_command_without_a_question_or_an_answer_says_which(self):
        run = self.play.cli.run
        run("subsidy", "explain", "--export", "whole.export", expect=2)
        run("subsidy", "explain", self.first, "--line", "SUB-TRD", "--export", "whole.export", expect=2)
        run("subsidy", "explain", "--line", "SUB-TRD", "--export", "whole.export", expect=2)
        run("fee", "explain", self.first, "--export", "whole.export", expect=11)
        run("fee", "explain", self.fee, "--export", "whole.export", "--as-of", "999999", expect=2)
        run("fee", "explain", self.fee, "--url", self.play.url, expect=4)
        cut = (self.folder / "whole.export").read_bytes()[:-200]
        (self.folder / "cut.export").write_bytes(cut)
        run("fee", "explain", self.fee, "--export", "cut.export", expect=14)


if __name__ == "__main__":
    unittest.main()
