# Builds everything and runs every test; the last line is "N passed, N failed, N skipped".
# Usage: build/test.ps1 [--probe]     (--probe asks the NuGet feed again which packages it has)
. (Join-Path $PSScriptRoot 'common.ps1')

$option = if ($args.Count -gt 0) { [string] $args[0] } else { '' }
if ($option -notin '', '--probe') { Stop-WithError "unknown argument '$option'." 'build/test.ps1 [--probe]' }
Initialize-Build $option
Write-Host 'Building.'
Invoke-Build 'Distillation.sln'

$results = Join-Path $root 'artifacts/test-results'
if (Test-Path $results) { Remove-Item -Recurse -Force $results }
New-Item -ItemType Directory -Force $results | Out-Null
Write-Host 'Testing.'
Push-Location $root
try {
    # A test that hangs must not take the machine's whole time with it.
    & dotnet test Distillation.sln --no-build -c Release --nologo -v q --results-directory $results `
        --logger trx --logger 'console;verbosity=minimal' --blame-hang --blame-hang-timeout 8m --blame-hang-dump-type none
    $code = $LASTEXITCODE
}
finally { Pop-Location }

$total = 0; $passed = 0; $failed = 0
foreach ($file in Get-ChildItem -Path $results -Filter *.trx -Recurse) {
    $counters = ([xml] (Get-Content -Raw -Path $file.FullName)).TestRun.ResultSummary.Counters
    $total += [int] $counters.total
    $passed += [int] $counters.passed
    $failed += [int] $counters.failed
}
if ($code -eq 0 -and ($total -eq 0 -or $failed -gt 0)) { $code = 1 }
Write-Host "$passed passed, $failed failed, $($total - $passed - $failed) skipped"
exit $code
