# Builds the benchmarks and kills training processes to see whether they come through. Usage: build/soak.ps1 kill [--kills N] [--inside N] [--seed N]
& (Join-Path $PSScriptRoot 'bench.ps1') soak @args
exit $LASTEXITCODE
