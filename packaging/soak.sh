#!/usr/bin/env bash
# Slow campaigns on a tree built with sanitizers: fuzzing of every parser, and imports and live servers killed at random
# moments.
#
#   packaging/soak.sh [--seconds N] [--tree build/asan]     (default: an hour)
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=3600
tree=build/asan
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$2; shift 2 ;;
    --tree) tree=$2; shift 2 ;;
    *) echo "usage: packaging/soak.sh [--seconds N] [--tree DIR]" >&2; exit 2 ;;
  esac
done
[ -f "$tree/build.ninja" ] || cmake --preset asan -B "$tree" >/dev/null
cmake --build "$tree"

mapfile -t fuzzers < <(find "$tree/tests/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -executable | sort)
[ ${#fuzzers[@]} -gt 0 ] || { echo "no fuzzer was built in $tree" >&2; exit 1; }
kill_share=$((seconds / 4))
# All formats are one target, which gets half of the time.
others=$((${#fuzzers[@]} > 1 ? ${#fuzzers[@]} - 1 : 1))
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
for fuzzer in "${fuzzers[@]}"; do
  each=$(((seconds - kill_share) / 2))
  [ "$(basename "$fuzzer")" = fuzz_formats ] || each=$((each / others))
  [ "$each" -ge 1 ] || each=1
  echo "$(basename "$fuzzer"): $each s"
  "$fuzzer" --seconds "$each" --seed "${CLEW_SEED:-$RANDOM}" --corpus tests/data
done
echo "kills: $kill_share s"
tests/cli/kill_imports.py --clew "$tree/clew" --seconds "$kill_share" --seed "${CLEW_SEED:-$RANDOM}"
echo "killed servers: 50 rounds"
tests/cli/kill_serve.py --rounds 50 --seed "${CLEW_SEED:-$RANDOM}" "$tree/clew"
