"""Makes up histories: a small world with policies that differ from seed to seed, then acts, sensible or not. It looks at
the model to choose what to do next, and names what came about by reference ($12.trade), so that a step can be left out."""
import base64
import datetime
import hashlib
import random

from days import add_days, day_of, end_of, to_text
from entitlement import make_unit

REGIONS = ["320500", "320505", "320100", "320200", "440300", "310000"]
NEAR_LIMIT = 2**53 - 1
ROUNDINGS = ["down", "half_even", "up"]
HOUR_MS = 3_600_000
TO_APPLY = {"category": "industry_general", "modalities": ["tabular"], "right": "hold", "source": {"kind": "self_collected"},
            "grade": "general", "personal_data": False, "cross_border": False, "supply_modes": ["catalogue"],
            "description": "hourly counts",
            "licence": {"name": "CC-BY-4.0", "commercial": True, "derivatives": True, "redistribution": True}}


def hash_of(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


class History:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.huge = self.chance(12)
        self.count = 0
        self.papers = 0
        self.vouchers = []
        self.refs = {}
        self.lines = []
        self.pools = ["POOL-A", "POOL-B"]
        self.spec = {"orgs": self.make_orgs()}

    # --- dice
    def chance(self, n):
        return self.random.randrange(n) == 0

    def pick(self, items):
        return items[self.random.randrange(len(items))]

    def some(self, items):
        return sorted(self.random.sample(items, 1 + self.random.randrange(len(items))))

    def fen(self, around):
        """Around a sum: often exactly it, sometimes a fen more or less, mostly below."""
        around = max(1, min(around, NEAR_LIMIT))
        return max(1, min(NEAR_LIMIT, self.pick([around, around + 1, around - 1, around // 2, self.random.randrange(around) + 1,
                                                 self.random.randrange(around) + 1])))

    # --- the world
    def make_orgs(self):
        orgs = []
        for i in range(6 + self.random.randrange(4)):
            orgs.append({"name": chr(ord("A") + i), "region": self.pick(REGIONS), "scale": self.pick(["large", "medium", "small", "micro"]),
                         "group": self.pick(["", "", "G1", "G2"])})
        self.traders = [org["name"] for org in orgs]
        orgs.append({"name": "platform2", "region": "320100", "scale": "small", "group": "", "roles": ["platform"]})
        orgs.append({"name": "finance2", "region": "320100", "scale": "small", "group": "", "roles": ["finance"]})
        return orgs

    def attach(self, model):
        self.model = model
        self.ids = model.started["orgs"]

    def step(self, type_, parties, body):
        self.count += 1
        return {"n": self.count, "time": to_text(self.now), "type": type_,
                "parties": [{"role": role, "org": self.ids.get(org, org)} for role, org in parties], "body": body}

    def ref(self, kind, thing):
        """The reference by which steps know a thing."""
        return self.refs[kind, self.key(kind, thing)]

    def key(self, kind, thing):
        return thing.id if kind in ("dataset", "settlement") else thing.no

    def learn(self, step, told):
        """After an accepted step: which thing of the model bears which reference."""
        for local in told:
            kind = local.split(".")[0]
            thing = self.model.things[kind].get(told[local]) if kind in self.model.things else None
            if thing is not None:
                self.refs.setdefault((kind, self.key(kind, thing)), f"${step['n']}.{local}")

    # --- policies
    def enact(self, kind, code, form, first=None, jurisdiction="320000"):
        first = first or self.model.today
        return self.step("policy.enact", [("bureau", "bureau"), ("finance", "finance")],
                         {"kind": kind, "code": code, "title": code, "jurisdiction": jurisdiction, "effective_from": first.isoformat(),
                          "retroactive": first < self.model.today, kind: form})

    def schedule(self):
        service = []
        if not self.chance(4):
            service.append({"line": "once", "side": self.pick(["buyer", "seller"]), "mode": "once", "amount_fen": self.fen(10_000),
                            "rounding": "down", "on_refund": "keep"})
        for i in range(self.random.randrange(3)):
            service.append({"line": f"rate{i}", "side": self.pick(["buyer", "seller"]), "mode": "rate",
                            "ppm": 1 + self.random.randrange(30_000), "rounding": self.pick(ROUNDINGS),
                            "on_refund": self.pick(["proportional", "proportional", "keep"])})
        return {"payee": self.ids[self.pick(["platform", "platform", "registrar", "platform2", "A"])],
                "registration_fen": self.pick([0, 30_001, self.fen(300_000)]), "service": service}

    def waiver(self):
        return {"line": "first", "ppm": self.pick([1_000_000, 700_000, 1 + self.random.randrange(1_000_000)]),
                "within_days": self.pick([0, 3, 30, 180]), "first_scope": self.pick(["enterprise", "group", "dataset"]),
                "borne_by": self.ids["platform"], "rounding": self.pick(ROUNDINGS)}

    def tiers(self):
        tiers, upto = [], 0
        for _ in range(self.random.randrange(4)):
            upto += self.fen(self.pick([10_000, 400_000, 2_000_000]))
            tiers.append({"upto_fen": upto, "ppm": self.random.randrange(100_000)})
        tiers.append({"ppm": self.random.randrange(80_000)})
        return tiers

    def line(self):
        form = {"pool": self.pick(self.pools), "payee": self.pick(["seller", "seller", "buyer", "split"]), "allocation": "first_come",
                "base": self.pick(["settled_net"] * 6 + ["fee_paid", "fixed"]), "scope": self.pick(["all", "all", "first_contract", "certified_dataset"]),
                "unit": self.pick(["org", "org", "dataset"]), "earn": self.pick(["calendar", "calendar", "months"]),
                "threshold_fen": self.pick([0, 0, self.fen(300_000)]), "tiers": self.tiers(), "rounding": self.pick(ROUNDINGS),
                "floor_fen": self.pick([0, 0, 0, self.fen(20_000)]), "cert_valid_at": self.pick(["none", "none", "agree", "settle", "both"]),
                "requires_first_registration": self.chance(6), "regions": self.some(["32", "3205", "44", "31", "320505"]) if self.chance(5) else [],
                "industries": ["transport"] if self.chance(8) else [], "modes": self.some(["catalogue", "custom"]) if self.chance(6) else [],
                "scales": self.some(["small", "micro", "medium"]) if self.chance(8) else [],
                "cross_province_bonus_ppm": self.pick([0, 0, self.random.randrange(20_000)]), "base_tax": self.pick(["incl", "incl", "excl"]),
                "stacking": "stackable", "notice_days": self.pick([0, 0, 0, 2, 5]), "recovery_to": self.pick(["pool", "pool", "treasury"])}
        if form["base"] != "settled_net":
            form.update(payee="seller", scope="all", unit="org", threshold_fen=0, cert_valid_at="none", regions=[], modes=[], scales=[],
                        industries=[], requires_first_registration=False, cross_province_bonus_ppm=0, base_tax="incl", floor_fen=0)
        if form["base"] == "fixed":
            form.update(tiers=[], fixed_fen=self.fen(80_000), milestone=self.pick(["registration", "certificate", "rating_excellent"]))
        if form["payee"] == "split":
            form["seller_share_ppm"] = self.random.randrange(1_000_001)
        if form["earn"] == "months":
            form.update(earn_months=self.pick([1, 3, 5, 12]), earn_event=self.pick(["registration", "certificate", "first_contract"]))
        if not self.chance(3):
            form["cap_org_fen"] = self.fen(150_000)
        if self.chance(3):
            form["cap_group_fen"] = self.fen(200_000)
        if form["unit"] == "dataset" and not self.chance(3):
            form["cap_dataset_fen"] = self.fen(80_000)
        if self.chance(3):
            form["claim_deadline_days"] = self.pick([0, 30, 90])
        if form["base"] == "settled_net" and self.chance(3):
            form["related_lookback_days"] = self.pick([0, 30, 365])
        if form["base"] == "settled_net" and self.chance(3):
            form.update(stacking="exclusive", stacking_group="X")
        if self.chance(5):
            start = add_days(self.model.today, self.random.randrange(60))
            form.update(allocation="pro_rata", window="W1", window_from=start.isoformat(),
                        window_to=add_days(start, 30 + self.random.randrange(90)).isoformat())
        return form

    def opening(self):
        """What every history begins with."""
        self.now = self.model.now
        day = self.model.today
        self.first_year = day.year
        yield self.enact("time_limits", "LIMITS", {"apply_within_working_days": 20, "review_working_days": 10,
                                                   "notice_working_days": self.pick([0, 0, 1, 3]), "valid_months": self.pick([12, 36]),
                                                   "renew_window_days": 60})
        yield self.enact("fee_schedule", "FEES", self.schedule())
        if self.chance(2):
            yield self.enact("fee_schedule", "FEES-SZ", self.schedule(), jurisdiction="320500")
        if not self.chance(5):
            yield self.enact("waiver", "WAIVER", self.waiver())
        for i in range(3 + self.random.randrange(4)):
            form = self.line()
            self.lines.append((f"LINE-{i}", form))
            yield self.enact("subsidy_line", f"LINE-{i}", form, first=datetime.date(day.year, 1, 2))
        for code in self.pools:
            yield self.step("pool.allocate", [("finance", "finance")], {"pool": code, "year": day.year, "amount_fen": self.fen(3_000_000)})
        sellers = self.random.sample(self.traders, 3)
        for holder in sellers + [self.pick(sellers)]:
            yield from self.registration(holder)

    def registration(self, holder):
        self.papers += 1
        body = {**TO_APPLY, "title": f"set {self.papers}", "industry": self.pick(["transport", "health"]),
                "commitment": hash_of("commitment"),
                "manifest": {"root": hash_of(f"root {self.papers}"), "content_root": hash_of("content"), "files": 1, "bytes": 1}}
        applied = self.step("dataset.apply", [("applicant", holder)], body)
        dataset = f"${applied['n']}.dataset"
        yield applied
        yield self.step("dataset.review", [("registrar", "registrar")], {"dataset": dataset, "outcome": "accept"})
        found = self.model.names.get(dataset) and self.model.things["dataset"][self.model.names[dataset]]
        if found and getattr(found, "notice_days", 0) and not self.chance(8):
            last = self.model.calendar.after(found.accepted_on, found.notice_days)
            self.now = max(self.now, end_of(last) + self.pick([0, 1, 1, 30 * HOUR_MS]))
        yield self.step("dataset.register", [("registrar", "registrar")], {"dataset": dataset})
        if not self.chance(6):
            yield self.step("certificate.issue", [("platform", "platform")], {"dataset": dataset, "scope": "all", "grade": "good"})

    # --- acts
    def acts(self, count):
        kinds = [self.pass_time] * 7 + [self.trade_act] * 9 + [self.fee_act] * 4 + [self.pool_act] * 2 + [self.claim_act] * 6 + \
                [self.subsidy_act] * 9 + [self.certificate_act] * 1 + [self.governance_act] * 1
        start = self.count
        while self.count < start + count:
            yield from self.pick(kinds)()

    def pass_time(self):
        self.now += self.pick([0, 1, HOUR_MS, 30 * HOUR_MS, 24 * HOUR_MS * self.random.randrange(12), 24 * HOUR_MS * self.random.randrange(40)])
        return ()

    def bank_day(self):
        today = self.today()
        return self.pick([today, today, today, add_days(today, -self.random.randrange(40)), add_days(today, 1)] if self.chance(6)
                         else [today, add_days(today, -self.random.randrange(3))]).isoformat()

    def today(self):
        return day_of(self.now)

    def voucher(self, fen):
        if self.vouchers and self.chance(15):
            hash_, total = self.pick(self.vouchers)
            return {"hash": hash_, "line": 1 + self.random.randrange(3), "total_fen": total}
        self.papers += 1
        total = min(NEAR_LIMIT, fen * self.pick([1, 1, 1, 2]))
        self.vouchers.append((hash_of(f"voucher {self.papers}"), total))
        return {"hash": self.vouchers[-1][0], "line": 1, "total_fen": total}

    def recorder(self):
        return self.pick(["platform"] * 9 + ["platform2"])

    def trade_act(self):
        die = self.random.randrange(9)
        trades, settlements, certificates = (self.model.all(kind) for kind in ("trade", "settlement", "certificate"))
        if die < 2 and certificates:
            certificate = self.pick([each for each in certificates if each.history[-1].status == "valid"] or certificates)
            others = [org for org in self.traders if self.ids[org] != certificate.holder]
            ceiling = self.fen(NEAR_LIMIT) if self.huge and self.chance(4) else self.fen(self.pick([100, 2_000_000, 6_000_000]))
            yield self.step("trade.agree", [("seller", certificate.holder), ("buyer", self.pick(others))],
                            {"certificate": self.ref("certificate", certificate), "subject": "dataset",
                             "mode": self.pick(["catalogue", "custom"]), "purpose": "use", "contract_hash": hash_of("contract"),
                             "price": {"model": "one_off"}, "amount_fen": ceiling, "tax_fen": self.pick([0, ceiling // 17, ceiling // 7]),
                             "delivery": "api"})
        elif die < 6 and trades:
            trade = self.pick(trades[-4:] if self.chance(2) else trades)
            fen = self.to_an_edge(trade) if self.chance(4) else 0
            if fen <= 0:
                fen = self.fen(self.model.books.balance(f"trade/{trade.no}/headroom") // self.pick([1, 2, 3]))
            yield self.step("trade.settle", [("platform", self.recorder())],
                            {"trade": self.ref("trade", trade), "amount_fen": fen, "voucher": self.voucher(fen), "bank_date": self.bank_day()})
        elif die < 8 and settlements:
            settlement = self.pick(settlements)
            fen = self.fen(settlement.amount - settlement.refunded)
            yield self.step("trade.refund", [("platform", self.recorder())],
                            {"settlement": self.ref("settlement", settlement), "amount_fen": fen, "voucher": self.voucher(fen),
                             "bank_date": self.bank_day()})
        elif trades and self.chance(3):
            trade = self.pick(trades)
            yield self.step(self.pick(["trade.close", "trade.terminate"]), [("seller", trade.seller), ("buyer", trade.buyer)],
                            {"trade": self.ref("trade", trade), "reason": "done"})

    def to_an_edge(self, trade):
        """What brings a base to a threshold, to the end of a tier, or a fen beside it."""
        code, form = self.pick(self.lines)
        side = form["payee"] if form["payee"] != "split" else "seller"
        dataset = trade.dataset if form["unit"] == "dataset" else None
        edges = [tier["upto_fen"] for tier in form["tiers"] if "upto_fen" in tier] + [form["threshold_fen"]] * 3
        policy = self.model.policies.for_year(code, self.today().year)
        period = policy and self.model.earn_period(form, self.today().year, getattr(trade, side), side, dataset)
        if not period or form["base"] != "settled_net":
            return 0
        unit = make_unit(policy, getattr(trade, side), side, dataset, period)
        base = sum(self.model.worth(form, each) for each in self.model.all("settlement") if self.model.counts(unit, each))
        return self.pick(edges) - base + self.pick([-1, 0, 0, 1])

    def fee_act(self):
        fees = self.model.all("fee")
        if not fees:
            return
        fee = self.pick(fees)
        named = {"fee": self.ref("fee", fee)}
        by = [self.pick([("platform", "platform"), ("platform", "platform"), ("platform", "platform2"), ("registrar", "registrar"),
                         ("payee", fee.payee), ("payee", fee.payee if not self.chance(8) else self.pick(self.traders))])]
        open_, kept, owed = self.model.open_fen(fee), self.model.kept_fen(fee), self.model.owed_fen(fee)
        die = self.random.randrange(9)
        if die < 3:
            fen = self.fen(open_)
            yield self.step("fee.receive", by, {**named, "amount_fen": fen, "bank_date": self.bank_day(),
                                                **({"voucher": self.voucher(fen)} if self.chance(2) else {})})
        elif die == 3:
            yield self.step("fee.refund", by, {**named, "step": "instruct", **({"amount_fen": self.fen(owed)} if self.chance(2) else {})})
        elif die == 4:
            bank = {"bank_date": self.bank_day()} if self.chance(3) else {}
            fen = {"amount_fen": fee.instructed or 1} if self.chance(3) else {}
            yield self.step("fee.refund", by, {**named, "step": self.pick(["confirm", "confirm", "bounce"]), **bank, **fen})
        elif die == 5 and self.chance(2):
            yield self.step("fee.cancel", by, {**named, "reason": "so decided"})
        elif die == 6:
            yield self.step("fee.waive", by, {**named, "line": self.pick(["w0", "w1", "first"]), "amount_fen": self.fen(open_ + kept),
                                              "borne_by": self.ids["platform"], "reason": "so decided"})
        elif die == 7:
            line = self.pick(sorted(fee.waivers)) if fee.waivers and not self.chance(5) else "w0"
            yield self.step("fee.reinstate", by, {**named, "line": line, "reason": "so decided"})

    def pool_act(self):
        code, year = self.pick(self.pools), self.today().year
        if f"{code}-{year}" not in self.model.things["pool"] and not self.chance(3):
            yield self.step("pool.allocate", [("finance", "finance")], {"pool": code, "year": year, "amount_fen": self.fen(900_000)})
            return
        other = year + self.pick([-1, 0, 0, 1] if year == self.first_year else [-1, -1, 0, 1])
        free = self.model.books.free(f"pool/{code}/{other}/available")
        by = [("finance", "finance" if not self.chance(12) else "finance2")]
        die = self.random.randrange(8)
        if die < 3:
            fen = self.fen(NEAR_LIMIT) if self.huge and self.chance(5) else self.fen(self.pick([1_000, 300_000, 900_000]))
            yield self.step("pool.allocate", by, {"pool": code, "year": self.pick([year, year, year, other]), "amount_fen": fen})
        elif die < 5:
            yield self.step("pool.adjust", by, {"pool": code, "year": other, "cut_fen": self.fen(free // self.pick([1, 3, 5])), "reason": "budget"})
        elif die < 7:
            closed = [pool for pool in self.model.all("pool") if pool.status == "closed"]
            if closed and not self.chance(4):
                pool = self.pick(closed)
                code, other = pool.code, pool.year
            yield self.step("pool.carry", by, {"pool": code, "year": other})
        elif year > self.first_year or self.chance(8):
            yield self.step("pool.close", by, {"pool": code, "year": year if self.chance(8) else max(year - 1, self.first_year), "surrender": self.chance(4)})

    def claim_act(self):
        settlements, datasets = self.model.all("settlement"), self.model.all("dataset")
        lines = self.random.sample(self.lines, len(self.lines))
        look = not self.chance(3)
        for code, form in lines:
            side = form["payee"] if form["payee"] != "split" else self.pick(["seller", "buyer"])
            claimant, dataset = self.pick(self.traders), self.pick(datasets) if datasets else None
            if settlements and not self.chance(8):
                # Somebody who has sold or bought, lately more often than not.
                trade = self.pick(settlements[-6:] if self.chance(2) else settlements).trade
                claimant, dataset = getattr(trade, side), trade.dataset
            if not look or self.promises(code, form, self.ids.get(claimant, claimant), side, dataset):
                break
        body = {"line": code}
        if form["payee"] == "split" and not self.chance(30) or self.chance(40):
            body["side"] = side
        if dataset and (form["unit"] == "dataset" and not self.chance(30) or self.chance(40)):
            body["dataset"] = self.ref("dataset", dataset)
        last_year = form["earn"] == "calendar" and self.today().year > self.first_year and self.chance(2)
        if last_year or self.chance(12):
            body["year"] = self.today().year + (-1 if last_year else self.pick([-1, 0, 1]))
        yield self.step("subsidy.claim", [("claimant", claimant)], body)

    def promises(self, code, form, claimant, side, dataset):
        """Would the model find something due?"""
        dataset = dataset if form["unit"] == "dataset" else None
        policy = self.model.policies.for_year(code, self.today().year)
        period = policy and self.model.earn_period(form, self.today().year, claimant, side, dataset)
        if not period or (form["unit"] == "dataset" and dataset is None):
            return False
        unit = make_unit(policy, claimant, side, dataset, period)
        return self.model.entitlement(unit) > self.model.granted(unit) + self.model.forfeited(unit)

    def subsidy_act(self):
        ended = [code for code, form in self.lines if form["allocation"] == "pro_rata" and form["window_to"] < self.today().isoformat()
                 and any(claim.round and not claim.awarded and claim.live() and claim.unit.policy.code == code
                         for claim in self.model.all("subsidy"))]
        if ended and self.chance(2):
            yield self.step("window.close", [("finance", "finance")], {"line": ended[0]})
            return
        if self.chance(30):
            code, _ = self.pick([line for line in self.lines if line[1]["allocation"] == "pro_rata"] or self.lines)
            yield self.step("window.close", [("finance", "finance")], {"line": code})
            return
        claims = self.model.all("subsidy")
        if not claims:
            return
        claim = self.pick([each for each in claims if each.live()] or claims) if not self.chance(8) else self.pick(claims)
        named = {"subsidy": self.ref("subsidy", claim)}
        reason = {**named, "reason": "so decided"}
        finance = [("finance", "finance" if not self.chance(25) else "finance2")]
        act = self.fitting(claim) if not self.chance(4) else self.pick(self.ALL_ACTS)
        if act == "review":
            yield self.step("subsidy.review", [("platform", self.recorder())], named)
        elif act == "approve":
            part = {"amount_fen": self.fen(claim.amount)} if self.chance(3) else {}
            yield self.step("subsidy.approve", [("bureau", "bureau")], {**named, **part})
        elif act in ("instruct", "confirm", "bounce"):
            bank = {"bank_date": self.bank_day()} if act == "confirm" and self.chance(3) else {}
            yield self.step("subsidy.pay", finance, {**named, "step": act, **bank})
        elif act == "recover":
            body = dict(named)
            if self.chance(2):
                body["offset"] = self.ref("subsidy", self.pick(claims))
            if self.chance(2):
                body["amount_fen"] = self.fen(self.model.receivable(claim))
            yield self.step("subsidy.recover", finance, body)
        elif act == "reject":
            yield self.step("subsidy.reject", [self.pick([("bureau", "bureau"), ("platform", "platform")])], reason)
        elif act == "lapse":
            yield self.step("subsidy.lapse", [("bureau", "bureau")], reason)
        elif act == "withdraw":
            yield self.step("subsidy.withdraw", [("claimant", claim.claimant if not self.chance(9) else self.pick(self.traders))], reason)
        elif act == "write_off":
            yield self.step("subsidy.write_off", finance, {**reason, "amount_fen": self.fen(self.model.receivable(claim))})
        else:
            yield self.step("subsidy.clawback", [("bureau", "bureau")], {**reason, "amount_fen": self.fen(claim.amount // self.pick([1, 4]))})

    ALL_ACTS = ["review", "approve", "instruct", "confirm", "bounce", "recover", "reject", "lapse", "withdraw", "write_off", "clawback"]

    def fitting(self, claim):
        """Mostly what the claim's state asks for next."""
        if claim.phase == "claimed":
            return self.pick(["reject", "lapse", "withdraw"]) if self.chance(10) else "review"
        if claim.phase == "reviewed":
            return self.pick(["reject", "lapse", "withdraw"]) if self.chance(10) else "approve"
        if claim.instructed:
            return self.pick(["confirm", "confirm", "bounce"])
        if self.model.receivable(claim):
            return self.pick(["recover", "recover", "write_off", "bounce"])
        if self.model.payable(claim):
            return self.pick(["instruct", "instruct", "instruct", "clawback"])
        return self.pick(["bounce", "clawback"])

    def certificate_act(self):
        certificates, datasets = self.model.all("certificate"), self.model.all("dataset")
        die = self.random.randrange(8)
        if die < 2 or not certificates:
            yield from self.registration(self.pick(self.traders))
        elif die == 2 and datasets:
            dataset = self.pick(datasets)
            yield self.step("certificate.issue", [("platform", "platform")],
                            {"dataset": self.ref("dataset", dataset), "scope": "all", "grade": "good"})
        elif die == 3 and datasets:
            yield self.step("rating.assess", [("certifier", "certifier")],
                            {"dataset": self.ref("dataset", self.pick(datasets)), "grade": self.pick(["excellent", "excellent", "fail"]),
                             "next_review": add_days(self.today(), 300).isoformat(), "sample": hash_of("sample"),
                             "scores": {"accurate": 90, "complete": 90, "conforming": 90, "usable": 90},
                             "tool": {"name": "t", "version": "1", "sha256": hash_of("tool")}})
        else:
            type_ = self.pick(["certificate.suspend", "certificate.suspend", "certificate.resume", "certificate.resume", "certificate.revoke"])
            yield self.step(type_, [("platform", "platform")],
                            {"certificate": self.ref("certificate", self.pick(certificates)), "reason": "so decided"})

    def governance_act(self):
        die = self.random.randrange(6)
        if die == 0:
            days = [{"day": add_days(self.today(), self.random.randrange(10)).isoformat(), "working": self.chance(2)}]
            yield self.step("calendar.set", [("bureau", "bureau")], {"days": days})
        elif die < 3:
            member = self.pick([{"region": self.pick(REGIONS)}, {"scale": self.pick(["large", "small", "micro"])}])
            yield self.step("org.update", [("bureau", "bureau")], {"org": self.ids[self.pick(self.traders)], "chain_roles": [], **member})
        elif die == 3 and self.chance(3):
            left = add_days(self.today(), -self.pick([0, 1, 25, 31]))
            yield self.step("org.update", [("bureau", "bureau")],
                            {"org": self.ids[self.pick(self.traders)], "chain_roles": [], "left_group_on": left.isoformat()})
        elif die == 3:
            today = self.today()
            since = add_days(today, -self.pick([0, 0, 20, 200]))
            yield self.step("org.update", [("bureau", "bureau")],
                            {"org": self.ids[self.pick(self.traders)], "chain_roles": [], "group": self.pick(["G1", "G2", "G3"]),
                             "group_since": since.isoformat()})
        elif die == 4:
            yield self.enact("fee_schedule", "FEES", self.schedule())
        else:
            yield self.enact("waiver", "WAIVER", self.waiver())
