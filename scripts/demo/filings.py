"""Deals done off the platform: one that both sides tell alike, one that they tell differently, one told by one side."""

from book import today
from narrator import expect, yuan
from registration import first


def deal(stage, seller, buyer, contract, fen):
    dataset = first(stage, seller)
    return {"seller": stage.org(seller), "buyer": stage.org(buyer), "term": "one_off", "product": dataset.name,
            "product_kind": "dataset", "registration": dataset.no, "pricing": "fixed", "use": "Research",
            "starts_on": today().isoformat(), "amount_fen": fen,
            "contract_hash": stage.papers.contract(contract, dataset.no, fen)}


def filings(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Filings of deals done elsewhere 场外交易备案")

    def declare(who, body):
        return book.submit("filing.declare", [("declarant", who)], {**body, "side": "seller"}).number("filing")

    def confirm(who, number, body):
        book.submit("filing.confirm", [("confirmer", who)], {**body, "filing": number})
        return book.object("filings", number)

    alike = deal(stage, "nanjing", "hangzhou", "F-1", 5_000_000)
    number = declare("nanjing", alike)
    expect(f"status of {number}", confirm("hangzhou", number, alike)["status"], "confirmed")
    narrator.say(f"{number}  Nanjing and Hangzhou tell the same: confirmed 一致")

    told = deal(stage, "suzhou", "wuxi", "F-2", 7_000_000)
    number = declare("suzhou", told)
    filing = confirm("wuxi", number, {**told, "amount_fen": 6_500_000, "use": "Training of models"})
    expect(f"status of {number}", filing["status"], "mismatched")
    differing = sorted(one["member"] for one in filing["mismatches"])
    expect(f"fields that differ in {number}", differing, ["amount_fen", "use"])
    narrator.say(f"{number}  Suzhou and Wuxi tell it differently: mismatched 不一致, in")
    for one in filing["mismatches"]:
        declared, confirmed = one["declared"], one["confirmed"]
        if one["member"].endswith("_fen"):
            declared, confirmed = yuan(int(declared)), yuan(int(confirmed))
        narrator.say(f"    {one['member']}: {declared} against {confirmed}")

    number = declare("nanjing", deal(stage, "nanjing", "wuxi", "F-3", 1_200_000))
    expect(f"status of {number}", book.object("filings", number)["status"], "declared")
    narrator.say(f"{number}  Nanjing has declared, Wuxi has not answered yet 单方")
