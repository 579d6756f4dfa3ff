#!/usr/bin/env bash
# Builds and runs a benchmark. Usage: build/bench.sh BENCHMARK [its arguments]; without one it lists them
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

prepare
name=Microsoft.ML.Distillation.Benchmarks
# The kernels are a program of their own, which brings BenchmarkDotNet.
if [ "${1:-}" = kernels ]; then
  name=Microsoft.ML.Distillation.Kernels
  shift
fi
build "test/$name/$name.csproj"
mode=real
if offline; then mode=offline; fi
exec dotnet "$root/test/$name/bin/$mode/Release/net10.0/$name.dll" "$@"
