#!/usr/bin/env bash
# Everything under ASan and UBSan, by hand: half an hour and more of building.  scripts/sanitize.sh [ctest options]
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
scripts/build.sh asan-ubsan
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export DENGJI_BIN_DIR=$PWD/build/asan-ubsan/bin
exec ctest --test-dir build/asan-ubsan -j "$(nproc)" --timeout 3600 --output-on-failure "$@"
