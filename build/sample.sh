#!/usr/bin/env bash
# Builds and runs a sample. Usage: build/sample.sh [--probe] [SAMPLE] [arguments of the sample; --help lists them]
# SAMPLE is a folder of src/Samples or a part of its name (classification, detection); without one it is ImageClassification.
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

samples() {
  local folder
  for folder in "$root"/src/Samples/*/; do
    # What samples share is no sample.
    if [ -e "$folder$(basename "$folder").csproj" ]; then basename "$folder"; fi
  done
}

# find_sample WORD: the one folder with that name, or whose name contains it, whatever the case
find_sample() {
  local matches
  matches=$(samples | grep -ixF -- "$1" || samples | grep -iF -- "$1" || true)
  [ -n "$matches" ] && [ "$(wc -l <<<"$matches")" -eq 1 ] && { echo "$matches"; return 0; }
  fail "there is no one sample called '$1'; there are: $(samples | paste -sd' ' -)." "build/sample.sh NAME [arguments]"
}

probe=''
if [ "${1:-}" = --probe ]; then probe=--probe; shift; fi
name=ImageClassification
case "${1:-}" in
  '' | -*) ;;
  *) name=$(find_sample "$1"); shift ;;
esac

prepare "$probe"
if offline && left_out "src/Samples/$name/$name.csproj"; then
  fail "$name is left out here: it needs packages that the feed lacks and build/offline has no stand-in for." "a feed with them, then build/sample.sh --probe $name"
fi
build "src/Samples/$name/$name.csproj"
mode=real
if offline; then mode=offline; fi
exec dotnet "$root/src/Samples/$name/bin/$mode/Release/net10.0/$name.dll" "$@"
