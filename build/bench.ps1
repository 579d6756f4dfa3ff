# Builds and runs a benchmark. Usage: build/bench.ps1 BENCHMARK [its arguments]; without one it lists them
. (Join-Path $PSScriptRoot 'common.ps1')

Initialize-Build ''
$project = 'test/Microsoft.ML.Distillation.Benchmarks'
Invoke-Build "$project/Microsoft.ML.Distillation.Benchmarks.csproj"
& dotnet (Join-Path $root "$project/bin/real/Release/net10.0/Microsoft.ML.Distillation.Benchmarks.dll") @args
exit $LASTEXITCODE
