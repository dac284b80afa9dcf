#!/usr/bin/env bash
# What a commit must pass besides the tests: layers, documents, formatting, the short clang-tidy list.
#   scripts/check.sh [options of scripts/tidy.py]      e.g. --budget 1200, or FILE...
set -euo pipefail
cd "$(dirname "$0")/.."
python3 scripts/check_layers.py
python3 scripts/check_docs.py
mapfile -t sources < <(git ls-files -co --exclude-standard '*.cpp' '*.hpp')
clang-format-19 --dry-run --Werror "${sources[@]}"
echo "format: ${#sources[@]} files"
python3 scripts/tidy.py "$@"
