"""Who and what there is: organisations, policies, data sets, certificates. Written from the rulebook, not from the code."""
import types

from days import add_days, add_months, day_of, end_of, to_day


class Thing(types.SimpleNamespace):
    """A plain record."""


DEFAULT_NOTICE_DAYS = 10
DEFAULT_VALID_MONTHS = 36


class Org(Thing):
    def group_on(self, day):
        for span in self.groups:
            if span.since <= day and (span.until is None or day <= span.until):
                return span.group
        return None


def related(a, b, first, last):
    """On some day of [first, last], as now known; not transitive."""
    if a.id == b.id:
        return True
    for one in a.groups:
        for other in b.groups:
            if one.group != other.group:
                continue
            start = max(first, one.since, other.since)
            ends = [day for day in (last, one.until, other.until) if day is not None]
            if start <= min(ends):
                return True
    return any(tie.other == b.id and tie.since <= last and (tie.until is None or first <= tie.until) for tie in a.ties)


class Policies:
    """Versions per code; which is in force."""

    def __init__(self):
        self.codes = {}

    def enact(self, body):
        versions = self.codes.setdefault(body["code"], [])
        until = body.get("effective_to")
        versions.append(Thing(code=body["code"], version=len(versions) + 1, kind=body["kind"],
                              jurisdiction=body["jurisdiction"], first=to_day(body["effective_from"]),
                              last=to_day(until) if until else None, form=body[body["kind"]]))

    def version_on(self, code, day):
        begun = [policy for policy in self.codes[code] if policy.first <= day]
        if not begun or (begun[-1].last is not None and begun[-1].last < day):
            return None
        return begun[-1]

    def in_force(self, kind, region, day):
        """The district's own before the city's before the province's, then the smallest code."""
        for place in (region, region[:4] + "00", region[:2] + "0000"):
            for code in sorted(self.codes):
                policy = self.version_on(code, day)
                if policy and policy.kind == kind and policy.jurisdiction == place:
                    return policy
        return None

    def for_year(self, code, year):
        """The version of a subsidy line that governs an earn year: it overlaps it; a new one starts in a later year."""
        fitting = [policy for policy in self.codes.get(code, [])
                   if policy.first.year <= year and (policy.last is None or policy.last.year >= year)]
        return fitting[-1] if fitting else None


def certificate_status_at(certificate, instant, known_until_seq):
    """As its entries up to a seq had set it at an instant; None before its issue."""
    status = None
    for change in certificate.history:
        if change.at <= instant and change.seq <= known_until_seq:
            status = change.status
    return status


def certificate_in_force(certificate, instant, known_until_seq):
    day = day_of(instant)
    if not certificate.valid_from <= day <= certificate.valid_to:
        return False
    return certificate_status_at(certificate, instant, known_until_seq) == "valid"


class WorldActs:
    """What is not about money, as far as money follows from it."""

    def act_org_update(self, step, body):
        org = self.orgs[body["org"]]
        today = self.today
        left = body.get("left_group_on")
        if left:
            org.groups[-1].until = to_day(left)
        if body.get("group"):
            since = to_day(body["group_since"]) if body.get("group_since") else today
            for span in org.groups:
                if span.until is None:
                    span.until = add_days(since, -1)
            org.groups.append(Thing(group=body["group"], since=since, until=None))
        for member in ("region", "scale"):
            if body.get(member):
                setattr(org, member, body[member])
        if left or body.get("group"):
            self.recompute_org(org.id)

    def act_policy_enact(self, step, body):
        self.policies.enact(body)

    def act_calendar_set(self, step, body):
        for item in body["days"]:
            self.calendar.set_days[to_day(item["day"])] = item["working"]

    def limits(self, region):
        policy = self.policies.in_force("time_limits", region, self.today)
        if policy is None:
            return DEFAULT_NOTICE_DAYS, DEFAULT_VALID_MONTHS
        return policy.form["notice_working_days"], policy.form["valid_months"]

    def act_dataset_apply(self, step, body):
        holder = self.party(step, "applicant")
        self.add("dataset", Thing(id=self.new_name("dataset"), no=None, holder=holder, status="applied",
                                  root=body["manifest"]["root"], industry=body["industry"], region=self.orgs[holder].region,
                                  fee=None, waiver=None, history=[], first=None))

    def act_dataset_review(self, step, body):
        dataset = self.need("dataset", body["dataset"])
        self.require(dataset.status == "applied", 1, "dataset_status")
        if body["outcome"] != "accept":
            dataset.status = "refused"
            return
        region = self.orgs[dataset.holder].region
        dataset.status = "notice"
        dataset.accepted_on = self.today
        dataset.notice_days = self.limits(region)[0]
        self.assess_registration_fee(dataset, region)

    def act_dataset_register(self, step, body):
        dataset = self.need("dataset", body["dataset"])
        self.require(dataset.status == "notice", 1, "dataset_status")
        if dataset.notice_days:
            last = self.calendar.after(dataset.accepted_on, dataset.notice_days)
            self.require(self.today > last, 2, "notice_running")
        org = self.orgs[dataset.holder]
        dataset.status = "registered"
        dataset.region = org.region
        dataset.registered_on = self.today
        dataset.valid_to = add_days(add_months(self.today, self.limits(org.region)[1]), -1)
        dataset.first = Thing(
            enterprise=org.id not in self.first_enterprise,
            group=not any(related(org, self.orgs[other], self.today, self.today) for other in self.first_enterprise),
            dataset=dataset.root not in self.first_root)
        self.first_enterprise.add(org.id)
        self.first_root.add(dataset.root)
        dataset.no = self.new_number("dataset", "DJ", org.region)
        self.things["dataset"][dataset.no] = dataset

    def act_certificate_issue(self, step, body):
        dataset = self.need("dataset", body["dataset"])
        self.require(dataset.status == "registered" and self.today <= dataset.valid_to, 1, "dataset_not_registered")
        live = dataset.certificate if hasattr(dataset, "certificate") else None
        if live is not None:
            ended = live.history[-1].status == "revoked" or self.today > live.valid_to
            self.require(ended, 1, "certificate_live")
        valid_from = to_day(body["valid_from"]) if body.get("valid_from") else self.today
        valid_to = to_day(body["valid_to"]) if body.get("valid_to") else dataset.valid_to
        certificate = Thing(no=self.new_number("certificate", "ZS", self.orgs[dataset.holder].region), dataset=dataset,
                            holder=dataset.holder, valid_from=valid_from, valid_to=valid_to, issued_on=self.today,
                            history=[Thing(at=self.now, seq=self.seq, status="valid")])
        dataset.certificate = certificate
        self.add("certificate", certificate, certificate.no)
        self.waive_first_registration(dataset)

    def change_certificate(self, body, allowed, status):
        certificate = self.need("certificate", body["certificate"])
        now = certificate.history[-1].status
        self.require(now in allowed, 1, "certificate_status")
        if status != "revoked":
            self.require(self.today <= certificate.valid_to, 1, "certificate_expired")
        certificate.history.append(Thing(at=self.now, seq=self.seq, status=status))
        return certificate

    def act_certificate_suspend(self, step, body):
        self.change_certificate(body, ("valid",), "suspended")

    def act_certificate_resume(self, step, body):
        self.change_certificate(body, ("suspended",), "valid")

    def act_certificate_revoke(self, step, body):
        certificate = self.change_certificate(body, ("valid", "suspended"), "revoked")
        self.recompute_certificate(certificate)

    def act_rating_assess(self, step, body):
        dataset = self.need("dataset", body["dataset"])
        self.require(dataset.status == "registered" and self.today <= dataset.valid_to, 1, "dataset_not_registered")
        self.ratings.append(Thing(dataset=dataset, grade=body["grade"], on=self.today, seq=self.seq))


def revoked(certificate):
    return certificate.history[-1].status == "revoked"


def certificate_instant(settlement):
    """End of the bank day, or the entry's time if that is earlier."""
    return min(end_of(settlement.bank_date), settlement.at)
