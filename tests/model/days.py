"""Days, working days, numbers and rounding, as the rulebook words them."""
import datetime

SHANGHAI_MS = 8 * 3_600_000
DAY_MS = 86_400_000
EPOCH = datetime.date(1970, 1, 1).toordinal()


def day_of(ms):
    """The civil day in UTC+8 of a ledger time."""
    return datetime.date.fromordinal(EPOCH + (ms + SHANGHAI_MS) // DAY_MS)


def end_of(day):
    """The last millisecond of a day in UTC+8."""
    return (day.toordinal() - EPOCH + 1) * DAY_MS - SHANGHAI_MS - 1


def to_text(ms):
    whole, part = divmod(ms, 1000)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=whole)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{part:03d}Z"


def to_ms(text):
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return round((moment - datetime.datetime(1970, 1, 1)) / datetime.timedelta(milliseconds=1))


def to_day(text):
    return datetime.date.fromisoformat(text)


def add_days(day, n):
    return day + datetime.timedelta(days=n)


def add_months(day, n):
    """The same day n months on, clipped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    for clipped in range(day.day, 27, -1):
        try:
            return datetime.date(year, month + 1, clipped)
        except ValueError:
            pass
    return datetime.date(year, month + 1, day.day)


class Calendar:
    """Monday to Friday, but for the days that were set."""

    def __init__(self):
        self.set_days = {}

    def working(self, day):
        return self.set_days.get(day, day.weekday() < 5)

    def after(self, day, n):
        """Last day of a period of n working days that starts on the next working day."""
        while n > 0:
            day = add_days(day, 1)
            if self.working(day):
                n -= 1
        return day


def divide(numerator, denominator, rounding):
    whole, rest = divmod(numerator, denominator)
    if rest == 0 or rounding == "down":
        return whole
    if rounding == "up":
        return whole + 1
    if 2 * rest == denominator:
        return whole + whole % 2
    return whole + (2 * rest > denominator)


ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_check(text):
    """ISO 7064 MOD 37,36: the text with its check character."""
    product = 36
    for character in text:
        total = (product + ALPHABET.index(character)) % 36
        product = (total or 36) * 2 % 37
    return text + ALPHABET[(37 - product) % 36]


class Numbers:
    """Gapless serials per prefix, region and year."""

    def __init__(self):
        self.last = {}

    def next(self, prefix, region, year):
        series = f"{prefix}{region}{year}"
        self.last[series] = self.last.get(series, 0) + 1
        return with_check(f"{series}{self.last[series]:07d}")
