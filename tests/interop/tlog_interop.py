#!/usr/bin/env python3
"""Our checkpoints, tiles, bundles and proofs before Go's transparency log library.

Debian's golang-golang-x-mod-dev (sumdb/note, sumdb/tlog), built offline, must accept trees of many sizes as tlog_dir writes
them, and refuse each after one change: another byte in a tile, in a bundle, in the checkpoint, in a proof; another key;
an older checkpoint that is no prefix.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TLOG_DIR = pathlib.Path(os.environ.get("DENGJI_BIN_DIR", ROOT / "build" / "debug" / "bin")) / "tlog_dir"
SIZES = [0, 1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65537, 70000]
OTHER_KEY = "ledger.example/js-data+26473980+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"

failures = []
accepted = refused = 0


def build(into):
    """The verifier, from Debian's packaged sources: no network, no module cache."""
    program = into / "tlog"
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(into / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=HERE / "tlog", env=env, check=True, timeout=300)
    return program


def make(folder, size, seed):
    made = subprocess.run([TLOG_DIR, folder, str(size), str(seed)], check=True, capture_output=True, text=True, timeout=120)
    return made.stdout.strip()


def verify(program, folder, key):
    proofs = [part for proof in sorted(folder.glob("proof-*")) for part in ("-proof", str(proof))]
    return subprocess.run([program, "-dir", folder, "-key", key, "-old", folder / "checkpoint.old", "-bundles", *proofs],
                          capture_output=True, text=True, timeout=120)


def expect_good(program, folder, key, what):
    global accepted
    done = verify(program, folder, key)
    accepted += 1
    if done.returncode != 0:
        failures.append(f"{what}: refused: {done.stderr.strip()}")


def expect_bad(program, folder, key, what):
    global refused
    done = verify(program, folder, key)
    refused += 1
    if done.returncode != 1 or not done.stderr.strip():
        failures.append(f"{what}: exit {done.returncode}: {done.stdout.strip()}{done.stderr.strip()}")


def flip(path, at):
    changed = bytearray(path.read_bytes())
    changed[at % len(changed)] ^= 1
    path.write_bytes(changed)


def tampered(program, folder, key, rng, what):
    """One change at a time, each undone before the next."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        relative = path.relative_to(folder).as_posix()
        whole = path.read_bytes()
        # The cosigner's line is for those who know its key, which this library cannot.
        line = whole.find("\u2014 node1".encode())
        flip(path, rng.randrange(line if line > 0 else len(whole)))
        expect_bad(program, folder, key, f"{what}: a flipped bit in {relative}")
        path.write_bytes(whole)
    expect_bad(program, folder, OTHER_KEY, f"{what}: another key")


def main():
    if shutil.which("go") is None:
        sys.exit("go is missing: scripts/setup.sh test installs golang-go and golang-golang-x-mod-dev")
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        program = build(base)
        for seed, size in enumerate(SIZES + [random.Random(2026).randrange(100_000) for _ in range(4)]):
            folder = base / f"{size}-{seed}"
            folder.mkdir()
            key = make(folder, size, seed)
            what = f"size {size}, seed {seed}"
            expect_good(program, folder, key, what)
            if 1 < size < 2000:
                tampered(program, folder, key, random.Random(seed), what)
            shutil.rmtree(folder)
        # Two trees of one log that part ways: each good, the older no prefix of the newer.
        one, other = base / "one", base / "other"
        for folder, seed in ((one, 1), (other, 2)):
            folder.mkdir()
            key = make(folder, 700, seed)
        (one / "checkpoint.old").write_bytes((other / "checkpoint.old").read_bytes())
        expect_bad(program, one, key, "an old checkpoint of another history")
    print(f"{accepted} trees accepted, {refused} changes refused")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures or accepted < 20 or refused < 40 else 0)


if __name__ == "__main__":
    main()
