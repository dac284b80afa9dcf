"""Trades and vouchers: what may be settled, what was, what went back. Written from the rulebook, not from the code."""
from books import Checks, amount, role, state, time
from days import to_day
from world import Thing, certificate_in_force


class TradeActs:
    def check_voucher(self, checks, form, fen):
        known = self.vouchers.get(form["hash"])
        amount(checks, fen <= form["total_fen"], "voucher_exceeded")
        if known is None:
            return
        amount(checks, known.total == form["total_fen"], "voucher_total_differs")
        amount(checks, form["line"] not in known.lines, "voucher_line_used")
        amount(checks, known.used + fen <= known.total, "voucher_exceeded")

    def use_voucher(self, form, fen):
        known = self.vouchers.setdefault(form["hash"], Thing(total=form["total_fen"], used=0, lines=set()))
        known.used += fen
        known.lines.add(form["line"])

    def act_trade_agree(self, step, body):
        checks = Checks()
        seller, buyer = self.party(step, "seller"), self.party(step, "buyer")
        platform = self.party(step, "platform", None)
        certificate = self.need("certificate", body["certificate"])
        state(checks, seller != buyer, "same_party")
        role(checks, platform not in (seller, buyer), "platform_is_party")
        role(checks, certificate.holder == seller, "seller_not_holder")
        state(checks, certificate_in_force(certificate, self.now, self.seq), "certificate_not_in_force")
        amount(checks, body["tax_fen"] <= body["amount_fen"], "tax_exceeds_amount")
        checks.stop()
        one, other = self.orgs[seller], self.orgs[buyer]
        dataset = certificate.dataset
        trade = Thing(no=self.new_number("trade", "JY", one.region), status="agreed", seller=seller, buyer=buyer, dataset=dataset,
                      certificate=certificate, ceiling=body["amount_fen"], tax=body["tax_fen"], mode=body["mode"],
                      seller_region=one.region, buyer_region=other.region, seller_scale=one.scale, buyer_scale=other.scale,
                      cross_province=one.region[:2] != other.region[:2], agreed_at=self.now, agreed_seq=self.seq,
                      agreed_on=self.today, first_contract=(seller, dataset.id) not in self.contracts, settlements=[])
        self.contracts.add((seller, dataset.id))
        self.add("trade", trade, trade.no)
        self.books.post(f"trade/{trade.no}/contract", f"trade/{trade.no}/headroom", trade.ceiling)
        self.service_terms(trade)

    def trade_to_record(self, step, trade, checks):
        role(checks, self.party(step, "platform") not in (trade.seller, trade.buyer), "platform_is_party")

    def act_trade_settle(self, step, body):
        checks = Checks()
        trade = self.need("trade", body["trade"])
        self.trade_to_record(step, trade, checks)
        bank = to_day(body["bank_date"])
        time(checks, trade.agreed_on <= bank, "bank_date_before_agreement")
        time(checks, bank <= self.today, "bank_date_future")
        headroom = f"trade/{trade.no}/headroom"
        amount(checks, body["amount_fen"] <= self.books.balance(headroom), "over_ceiling")
        self.check_voucher(checks, body["voucher"], body["amount_fen"])
        checks.stop()
        self.use_voucher(body["voucher"], body["amount_fen"])
        settlement = Thing(id=f"{trade.no}-{len(trade.settlements) + 1:06d}", trade=trade, amount=body["amount_fen"], refunded=0,
                           bank_date=bank, at=self.now, seq=self.seq)
        trade.settlements.append(settlement)
        if trade.status == "agreed":
            trade.status = "settling"
        self.add("settlement", settlement, settlement.id)
        self.name("settlement", settlement.id)
        self.books.post(headroom, f"trade/{trade.no}/settled", settlement.amount)
        self.service_fees(trade, settlement)

    def act_trade_refund(self, step, body):
        checks = Checks()
        settlement = self.need("settlement", body["settlement"])
        trade = settlement.trade
        self.trade_to_record(step, trade, checks)
        bank = to_day(body["bank_date"])
        time(checks, settlement.bank_date <= bank, "bank_date_before_settlement")
        time(checks, bank <= self.today, "bank_date_future")
        amount(checks, body["amount_fen"] <= settlement.amount - settlement.refunded, "over_settlement")
        self.check_voucher(checks, body["voucher"], body["amount_fen"])
        checks.stop()
        self.use_voucher(body["voucher"], body["amount_fen"])
        settlement.refunded += body["amount_fen"]
        self.books.post(f"trade/{trade.no}/settled", f"trade/{trade.no}/headroom", body["amount_fen"])
        self.lower_service_fees(settlement)
        self.recompute_settlement(settlement)

    def end_trade(self, step, body, status):
        checks = Checks()
        trade = self.need("trade", body["trade"])
        role(checks, (self.party(step, "seller"), self.party(step, "buyer")) == (trade.seller, trade.buyer), "not_the_party")
        state(checks, trade.status in ("agreed", "settling"), "trade_not_open")
        checks.stop()
        trade.status = status

    def act_trade_close(self, step, body):
        self.end_trade(step, body, "closed")

    def act_trade_terminate(self, step, body):
        self.end_trade(step, body, "terminated")
