"""Subsidy pools by code and year. Written from the rulebook, not from the code."""
import re

from books import Checks, amount, role, state, time
from world import Thing


class PoolActs:
    def pool_account(self, code, year, name):
        return f"pool/{code}/{year}/{name}"

    def pool(self, code, year):
        return self.things["pool"].get(f"{code}-{year}")

    def need_pool(self, step, body, checks):
        pool = self.pool(body["pool"], body["year"])
        if pool is None:
            checks.want(False, 1, "object_unknown")
            checks.stop()
        role(checks, step["parties"][0]["org"] == pool.funder, "not_the_funder")
        return pool

    def open_pool(self, code, year, funder):
        pool = Thing(code=code, year=year, funder=funder, status="open")
        self.add("pool", pool, f"{code}-{year}")
        return pool

    def act_pool_allocate(self, step, body):
        checks = Checks()
        code, year = body["pool"], body["year"]
        state(checks, re.fullmatch(r"[A-Z][A-Z0-9-]{1,31}", code), "pool_code_form")
        time(checks, self.today.year <= year <= self.today.year + 1, "pool_year_range")
        pool = self.pool(code, year)
        signer = step["parties"][0]["org"]
        if pool is not None:
            role(checks, pool.funder == signer, "not_the_funder")
            state(checks, pool.status == "open", "pool_closed")
        checks.stop()
        if pool is None:
            self.open_pool(code, year, signer)
        self.books.post(self.pool_account(code, year, "authority"), self.pool_account(code, year, "available"),
                        body["amount_fen"])

    def act_pool_adjust(self, step, body):
        checks = Checks()
        pool = self.need_pool(step, body, checks)
        state(checks, pool.status == "open", "pool_closed")
        authority, available = (self.pool_account(pool.code, pool.year, name) for name in ("authority", "available"))
        free = min(self.books.free(available), self.books.balance(authority))
        amount(checks, body["cut_fen"] <= free, "pool_cut_too_deep")
        checks.stop()
        self.books.post(available, authority, body["cut_fen"])

    def act_pool_close(self, step, body):
        checks = Checks()
        pool = self.need_pool(step, body, checks)
        state(checks, pool.status == "open", "pool_closed")
        checks.stop()
        pool.status = "closed"
        if body.get("surrender"):
            available = self.pool_account(pool.code, pool.year, "available")
            self.books.post(available, self.pool_account(pool.code, pool.year, "surrendered"), self.books.free(available))

    def act_pool_carry(self, step, body):
        checks = Checks()
        pool = self.need_pool(step, body, checks)
        state(checks, pool.status == "closed", "pool_not_closed")
        following = self.pool(pool.code, pool.year + 1)
        if following is not None:
            state(checks, following.status == "open" and following.funder == pool.funder, "next_pool_closed")
        free = self.books.free(self.pool_account(pool.code, pool.year, "available"))
        moving = [claim for claim in self.all("subsidy")
                  if (claim.pool, claim.pool_year) == (pool.code, pool.year) and self.payable(claim) > 0
                  and claim.instructed == 0 and self.receivable(claim) == 0]
        moving = sorted(moving, key=lambda claim: claim.no)[:64]
        state(checks, free > 0 or moving, "nothing_to_carry")
        checks.stop()
        if following is None:
            self.open_pool(pool.code, pool.year + 1, pool.funder)
        out = self.pool_account(pool.code, pool.year, "carried_out")
        into = self.pool_account(pool.code, pool.year + 1, "carried_in")
        self.books.post(self.pool_account(pool.code, pool.year, "available"), out, free)
        self.books.post(into, self.pool_account(pool.code, pool.year + 1, "available"), free)
        for claim in moving:
            fen = self.payable(claim)
            self.books.post(self.claim_account(claim, "payable"), out, fen)
            claim.pool_year += 1
            self.books.post(into, self.claim_account(claim, "payable"), fen)
