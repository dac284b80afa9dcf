#!/usr/bin/env python3
"""The model alone, through the worked year of the accounts and its variants: before it judges the contracts, it must come
to the balances that the rulebook gives. All amounts in fen."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from books import Refused  # noqa: E402
from model import Model  # noqa: E402

CAST = {name: name.upper() for name in ("platform", "bureau", "finance", "registrar", "certifier", "auditor", "S", "B")}
SPEC = {"orgs": [{"name": "S", "region": "320500"}, {"name": "B", "region": "320100"}]}
LINE = {"pool": "POOL-A", "payee": "seller", "allocation": "first_come", "base": "settled_net", "scope": "all", "unit": "org",
        "earn": "calendar", "threshold_fen": 0, "rounding": "down", "floor_fen": 0, "cap_org_fen": 1_500_000, "cert_valid_at": "none",
        "tiers": [{"upto_fen": 10_000_000, "ppm": 50_000}, {"upto_fen": 50_000_000, "ppm": 30_000}, {"ppm": 10_000}],
        "requires_first_registration": False, "regions": [], "industries": [], "modes": [], "scales": [],
        "cross_province_bonus_ppm": 0, "base_tax": "incl", "stacking": "stackable", "notice_days": 0, "recovery_to": "pool"}


class Year:
    def __init__(self, **line):
        self.model = Model({"orgs": CAST, "time": "2026-01-02T02:00:00.000Z"}, SPEC)
        self.n, self.day = 0, "2026-01-02"
        for kind, form in (("fee_schedule", {"payee": "PLATFORM", "registration_fen": 300_000, "service": []}),
                           ("waiver", {"line": "first", "ppm": 1_000_000, "within_days": 180, "first_scope": "enterprise",
                                       "borne_by": "PLATFORM", "rounding": "down"}),
                           ("subsidy_line", {**LINE, **line})):
            self.must("policy.enact", ["bureau"], {"kind": kind, "code": "SUB-TRD" if kind == "subsidy_line" else kind.upper(),
                                                   "jurisdiction": "320000", "effective_from": "2026-01-02", kind: form})

    def must(self, type_, roles, body):
        self.n += 1
        parties = [{"role": role, "org": {"claimant": "S", "seller": "S", "buyer": "B", "applicant": "S"}.get(role, role.upper())}
                   for role in roles]
        return self.model.play({"n": self.n, "time": self.day + "T02:00:00.000Z", "type": type_, "parties": parties, "body": body})

    def refused(self, slug, *step):
        try:
            self.must(*step)
        except Refused as error:
            assert slug in error.named(), (slug, error)
            return
        raise AssertionError(f"accepted: {step}")

    def paper(self, fen):
        return {"amount_fen": fen, "bank_date": self.day, "voucher": {"hash": f"V{self.n}", "line": 1, "total_fen": fen}}

    def allocate(self, fen):
        self.must("pool.allocate", ["finance"], {"pool": "POOL-A", "year": 2026, "amount_fen": fen})

    def settle(self, fen):
        return self.must("trade.settle", ["platform"], {"trade": self.trade, **self.paper(fen)})["settlement"]

    def refund(self, settlement, fen):
        self.must("trade.refund", ["platform"], {"settlement": settlement, **self.paper(fen)})

    def claim(self):
        return self.must("subsidy.claim", ["claimant"], {"line": "SUB-TRD"})["subsidy"]

    def approve(self, no):
        self.must("subsidy.review", ["platform"], {"subsidy": no})
        self.must("subsidy.approve", ["bureau"], {"subsidy": no})

    def pay(self, no):
        for step in ("instruct", "confirm"):
            self.must("subsidy.pay", ["finance"], {"subsidy": no, "step": step})

    def is_(self, **balances):
        for name, fen in balances.items():
            book, _, rest = name.partition("_")
            account = {"fee": f"fee/PLATFORM/{rest}", "pool": f"pool/POOL-A/2026/{rest}", "next": f"pool/POOL-A/2027/{rest}",
                       "cap": f"cap/SUB-TRD/2026/{rest}/S", "trade": f"trade/{getattr(self, 'trade', None)}/{rest}"}[book]
            if rest in ("due", "owed"):
                account += "/FY32050020260000001Z"
            if rest in ("payable", "receivable"):
                account += "/BT32050020260000002F"
            found = self.model.books.balance(account)
            assert found == fen, f"{self.day} {account}: {found}, not {fen}"

    def pending(self, account, fen):
        assert self.model.books.of(account)[2] == fen, (account, self.model.books.of(account), fen)

    # --- rows of the table
    def to_row_11(self, pool=2_000_000):
        self.day = "2026-01-05"
        self.allocate(pool)
        self.day = "2026-02-02"
        if pool == 2_000_000:
            self.allocate(500_000)
            self.is_(pool_authority=2_500_000, pool_available=2_500_000)
        dataset = self.must("dataset.apply", ["applicant"], {"manifest": {"root": "R"}, "industry": "transport"})["dataset"]
        self.day = "2026-03-02"
        self.must("dataset.review", ["registrar"], {"dataset": dataset, "outcome": "accept"})
        self.is_(fee_due=300_000, fee_income=0)
        assert self.model.books.balance("fee/PLATFORM/income/registration") == 300_000
        self.day = "2026-03-05"
        self.must("fee.receive", ["platform"], {"fee": "FY32050020260000001Z", **self.paper(120_000)})
        self.is_(fee_bank=120_000, fee_due=180_000)
        self.day = "2026-03-16"
        self.refused("notice_running", "dataset.register", ["registrar"], {"dataset": dataset})
        self.day = "2026-03-17"
        assert self.must("dataset.register", ["registrar"], {"dataset": dataset}) == {"dataset": "DJ32050020260000001B"}
        self.day = "2026-04-01"
        issued = self.must("certificate.issue", ["platform"], {"dataset": "DJ32050020260000001B"})
        assert issued == {"certificate": "ZS32050020260000001R"}
        self.is_(fee_due=0, fee_owed=120_000)
        assert self.model.books.balance("fee/PLATFORM/waived/first") == 300_000
        self.day = "2026-04-03"
        self.must("fee.refund", ["platform"], {"fee": "FY32050020260000001Z", "step": "instruct"})
        self.pending("fee/PLATFORM/owed/FY32050020260000001Z", 120_000)
        self.day = "2026-04-07"
        self.must("fee.refund", ["platform"], {"fee": "FY32050020260000001Z", "step": "confirm"})
        self.is_(fee_owed=0, fee_bank=0)
        self.day = "2026-04-10"
        self.trade = self.must("trade.agree", ["seller", "buyer"], {"certificate": "ZS32050020260000001R", "amount_fen": 60_000_000,
                                                                    "tax_fen": 0, "mode": "catalogue"})["trade"]
        assert self.trade == "JY32050020260000001F"
        self.is_(trade_contract=60_000_000, trade_headroom=60_000_000)
        self.day = "2026-05-20"
        self.v1 = self.settle(33_333_333)
        self.is_(trade_settled=33_333_333, trade_headroom=26_666_667)

    def to_row_15(self, first=1_199_999):
        self.to_row_11()
        self.day = "2026-06-01"
        assert self.claim() == "BT32050020260000001H"
        self.pending("pool/POOL-A/2026/available", first)
        self.pending("cap/SUB-TRD/2026/headroom/S", first)
        self.day = "2026-06-20"
        self.approve("BT32050020260000001H")
        self.day = "2026-06-30"
        self.pay("BT32050020260000001H")
        self.is_(pool_available=2_500_000 - first, pool_disbursed=first, cap_used=first)
        self.day = "2026-09-15"
        self.v2 = self.settle(22_222_225)
        self.is_(trade_settled=55_555_558, trade_headroom=4_444_442)

    def to_row_17(self, second=300_001, first=1_199_999):
        self.to_row_15(first)
        self.day = "2026-10-08"
        assert self.claim() == "BT32050020260000002F"
        self.pending("pool/POOL-A/2026/available", second)
        self.day = "2026-10-26"
        self.approve("BT32050020260000002F")
        self.day = "2026-10-30"
        self.pay("BT32050020260000002F")

    def receivable(self):
        return sum(self.model.receivable(claim) for claim in self.model.all("subsidy"))


def the_year():
    year = Year()
    year.to_row_17()
    year.is_(pool_available=1_000_000, pool_disbursed=1_500_000, cap_headroom=0, cap_used=1_500_000)
    year.refused("over_ceiling", "trade.settle", ["platform"], {"trade": year.trade, **year.paper(4_444_443)})
    year.day = "2026-11-10"
    year.refund(year.v2, 12_345_678)
    year.is_(trade_settled=43_209_880, trade_headroom=16_790_120, pool_receivable=3_704, pool_deferred=3_704, cap_used=1_496_296,
             cap_headroom=3_704)
    year.day = "2026-12-01"
    year.must("subsidy.recover", ["finance"], {"subsidy": "BT32050020260000002F"})
    year.is_(pool_returned=3_704, pool_receivable=0, pool_deferred=0, pool_available=1_003_704)
    year.day = "2026-12-31"
    year.must("pool.close", ["finance"], {"pool": "POOL-A", "year": 2026})
    year.must("pool.carry", ["finance"], {"pool": "POOL-A", "year": 2026})
    year.is_(pool_available=0, pool_carried_out=1_003_704, next_carried_in=1_003_704, next_available=1_003_704)


def variants():
    Year(rounding="half_even").to_row_17(second=300_000, first=1_200_000)
    for fen, clawed in ((5_555_558, 0), (12_222_224, 0), (12_222_225, 1), (22_222_225, 300_001)):
        year = Year()
        year.to_row_17()
        year.refund(year.v2, fen)
        assert year.receivable() == clawed, (fen, year.receivable())
    year.refund(year.v1, 33_333_333)
    assert year.receivable() == 1_500_000
    year = Year()
    year.to_row_15()
    year.refund(year.v2, 12_345_678)
    year.claim()
    year.pending("pool/POOL-A/2026/available", 296_297)
    year = Year()
    year.to_row_15()
    year.claim()
    year.refund(year.v2, 12_345_678)
    year.pending("pool/POOL-A/2026/available", 296_297)
    year = Year()
    year.to_row_15()
    year.approve(year.claim())
    year.refund(year.v2, 12_345_678)
    year.is_(pool_payable=296_297, pool_available=1_003_704, pool_receivable=0)
    year = Year(cap_org_fen=5_000_000)
    year.to_row_17(second=555_556)
    year.refund(year.v2, 12_345_678)
    assert year.receivable() == 259_259
    year.must("subsidy.recover", ["finance"], {"subsidy": "BT32050020260000002F"})
    year.is_(pool_available=1_003_704)


if __name__ == "__main__":
    the_year()
    variants()
    print("the model follows the worked year")
