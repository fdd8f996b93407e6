# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts here; sourced, with `root` set to the checkout.
cd "$root" || exit 1

# Progress goes to stderr: stdout belongs to the program.
say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "$@"
  exit 1
}

# How many compilers fit: one a core, and 1.5 GB of memory each.
jobs_max() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  [ "${memory:-1}" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}
