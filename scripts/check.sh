#!/usr/bin/env bash
# What a commit must pass besides the tests: layers, docs, formatting, the short clang-tidy list.
#   scripts/check.sh [--all]     tidy looks at changed sources only, unless --all
set -euo pipefail
cd "$(dirname "$0")/.."
python3 scripts/check_layers.py
python3 scripts/check_docs.py
mapfile -t sources < <(git ls-files '*.cpp' '*.hpp')
clang-format-19 --dry-run --Werror "${sources[@]}"
echo "format: ${#sources[@]} files"
python3 scripts/tidy.py "$@"
