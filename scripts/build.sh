#!/usr/bin/env bash
# Configures and builds one preset:  scripts/build.sh [debug|release|asan-ubsan|tsan|fuzz|clang] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:-release}
shift || true
options=()
if command -v ccache >/dev/null; then
  options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
if [ ! -f "build/$preset/build.ninja" ]; then
  mkdir -p "build/$preset"
  cmake --preset "$preset" "${options[@]}" >"build/$preset/configure.log" 2>&1 || {
    tail -40 "build/$preset/configure.log" >&2
    echo "build: cmake --preset $preset failed" >&2
    exit 1
  }
fi
exec ninja -C "build/$preset" "$@"
