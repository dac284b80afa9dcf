#!/usr/bin/env python3
"""Runs the short list of .clang-tidy over our sources, and blocks on any finding.

    scripts/tidy.py [--budget SECONDS] [FILE...]      default: every source but the tests, 300 s

What was clean and has not changed since, headers included, is not looked at again (build/tidy). The newest sources come
first; those that the budget does not reach are counted, not hidden.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "tidy"
QUOTED = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
TOOL = "clang-tidy-19"


def with_includes(path, seen):
    """`path` and every project file that it includes, directly or not."""
    if path not in seen and (ROOT / path).is_file():
        seen.add(path)
        for target in QUOTED.findall((ROOT / path).read_text(encoding="utf-8")):
            with_includes(target, seen)
    return seen


def fingerprint(path):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for name in sorted(with_includes(path, set())):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes() + b"\0")
    return digest.hexdigest()


def compile_database():
    """How each source is compiled by itself, as the preset debug does it: the others compile a folder's together."""
    folder = CACHE / "database"
    configured = subprocess.run(["cmake", "--preset", "debug", "-B", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    if configured.returncode != 0:
        sys.exit(f"tidy: configuring failed; scripts/setup.sh test installs what it needs\n{configured.stderr}")
    return str(folder.relative_to(ROOT))


def sources():
    """Our sources, the newest first."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cpp"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in listed.split() if not path.startswith("tests/") and (ROOT / path).is_file()]
    return sorted(paths, key=lambda path: (-(ROOT / path).stat().st_mtime, path))


def check(path, database, end):
    """(path, 'clean' | 'known' | 'late' | 'found', text)"""
    mark = CACHE / fingerprint(path)
    if mark.exists():
        return path, "known", ""
    left = end - time.monotonic()
    if left <= 0:
        return path, "late", ""
    command = [TOOL, "-p", database, "--quiet", "--extra-arg=-Wno-unknown-warning-option", path]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=left, check=False)
    except subprocess.TimeoutExpired:
        return path, "late", ""
    if done.returncode != 0:
        return path, "found", done.stdout + "\n".join(line for line in done.stderr.splitlines() if "error" in line)
    mark.touch()
    return path, "clean", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", type=float, default=300, metavar="SECONDS")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    database, end = compile_database(), time.monotonic() + options.budget
    results = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, state, text in pool.map(lambda path: check(path, database, end), options.files or sources()):
            results.append(state)
            if state == "found":
                print(text.strip(), flush=True)
    count = results.count
    print(f"tidy: {count('clean')} clean, {count('known')} clean as before, {count('found')} with findings, "
          f"{count('late')} not reached within {options.budget:.0f} s")
    return 1 if count("found") else 0


if __name__ == "__main__":
    sys.exit(main())
