#!/usr/bin/env bash
# Installs what is missing, builds with the address and undefined-behaviour sanitizers, and runs every test; then the
# thread sanitizer over model/ and importers/; then a minute of the soak. May be repeated.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/packages.sh
. packaging/packages.sh

# shellcheck disable=SC2086
install_packages $clew_build_packages $clew_test_packages

say "Thread sanitizer: building model/ and importers/ with their tests"
cmake --preset tsan >/dev/null
cmake --build --preset tsan
say "Thread sanitizer: tests"
ctest --preset tsan -j2

say "Address and undefined-behaviour sanitizers: building everything"
cmake --preset asan >/dev/null
cmake --build --preset asan

say "A minute of the soak (packaging/soak.sh runs it for long)"
packaging/soak.sh --seconds 60 --tree build/asan

say "Address and undefined-behaviour sanitizers: all tests"
ctest --preset asan -j2
