"""A ledger that has come as far as a certificate: a platform, a supplier, policies without notice, data sets registered,
certified, and a fee paid. For tests that need something to look at. Standard library only.
"""

import base64
import datetime
import hashlib

from ledger_play import ORGS, Play

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
FEE_FEN = 300_000
PLATFORM = [("platform", "platform")]
REGISTRAR = [("registrar", "registrar")]


def today():
    return datetime.datetime.now(SHANGHAI).date()


def hash_of(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def number_in(receipt, kind):
    return next(effect["no"] for effect in receipt["leaf"]["effects"]
                if effect["fx"] == "number" and effect["kind"] == kind)


def application(name):
    return {
        "title": f"数据集 {name}", "description": "城市道路车流记录，按小时汇总", "category": "industry_general",
        "industry": "transport", "modalities": ["tabular"], "right": "hold", "source": {"kind": "self_collected"},
        "grade": "general", "personal_data": False, "cross_border": False,
        "manifest": {"root": hash_of(f"root {name}"), "content_root": hash_of(f"content {name}"), "files": 3, "bytes": 4096},
        "licence": {"name": "CC-BY-4.0", "commercial": True, "derivatives": True, "redistribution": True},
        "supply_modes": ["catalogue"], "commitment": hash_of(f"commitment {name}")}


class RegisteredWorld:
    """Over a Play whose node runs."""

    def __init__(self, play: Play):
        self.play = play
        play.register("seller", "320500")
        play.register("platform", "320000")
        play.submit("role.grant", [("governor", "bureau"), ("governor", "finance")],
                    {"org": ORGS["platform"][0], "role": "platform"})
        self.enact("LIMITS", "time_limits", [("bureau", "bureau")], {
            "apply_within_working_days": 20, "review_working_days": 10, "notice_working_days": 0, "valid_months": 36,
            "renew_window_days": 60})
        self.enact("FEES", "fee_schedule", [("bureau", "bureau"), ("finance", "finance")], {
            "payee": ORGS["platform"][0], "registration_fen": FEE_FEN, "service": []})

    def enact(self, code, kind, parties, terms):
        return self.play.submit("policy.enact", parties, {
            "code": code, "kind": kind, "title": code, "jurisdiction": "320000", "effective_from": today().isoformat(),
            kind: terms})

    def register(self, name):
        """(DJ number, FY number of its fee)"""
        play = self.play
        applied = play.submit("dataset.apply", [("applicant", "seller")], application(name))
        reviewed = play.submit("dataset.review", REGISTRAR, {"dataset": applied["entry_id"], "outcome": "accept"})
        registered = play.submit("dataset.register", REGISTRAR, {"dataset": applied["entry_id"]})
        return number_in(registered, "dataset"), number_in(reviewed, "fee")

    def certify(self, dataset, **more):
        """ZS number."""
        return number_in(self.play.submit("certificate.issue", PLATFORM, {
            "dataset": dataset, "scope": "全部文件", "grade": "good", **more}), "certificate")

    def change(self, verb, certificate):
        return self.play.submit(f"certificate.{verb}", PLATFORM, {"certificate": certificate, "reason": "抽检"})

    def pay(self, fee, fen):
        return self.play.submit("fee.receive", PLATFORM, {
            "fee": fee, "amount_fen": fen, "bank_date": today().isoformat(),
            "voucher": {"hash": hash_of(f"voucher {fee} {fen}"), "line": 1, "total_fen": fen}})
