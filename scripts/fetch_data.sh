#!/usr/bin/env bash
# Fetches the demo's real data files (npm vega-datasets, pinned, integrity checked by npm ci) into build/data and
# prints the package's folder. Does nothing when the pinned version is already there.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/npm_ci.sh scripts/data build/data
folder=$PWD/build/data/node_modules/vega-datasets
[ -f "$folder/datapackage.json" ] || { echo "fetch_data: $folder holds no datapackage.json" >&2; exit 1; }
echo "$folder"
