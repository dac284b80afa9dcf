#!/usr/bin/env python3
"""Builds and runs every test of the project in stages, and ends with one line `N passed, N failed`.

    scripts/test.sh                 everything, as CI runs it
    scripts/test.sh --quick         the stages of the work loop: build, unit and property tests
    scripts/test.sh --only fuzz     one stage (repeatable); --list names them

N counts ctest tests, fuzz targets and the steps that are neither. What a stage printed is in build/test-logs/<stage>.log.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "test-logs"
JOBS = str(os.cpu_count() or 2)

# The core under ASan and UBSan, the commit path under TSan: only these programs are built there, since every further
# one costs minutes. The first with clang, in the build that the fuzz targets need anyway.
MEMORY = "fuzz"
CORE_TESTS = ["base_tests", "json_tests", "crypto_tests", "merkle_tests", "entry_tests", "state_tests", "store_tests",
              "contracts_tests", "insight_tests"]
THREAD_TESTS = ["node_tests", "insight_tests"]


class Stage:
    """One stage at work: runs commands, counts what they passed and failed, keeps their output in a log."""

    def __init__(self, name):
        self.name = name
        self.log_path = LOGS / f"{name}.log"
        self.log = open(self.log_path, "wb")
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.failures = []

    def say(self, text):
        print(f"  {text}", flush=True)
        self.log.write(f"{text}\n".encode())
        self.log.flush()

    def run(self, *command, env=None):
        """The exit code; output goes to the log, and on a terminal the last line of it is shown while it runs."""
        self.log.write(f"$ {' '.join(command)}\n".encode())
        live = sys.stdout.isatty()
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}) as process:
            for line in process.stdout:
                self.log.write(line)
                self.log.flush()
                if live:
                    print(f"\r\033[K  {line.decode(errors='replace').rstrip()[:100]}", end="", flush=True)
        if live:
            print("\r\033[K", end="", flush=True)
        return process.returncode

    def fail(self, what, output=""):
        self.failed += 1
        self.failures.append(f"{self.name}: {what}")
        self.say(f"FAILED: {what}")
        if output:
            print("\n".join("    | " + line for line in output.splitlines()[-60:]), flush=True)

    def log_tail(self, lines=40):
        self.log.flush()
        return "\n".join(self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def step(self, what, *command, env=None):
        """One command that is a test by itself."""
        if self.run(*command, env=env) == 0:
            self.passed += 1
            return True
        self.fail(what, self.log_tail())
        return False

    def build(self, preset, *targets):
        """Counts as a test only when it fails."""
        if self.run("scripts/build.sh", preset, *targets) == 0:
            return True
        self.fail(f"build of {preset} {' '.join(targets)}".rstrip(), self.log_tail())
        return False

    def known_targets(self, preset, names):
        """Those of `names` that the build has: a module without tests of its own has no test program."""
        listing = subprocess.run(["ninja", "-C", f"build/{preset}", "-t", "targets", "all"], cwd=ROOT,
                                 capture_output=True, text=True, check=False).stdout
        known = {line.split(":")[0] for line in listing.splitlines()}
        return [name for name in names if name in known]

    @staticmethod
    def skipped_itself(case):
        """A test that said that it cannot run here; a missing program is `skipped` to ctest too, and a failure to us."""
        skipped = case.find("skipped")
        return skipped is not None and "SKIP_RETURN_CODE" in skipped.get("message", "")

    def ctest(self, preset, *options, env=None):
        report = LOGS / f"{self.name}.xml"
        report.unlink(missing_ok=True)
        code = self.run("ctest", "--test-dir", f"build/{preset}", "-j", JOBS, "--timeout", "900", "--output-on-failure",
                        "--no-tests=error", "--output-junit", str(report), *options, env=env)
        cases = list(ElementTree.parse(report).getroot().iter("testcase")) if report.is_file() else []
        for case in cases:
            if case.get("status") == "run":
                self.passed += 1
            elif case.get("status") == "disabled" or self.skipped_itself(case):
                self.skipped += 1
            else:
                self.fail(case.get("name"), (case.findtext("system-out") or "").strip())
        if code != 0 and not self.failed:
            self.fail("ctest " + " ".join(options), self.log_tail())


def build_release(stage):
    stage.build("release")


def unit(stage):
    stage.ctest("release", "-L", "^(unit|property|fuzz)$")


def checks(stage):
    stage.step("scripts/check.sh", "scripts/check.sh")


def interop(stage):
    stage.ctest("release", "-L", "^interop$")


def e2e(stage):
    stage.ctest("release", "-L", "^e2e$")


def crash(stage):
    stage.ctest("release", "-L", "^crash$")


def sanitized(stage, preset, tests, env):
    if not stage.run("scripts/build.sh", preset, "help") == 0:
        stage.fail(f"configuring {preset}", stage.log_tail())
        return
    targets = stage.known_targets(preset, tests)
    if stage.build(preset, *targets):
        stage.ctest(preset, "-R", f"^({'|'.join(targets)})$", env=env)


def node_under(stage, preset, env, *scripts):
    """These end-to-end tests against a node with a sanitizer; their tools are those of the release build."""
    if not stage.build(preset, "dengjid"):
        return
    node = str(ROOT / "build" / preset / "bin" / "dengjid")
    for script in scripts:
        stage.step(f"{script} under {preset}", "python3", script, env={**env, "DENGJID": node, "DENGJI_PATIENCE": "5"})


def memory(stage):
    env = {"ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
           "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
    sanitized(stage, MEMORY, CORE_TESTS, env)
    node_under(stage, MEMORY, env, "tests/e2e/one_node_test.py", "tests/e2e/stop_under_load_test.py")


def threads(stage):
    env = {"TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={ROOT / 'scripts' / 'tsan.supp'}"}
    sanitized(stage, "tsan", THREAD_TESTS, env)
    node_under(stage, "tsan", env, "tests/e2e/stop_under_load_test.py")


def fuzz(stage):
    # A whole history per run is dear: apply gets more time than the decoders.
    decoders = sorted(p.stem for p in (ROOT / "tests" / "fuzz").glob("fuzz_*.cpp") if p.stem != "fuzz_apply")
    for arguments in (["15", *decoders], ["60", "fuzz_apply"]):
        before = stage.failed
        code = stage.run("scripts/fuzz.sh", *arguments)
        results = re.findall(r"^fuzz: (\S+) (ok|FAILED)", stage.log_tail(10_000), re.M)
        results = [(target, result) for target, result in results if target in arguments]
        for target, result in results:
            if result == "ok":
                stage.passed += 1
            else:
                stage.fail(target, "")
        if code != 0 and stage.failed == before or not results:
            stage.fail("scripts/fuzz.sh " + " ".join(arguments), stage.log_tail())


def compilers(stage):
    """The fixed history comes to the same root and state when clang has built it as when g++ has."""
    for preset in (MEMORY, "release"):
        if stage.build(preset, "replay_root"):
            stage.step(f"replay_root of {preset}", f"build/{preset}/bin/replay_root")


# In order; a stage that does not build makes those that need it fail by their own missing programs.
STAGES = {
    "build": build_release,
    "unit": unit,
    "checks": checks,
    "interop": interop,
    "e2e": e2e,
    "crash": crash,
    "memory": memory,
    "threads": threads,
    "compilers": compilers,
    "fuzz": fuzz,
}
QUICK = ["build", "unit"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only " + ", ".join(QUICK))
    parser.add_argument("--only", action="append", choices=STAGES, metavar="STAGE", help="only this stage (repeatable)")
    parser.add_argument("--list", action="store_true", help="name the stages and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(STAGES))
        return 0
    chosen = options.only or (QUICK if options.quick else list(STAGES))

    LOGS.mkdir(parents=True, exist_ok=True)
    done = []
    begin = time.monotonic()
    for name in STAGES:
        if name not in chosen:
            continue
        print(f"== {name}", flush=True)
        stage, stage_begin = Stage(name), time.monotonic()
        STAGES[name](stage)
        stage.log.close()
        took = time.monotonic() - stage_begin
        done.append((stage, took))
        print(f"   {stage.passed} passed, {stage.failed} failed in {took:.0f} s".replace("   0 passed, 0 failed", "   done"),
              flush=True)

    print(f"\n{'stage':<12}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for stage, took in done:
        print(f"{stage.name:<12}{stage.passed:>8}{stage.failed:>8}{took:>9.0f}")
    print(f"{'all':<12}{'':>16}{time.monotonic() - begin:>9.0f}\n")
    for stage, _ in done:
        for failure in stage.failures:
            print(f"failed: {failure}  (log: {stage.log_path.relative_to(ROOT)})")
    passed, failed, skipped = (sum(getattr(stage, key) for stage, _ in done) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
