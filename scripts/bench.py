#!/usr/bin/env python3
"""Measures dengjid with `dengji bench`, each time on a fresh throw-away ledger; the last line is one JSON object.

    scripts/bench.sh --quick      builds, then one run of 60,000 entries
    scripts/bench.sh              builds, then the median of five runs, then 1,000,000 entries on one ledger: memory,
                                  and how long the node takes to be ready again after SIGKILL

Other figures than the last line go to stderr. docs/performance.md explains the members.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from node_process import Cli, NodeProcess, free_port  # noqa: E402

# What the node is meant to reach on two cores; a run that misses one says so and still ends well.
TARGETS = {"entries_per_s": (7_000, "at least"), "p99_ms": (50, "below"), "rss_anon_bytes": (300 * 10**6, "at most"),
           "restart_s": (5, "below")}


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def machine():
    """What a figure depends on."""
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    return {"cpus": os.cpu_count(), "cpu": cpu, "fdatasync_ms": fdatasync_ms()}


def fdatasync_ms(writes=200, size=65_536):
    """The median time of a write of 64 KiB and its fdatasync in the folder for temporary files."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(writes):
            begin = time.perf_counter()
            os.write(file.fileno(), b"x" * size)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(times), 2)


class Ledger:
    """A throw-away ledger in a temporary folder, and the node that serves it."""

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="dengji-bench-")
        folder = pathlib.Path(self.temporary.name)
        port = free_port()
        self.cli = Cli()
        self.folder = folder
        self.cli.run("bench", "--make", folder, "--listen", f"127.0.0.1:{port}")
        self.node = NodeProcess(folder / "node.toml", f"http://127.0.0.1:{port}", folder / "node.log").start()
        return self

    def __exit__(self, *exception):
        self.node.kill()
        self.temporary.cleanup()

    def run(self, *arguments, timeout_s=1_800):
        return self.cli.json("bench", "--ledger", self.folder, *arguments, timeout_s=timeout_s)


def measure(entries, options):
    with Ledger() as ledger:
        result = ledger.run("--entries", entries, *options)
    say(f"{result['entries_per_s']} entries/s, p50 {result['p50_ms']} ms, p99 {result['p99_ms']} ms")
    return result


def middle(results):
    """The run with the median rate, with the median of the other figures."""
    return {**sorted(results, key=lambda r: r["entries_per_s"])[len(results) // 2],
            **{name: statistics.median(r[name] for r in results) for name in ("entries_per_s", "p50_ms", "p99_ms")}}


def grow(entries, options):
    """One ledger of so many entries: what the node then holds, and how fast it is there again after SIGKILL."""
    with Ledger() as ledger:
        result = ledger.run("--entries", entries, *options)
        size = result["ledger_size"]
        ledger.node.kill()
        begin = time.monotonic()
        ledger.node.spawn()
        ledger.node.wait_ready(120)
        restart_s = round(time.monotonic() - begin, 2)
        checkpoint = ledger.node.request("GET", "/checkpoint")[2].decode().splitlines()
        if checkpoint[1] != str(size):
            raise SystemExit(f"bench: {size} entries before SIGKILL, {checkpoint[1]} after")
        disk = sum(file.stat().st_size for file in (ledger.folder / "data").rglob("*") if file.is_file())
    return {"entries": entries, "ledger_size": size, "entries_per_s": result["entries_per_s"], "p99_ms": result["p99_ms"],
            "rss_anon_bytes": result["rss_anon_bytes"], "disk_bytes": disk, "bytes_per_entry": result["bytes_per_entry"],
            "restart_s": restart_s}


def missed(figures):
    found = []
    for name, (target, how) in TARGETS.items():
        if name in figures and not (figures[name] >= target if how == "at least" else
                                    figures[name] <= target if how == "at most" else figures[name] < target):
            found.append(f"{name} is {figures[name]}, wanted {how} {target}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short run")
    parser.add_argument("--entries", type=int, help="entries of a run (60,000, or 100,000 without --quick)")
    parser.add_argument("--runs", type=int, default=5, help="runs to take the median of")
    parser.add_argument("--grow", type=int, default=1_000_000, help="entries of the large ledger; 0 leaves it out")
    parser.add_argument("rest", nargs="*", help="options of `dengji bench`, after --")
    options = parser.parse_args()
    result = {"machine": machine()}
    if options.quick:
        result = {**measure(options.entries or 60_000, options.rest), **result}
        complaints = missed(result)
    else:
        result = {**middle([measure(options.entries or 100_000, options.rest) for _ in range(options.runs)]),
                  "runs": options.runs, **result}
        complaints = missed(result)
        if options.grow:
            result["grown"] = grow(options.grow, options.rest)
            say(f"grown to {result['grown']['ledger_size']}: {result['grown']}")
            complaints += missed({k: v for k, v in result["grown"].items() if k in ("rss_anon_bytes", "restart_s")})
    for complaint in complaints:
        say(f"target missed: {complaint}")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
