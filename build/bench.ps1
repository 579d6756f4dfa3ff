# Builds and runs a benchmark. Usage: build/bench.ps1 BENCHMARK [its arguments]; without one it lists them
. (Join-Path $PSScriptRoot 'common.ps1')

Initialize-Build ''
$name = 'Microsoft.ML.Distillation.Benchmarks'
$rest = @($args)
# The kernels are a program of their own, which brings BenchmarkDotNet.
if ($rest.Count -gt 0 -and $rest[0] -eq 'kernels') {
    $name = 'Microsoft.ML.Distillation.Kernels'
    $rest = @($rest | Select-Object -Skip 1)
}
Invoke-Build "test/$name/$name.csproj"
& dotnet (Join-Path $root "test/$name/bin/real/Release/net10.0/$name.dll") @rest
exit $LASTEXITCODE
