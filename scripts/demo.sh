#!/usr/bin/env bash
# Installs what it needs, builds, fetches real data and plays one ledger's whole story on it: scripts/demo/__main__.py.
#   scripts/demo.sh [--folder DIR] [--port N]      DENGJI_BIN_DIR=… uses programs that are built already
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ -n "${DENGJI_BIN_DIR:-}" ]; then
  DENGJI_BIN_DIR=$(cd "$DENGJI_BIN_DIR" && pwd)
  export DENGJI_BIN_DIR
else
  "$here/setup.sh" demo
  echo "demo: building dengji and dengjid, some minutes the first time"
  "$here/build.sh" release dengji dengjid
fi
"$here/fetch_data.sh" >/dev/null
exec python3 -X utf8 "$here/demo" "$@"
