"""What a unit is entitled to under a subsidy line, from all that is known now. Written from the rulebook and its rulings,
slowly and plainly: nothing is kept between two questions."""
import datetime

from days import add_days, add_months, divide
from world import Thing, certificate_in_force, certificate_instant, related, revoked

MILLION = 1_000_000


class Entitlements:
    # --- the earn period
    def event_day(self, form, claimant, side, dataset):
        """The earliest event that is not void, for earn `months`."""
        event = form["earn_event"]
        days = []
        if event == "registration":
            days = [each.registered_on for each in self.all("dataset")
                    if each.holder == claimant and each.no and (dataset is None or each is dataset)]
        elif event == "certificate":
            days = [each.issued_on for each in self.all("certificate")
                    if each.holder == claimant and not revoked(each) and (dataset is None or each.dataset is dataset)]
        else:
            days = [each.agreed_on for each in self.all("trade")
                    if each.first_contract and getattr(each, side) == claimant and (dataset is None or each.dataset is dataset)]
        return min(days, default=None)

    def earn_period(self, form, year, claimant, side, dataset):
        """First and last day; None where nothing has begun it."""
        if form["earn"] == "calendar":
            return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        first = self.event_day(form, claimant, side, dataset)
        return first and (first, add_days(add_months(first, form["earn_months"]), -1))

    def unit_now(self, unit):
        """The unit with its period as now known: of what began it something may be void. None where no period of the
        year is left."""
        form = unit.policy.form
        period = self.earn_period(form, unit.year, unit.claimant, unit.side, unit.dataset)
        if period is None or period[0].year != unit.year:
            return None
        return make_unit(unit.policy, unit.claimant, unit.side, unit.dataset, period)

    # --- what counts
    def dataset_counts(self, form, dataset):
        if form["requires_first_registration"] and not (dataset.first and dataset.first.enterprise):
            return False
        return not form["industries"] or dataset.industry in form["industries"]

    def counts(self, unit, settlement):
        """Does the settlement belong to the unit's base?"""
        form, trade = unit.policy.form, settlement.trade
        if getattr(trade, unit.side) != unit.claimant or (unit.dataset is not None and trade.dataset is not unit.dataset):
            return False
        if not unit.earn_from <= settlement.bank_date <= unit.earn_to:
            return False
        if form["scope"] == "first_contract" and not trade.first_contract:
            return False
        certificate = trade.certificate
        looks = form["scope"] == "certified_dataset" or form["cert_valid_at"] != "none"
        if looks and revoked(certificate):
            return False
        if form["cert_valid_at"] in ("settle", "both"):
            if not certificate_in_force(certificate, certificate_instant(settlement), settlement.seq):
                return False
        region = trade.seller_region if unit.side == "seller" else trade.buyer_region
        scale = trade.seller_scale if unit.side == "seller" else trade.buyer_scale
        if form["regions"] and not any(region.startswith(prefix) for prefix in form["regions"]):
            return False
        if form["scales"] and scale not in form["scales"]:
            return False
        if form["modes"] and trade.mode not in form["modes"]:
            return False
        if not self.dataset_counts(form, trade.dataset):
            return False
        back = form.get("related_lookback_days")
        if back is not None:
            first = add_days(settlement.bank_date, -back)
            if related(self.orgs[trade.seller], self.orgs[trade.buyer], first, settlement.bank_date):
                return False
        return True

    def worth(self, form, settlement):
        """What of a settlement enters the base: net of refunds, and of the stated tax where the line says so."""
        net = settlement.amount - settlement.refunded
        trade = settlement.trade
        if form["base_tax"] == "incl" or net == 0:
            return net
        return divide(net * (trade.ceiling - trade.tax), trade.ceiling, "down")

    # --- from base to amount
    def amount_of(self, form, side, base, cross):
        """Threshold, tiers, bonus and share in one rounding; then floor, then the unit's own cap."""
        if base < form["threshold_fen"]:
            return 0
        total, lower = 0, 0
        for tier in form["tiers"]:
            upper = tier.get("upto_fen")
            part = max(0, (base if upper is None else min(base, upper)) - lower)
            total += part * tier["ppm"]
            lower = upper
        total += cross * form["cross_province_bonus_ppm"]
        scale = MILLION
        if form["payee"] == "split":
            share = form["seller_share_ppm"]
            total *= share if side == "seller" else MILLION - share
            scale *= MILLION
        return self.clip(form, divide(total, scale, form["rounding"]))

    def clip(self, form, fen):
        if fen > 0:
            fen = max(fen, form["floor_fen"])
        cap = form.get("cap_dataset_fen" if form["unit"] == "dataset" else "cap_org_fen")
        return fen if cap is None else min(fen, cap)

    # --- the entitlement
    def entitlement(self, unit):
        form = unit.policy.form
        unit = self.unit_now(unit)
        if unit is None:
            return 0
        if form["base"] == "fixed":
            return self.clip(form, form["fixed_fen"]) if self.milestone(unit) else 0
        if form["base"] == "fee_paid":
            base = sum(self.kept_fen(fee) for fee in self.all("fee") if self.fee_counts(unit, fee))
            return self.amount_of(form, unit.side, base, 0)
        settlements = [each for each in self.all("settlement") if self.counts(unit, each)]
        if form["stacking"] == "exclusive":
            return self.exclusive(unit, settlements)
        base = sum(self.worth(form, each) for each in settlements)
        cross = sum(self.worth(form, each) for each in settlements if each.trade.cross_province)
        return self.amount_of(form, unit.side, base, cross)

    def fee_counts(self, unit, fee):
        if fee.payer != unit.claimant or fee.first_paid_on is None:
            return False
        if not unit.earn_from <= fee.first_paid_on <= unit.earn_to:
            return False
        if unit.dataset is not None and fee.cause != unit.dataset.id:
            return False
        return True

    def milestone(self, unit):
        form = unit.policy.form
        which = form["milestone"]
        for dataset in self.all("dataset"):
            if dataset.holder != unit.claimant or not dataset.no or (unit.dataset is not None and dataset is not unit.dataset):
                continue
            if not self.dataset_counts(form, dataset):
                continue
            if which == "registration":
                days = [dataset.registered_on]
            elif which == "certificate":
                days = [each.issued_on for each in self.all("certificate") if each.dataset is dataset and not revoked(each)]
            else:
                days = [each.on for each in self.ratings if each.dataset is dataset and each.grade == "excellent"]
            if any(unit.earn_from <= day <= unit.earn_to for day in days):
                return True
        return False

    def shares(self, unit, settlements):
        """What each settlement adds, by settling order: E(prefix with it) − E(prefix before it)."""
        form = unit.policy.form
        base = cross = before = 0
        added = []
        for each in sorted(settlements, key=lambda settlement: settlement.seq):
            worth = self.worth(form, each)
            base += worth
            cross += worth if each.trade.cross_province else 0
            now = self.amount_of(form, unit.side, base, cross)
            added.append((each, now - before))
            before = now
        return added

    def exclusive(self, unit, settlements):
        """Counts, per settlement, what exceeds the best exclusive line whose live claim covered it before."""
        total = 0
        for settlement, share in self.shares(unit, settlements):
            best = 0
            own_first = self.first_cover(unit, settlement)
            for other in self.rivals(unit):
                if not self.counts(other, settlement):
                    continue
                covered = self.first_cover(other, settlement)
                if covered is None or (own_first is not None and covered > own_first):
                    continue
                theirs = [each for each in self.all("settlement") if self.counts(other, each)]
                best = max(best, dict((id(each), fen) for each, fen in self.shares(other, theirs))[id(settlement)])
            total += max(0, share - best)
        return total

    def first_cover(self, unit, settlement):
        """Seq of the unit's first live claim made after the settlement; None if there is none."""
        return min((claim.seq for claim in self.claims_of_unit(unit) if claim.live() and claim.seq > settlement.seq), default=None)

    def rivals(self, unit):
        """Units of the same payee and role under the other exclusive lines of the group that have a live claim."""
        found = {}
        for claim in self.all("subsidy"):
            other = claim.unit
            form = other.policy.form
            if other.key in found:
                continue
            if (claim.live() and other.key != unit.key and other.claimant == unit.claimant and other.side == unit.side
                    and other.policy.code != unit.policy.code and form["stacking"] == "exclusive"
                    and form["stacking_group"] == unit.policy.form["stacking_group"]):
                found[other.key] = self.unit_now(other)
        return [other for other in found.values() if other is not None]

    def claims_of_unit(self, unit):
        return [claim for claim in self.all("subsidy") if claim.unit.key == unit.key]


def make_unit(policy, claimant, side, dataset, period):
    """A payee under a line in one role, or one data set of it, in an earn year: what was granted is told apart by these."""
    first, last = period
    return Thing(policy=policy, claimant=claimant, side=side, dataset=dataset, earn_from=first, earn_to=last, year=first.year,
                 key=(policy.code, claimant, side, dataset.id if dataset else None, first.year))
