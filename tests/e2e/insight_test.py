"""Statistics, prices and inspections of a real node: what they say, whom they say it to, as of when, and that a node that
starts anew says the same."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402
from node_process import wait_until  # noqa: E402
from registered_world import RegisteredWorld, hash_of, number_in, today  # noqa: E402


class Insight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.play = Play(cls.folder.name)
        cls.play.node.start()
        world = RegisteredWorld(cls.play)
        cls.play.register("buyer", "320100")
        dataset, _ = world.register("A")
        certificate = world.certify(dataset)
        cls.there = cls.settle(cls.agree(certificate, "seller", "buyer"), 40_000, "there")
        cls.refund = cls.play.submit("trade.refund", [("platform", "platform")], {
            "settlement": f"{cls.trade}-000001", "amount_fen": 1_500, "bank_date": today().isoformat(),
            "voucher": {"hash": hash_of("refund"), "line": 1, "total_fen": 1_500}})

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.folder.cleanup()

    @classmethod
    def agree(cls, certificate, seller, buyer):
        receipt = cls.play.submit("trade.agree", [("seller", seller), ("buyer", buyer)], {
            "certificate": certificate, "subject": "dataset", "mode": "catalogue", "purpose": "模型训练",
            "contract_hash": hash_of(f"contract {seller} {buyer}"), "price": {"model": "one_off"}, "amount_fen": 50_000,
            "tax_fen": 0, "delivery": "download"})
        cls.trade = number_in(receipt, "trade")
        return cls.trade

    @classmethod
    def settle(cls, trade, fen, voucher):
        return cls.play.submit("trade.settle", [("platform", "platform")], {
            "trade": trade, "amount_fen": fen, "bank_date": today().isoformat(),
            "voucher": {"hash": hash_of(voucher), "line": 1, "total_fen": fen}})

    def get(self, path, name=None):
        return self.play.node.get_json(path, headers=self.play.authorization(name) if name else {})

    def status(self, path, name=None):
        headers = self.play.authorization(name) if name else {}
        return self.play.node.request("GET", path, headers=headers)[0]

    def test_figures_are_public_and_their_query_lists_what_adds_up_to_them(self):
        answer = self.get("/v1/stats?group=industry")
        transport = next(item for item in answer["items"] if item["key"] == "transport")
        net = transport["figures"]["platform.net_fen"]
        self.assertEqual(net["value"], 38_500)
        self.assertEqual(transport["figures"]["datasets.certified"]["value"], 1)
        behind = self.get(net["query"], "bureau")
        self.assertEqual(behind["value"], 38_500)
        self.assertEqual([item["seq"] for item in behind["items"]], [self.there["seq"], self.refund["seq"]])
        self.assertEqual(self.status(net["query"]), 401)
        self.assertEqual(self.status(net["query"], "buyer"), 403)

    def test_a_figure_agrees_with_its_query_for_everyone_who_asks_later(self):
        for figure, told in self.get("/v1/stats")["totals"]["figures"].items():
            self.assertRegex(told["query"], r"&as_of=\d+@\d{4}-\d\d-\d\d$")
            self.assertEqual(self.get(told["query"], "bureau")["value"], told["value"], figure)

    def test_as_of_before_the_refund_it_is_not_there(self):
        before = self.get(f"/v1/stats?as_of={self.refund['seq'] - 1}")
        self.assertEqual(before["totals"]["figures"]["platform.net_fen"]["value"], 40_000)
        self.assertEqual(before["as_of"], self.refund["seq"] - 1)

    def test_flow_prices_and_inspections_answer(self):
        cell = self.get("/v1/stats/flow?level=city")["items"][0]
        self.assertEqual((cell["buyers"], cell["sellers"], cell["platform"]["net_fen"]), ("320100", "320500", 38_500))
        self.assertEqual(self.get(cell["platform"]["query"], "bureau")["value"], 38_500)
        price = self.get("/v1/prices")["items"][0]
        self.assertEqual((price["median_fen"], price["unit"]), (50_000, "whole"))
        self.assertEqual(self.get(price["query"], "bureau")["items"][0]["id"], self.trade)
        self.assertEqual(self.status("/v1/inspections"), 401)
        inspections = self.get("/v1/inspections?limit=5", "bureau")
        self.assertEqual(inspections["items"], [])
        self.assertEqual(set(inspections["searches"]),
                         {"cycle", "common_controller", "split_contract", "price_outlier", "voucher_twice"})

    def test_a_wrong_member_is_refused_and_named(self):
        status, _, body = self.play.node.request("GET", "/v1/stats?group=colour")
        self.assertEqual(status, 400)
        self.assertIn(b"?group", body)
        self.assertEqual(self.status("/v1/stats?colour=red"), 400)

    def test_an_export_gives_the_same_answers_without_a_node(self):
        play = self.play
        export = pathlib.Path(self.folder.name) / "whole.export"
        export.write_bytes(play.export())
        last = self.get("/v1/ledger")["size"] - 1
        asked = [("figures", "city", f"/v1/stats?group=city&as_of={last}"),
                 ("flow", "city", f"/v1/stats/flow?level=city&as_of={last}"), ("prices", "", f"/v1/prices?as_of={last}")]
        for of, group, path in asked:
            grouped = ["--group", group] if group else []
            offline = play.cli.json("stats", str(export), "--of", of, *grouped)
            self.assertEqual(offline, self.get(path), of)
            self.assertEqual(play.cli.json("stats", "--url", play.url, "--of", of, "--as-of", str(last), *grouped), offline)
        earlier = play.cli.json("stats", str(export), "--as-of", str(self.refund["seq"] - 1))
        self.assertEqual(earlier["totals"]["figures"]["platform.net_fen"]["value"], 40_000)
        play.cli.run("stats", str(export), "--as-of", str(last), expect=0)
        beyond = play.cli.run("stats", str(export), "--as-of", str(last + 1), expect=1)
        self.assertIn(f"the export holds {last + 1} entries", beyond.stderr)
        table = play.cli.run("stats", str(export), "--group", "industry").stdout
        self.assertIn("交通运输", table)

    def test_inspections_come_from_an_export_or_from_a_node_that_may_be_asked(self):
        play = self.play
        export = pathlib.Path(self.folder.name) / "inspected.export"
        export.write_bytes(play.export())
        # One agreement just below a threshold is no split.
        offline = play.cli.json("inspect", str(export), "--kind", "split_contract", "--rule", "threshold_fen=60000")
        self.assertEqual(offline["items"], [])
        self.assertEqual(offline["searches"]["split_contract"]["count"], 0)
        asked = ("inspect", "--url", play.url, "--kind", "cycle", "--key", "bureau.key", "--org", ORGS["bureau"][0])
        self.assertTrue(play.dengji(*asked)["searches"]["cycle"]["complete"])
        play.cli.run("inspect", "--url", play.url, expect=4)
        play.cli.run("inspect", str(export), "--rule", "window_days", expect=2)

    def test_a_node_that_starts_anew_says_the_same(self):
        paths = ["/v1/stats?group=month", "/v1/stats?group=city", "/v1/stats/flow", "/v1/prices"]
        size = self.get("/v1/ledger")["size"] - 1
        asked = [f"{path}{'&' if '?' in path else '?'}as_of={size}" for path in paths]
        before = [self.get(path) for path in asked]
        self.play.node.stop()
        self.play.node.start()
        wait_until(lambda: self.status("/v1/stats") == 200, 20, "statistics to be ready")
        self.assertEqual([self.get(path) for path in asked], before)
        self.assertIn(b"dengji_insight_rows", self.play.node.request("GET", "/metrics")[2])


if __name__ == "__main__":
    unittest.main()
