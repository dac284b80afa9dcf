#!/usr/bin/env bash
# Installs the exact packages of FROM/package-lock.json into INTO/node_modules:  scripts/npm_ci.sh FROM INTO
# Does nothing when that lock is what INTO already holds.
set -euo pipefail
cd "$(dirname "$0")/.."

from=$1 into=$2
mkdir -p "$into"
exec 9>"$into/lock"
flock 9
if cmp -s "$from/package-lock.json" "$into/installed-lock.json"; then exit 0; fi
command -v npm >/dev/null || { echo "npm_ci: no npm here; run scripts/setup.sh demo" >&2; exit 1; }
rm -f "$into/installed-lock.json"
cp "$from/package.json" "$from/package-lock.json" "$into/"
[ ! -f "$from/.npmrc" ] || cp "$from/.npmrc" "$into/"
if ! (cd "$into" && npm ci --no-progress) >"$into/npm.log" 2>&1; then
  tail -20 "$into/npm.log" >&2
  echo "npm_ci: npm ci of $from failed" >&2
  exit 1
fi
cp "$from/package-lock.json" "$into/installed-lock.json"
