#!/usr/bin/env bash
# Builds everything and runs every test; the last line is "N passed, N failed, N skipped".
# Usage: build/test.sh [--probe]     (--probe asks the NuGet feed again which packages it has)
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# sum ATTRIBUTE: over the <Counters> of all result files
sum() {
  local value total=0
  while read -r value; do total=$((total + value)); done < <(
    find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*' {} + 2>/dev/null | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]\+')
  echo "$total"
}

case "${1:-}" in
  '' | --probe) prepare "${1:-}" ;;
  *) fail "unknown argument '$1'." "build/test.sh [--probe]" ;;
esac
install_browser
say "Building."
build Distillation.sln
if offline; then say_left_out; fi

results="$root/artifacts/test-results"
rm -rf "$results" && mkdir -p "$results"
say "Testing."
code=0
# A test that hangs must not take the machine's whole time with it.
(cd "$root" && dotnet test Distillation.sln --no-build -c Release --nologo -v q --results-directory "$results" \
  --logger 'trx' --logger 'console;verbosity=minimal' --blame-hang --blame-hang-timeout 8m --blame-hang-dump-type none) || code=$?

total=$(sum total) passed=$(sum passed) failed=$(sum failed)
if [ "$total" -eq 0 ] && [ "$code" -eq 0 ]; then code=1; fi
if [ "$failed" -gt 0 ] && [ "$code" -eq 0 ]; then code=1; fi
echo "$passed passed, $failed failed, $((total - passed - failed)) skipped"
exit "$code"
