#!/usr/bin/env bash
# Installs what is missing, builds Clew (release), and opens it.
#
#   packaging/run.sh              the bundled sample run
#   packaging/run.sh FILE...      your own run files
#   packaging/run.sh --build      only install and build; prints the program's path last
#
# Without a display it prints the summary and writes pictures of the trace instead. May be repeated.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
# shellcheck source=packaging/packages.sh
. packaging/packages.sh

# shellcheck disable=SC2086
install_packages $clew_build_packages
say "Building (release)"
cmake --preset release >/dev/null
cmake --build --preset release
clew=$root/build/release/clew

if [ "${1:-}" = "--build" ]; then
  echo "$clew"
  exit 0
fi
cd "${OLDPWD:-$root}"
files=("$@")
[ ${#files[@]} -gt 0 ] || files=("$root/resources/samples/refund-agent.jsonl")

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  say "Opening ${files[*]}"
  if [ $# -gt 0 ]; then exec "$clew" "${files[@]}"; else exec "$clew" --temporary "${files[@]}"; fi
fi

say "There is no display here: summary and pictures instead of a window"
"$clew" summary "${files[@]}"
out=${CLEW_PICTURES:-$root/build/pictures}
mkdir -p "$out"
for theme in light dark; do
  "$clew" render --view trace --theme "$theme" --size 1440x900 "${files[0]}" -o "$out/trace-$theme.png"
  echo "wrote $out/trace-$theme.png"
done
