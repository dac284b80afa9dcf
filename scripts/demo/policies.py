"""The rules of this ledger: every rate, cap, fee and time limit of the story is in one of these entries, none in the
code of the node. Amounts are in fen 分, rates in parts per million."""

from book import today

JIANGSU = "320000"
REGISTRATION_FEE = 300_000     # ¥3,000.00
BUYER_FEE_ONCE = 998_000       # ¥9,980.00
SELLER_FEE_PPM = 25_000        # 2.5 %
SUBSIDY_CAP = 1_500_000        # ¥15,000.00 per enterprise and year
TIERS = [{"upto_fen": 10_000_000, "ppm": 50_000}, {"upto_fen": 50_000_000, "ppm": 30_000}, {"ppm": 10_000}]
POOL = "TRADE-SUBSIDY"
WAIVER_LINE = "first-registration"


def enact(code, kind, title, terms):
    return {"code": code, "kind": kind, "title": title, "jurisdiction": JIANGSU,
            "effective_from": today().isoformat(), kind: terms}


def calendar():
    """Holidays with a fixed date; a bureau adds the movable ones and the working Saturdays when they are announced."""
    year = today().year
    return {"days": [{"day": f"{year}-{day}", "working": False} for day in
                     ("01-01", "05-01", "05-02", "10-01", "10-02", "10-03")]}


def time_limits():
    return enact("LIMITS", "time_limits", "Time limits 时限", {
        "apply_within_working_days": 20, "review_working_days": 10, "notice_working_days": 0, "valid_months": 36,
        "renew_window_days": 60})


def fee_schedule(payee):
    return enact("FEES", "fee_schedule", "Fees 收费标准", {
        "payee": payee,
        "registration_fen": REGISTRATION_FEE,
        "service": [
            {"line": "buyer-once", "side": "buyer", "mode": "once", "amount_fen": BUYER_FEE_ONCE, "on_refund": "keep",
             "rounding": "down"},
            {"line": "seller-rate", "side": "seller", "mode": "rate", "ppm": SELLER_FEE_PPM, "on_refund": "proportional",
             "rounding": "half_even"}]})


def waiver(borne_by):
    return enact("FIRST-FREE", "waiver", "First registration is free 首次登记减免", {
        "line": WAIVER_LINE, "ppm": 1_000_000, "within_days": 180, "first_scope": "enterprise", "borne_by": borne_by,
        "rounding": "down"})


def subsidy_line():
    return enact("SUB-TRADE", "subsidy_line", "Subsidy by trade volume 交易补贴", {
        "pool": POOL, "allocation": "first_come", "base": "settled_net", "base_tax": "incl", "scope": "certified_dataset",
        "cert_valid_at": "agree", "payee": "seller", "unit": "org", "earn": "calendar", "threshold_fen": 0,
        "tiers": TIERS, "floor_fen": 0, "cap_org_fen": SUBSIDY_CAP, "cross_province_bonus_ppm": 0, "rounding": "down",
        "stacking": "stackable", "requires_first_registration": False, "related_lookback_days": 365, "regions": [],
        "industries": [], "modes": [], "scales": [], "notice_days": 0, "recovery_to": "pool"})
