#!/usr/bin/env bash
# Writes docs/methods from the code's own documentation. Usage: build/docs.sh
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || fail "unknown argument '$1'." "build/docs.sh"
prepare
build build/docs/Docs.csproj
mode=real
if offline; then mode=offline; fi
exec dotnet "$root/build/docs/bin/$mode/Release/net10.0/Microsoft.ML.Distillation.Docs.dll" "$root/docs/methods"
