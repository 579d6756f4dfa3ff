# Writes docs/methods from the code's own documentation. Usage: build/docs.ps1
. (Join-Path $PSScriptRoot 'common.ps1')

Initialize-Build ''
Invoke-Build 'build/docs/Docs.csproj'
& dotnet (Join-Path $root 'build/docs/bin/real/Release/net10.0/Microsoft.ML.Distillation.Docs.dll') (Join-Path $root 'docs/methods')
exit $LASTEXITCODE
