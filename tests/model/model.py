"""A second ledger for money: plain, slow, written from the rulebook and its rulings and from nothing else. It reads the
steps that play_history plays (tests/support/play_history.cpp) and says what must come of each: accepted with the numbers
and balances that follow, or refused for one of the reasons that hold."""
import re

from books import Books, Refused
from days import Calendar, Numbers, day_of, to_ms
from entitlement import Entitlements
from fees import FeeActs
from pools import PoolActs
from subsidies import SubsidyActs
from trades import TradeActs
from world import Org, Policies, Thing, WorldActs

REFERENCE = re.compile(r"\$[A-Za-z0-9.]+")


class Unresolved(Exception):
    """A step names something that never came about."""


class Model(WorldActs, FeeActs, TradeActs, PoolActs, SubsidyActs, Entitlements):
    def __init__(self, started, spec):
        """From the answer to `start`, and what was asked."""
        self.started, self.spec = started, spec
        self.played = []
        self.begin()

    def begin(self):
        self.books, self.calendar, self.numbers = Books(), Calendar(), Numbers()
        self.policies = Policies()
        self.things, self.order, self.names = {}, {}, {}
        for kind in ("dataset", "certificate", "trade", "settlement", "fee", "pool", "subsidy"):
            self.things[kind], self.order[kind] = {}, []
        self.ratings, self.vouchers = [], {}
        self.first_enterprise, self.first_root = set(), set()
        self.contracts, self.assessed, self.waived, self.paid_once = set(), set(), set(), set()
        self.now, self.seq = to_ms(self.started["time"]), 1000
        self.today = day_of(self.now)
        self.orgs, self.roles = {}, {}
        cast = {name: Thing(name=name, region="320000", scale="small", group="", roles=[name])
                for name in ("platform", "bureau", "finance", "registrar", "certifier", "auditor")}
        for org in self.spec["orgs"]:
            cast[org["name"]] = Thing(name=org["name"], region=org["region"], scale=org.get("scale", "small"),
                                      group=org.get("group", ""), roles=org.get("roles", []))
        for name, each in cast.items():
            groups = [Thing(group=each.group, since=self.today, until=None)] if each.group else []
            self.orgs[self.started["orgs"][name]] = Org(id=self.started["orgs"][name], name=name, region=each.region,
                                                        scale=each.scale, groups=groups, ties=[], roles=set(each.roles))

    # --- what acts use
    def party(self, step, role, *default):
        for party in step["parties"]:
            if party["role"] == role:
                return party["org"]
        if default:
            return default[0]
        raise Refused((0, "signer_missing"))

    def require(self, holds, kind, slug):
        if not holds:
            raise Refused((kind, slug))

    def need(self, kind, name):
        found = self.things[kind].get(name)
        self.require(found is not None, 1, "object_unknown")
        return found

    def all(self, kind):
        """In the order in which they came about."""
        return self.order[kind]

    def add(self, kind, thing, name=None):
        self.things[kind][name or thing.id] = thing
        self.order[kind].append(thing)

    def name(self, kind, text):
        nth = 1 + sum(1 for name in self.told if name == kind or name.startswith(kind + "."))
        local = kind if nth == 1 else f"{kind}.{nth}"
        self.told[local] = text
        self.names[f"${self.step_n}.{local}"] = text
        return text

    def new_name(self, kind):
        """Of what is known by the hash of its entry: the reference itself stands for it."""
        return self.name(kind, f"${self.step_n}.{kind}")

    def new_number(self, kind, prefix, region):
        return self.name(kind, self.numbers.next(prefix, region, self.today.year))

    # --- playing
    def resolve(self, value):
        if isinstance(value, str):
            def known(match):
                if match.group() not in self.names:
                    raise Unresolved(match.group())
                return self.names[match.group()]
            return REFERENCE.sub(known, value)
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        if isinstance(value, dict):
            return {name: self.resolve(each) for name, each in value.items()}
        return value

    def play(self, step):
        """Names of what came about, or Refused or Unresolved."""
        body, parties = self.resolve(step["body"]), self.resolve(step["parties"])
        at = to_ms(step["time"])
        self.now, self.today = at, day_of(at)
        self.step_n, self.told = step["n"], {}
        self.books.touched = set()
        for party in parties:
            if party["role"] in ROLES_HELD and party["role"] not in self.orgs[party["org"]].roles:
                raise Refused((0, "role_not_held"))
        accounts = dict(self.books.accounts)
        numbers = dict(self.numbers.last)
        try:
            getattr(self, "act_" + step["type"].replace(".", "_"))({**step, "parties": parties}, body)
            self.books.check()
        except Refused:
            # Most refusals come before anything moved; after the others what was accepted is played anew.
            if accounts != self.books.accounts or numbers != self.numbers.last:
                self.rebuild()
            self.now, self.today = at, day_of(at)
            raise
        self.seq += 1
        self.played.append(step)
        return self.told

    def rebuild(self):
        played, self.played = self.played, []
        self.begin()
        for step in played:
            self.play(step)


ROLES_HELD = {"platform", "bureau", "finance", "registrar", "certifier", "auditor"}
