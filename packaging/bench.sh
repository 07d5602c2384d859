#!/usr/bin/env bash
# Builds the benchmarks (release) and runs them. Figures are ratios within one run: see tests/bench/README.md.
#
#   packaging/bench.sh [--spans N] [benchmark options…]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/packages.sh
. packaging/packages.sh
# shellcheck disable=SC2086
install_packages $clew_build_packages $clew_test_packages
say "Building (release, benchmarks)"
cmake --preset bench >/dev/null
cmake --build --preset bench
export QT_QPA_PLATFORM=offscreen
for bench in import_bench store_bench compare_bench view_bench live_bench; do
  say "$bench"
  "build/bench/tests/bench/$bench" "$@"
done
