"""Trades with settlements and a refund, the service fees that follow from them, and subsidies up to the cap with a
clawback. Every amount is computed by hand in a comment and compared with what the ledger says."""

from book import today
from narrator import expect, yuan
from policies import BUYER_FEE_ONCE, POOL, SUBSIDY_CAP
from registration import first

LINE = "SUB-TRADE"


def agree_body(stage, dataset, contract, fen, purpose):
    return {"certificate": dataset.certificate, "subject": "dataset", "mode": "catalogue", "purpose": purpose,
            "contract_hash": stage.papers.contract(contract, dataset.no, fen),
            "order_no": contract, "price": {"model": "one_off"}, "amount_fen": fen, "tax_fen": 0, "delivery": "download"}


def parties(seller, buyer):
    return [("seller", seller), ("buyer", buyer)]


def settle(stage, trade, name, fen):
    """The receipt; its settlement's id is <trade>-<serial of six>."""
    return stage.book.submit("trade.settle", [("platform", "platform")], {
        "trade": trade, "amount_fen": fen, "bank_date": today().isoformat(), "voucher": stage.papers.voucher(name, fen)})


def trades(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Trades and settlements 交易与结算")
    big = book.submit("trade.agree", [*parties("suzhou", "wuxi"), ("platform", "platform")],
                      agree_body(stage, first(stage, "suzhou"), "C-1", 60_000_000, "Planning of routes"))
    stage.big_trade = big.number("trade")
    narrator.say(f"{stage.big_trade}  Suzhou sells to Wuxi, ceiling {yuan(60_000_000)}; both sign, the platform attests")
    small = book.submit("trade.agree", [*parties("nanjing", "hangzhou"), ("platform", "platform")],
                        agree_body(stage, first(stage, "nanjing"), "C-2", 8_000_000, "Climate models"))
    small_trade = small.number("trade")
    expect("across provinces", book.object("trades", small_trade)["cross_province"], True)
    narrator.say(f"{small_trade}  Nanjing sells to Hangzhou across provinces 跨省, ceiling {yuan(8_000_000)}")
    for receipt in (big, small):
        expect("buyer's service fee, once", receipt.posted("fee_assessed"), BUYER_FEE_ONCE)

    # 2.5 % of 33,333,333 = 833,333.325, half even → 833,333; of 8,000,000 = 200,000.
    expect("seller's fee", settle(stage, stage.big_trade, "V-1", 33_333_333).posted("fee_assessed"), 833_333)
    expect("seller's fee", settle(stage, small_trade, "V-2", 8_000_000).posted("fee_assessed"), 200_000)
    narrator.say(f"settled {yuan(33_333_333)} and {yuan(8_000_000)}; the sellers' service fees {yuan(833_333)} "
                 f"and {yuan(200_000)}")


def claim(stage, who):
    receipt = stage.book.submit("subsidy.claim", [("claimant", who)], {"line": LINE})
    number = receipt.number("subsidy")
    return number, stage.book.object("subsidies", number)["asked_fen"]


def approve_and_pay(stage, number):
    """Claimant, reviewer, approver and payer are four organisations."""
    book = stage.book
    book.submit("subsidy.review", [("platform", "platform")], {"subsidy": number})
    book.submit("subsidy.approve", [("bureau", "bureau")], {"subsidy": number})
    book.submit("subsidy.pay", [("finance", "finance")], {"subsidy": number, "step": "instruct"})
    book.submit("subsidy.pay", [("finance", "finance")], {
        "subsidy": number, "step": "confirm", "bank_date": today().isoformat()})
    expect(f"status of {number}", book.object("subsidies", number)["status"], "paid")


def pool(stage, account):
    return stage.book.balance(f"pool/{POOL}/{today().year}/{account}")


def subsidies(stage):
    narrator = stage.narrator
    narrator.act("Subsidies and their cap 补贴与上限")
    # 33,333,333: 5 % of 10,000,000 = 500,000, 3 % of 23,333,333 = 699,999.99, together 1,199,999.99, down → 1,199,999.
    one, fen = claim(stage, "suzhou")
    expect("first claim", fen, 1_199_999)
    narrator.say(f"{one}  Suzhou claims on {yuan(33_333_333)}: 5 % of ¥100,000.00 + 3 % of ¥233,333.33 = {yuan(fen)}")
    approve_and_pay(stage, one)
    # 8,000,000: all in the first tier, 5 % = 400,000.
    two, fen = claim(stage, "nanjing")
    expect("Nanjing's claim", fen, 400_000)
    narrator.say(f"{two}  Nanjing claims on {yuan(8_000_000)}: 5 % = {yuan(fen)}")
    approve_and_pay(stage, two)
    # 2.5 % of 22,222,225 = 555,555.625, half even → 555,556.
    stage.second = settle(stage, stage.big_trade, "V-3", 22_222_225)
    expect("seller's fee", stage.second.posted("fee_assessed"), 555_556)
    # 55,555,558: 500,000 + 3 % of 40,000,000 = 1,200,000 + 1 % of 5,555,558 = 55,555.58 → 1,755,555.58; the cap makes it
    # 1,500,000, of which 1,199,999 was granted.
    three, fen = claim(stage, "suzhou")
    expect("claim at the cap", fen, 300_001)
    narrator.say(f"{three}  Suzhou settles {yuan(22_222_225)} more and claims again: {yuan(1_755_555)} in all would be")
    narrator.say(f"    over the cap of {yuan(SUBSIDY_CAP)}, so it gets the rest of the cap: {yuan(fen)}")
    approve_and_pay(stage, three)
    expect("left of Suzhou's cap", stage.book.balance(f"cap/{LINE}/{today().year}/headroom/{stage.org('suzhou')}"), 0)
    # 2,500,000 − 1,500,000 − 400,000.
    expect("left in the pool", pool(stage, "available"), 600_000)
    narrator.say(f"reviewed by the platform, approved by the bureau, paid by finance; left in the pool {yuan(600_000)}")
    stage.capped = three


def refund_and_clawback(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("A refund and its clawback 退款与追缴")
    fen = 12_345_678
    refund = book.submit("trade.refund", [("platform", "platform")], {
        "settlement": f"{stage.big_trade}-000002", "amount_fen": fen, "bank_date": today().isoformat(),
        "voucher": stage.papers.voucher("V-4", fen)})
    expect("settled net", book.balance(f"trade/{stage.big_trade}/settled"), 43_209_880)
    # 43,209,880: 500,000 + 3 % of 33,209,880 = 996,296.4 → 1,496,296; granted 1,500,000, so 3,704 are to come back. A
    # rate on the refund would have asked for another amount.
    claim_now = book.object("subsidies", stage.capped)
    expect("clawed back", (claim_now["status"], claim_now["clawed_fen"]), ("clawback_due", 3_704))
    narrator.say(f"Wuxi gets {yuan(fen)} of the second settlement back (entry {refund.seq}); "
                 f"net settled {yuan(43_209_880)}")
    narrator.say(f"the subsidy on that is {yuan(1_496_296)}, granted were {yuan(1_500_000)}: "
                 f"{yuan(3_704)} are clawed back 追缴")
    expect("receivable", pool(stage, f"receivable/{stage.capped}"), 3_704)
    book.submit("subsidy.recover", [("finance", "finance")], {
        "subsidy": stage.capped, "voucher": stage.papers.voucher("V-5", 3_704)})
    expect("receivable after recovery", pool(stage, f"receivable/{stage.capped}"), 0)
    expect("left in the pool", pool(stage, "available"), 603_704)
    narrator.say(f"Suzhou pays it back; the pool has {yuan(603_704)} again")
