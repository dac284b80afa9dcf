"""What the demo says, and how it checks what it says: numbered acts, one line per fact, amounts in yuan."""

import time

from workshop import Failed


def yuan(fen):
    """Whole fen as ¥ with two places; integers only."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"¥{sign}{fen // 100:,}.{fen % 100:02}"


def width(text):
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) >= 0x2E80 else 1 for character in text)


def padded(text, columns):
    return text + " " * max(0, columns - width(text))


class Narrator:
    def __init__(self):
        self.started = time.monotonic()
        self.number = 0
        self.step = "start"

    def act(self, title):
        self.number += 1
        self.step = f"act {self.number}, {title}"
        print(f"\n{self.number:>2}  {title}", flush=True)

    def say(self, text):
        print(f"    {text}", flush=True)

    def table(self, rows, columns):
        """Rows of texts under each other, `columns` wide each but the last."""
        for row in rows:
            self.say("".join(padded(text, wide) for text, wide in zip(row, columns)) + "".join(row[len(columns):]))

    def seconds(self):
        return time.monotonic() - self.started


def expect(what, seen, wanted):
    """The demo shows nothing that it has not checked."""
    if seen != wanted:
        raise Failed(f"{what}: expected {wanted!r}, the ledger says {seen!r}")
