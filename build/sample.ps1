# Builds and runs a sample. Usage: build/sample.ps1 [--probe] [SAMPLE] [arguments of the sample; --help lists them]
# SAMPLE is a folder of src/Samples or a part of its name (classification, detection); without one it is ImageClassification.
. (Join-Path $PSScriptRoot 'common.ps1')

function Find-Sample([string] $word) {
    # What samples share is no sample.
    $samples = @(Get-ChildItem -Directory (Join-Path $root 'src/Samples') | Where-Object { Test-Path (Join-Path $_.FullName "$($_.Name).csproj") } | ForEach-Object Name)
    $found = @($samples | Where-Object { $_ -eq $word })
    if ($found.Count -eq 0) { $found = @($samples | Where-Object { $_ -like "*$([WildcardPattern]::Escape($word))*" }) }
    if ($found.Count -ne 1) {
        Stop-WithError "there is no one sample called '$word'; there are: $($samples -join ' ')." 'build/sample.ps1 NAME [arguments]'
    }
    $found[0]
}

$rest = [System.Collections.Generic.List[string]]::new()
foreach ($argument in $args) { $rest.Add([string] $argument) }
$option = ''
if ($rest.Count -gt 0 -and $rest[0] -eq '--probe') { $option = '--probe'; $rest.RemoveAt(0) }
$name = 'ImageClassification'
if ($rest.Count -gt 0 -and -not $rest[0].StartsWith('-')) { $name = Find-Sample $rest[0]; $rest.RemoveAt(0) }

Initialize-Build $option
Invoke-Build "src/Samples/$name/$name.csproj"
$arguments = $rest.ToArray()
& dotnet (Join-Path $root "src/Samples/$name/bin/real/Release/net10.0/$name.dll") @arguments
exit $LASTEXITCODE
