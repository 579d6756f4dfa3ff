#!/usr/bin/env bash
# Builds and runs a benchmark. Usage: build/bench.sh BENCHMARK [its arguments]; without one it lists them
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

prepare
project=test/Microsoft.ML.Distillation.Benchmarks
build "$project/Microsoft.ML.Distillation.Benchmarks.csproj"
mode=real
if offline; then mode=offline; fi
exec dotnet "$root/$project/bin/$mode/Release/net10.0/Microsoft.ML.Distillation.Benchmarks.dll" "$@"
