"""Fees: assessed, waived, paid, owed, refunded. Written from the rulebook, not from the code."""
from books import Checks, amount, role, state, time
from days import divide, to_day
from world import Thing

SLACK = "-._"


def line_name(text):
    return all(c.isascii() and (c.isalnum() or c in SLACK) for c in text)


class FeeActs:
    # --- accounts of a fee
    def due_of(self, fee):
        return f"fee/{fee.payee}/due/{fee.no}"

    def owed_of(self, fee):
        return f"fee/{fee.payee}/owed/{fee.no}"

    def open_fen(self, fee):
        return self.books.balance(self.due_of(fee))

    def owed_fen(self, fee):
        return self.books.balance(self.owed_of(fee))

    def kept_fen(self, fee):
        """Paid − owed − refunded."""
        return fee.received - self.owed_fen(fee) - fee.refunded

    # --- arising
    def assess(self, kind, cause, line, payer, payee, region, fen, waiver=None):
        if fen == 0 or payer == payee:
            return None
        fee = Thing(no=self.new_number("fee", "FY", region), kind=kind, cause=cause, line=line, payer=payer, payee=payee,
                    assessed=fen, cancelled=0, received=0, refunded=0, first_paid_on=None, waivers={}, waiver=waiver,
                    instructed=0, instructed_on=None)
        self.add("fee", fee, fee.no)
        self.assessed.add((cause, line, payer))
        self.books.post(self.due_of(fee), f"fee/{payee}/income/{kind}", fen)
        return fee

    def assess_registration_fee(self, dataset, region):
        schedule = self.policies.in_force("fee_schedule", region, self.today)
        if schedule is None:
            return
        waiver = self.policies.in_force("waiver", region, self.today)
        dataset.fee = self.assess("registration", dataset.id, "registration", dataset.holder, schedule.form["payee"], region,
                                  schedule.form["registration_fen"], waiver)

    def waive_first_registration(self, dataset):
        fee = dataset.fee
        if fee is None or fee.waiver is None:
            return
        form = fee.waiver.form
        line = form["line"]
        in_time = (self.today - dataset.registered_on).days <= form["within_days"]
        if not getattr(dataset.first, form["first_scope"]) or not in_time or (fee.cause, line, fee.payer) in self.waived:
            return
        fen = divide(fee.assessed * form["ppm"], 1_000_000, form["rounding"])
        self.waive(fee, line, min(fen, self.open_fen(fee) + self.kept_fen(fee)))

    def waive(self, fee, line, fen):
        """Open part first, then what was paid becomes a refund owed."""
        if fen == 0:
            return
        waived = f"fee/{fee.payee}/waived/{line}"
        from_open = min(fen, self.open_fen(fee))
        self.books.post(waived, self.due_of(fee), from_open)
        self.books.post(waived, self.owed_of(fee), fen - from_open)
        self.waived.add((fee.cause, line, fee.payer))
        fee.waivers[line] = Thing(open=from_open, paid=fen - from_open, reinstated=False)
        self.recompute_fee(fee)

    def lower(self, fee, fen):
        """Cancels `fen` of the assessment: open part first, then what was paid."""
        income = f"fee/{fee.payee}/income/{fee.kind}"
        from_open = min(fen, self.open_fen(fee))
        from_kept = min(fen - from_open, self.kept_fen(fee))
        self.books.post(income, self.due_of(fee), from_open)
        self.books.post(income, self.owed_of(fee), from_kept)
        fee.cancelled += from_open + from_kept
        self.recompute_fee(fee)

    def service_terms(self, trade):
        """At the agreement: fees once; the rates are frozen."""
        schedule = self.policies.in_force("fee_schedule", trade.seller_region, self.today)
        trade.rates, trade.payee = [], None
        if schedule is None:
            return
        trade.payee = schedule.form["payee"]
        for line in schedule.form["service"]:
            if line["mode"] == "rate":
                trade.rates.append(line)
                continue
            payer, region = self.side_of(trade, line["side"])
            if (line["line"], payer) in self.paid_once or payer == trade.payee:
                continue
            self.paid_once.add((line["line"], payer))
            self.assess("service", trade.no, line["line"], payer, trade.payee, region, line["amount_fen"])

    def side_of(self, trade, side):
        return (trade.buyer, trade.buyer_region) if side == "buyer" else (trade.seller, trade.seller_region)

    def service_fees(self, trade, settlement):
        settlement.fees = []
        for line in trade.rates:
            payer, region = self.side_of(trade, line["side"])
            fee = self.assess("service", settlement.id, line["line"], payer, trade.payee, region,
                              divide(settlement.amount * line["ppm"], 1_000_000, line["rounding"]))
            if fee is not None:
                settlement.fees.append((line, fee))

    def lower_service_fees(self, settlement):
        for line, fee in settlement.fees:
            if line["on_refund"] != "proportional":
                continue
            wanted = divide((settlement.amount - settlement.refunded) * line["ppm"], 1_000_000, line["rounding"])
            self.lower(fee, max(0, fee.assessed - fee.cancelled - wanted))

    # --- entries
    def fee_for(self, step, no, checks):
        """The fee, with the checks of who may act on it."""
        fee = self.need("fee", no)
        party = step["parties"][0]
        role(checks, party["org"] != fee.payer, "own_fee")
        role(checks, party["role"] != "payee" or party["org"] == fee.payee, "not_the_payee")
        return fee

    def act_fee_receive(self, step, body):
        checks = Checks()
        fee = self.fee_for(step, body["fee"], checks)
        bank = to_day(body["bank_date"])
        time(checks, bank <= self.today, "fee_bank_date_future")
        if body.get("voucher"):
            self.check_voucher(checks, body["voucher"], body["amount_fen"])
        checks.stop()
        if body.get("voucher"):
            self.use_voucher(body["voucher"], body["amount_fen"])
        fen = body["amount_fen"]
        due = min(fen, self.open_fen(fee))
        account = f"fee/{fee.payee}/bank"
        self.books.post(account, self.due_of(fee), due)
        self.books.post(account, self.owed_of(fee), fen - due)
        fee.received += fen
        fee.first_paid_on = fee.first_paid_on or bank

    def act_fee_waive(self, step, body):
        checks = Checks()
        fee = self.fee_for(step, body["fee"], checks)
        state(checks, line_name(body["line"]), "line_name")
        state(checks, (fee.cause, body["line"], fee.payer) not in self.waived, "waived_already")
        amount(checks, body["amount_fen"] <= self.open_fen(fee) + self.kept_fen(fee), "waive_too_much")
        checks.stop()
        self.waive(fee, body["line"], body["amount_fen"])

    def act_fee_refund(self, step, body):
        checks = Checks()
        fee = self.fee_for(step, body["fee"], checks)
        wanted, bank, which = body.get("amount_fen"), body.get("bank_date"), body["step"]
        owed, bank_account = self.owed_of(fee), f"fee/{fee.payee}/bank"
        state(checks, which == "confirm" or bank is None, "step_member")
        if which == "instruct":
            state(checks, fee.instructed == 0, "refund_pending")
            state(checks, self.owed_fen(fee) > 0, "nothing_owed")
            amount(checks, wanted is None or wanted <= self.owed_fen(fee), "refund_too_much")
            checks.stop()
            fee.instructed = self.owed_fen(fee) if wanted is None else wanted
            fee.instructed_on = self.today
            self.books.reserve(owed, bank_account, fee.instructed)
            return
        state(checks, fee.instructed > 0, "no_refund_pending")
        if bank is not None and fee.instructed_on:
            time(checks, to_day(bank) >= fee.instructed_on, "bank_date_before_instruction")
            time(checks, to_day(bank) <= self.today, "fee_bank_date_future")
        amount(checks, wanted is None or wanted == fee.instructed, "refund_amount_differs")
        checks.stop()
        if which == "confirm":
            self.books.take(owed, bank_account, fee.instructed)
            fee.refunded += fee.instructed
        else:
            self.books.void(owed, bank_account, fee.instructed)
        fee.instructed = 0

    def act_fee_cancel(self, step, body):
        checks = Checks()
        fee = self.fee_for(step, body["fee"], checks)
        state(checks, self.open_fen(fee) + self.kept_fen(fee) > 0, "nothing_to_cancel")
        checks.stop()
        self.lower(fee, self.open_fen(fee) + self.kept_fen(fee))

    def act_fee_reinstate(self, step, body):
        checks = Checks()
        fee = self.fee_for(step, body["fee"], checks)
        given = fee.waivers.get(body["line"])
        if state(checks, given is not None, "no_such_waiver"):
            state(checks, not given.reinstated, "waiver_reinstated")
        checks.stop()
        waived = f"fee/{fee.payee}/waived/{body['line']}"
        from_owed = min(given.paid, self.owed_fen(fee) - fee.instructed)
        self.books.post(self.owed_of(fee), waived, from_owed)
        self.books.post(self.due_of(fee), waived, given.open + given.paid - from_owed)
        given.reinstated = True

    def act_fee_assess(self, step, body):
        checks = Checks()
        signer = step["parties"][0]["org"]
        payer = body["payer"]
        cause = self.need(body["cause_kind"], body["cause"])
        role(checks, signer != payer, "own_fee")
        state(checks, payer in self.orgs, "object_unknown")
        state(checks, line_name(body["line"]), "line_name")
        cause_id = cause.id if body["cause_kind"] == "dataset" else cause.no
        state(checks, (cause_id, body["line"], payer) not in self.assessed, "assessed_already")
        checks.stop()
        self.assess("other", cause_id, body["line"], payer, signer, self.orgs[payer].region, body["amount_fen"])
