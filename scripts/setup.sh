#!/usr/bin/env bash
# Installs what this project needs on Debian 12; quick and silent when all of it is there.
#   scripts/setup.sh [build|demo|test]     build = compile and run, demo = build + npm, test = everything (default)
set -euo pipefail

mode=${1:-test}
build=(g++ cmake ninja-build pkg-config git ca-certificates curl python3 procps iproute2
  libboost1.81-dev libleveldb-dev libsodium-dev libssl-dev nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev
  libtomlplusplus-dev prometheus-cpp-dev libqrencode-dev libicu-dev zlib1g-dev doctest-dev libbenchmark-dev)
demo=(npm)
test=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev lld-19 golang-go golang-golang-x-mod-dev python3-jwcrypto hledger)

case $mode in
  build) wanted=("${build[@]}") ;;
  demo) wanted=("${build[@]}" "${demo[@]}") ;;
  test) wanted=("${build[@]}" "${demo[@]}" "${test[@]}") ;;
  *) echo "usage: scripts/setup.sh [build|demo|test]" >&2; exit 2 ;;
esac

# An npm that is there already serves, wherever it comes from; Debian's would conflict with another vendor's Node.
if command -v npm >/dev/null; then
  kept=()
  for package in "${wanted[@]}"; do [ "$package" = npm ] || kept+=("$package"); done
  wanted=("${kept[@]}")
fi

command -v dpkg-query >/dev/null && . /etc/os-release || { echo "setup: this is no Debian system" >&2; exit 1; }
have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
missing=$(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) <(sort -u <<<"$have"))
[ -z "$missing" ] && exit 0

if [ "${ID:-}:${VERSION_ID:-}" != debian:12 ]; then
  echo "setup: written for Debian 12 and this is ${PRETTY_NAME:-unknown}; install by hand:" $missing >&2
  exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "setup: run as root, or install sudo; missing:" $missing >&2; exit 1; }
  as_root=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup: installing from Debian:" $missing >&2
export DEBIAN_FRONTEND=noninteractive
if ! { $as_root apt-get update -qq &&
       $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -30 "$log" >&2
  echo "setup: apt-get failed, its last lines are above" >&2
  exit 1
fi
