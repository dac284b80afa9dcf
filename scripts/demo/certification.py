"""Ratings and certificates, and what a certificate does to the fee of a first registration: paid before it, the money
is owed back; not paid yet, it is waived."""

import datetime

from book import today
from narrator import expect, yuan
from policies import REGISTRATION_FEE
from registration import first

# Scores: complete, conforming, accurate, usable.
GRADES = {"excellent": (97, 95, 96, 94), "good": (88, 86, 90, 85), "pass": (75, 70, 72, 74)}
CERTIFIED_EACH = 6  # per supplier, its first registration among them


def certified(stage):
    return [dataset for holder in ("suzhou", "nanjing")
            for dataset in [one for one in stage.datasets if one.holder == holder][:CERTIFIED_EACH]]


def ratings(stage):
    narrator, book, papers = stage.narrator, stage.book, stage.papers
    narrator.act("Quality ratings 质量评级")
    tool = papers.hash("tool.txt", "Checks of completeness, conformity, accuracy and usability")
    grades = list(GRADES)
    acts, counts = [], dict.fromkeys(grades, 0)
    review = today() + datetime.timedelta(days=365)
    for place, dataset in enumerate(certified(stage)):
        grade = grades[place % len(grades)]
        counts[grade] += 1
        complete, conforming, accurate, usable = GRADES[grade]
        acts.append(("rating.assess", [("certifier", "certifier")], {
            "dataset": dataset.no, "grade": grade, "next_review": review.isoformat(),
            "sample": papers.hash(f"sample-{dataset.name}.txt", f"Records sampled of {dataset.name}"),
            "scores": {"complete": complete, "conforming": conforming, "accurate": accurate, "usable": usable},
            "tool": {"name": "demo checks", "version": "1", "sha256": tool}}))
    book.submit_all("ratings", acts)
    for grade, count in counts.items():
        expect(f"ratings {grade}", len(book.objects("ratings", grade=grade)), count)
    narrator.say(f"the certifier rates {len(acts)} data sets: "
                 + ", ".join(f"{count} {grade}" for grade, count in counts.items()))


def pay_fee(stage, dataset):
    """The platform records that the holder's money came in."""
    stage.book.submit("fee.receive", [("platform", "platform")], {
        "fee": dataset.fee, "amount_fen": REGISTRATION_FEE, "bank_date": today().isoformat(),
        "voucher": stage.papers.voucher(f"fee-{dataset.fee}", REGISTRATION_FEE)})


def certificates_and_waivers(stage):
    narrator, book = stage.narrator, stage.book
    narrator.act("Certificates and fee waivers 平台认定证书与费用减免")
    paid_first, open_first = first(stage, "suzhou"), first(stage, "nanjing")
    pay_fee(stage, paid_first)
    narrator.say(f"Suzhou pays {yuan(REGISTRATION_FEE)} for its first registration BEFORE it has a certificate")
    for dataset in certified(stage):
        if dataset not in (paid_first, open_first):
            pay_fee(stage, dataset)
    narrator.say(f"and the suppliers pay for the {len(certified(stage)) - 2} others that are to be certified; "
                 "Nanjing has not paid for its first")
    issued = book.submit_all("certificates", [
        ("certificate.issue", [("platform", "platform"), ("certifier", "certifier")],
         {"dataset": dataset.no, "scope": f"{dataset.name}: files, formats and origin as registered", "grade": "good"})
        for dataset in certified(stage)])
    for dataset, receipt in zip(certified(stage), issued):
        dataset.certificate = receipt.number("certificate")
    narrator.say(f"{len(issued)} certificates, each signed by platform and certifier, from {paid_first.certificate} on")
    refund_owed(stage, paid_first)
    fee = book.object("fees", open_first.fee)
    # Nothing was paid: all of 300,000 fen was open and is waived, nothing is owed back.
    expect("waiver of the open fee", parts(fee), [(REGISTRATION_FEE, 0)])
    expect("status of the waived fee", fee["status"], "waived")
    narrator.say(f"Nanjing's fee {open_first.fee} of {yuan(REGISTRATION_FEE)} was still open: waived 减免")
    suspend_and_revoke(stage)


def parts(fee):
    """Of each waiver of a fee: what was open, what had been paid."""
    return [(waiver["open_fen"], waiver["paid_fen"]) for waiver in fee["waivers"]]


def refund_owed(stage, dataset):
    """Owed, instructed, confirmed: three entries, three statuses."""
    narrator, book = stage.narrator, stage.book
    fee = book.object("fees", dataset.fee)
    expect("waiver of the paid fee", parts(fee), [(0, REGISTRATION_FEE)])
    expect("status of the paid fee", fee["status"], "owed")
    platform = [("platform", "platform")]
    owed = f"fee/{stage.org('platform')}/owed/{dataset.fee}"
    expect("refund owed", book.balance(owed), REGISTRATION_FEE)
    book.submit("fee.refund", platform, {"fee": dataset.fee, "step": "instruct"})
    book.submit("fee.refund", platform, {"fee": dataset.fee, "step": "confirm", "bank_date": today().isoformat()})
    expect("refund owed after it was paid", book.balance(owed), 0)
    expect("status after the refund", book.object("fees", dataset.fee)["status"], "refunded")
    narrator.say(f"Suzhou's fee {dataset.fee} turns into {yuan(REGISTRATION_FEE)} owed back 应退;")
    narrator.say("    refund instructed, then confirmed 已退")


def suspend_and_revoke(stage):
    """Two certificates that are worth nothing any more; neither is traded in this story."""
    narrator, book = stage.narrator, stage.book
    suspended, revoked = certified(stage)[CERTIFIED_EACH - 1], certified(stage)[-1]
    platform = [("platform", "platform")]
    book.submit("certificate.suspend", platform, {"certificate": suspended.certificate, "reason": "Under review"})
    book.submit("certificate.revoke", platform, {"certificate": revoked.certificate, "reason": "Source was misstated"})
    for dataset, status in ((suspended, "suspended"), (revoked, "revoked")):
        expect(f"status of {dataset.certificate}", book.object("certificates", dataset.certificate)["status"], status)
    narrator.say(f"one is suspended 暂停 ({suspended.certificate}), one revoked 撤销 ({revoked.certificate})")
