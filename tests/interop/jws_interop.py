#!/usr/bin/env python3
"""Our entries before other people's JOSE libraries, and theirs before ours.

npm's jose (pinned by package-lock.json, installed under build/interop) and Debian's python3-jwcrypto must verify what we
sign and refuse each tampered twin; what they sign, we must verify, and refuse once a byte of it is changed.
"""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
INSTALLED = ROOT / "build" / "interop"
CASES = pathlib.Path(os.environ.get("DENGJI_BIN_DIR", ROOT / "build" / "debug" / "bin")) / "jws_cases"
# Debian's own Python: only it has python3-jwcrypto.
PYTHON = "/usr/bin/python3"

failures = []


def run(*command, stdin=""):
    done = subprocess.run([str(part) for part in command], input=stdin, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "DENGJI_NODE_MODULES": str(INSTALLED), "NODE_NO_WARNINGS": "1"})
    if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
        sys.exit(f"{command[0]} {command[1]} failed with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def as_lines(values):
    return "".join(json.dumps(value) + "\n" for value in values)


def expect(condition, text):
    if not condition:
        failures.append(text)


def judge(name, cases, results):
    """Every case was judged, and as it should be."""
    expect(len(results) == len(cases), f"{name}: {len(results)} results for {len(cases)} cases")
    for case, result in zip(cases, results):
        expect(result["why"] == case["why"] and result["got"] == case["expect"],
               f"{name}: {case['why']}: expected {case['expect']}, got {result['got']} {result['reason']}")
    print(f"{name}: {len(results)} cases")


def tampered(case, why, change):
    jws = json.loads(case["jws"])
    change(jws)
    return {**case, "jws": json.dumps(jws), "expect": "bad", "why": f"{case['why']}: {why}"}


def twins(case):
    def flip(text, at):
        return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]

    def payload(jws):
        jws["payload"] = flip(jws["payload"], 20)

    def last_signature(jws):
        jws["signatures"][-1]["signature"] = flip(jws["signatures"][-1]["signature"], 20)

    def swap(jws):
        first, second = jws["signatures"][:2]
        first["signature"], second["signature"] = second["signature"], first["signature"]

    def strip(jws):
        jws["signatures"].pop()

    return [tampered(case, "payload changed", payload), tampered(case, "last signature changed", last_signature),
            tampered(case, "signatures swapped", swap), tampered(case, "a signature stripped", strip)]


def libraries():
    """Name → (command that verifies cases, command that signs), installed."""
    subprocess.run([ROOT / "scripts" / "npm_ci.sh", HERE, INSTALLED], check=True)
    # Debian 12's own Node is too old for jose; the pinned one comes with the packages.
    node = next(INSTALLED.glob("node_modules/node-linux-*/bin/node"))
    return {
        "jose": ([node, HERE / "jose_check.mjs"], [node, HERE / "jose_make.mjs"]),
        "jwcrypto": ([PYTHON, HERE / "jwcrypto_check.py"], [PYTHON, HERE / "jwcrypto_make.py"]),
    }


def main():
    known = libraries()
    ours = run(CASES, "make")
    good = [case for case in ours if case["expect"] == "good"]
    bad = [case for case in ours if case["expect"] == "bad"]
    expect(len(good) >= 6 and len(bad) >= 20, f"only {len(good)} good and {len(bad)} bad cases were made")
    judge("ours by ours", ours, run(CASES, "check", stdin=as_lines(ours)))

    for name, (check, make) in known.items():
        results = run(*check, stdin=as_lines(ours))
        judge(f"ours by {name}", ours, results)
        # Why the loop over the signatures is there: the library's own call takes one good signature for all.
        for result in results:
            if "is bad, the other good" in result["why"]:
                expect(result["general"] == "good", f"{name}: a General JWS with one good signature was refused as a whole")

        theirs = []
        for parties in (2, 3, 16):
            theirs += run(*make, stdin=as_lines(run(CASES, "keys", parties)))
        expect(len(theirs) == 3, f"{name} made {len(theirs)} entries of 3")
        cases = theirs + [twin for case in theirs for twin in twins(case)]
        judge(f"theirs by ours, {name}", cases, run(CASES, "check", stdin=as_lines(cases)))
        # And each library before the other one.
        for other, (other_check, _) in known.items():
            judge(f"{name}'s by {other}", cases, run(*other_check, stdin=as_lines(cases)))

    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
