#!/usr/bin/env bash
# Installs what it needs, builds, runs every test and says `N passed, N failed`. Options: scripts/test.sh --help
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
exec python3 scripts/test_stages.py "$@"
