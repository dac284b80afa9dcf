"""Double-entry accounts with pending sides. A refusal is an exception that says every reason that holds."""

MAX_FEN = 2**53 - 1

# What of an account id tells that it is debit-normal: its third part (fee, trade, cap) or its fourth (pool).
DEBIT_NORMAL = {"due", "waived", "bank", "authority", "carried_in", "receivable", "returned", "issue", "contract"}


class Refused(Exception):
    """An entry is refused. `reasons` are (class, slug): 0 key and role, 1 object and state, 2 time, 3 amounts."""

    def __init__(self, *reasons):
        super().__init__(str(reasons))
        self.reasons = list(reasons)

    def named(self):
        """The slugs of which one must be named: those of the first class of checks that has any."""
        first = min(kind for kind, _ in self.reasons)
        return {slug for kind, slug in self.reasons if kind == first}


class Checks:
    """Collects what speaks against an entry; `stop` ends it if anything does."""

    def __init__(self):
        self.reasons = []

    def want(self, holds, kind, *slugs):
        if not holds:
            self.reasons.extend((kind, slug) for slug in slugs)
        return holds

    def stop(self):
        if self.reasons:
            raise Refused(*self.reasons)


def role(checks, holds, *slugs):
    return checks.want(holds, 0, *slugs)


def state(checks, holds, *slugs):
    return checks.want(holds, 1, *slugs)


def time(checks, holds, *slugs):
    return checks.want(holds, 2, *slugs)


def amount(checks, holds, *slugs):
    return checks.want(holds, 3, *slugs)


def name_part(account):
    parts = account.split("/")
    return parts[3] if parts[0] in ("pool", "cap") else parts[2]


class Books:
    DEBITS, CREDITS, PENDING_DEBITS, PENDING_CREDITS = range(4)

    def __init__(self):
        self.accounts = {}
        self.touched = set()

    def of(self, account):
        return self.accounts.get(account, (0, 0, 0, 0))

    def balance(self, account):
        debits, credits, _, _ = self.of(account)
        return debits - credits if name_part(account) in DEBIT_NORMAL else credits - debits

    def free(self, account):
        """What may still be taken, pending included."""
        debits, credits, pending_debits, pending_credits = self.of(account)
        if name_part(account) in DEBIT_NORMAL:
            return debits - credits - pending_credits
        return credits - debits - pending_debits

    def _add(self, account, side, fen):
        sides = list(self.of(account))
        sides[side] += fen
        self.accounts[account] = tuple(sides)
        self.touched.add(account)

    def post(self, debit, credit, fen):
        if fen == 0:
            return
        assert fen > 0, (debit, credit, fen)
        self._add(debit, self.DEBITS, fen)
        self._add(credit, self.CREDITS, fen)

    def reserve(self, debit, credit, fen):
        if fen == 0:
            return
        self._add(debit, self.PENDING_DEBITS, fen)
        self._add(credit, self.PENDING_CREDITS, fen)

    def void(self, debit, credit, fen):
        if fen == 0:
            return
        self._add(debit, self.PENDING_DEBITS, -fen)
        self._add(credit, self.PENDING_CREDITS, -fen)

    def take(self, debit, credit, fen):
        """Out of what was set aside."""
        self.void(debit, credit, fen)
        self.post(debit, credit, fen)

    def check(self):
        """After an entry: limits of every account that it touched."""
        for account in sorted(self.touched):
            debits, credits, pending_debits, pending_credits = self.of(account)
            assert min(debits, credits, pending_debits, pending_credits) >= 0, account
            if self.free(account) < 0:
                raise Refused((3, "account_limit"))
            if abs(debits - credits) > MAX_FEN or max(debits, credits) >= 2**63:
                raise Refused((3, "amount_overflow"))
