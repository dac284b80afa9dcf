#!/usr/bin/env bash
# What a commit must pass besides the tests: layers, names, documents, formatting, the short clang-tidy list. Runs all of them,
# then fails if any failed.
#   scripts/check.sh [options of scripts/tidy.py]      e.g. --budget 1200, or FILE...
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
python3 scripts/check_layers.py || status=1
python3 scripts/check_names.py || status=1
python3 scripts/check_docs.py || status=1
mapfile -t sources < <(git ls-files -co --exclude-standard '*.cpp' '*.hpp')
if clang-format-19 --dry-run --Werror "${sources[@]}"; then
  echo "format: ${#sources[@]} files"
else
  echo "format: run clang-format-19 -i on the files above"
  status=1
fi
python3 scripts/tidy.py "$@" || status=1
exit $status
