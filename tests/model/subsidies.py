"""Subsidy claims: reserved, approved, paid, clawed back, recovered. Written from the rulebook, not from the code."""
from books import Checks, amount, role, state, time
from days import add_days, to_day
from entitlement import make_unit
from world import Thing, related

ENDED = ("rejected", "withdrawn", "lapsed")
BEFORE_APPROVAL = ("claimed", "reviewed")


class Claim(Thing):
    def live(self):
        return self.phase not in ENDED


class SubsidyActs:
    # --- accounts of a claim
    def claim_account(self, claim, name):
        if name == "round":
            name = f"round/{claim.window}"
        elif name in ("payable", "receivable"):
            name = f"{name}/{claim.no}"
        return self.pool_account(claim.pool, claim.pool_year, name)

    def payable(self, claim):
        return self.books.balance(self.claim_account(claim, "payable")) if claim.phase == "approved" else 0

    def receivable(self, claim):
        return self.books.balance(self.claim_account(claim, "receivable"))

    def cap_account(self, claim, name, k):
        return f"cap/{claim.unit.policy.code}/{claim.earn_year}/{name}/{k}"

    # --- moving money of a claim: the pool book and the cap books together
    def hold(self, claim, fen):
        """Sets `fen` aside for a claim that is not approved."""
        if not claim.round:
            self.books.reserve(self.claim_account(claim, "available"), self.claim_account(claim, "payable"), fen)
        for k in claim.caps:
            self.books.reserve(self.cap_account(claim, "headroom", k), self.cap_account(claim, "used", k), fen)
        claim.amount = fen

    def unhold(self, claim, keep):
        """Voids what is set aside; of a round's pot all but `keep` goes back to the pool."""
        if not claim.round:
            self.books.void(self.claim_account(claim, "available"), self.claim_account(claim, "payable"), claim.amount)
        elif claim.awarded:
            self.books.post(self.claim_account(claim, "round"), self.claim_account(claim, "available"), claim.amount - keep)
        for k in claim.caps:
            self.books.void(self.cap_account(claim, "headroom", k), self.cap_account(claim, "used", k), claim.amount)

    def rehold(self, claim, fen):
        self.unhold(claim, fen)
        self.hold(claim, fen)

    def release_caps(self, claim, fen):
        for k in claim.caps:
            self.books.post(self.cap_account(claim, "used", k), self.cap_account(claim, "headroom", k), fen)

    def take_back(self, claim, fen):
        """Whatever state the claim is in."""
        if claim.phase in BEFORE_APPROVAL:
            self.rehold(claim, claim.amount - fen)
            self.lapse_if_empty(claim)
            return
        cut = min(fen, self.payable(claim)) if claim.instructed == 0 else 0
        self.books.post(self.claim_account(claim, "payable"), self.claim_account(claim, "available"), cut)
        self.books.post(self.claim_account(claim, "receivable"), self.claim_account(claim, "deferred"), fen - cut)
        self.release_caps(claim, fen)
        claim.amount -= fen
        self.lapse_if_empty(claim)

    def lapse_if_empty(self, claim):
        """A claim of which nothing is left, neither paid nor receivable, has come to its end."""
        if claim.amount == 0 and claim.instructed == 0 and claim.last_payment == 0 and self.receivable(claim) == 0:
            claim.phase = "lapsed"

    # --- recomputing
    def granted(self, unit):
        return sum(claim.amount for claim in self.claims_of_unit(unit) if claim.live())

    def forfeited(self, unit):
        return sum(claim.forfeited for claim in self.claims_of_unit(unit))

    def recompute_units(self, wanted):
        """Takes back max(0, granted − entitlement) of each, latest claim first, whatever its state. All are judged before any
        is changed."""
        units = {}
        for claim in self.all("subsidy"):
            if claim.live() and wanted(claim.unit):
                units.setdefault(claim.unit.key, claim.unit)
        excesses = [(unit, max(0, self.granted(unit) - self.entitlement(unit))) for unit in units.values()]
        for unit, excess in excesses:
            for claim in sorted(self.claims_of_unit(unit), key=lambda claim: -claim.seq):
                fen = min(excess, claim.amount) if claim.live() else 0
                if fen > 0:
                    self.take_back(claim, fen)
                    excess -= fen

    def recompute_settlement(self, settlement):
        trade = settlement.trade
        self.recompute_units(lambda unit: unit.policy.form["base"] == "settled_net"
                             and getattr(trade, unit.side) == unit.claimant)

    def recompute_certificate(self, certificate):
        parties = {each.buyer for each in self.all("trade") if each.certificate is certificate} | {certificate.holder}
        self.recompute_units(lambda unit: unit.claimant in parties)

    def recompute_org(self, org):
        partners = {org}
        for trade in self.all("trade"):
            if org in (trade.seller, trade.buyer):
                partners |= {trade.seller, trade.buyer}
        self.recompute_units(lambda unit: unit.claimant in partners)

    def recompute_fee(self, fee):
        self.recompute_units(lambda unit: unit.policy.form["base"] == "fee_paid" and unit.claimant == fee.payer)

    # --- the claim
    def cap_keys(self, form, org, dataset):
        """(k, size) of every cap that a claim uses; the unit's own is among them."""
        keys = []
        if form.get("cap_org_fen"):
            keys.append((org.id, form["cap_org_fen"]))
        group = org.group_on(self.today)
        if form.get("cap_group_fen") and group:
            keys.append((f"G:{group}", form["cap_group_fen"]))
        if form.get("cap_dataset_fen"):
            keys.append((dataset.no, form["cap_dataset_fen"]))
        return keys

    def governing(self, code, year, claimant, side, dataset):
        """The version and the earn period that a claim is judged by: of a calendar line that of the year, of a line of
        months the one that governs the year in which its own period begins."""
        for policy in reversed(self.policies.codes[code]):
            if policy.first > self.today:
                continue
            period = self.earn_period(policy.form, year, claimant, side, dataset)
            if period is not None and self.policies.for_year(code, period[0].year) is policy:
                return policy, period
            if period is None and policy.form["earn"] == "months":
                return policy, None
        return None, None

    def act_subsidy_claim(self, step, body):
        checks = Checks()
        claimant = self.party(step, "claimant")
        org = self.orgs[claimant]
        code = body["line"]
        known = code in self.policies.codes and self.policies.codes[code][0].kind == "subsidy_line"
        state(checks, known, "subsidy_line_unknown")
        checks.stop()
        form = self.policies.codes[code][0].form
        side = body.get("side")
        if form["payee"] == "split":
            state(checks, side is not None, "side_needed")
        else:
            state(checks, side in (None, form["payee"]), "side_wrong")
            side = form["payee"]
        dataset = None
        if form["unit"] == "dataset":
            if state(checks, body.get("dataset") is not None, "dataset_needed"):
                dataset = self.things["dataset"].get(body["dataset"])
                if state(checks, dataset is not None, "object_unknown"):
                    state(checks, dataset.no is not None, "dataset_needed")
        else:
            state(checks, body.get("dataset") is None, "dataset_excess")
        year = body.get("year", self.today.year)
        if form["earn"] == "calendar":
            state(checks, self.policies.for_year(code, year) is not None, "subsidy_line_not_in_force")
        checks.stop()
        time(checks, year <= self.today.year, "earn_year_future")
        policy, period = self.governing(code, year, claimant, side, dataset)
        state(checks, policy is not None, "subsidy_line_not_in_force")
        state(checks, period is not None, "earn_period_missing")
        if period is None:
            checks.stop()
        form = policy.form
        first, last = period
        # A line of months has one period; a claim that names no year is for that one.
        time(checks, first.year == year or (form["earn"] == "months" and "year" not in body), "earn_year_wrong")
        time(checks, first <= self.today, "earn_year_future")
        deadline = form.get("claim_deadline_days")
        time(checks, deadline is None or self.today <= add_days(last, deadline), "claim_too_late")
        pool_year = self.today.year
        if form.get("window"):
            window_from, window_to = to_day(form["window_from"]), to_day(form["window_to"])
            time(checks, window_from <= self.today <= window_to, "window_shut")
        in_round = form["allocation"] == "pro_rata"
        if in_round:
            pool_year = window_to.year
        pool = self.pool(form["pool"], pool_year)
        state(checks, pool is not None and pool.status == "open", "pool_not_open")
        checks.stop()

        unit = make_unit(policy, claimant, side, dataset, period)
        claim = Claim(no=None, unit=unit, claimant=claimant, seq=self.seq, phase="claimed", earn_year=first.year, pool=form["pool"],
                      pool_year=pool_year, round=in_round, awarded=False, window=form.get("window"), caps=[], amount=0,
                      forfeited=0, instructed=0, instructed_on=None, last_payment=0, recovered=0, written_off=0, reviewer=None,
                      reviewed_on=None)
        caps = self.cap_keys(form, org, dataset)
        due = self.entitlement(unit) - self.granted(unit) - self.forfeited(unit)
        for k, size in caps:
            opened = self.books.of(self.cap_account(claim, "issue", k)) != (0, 0, 0, 0)
            due = min(due, self.books.free(self.cap_account(claim, "headroom", k)) if opened else size)
        amount(checks, due > 0, "nothing_due")
        checks.stop()
        if not in_round:
            amount(checks, due <= self.books.free(self.claim_account(claim, "available")), "pool_exhausted")
        checks.stop()

        claim.no = self.new_number("subsidy", "BT", org.region)
        self.add("subsidy", claim, claim.no)
        for k, size in caps:
            issue = self.cap_account(claim, "issue", k)
            if self.books.of(issue) == (0, 0, 0, 0):
                self.books.post(issue, self.cap_account(claim, "headroom", k), size)
            claim.caps.append(k)
        self.hold(claim, due)

    # --- review and approval
    def need_claim(self, body):
        return self.need("subsidy", body["subsidy"])

    def funder_of(self, claim):
        return self.pool(claim.pool, claim.pool_year).funder

    def act_subsidy_review(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        reviewer = self.party(step, "platform")
        one, other = self.orgs[reviewer], self.orgs[claim.claimant]
        if role(checks, reviewer != claim.claimant, "own_claim"):
            role(checks, not related(one, other, self.today, self.today), "reviewer_related_to_claimant")
        role(checks, reviewer != self.funder_of(claim), "reviewer_pays")
        state(checks, claim.phase == "claimed", "claim_status")
        checks.stop()
        claim.phase, claim.reviewer, claim.reviewed_on = "reviewed", reviewer, self.today

    def act_subsidy_approve(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        role(checks, self.party(step, "bureau") != claim.claimant, "own_claim")
        state(checks, claim.phase == "reviewed", "claim_status")
        if claim.round and claim.live():
            state(checks, claim.awarded, "round_not_closed")
        notice = claim.unit.policy.form["notice_days"]
        if claim.reviewed_on and notice:
            time(checks, self.today > self.calendar.after(claim.reviewed_on, notice), "subsidy_notice_running")
        approved = body.get("amount_fen", claim.amount)
        amount(checks, approved <= claim.amount, "approve_too_much")
        checks.stop()
        reserved = claim.amount
        if claim.round:
            pot = self.claim_account(claim, "round")
            self.books.post(pot, self.claim_account(claim, "payable"), approved)
            self.books.post(pot, self.claim_account(claim, "available"), reserved - approved)
        else:
            available, payable = self.claim_account(claim, "available"), self.claim_account(claim, "payable")
            self.books.take(available, payable, approved)
            self.books.void(available, payable, reserved - approved)
        for k in claim.caps:
            headroom, used = self.cap_account(claim, "headroom", k), self.cap_account(claim, "used", k)
            self.books.take(headroom, used, approved)
            self.books.void(headroom, used, reserved - approved)
        claim.amount, claim.phase = approved, "approved"

    def end_claim(self, claim, checks, phase):
        state(checks, claim.phase in BEFORE_APPROVAL, "claim_status")
        checks.stop()
        self.unhold(claim, 0)
        claim.amount, claim.phase = 0, phase

    def act_subsidy_reject(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        role(checks, step["parties"][0]["org"] != claim.claimant, "own_claim")
        self.end_claim(claim, checks, "rejected")

    def act_subsidy_lapse(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        role(checks, step["parties"][0]["org"] != claim.claimant, "own_claim")
        self.end_claim(claim, checks, "lapsed")

    def act_subsidy_withdraw(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        role(checks, self.party(step, "claimant") == claim.claimant, "not_the_claimant")
        self.end_claim(claim, checks, "withdrawn")

    # --- paying
    def check_payer(self, step, claim, checks):
        signer = step["parties"][0]["org"]
        role(checks, signer != claim.claimant, "own_claim")
        role(checks, signer == self.funder_of(claim), "not_the_payer")

    def act_subsidy_pay(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        self.check_payer(step, claim, checks)
        which, bank = body["step"], body.get("bank_date")
        payable, disbursed = self.claim_account(claim, "payable"), self.claim_account(claim, "disbursed")
        if which == "instruct":
            role(checks, step["parties"][0]["org"] != claim.reviewer, "reviewer_pays")
            state(checks, claim.instructed == 0 and self.payable(claim) > 0, "payment_step", "claim_status")
            time(checks, bank is None, "pay_bank_date")
            checks.stop()
            claim.instructed, claim.instructed_on = self.payable(claim), self.today
            self.books.reserve(payable, disbursed, claim.instructed)
        elif which == "confirm":
            state(checks, claim.instructed > 0, "payment_step", "claim_status")
            if bank is not None and claim.instructed_on:
                time(checks, claim.instructed_on <= to_day(bank) <= self.today, "pay_bank_date")
            checks.stop()
            self.books.take(payable, disbursed, claim.instructed)
            claim.last_payment, claim.instructed = claim.instructed, 0
        else:
            recovered = claim.instructed == 0 and claim.last_payment > 0 and claim.recovered + claim.written_off > 0
            state(checks, not recovered, "payment_recovered")
            state(checks, claim.instructed > 0 or claim.last_payment > 0, "payment_step", "claim_status")
            time(checks, bank is None, "pay_bank_date")
            checks.stop()
            if claim.instructed > 0:
                self.books.void(payable, disbursed, claim.instructed)
                claim.instructed = 0
            else:
                self.books.post(self.claim_account(claim, "returned"), payable, claim.last_payment)
                claim.last_payment = 0
            own = min(self.payable(claim), self.receivable(claim))
            self.settle_receivable(claim, payable, own)
            self.lapse_if_empty(claim)

    def settle_receivable(self, claim, source, fen, to="available"):
        """source → receivable, deferred → available or surrendered."""
        self.books.post(source, self.claim_account(claim, "receivable"), fen)
        self.books.post(self.claim_account(claim, "deferred"), self.claim_account(claim, to), fen)

    # --- taking back
    def act_subsidy_recover(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        self.check_payer(step, claim, checks)
        due = self.receivable(claim)
        state(checks, due > 0, "nothing_receivable", "claim_status")
        state(checks, claim.instructed == 0, "claim_status")
        wanted = body.get("amount_fen")
        if body.get("offset") is None:
            fen = due if wanted is None else wanted
            amount(checks, fen <= due, "recover_too_much")
            if body.get("voucher"):
                self.check_voucher(checks, body["voucher"], fen)
            checks.stop()
            if body.get("voucher"):
                self.use_voucher(body["voucher"], fen)
            to = "surrendered" if claim.unit.policy.form["recovery_to"] == "treasury" else "available"
            self.settle_receivable(claim, self.claim_account(claim, "returned"), fen, to)
            claim.recovered += fen
            return
        other = self.need("subsidy", body["offset"])
        state(checks, other is not claim, "offset_itself")
        state(checks, other.claimant == claim.claimant, "offset_other_payee")
        state(checks, (other.pool, other.pool_year) == (claim.pool, claim.pool_year), "offset_other_pool")
        payable = self.payable(other)
        state(checks, payable > 0 and other.instructed == 0, "offset_status")
        fen = min(due, payable) if wanted is None else wanted
        amount(checks, fen <= due, "recover_too_much")
        amount(checks, fen <= payable, "offset_too_much")
        checks.stop()
        self.settle_receivable(claim, self.claim_account(other, "payable"), fen)
        claim.recovered += fen

    def act_subsidy_write_off(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        self.check_payer(step, claim, checks)
        due = self.receivable(claim)
        state(checks, due > 0, "nothing_receivable", "claim_status")
        amount(checks, body["amount_fen"] <= due, "recover_too_much")
        checks.stop()
        self.books.post(self.claim_account(claim, "deferred"), self.claim_account(claim, "receivable"), body["amount_fen"])
        claim.written_off += body["amount_fen"]

    def act_subsidy_clawback(self, step, body):
        checks = Checks()
        claim = self.need_claim(body)
        role(checks, self.party(step, "bureau") != claim.claimant, "own_claim")
        state(checks, claim.phase == "approved", "claim_status")
        amount(checks, body["amount_fen"] <= claim.amount, "clawback_too_much")
        checks.stop()
        self.take_back(claim, body["amount_fen"])
        claim.forfeited += body["amount_fen"]

    # --- rounds
    def act_window_close(self, step, body):
        checks = Checks()
        code = body["line"]
        known = code in self.policies.codes and self.policies.codes[code][0].kind == "subsidy_line"
        state(checks, known, "subsidy_line_unknown")
        checks.stop()
        if body.get("year") is not None:
            policy = self.policies.for_year(code, body["year"])
        else:
            begun = [each for each in self.policies.codes[code] if each.first <= self.today]
            policy = begun[-1] if begun else None
        state(checks, policy is not None, "subsidy_line_not_in_force")
        checks.stop()
        form = policy.form
        state(checks, form["allocation"] == "pro_rata", "not_a_round")
        checks.stop()
        window_to = to_day(form["window_to"])
        pool = self.pool(form["pool"], window_to.year)
        role(checks, pool is None or pool.funder == step["parties"][0]["org"], "not_the_funder", "not_the_payer")
        time(checks, self.today > window_to, "window_runs")
        waiting = [claim for claim in self.all("subsidy")
                   if claim.unit.policy is policy and claim.round and not claim.awarded and claim.live()]
        state(checks, waiting, "round_done")
        checks.stop()
        asks = sum(claim.amount for claim in waiting)
        available = self.pool_account(form["pool"], window_to.year, "available")
        pot = min(self.books.free(available), asks)
        awards = [pot * claim.amount // asks if asks else 0 for claim in waiting]
        account = self.claim_account(waiting[0], "round")
        self.books.post(available, account, pot)
        self.books.post(account, available, pot - sum(awards))
        for claim, award in zip(waiting, awards):
            for k in claim.caps:
                headroom, used = self.cap_account(claim, "headroom", k), self.cap_account(claim, "used", k)
                self.books.void(headroom, used, claim.amount)
                self.books.reserve(headroom, used, award)
            claim.amount, claim.awarded = award, True
            self.lapse_if_empty(claim)
