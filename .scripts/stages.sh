# SPDX-License-Identifier: Apache-2.0
# How ./test runs its stages and counts; sourced after common.sh.
passed=0
failed=0
skipped=0
logs=.build/logs
mkdir -p "$logs"

# report NAME SECONDS WORDS: one line for each stage.
report() {
  printf '%-28s %5d s   %s\n' "$1" "$2" "$3"
}

# What somebody who sees only this output needs; the log has the rest.
show_failure() {
  printf '%s\n' "---- the end of $1:" "$(tail -n "${2:-40}" "$1")" "----"
}

# stage NAME CMD...: one command that passes or fails.
stage() {
  local name=$1 log=$logs/${1// /-}.log start=$SECONDS
  shift
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    report "$name" $((SECONDS - start)) ok
  else
    failed=$((failed + 1))
    report "$name" $((SECONDS - start)) FAILED
    show_failure "$log"
    return 1
  fi
}

# build_stage PRESET TARGET...: like stage, but its progress shows.
build_stage() {
  local start=$SECONDS
  if .scripts/build "$@"; then
    passed=$((passed + 1))
    report "build $1" $((SECONDS - start)) ok
  else
    failed=$((failed + 1))
    report "build $1" $((SECONDS - start)) FAILED
    return 1
  fi
}

# ctest_stage NAME DIR ARGS...: runs what CTest knows below DIR and adds its
# counts to ours.
ctest_stage() {
  local name=$1 dir=$2 start=$SECONDS log=$logs/${1// /-}.log counts
  shift 2
  local junit=$PWD/${log%.log}.xml
  rm -f "$junit"
  ctest --test-dir "$dir" --output-on-failure --no-tests=error \
    --output-junit "$junit" "$@" >"$log" 2>&1
  local code=$?
  if ! counts=($(.scripts/junit_counts.py "$junit")); then
    failed=$((failed + 1))
    report "$name" $((SECONDS - start)) "FAILED: no tests ran"
    show_failure "$log"
    return 1
  fi
  passed=$((passed + counts[0]))
  failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
  report "$name" $((SECONDS - start)) \
    "${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped"
  if [ "$code" -ne 0 ]; then
    # A crash of CTest itself must not look like success.
    [ "${counts[1]}" -gt 0 ] || failed=$((failed + 1))
    show_failure "$log" 80
    return 1
  fi
}

skip() {
  skipped=$((skipped + 1))
  report "$1" 0 "skipped: $2"
}

# The last line alone says how it went.
finish() {
  local tail=
  [ "$skipped" -eq 0 ] || tail=", $skipped skipped"
  printf '\n%d minutes %d seconds\n' $((SECONDS / 60)) $((SECONDS % 60))
  printf '%d passed, %d failed%s\n' "$passed" "$failed" "$tail"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || exit 1
  if [ -n "$1" ] && [ "$skipped" -gt 0 ]; then
    exit 1
  fi
  exit 0
}
