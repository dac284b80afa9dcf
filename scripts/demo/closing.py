"""What the ledger says at the end. Every figure is read from the node, none remembered from the story; those that the
story fixes are compared with sums done by hand."""

import collections

from actors import key_file
from narrator import expect, padded, width, yuan
from policies import POOL


def counted(objects, member):
    return dict(most_first(one[member] for one in objects))


def most_first(names):
    """(name, count), the largest count first; the same order in every run."""
    return sorted(collections.Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))


def listed(counts):
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def fee_totals(fees):
    """Of each fee: received = refunded + owed + kept, assessed = cancelled + waived + kept + open."""
    totals = collections.Counter()
    for fee in fees:
        for name in ("assessed", "waived", "cancelled", "received", "refunded", "owed", "open"):
            totals[name] += fee[f"{name}_fen"]
    return totals


def rows(stage):
    book = stage.book
    datasets = book.objects("datasets", status="registered", reader=None)
    yield "Registered 登记", f"{len(datasets)} data sets"
    by_industry = most_first(one["application"]["industry"] for one in datasets)
    expect("industries", len(by_industry), 13)
    words = [f"{name} {count}" for name, count in by_industry]
    yield "  by industry 行业", ", ".join(words[:5])
    yield "", ", ".join(words[5:10])
    yield "", ", ".join(words[10:])
    certificates = counted(book.objects("certificates", reader=None), "status")
    # 12 issued, one suspended, one revoked.
    expect("certificates by status", certificates, {"valid": 10, "suspended": 1, "revoked": 1})
    yield "Certificates 证书", listed(certificates)
    ratings = book.objects("ratings", reader=None)
    yield "Ratings 评级", listed(counted([one["assessment"] for one in ratings], "grade"))
    yield from money_rows(stage)
    filed = counted(book.objects("filings"), "status")
    expect("filings by status", filed, {"confirmed": 1, "mismatched": 1, "declared": 1})
    yield "Filings 备案", listed(filed)
    yield from ledger_rows(stage)


def money_rows(stage):
    book = stage.book
    trades = book.objects("trades")
    settled = sum(book.balance(f"trade/{one['no']}/settled") for one in trades)
    # 33,333,333 + 22,222,225 − 12,345,678 + 8,000,000; the third trade, of the attack, is agreed only.
    expect("settled in all", settled, 51_209_880)
    yield "Trades 交易", f"{len(trades)} ({listed(counted(trades, 'status'))}), settled net of refunds {yuan(settled)}"
    totals = fee_totals(book.objects("fees"))
    # Assessed: 73 × 300,000 + 2 × 998,000 + 833,333 + 200,000 + 555,556. Received: 11 × 300,000.
    # Cancelled by the refund: the fee of 9,876,547 is 246,913.675, half even → 246,914; 555,556 − 246,914.
    expect("fees", dict(totals), {
        "assessed": 25_484_889, "waived": 600_000, "cancelled": 308_642, "received": 3_300_000, "refunded": 300_000,
        "owed": 0, "open": 21_576_247})
    shown = {name: yuan(fen) for name, fen in totals.items()}
    yield "Fees 费用", f"assessed {shown['assessed']}, waived {shown['waived']}, lowered {shown['cancelled']}"
    yield "", f"received {shown['received']}, refunded {shown['refunded']}, refund owed {shown['owed']}"
    yield "", f"still due {shown['open']}"
    for pool in book.objects("pools", reader=None):
        account = f"pool/{pool['code']}/{pool['year']}/"
        sums = {name: book.balance(account + name) for name in ("authority", "disbursed", "returned", "available")}
        expect(f"pool {pool['code']}", (pool["code"], sums), (POOL, {
            "authority": 2_500_000, "disbursed": 1_900_000, "returned": 3_704, "available": 603_704}))
        yield f"Pool {pool['code']}", f"allocated {yuan(sums['authority'])}, paid {yuan(sums['disbursed'])}"
        yield "", f"clawed back {yuan(sums['returned'])}, available {yuan(sums['available'])}"


def ledger_rows(stage):
    """The checkpoint, and a last audit up to it that also compares it with the one of the first audit."""
    book = stage.book
    origin, size, root, _, signature = book.checkpoint().splitlines()[:5]
    audited = stage.dengji.json("audit", book.url, "--key", key_file("bureau"), "--org", stage.org("bureau"), "--log-key",
                                book.verifier_key, "--checkpoint", "audited.checkpoint")
    expect("size and root audited", (audited["size"], b64_of(audited["root"])), (int(size), root))
    expect("the checkpoint audited before", audited["kept_checkpoint"], "is a prefix")
    yield "Ledger 账本", f"{origin}, {size} entries"
    yield "  root 根", root
    yield "  checkpoint 检查点", f"{signature[:60]}…"
    yield "  audit 审计", "consistent up to its last entry; what was audited before is its beginning"


def b64_of(b64url):
    """The alphabet of notes for that of everything else."""
    return b64url.translate(str.maketrans("-_", "+/")) + "="


def table(stage):
    stage.narrator.act("What the ledger says now 账本现况")
    found = list(rows(stage))
    columns = max(width(name) for name, _ in found) + 2
    for name, value in found:
        stage.narrator.say(padded(name, columns) + value)
