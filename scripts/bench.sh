#!/usr/bin/env bash
# bench.sh [--quick] : builds the node and measures it; prints one JSON line last. docs/performance.md explains the members.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build >&2
scripts/build.sh release dengjid dengji >&2
exec python3 scripts/bench.py "$@"
