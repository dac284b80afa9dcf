#!/usr/bin/env bash
# Builds every fuzz target (clang, ASan and UBSan) and runs each for a while on a copy of its committed corpus:
#   scripts/fuzz.sh [SECONDS per target, default 60] [TARGET...]
# Says `fuzz: TARGET ok` or `fuzz: TARGET FAILED` per target; inputs that failed stay in build/fuzz/crashes.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
scripts/build.sh fuzz "${@:-fuzz_targets}"
if [ $# = 0 ]; then
  for program in build/fuzz/bin/fuzz_*; do set -- "$@" "$(basename "$program")"; done
fi
mkdir -p build/fuzz/crashes build/fuzz/logs

run_target() {
  local target=$1 corpus=build/fuzz/grown/$1 log=build/fuzz/logs/$1.log
  mkdir -p "$corpus"
  local seeds=tests/fuzz/corpus/${target#fuzz_}
  [ -d "$seeds" ] || seeds=
  if "build/fuzz/bin/$target" "$corpus" $seeds -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$target-" >"$log" 2>&1; then
    echo "fuzz: $target ok, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs in $seconds s"
  else
    tail -40 "$log"
    echo "fuzz: $target FAILED, see $log and build/fuzz/crashes"
    return 1
  fi
}
export -f run_target
export seconds
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'run_target {}'
