# Sourced by the other scripts: what Clew needs from Debian 12's package manager, and how it is installed.

say() { printf '\n== %s\n' "$*"; }

clew_build_packages="g++ cmake ninja-build pkg-config ccache mold
  qt6-base-dev libqt6svg6-dev qt6-qpa-plugins libqcustomplot-dev libgl-dev
  libsqlite3-dev nlohmann-json3-dev libsimdjson-dev libfmt-dev libzstd-dev zlib1g-dev libxxhash-dev libprotozero-dev
  libcli11-dev libre2-dev libvalijson-dev libboost-dev libmicrohttpd-dev libgrpc++-dev fonts-inter fonts-jetbrains-mono
  fonts-dejavu-core"
clew_test_packages="python3 libbenchmark-dev zstd gzip"

missing_packages() {
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -z "$missing" ] && return 0
  local as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "These packages are missing: $missing. Install them as root, or install sudo." >&2; return 1; }
    as_root=sudo
  fi
  say "Installing what is missing: $missing"
  $as_root apt-get update -q
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y --no-install-recommends $missing
}
