#!/usr/bin/env python3
"""Plays random histories through the contracts and through the model, and compares after every step: accepted or refused
and why, the numbers assigned, every balance. A difference is printed in plain words, with the shortest history that has it.

  tests/model/differential.py --seeds 1..20 --steps 300
  tests/model/differential.py --replay history.json        one that was written by --save"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from books import Refused, name_part  # noqa: E402
from history import History  # noqa: E402
from model import Model, Unresolved  # noqa: E402

# Acts whose refusal the model does not word: it takes what the contracts say and follows.
FOLLOWED = ("dataset.", "certificate.", "rating.", "policy.", "calendar.", "org.")
NAMES_BY_HASH = ("dataset", "rating")
NUMBERED = ("dataset", "certificate", "trade", "settlement", "fee", "subsidy")


class Contracts:
    """play_history as a process."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"play_history ended at {json.dumps(question)}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Difference(Exception):
    """Where model and contracts part. `kind` tells alike differences from others."""

    def __init__(self, kind, words):
        super().__init__(words)
        self.kind, self.words = kind, words


def say_balance(sides):
    return "{} debits, {} credits, {} and {} pending".format(*sides)


def compare_refusal(step, answer, refused):
    where = f"{step['type']} at {step['time']}"
    said = "accepted" if answer["accepted"] else f"refused as {answer['slug']} at {answer['pointer']} ({answer['context']})"
    if refused is None:
        raise Difference(f"{step['type']} {answer.get('slug')}", f"{where}: the model accepts it, the contracts: {said}")
    slugs = refused.named()
    if answer["accepted"]:
        raise Difference(f"{step['type']} accepted, not {sorted(slugs)}", f"{where}: the contracts accept it, the model: refused, "
                         f"all reasons {refused.reasons}")
    if answer["slug"] not in slugs:
        raise Difference(f"{step['type']} {answer['slug']}, not {sorted(slugs)}", f"{where}: the contracts: {said}; the model's "
                         f"reasons in order of class: {sorted(refused.reasons)}")


def play_step(contracts, model, step):
    """One step through both; what the model told of it, or None where it was refused."""
    refused, told = None, None
    answer = contracts.ask(step)
    if "unresolved" in answer:
        return None, answer
    follows = step["type"].startswith(FOLLOWED)
    if follows and not answer["accepted"]:
        return None, answer
    try:
        told = model.play(step)
    except Refused as error:
        refused = error
    except Unresolved as error:
        raise Difference("unresolved", f"step {step['n']}: the model never had {error}") from None
    if refused is not None or not answer["accepted"]:
        compare_refusal(step, answer, refused)
        return None, answer
    for name, text in told.items():
        if name.split(".")[0] in NAMES_BY_HASH and text.startswith("$"):
            continue
        if answer["names"].get(name) != text:
            raise Difference(f"{step['type']} names", f"{step['type']}: {name} is {answer['names'].get(name)} in the contracts, "
                             f"{text} in the model")
    for name in answer["names"]:
        if name.split(".")[0] in NUMBERED and name not in told:
            raise Difference(f"{step['type']} names", f"{step['type']}: {name} {answer['names'][name]} came about in the contracts alone")
    contracts.balances.update({account: tuple(sides) for account, sides in answer["accounts"].items()})
    compare_balances(step, contracts.balances, model.books, model.books.touched | set(answer["accounts"]))
    return told, answer


def compare_balances(step, theirs, books, accounts):
    lines, shape = [], set()
    for account in sorted(accounts):
        left, right = theirs.get(account, (0, 0, 0, 0)), books.of(account)
        if left != right:
            lines.append(f"  {account}: contracts {say_balance(left)}; model {say_balance(right)}")
            shape.add(account.split("/")[0] + "/" + name_part(account))
    if lines:
        raise Difference(f"{step['type']} {sorted(shape)}", f"{step['type']} at {step['time']}: balances differ\n" + "\n".join(lines))


def final(contracts, model):
    end = contracts.ask({"end": True})
    theirs = {account: tuple(sides) for account, sides in end["accounts"].items()}
    compare_balances({"type": "end", "time": "the end"}, theirs, model.books, set(theirs) | set(model.books.accounts))
    return end


def begin(contracts, spec):
    contracts.balances = {}
    return Model(contracts.ask({"start": spec}), spec)


def replay(contracts, spec, steps):
    """The first difference of a history that is known, or None."""
    model = begin(contracts, spec)
    at = None
    try:
        for at in steps:
            play_step(contracts, model, at)
        final(contracts, model)
    except Difference as difference:
        difference.step = at
        return difference
    return None


def generate(contracts, seed, count, outcomes):
    """Makes up a history and plays it; (spec, steps, difference or None)."""
    history = History(seed)
    model = begin(contracts, history.spec)
    history.attach(model)
    steps = []

    def both():
        yield from history.opening()
        yield from history.acts(count)

    try:
        for step in both():
            steps.append(step)
            told, answer = play_step(contracts, model, step)
            outcomes[step["type"], answer.get("slug", "ok") if "unresolved" not in answer else "unresolved"] += 1
            if told is not None:
                history.learn(step, told)
        final(contracts, model)
    except Difference as difference:
        difference.step = steps[-1]
        return history.spec, steps, difference
    return history.spec, steps, None


def shrink(contracts, spec, steps, difference, seconds):
    """Leaves out steps as long as a difference of the same kind stays."""
    deadline = time.monotonic() + seconds
    size = max(1, len(steps) // 2)
    while size >= 1:
        start, left_out = 0, False
        while start < len(steps) and time.monotonic() < deadline:
            tried = steps[:start] + steps[start + size:]
            found = replay(contracts, spec, tried)
            if found is not None and found.kind == difference.kind:
                steps, difference, left_out = tried[:tried.index(found.step) + 1], found, True
            else:
                start += size
        if time.monotonic() >= deadline:
            break
        if size > 1 or not left_out:
            size //= 2
    return steps, difference


def report(spec, seed, steps, difference, save):
    print(f"seed {seed}: {difference.words}")
    print(f"the shortest history found that has it ({len(steps)} steps):")
    for step in steps:
        print("  " + json.dumps({name: step[name] for name in ("n", "time", "type", "parties", "body")}, ensure_ascii=False))
    if save:
        pathlib.Path(save).write_text(json.dumps({"spec": spec, "steps": steps}, ensure_ascii=False, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1..20", help="A..B or one seed")
    parser.add_argument("--steps", type=int, default=300, help="acts per history, after its opening")
    parser.add_argument("--program", help="play_history; by default of $DENGJI_BIN_DIR, or of build/release, build/debug")
    parser.add_argument("--shrink-seconds", type=float, default=30)
    parser.add_argument("--keep-going", action="store_true", help="on to the next seed after a difference")
    parser.add_argument("--save", help="file for the shrunk history")
    parser.add_argument("--replay", help="a saved history")
    parser.add_argument("--outcomes", action="store_true", help="print what was tried and what came of it")
    asked = parser.parse_args()
    contracts = Contracts(asked.program or find_program())
    if asked.replay:
        saved = json.loads(pathlib.Path(asked.replay).read_text())
        difference = replay(contracts, saved["spec"], saved["steps"])
        print(difference.words if difference else "no difference")
        return 1 if difference else 0
    first, _, last = asked.seeds.partition("..")
    outcomes, failed, kinds = collections.Counter(), 0, collections.Counter()
    started, played = time.monotonic(), 0
    for seed in range(int(first), int(last or first) + 1):
        spec, steps, difference = generate(contracts, seed, asked.steps, outcomes)
        played += len(steps)
        if difference is None:
            continue
        failed += 1
        kinds[difference.kind] += 1
        if asked.keep_going:
            print(f"seed {seed}: {difference.kind}")
            continue
        steps, difference = shrink(contracts, spec, steps, difference, asked.shrink_seconds)
        report(spec, seed, steps, difference, asked.save)
        break
    contracts.close()
    if asked.outcomes:
        for (type_, slug), count in sorted(outcomes.items()):
            print(f"{type_} {slug} {count}")
    for kind, count in kinds.most_common() if asked.keep_going else ():
        print(f"{count} × {kind}")
    print(f"{played} steps, {failed} histories with a difference, {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


def find_program():
    root = pathlib.Path(__file__).resolve().parents[2]
    for folder in (os.environ.get("DENGJI_BIN_DIR"), root / "build/release/bin", root / "build/debug/bin"):
        if folder and (pathlib.Path(folder) / "play_history").exists():
            return str(pathlib.Path(folder) / "play_history")
    raise SystemExit("build play_history first: scripts/build.sh debug play_history")


if __name__ == "__main__":
    sys.exit(main())
