# Builds and packs both packages, with symbols, into artifacts/packages. Usage: build/pack.ps1 [-p:PackageFamily=ID] [-p:Version=VERSION]
# ID is what the packages' ids begin with: Microsoft.* is Microsoft's on nuget.org. Nothing is published.
. (Join-Path $PSScriptRoot 'common.ps1')

$settings = @($args | ForEach-Object { [string] $_ })
foreach ($setting in $settings) {
    if ($setting -notmatch '^-p:.+=.+') { Stop-WithError "unknown argument '$setting'." 'build/pack.ps1 [-p:PackageFamily=ID] [-p:Version=VERSION]' }
}
Initialize-Build ''
$out = Join-Path $root 'artifacts/packages'
if (Test-Path $out) { Remove-Item -Recurse -Force $out }
New-Item -ItemType Directory -Force $out | Out-Null
$common = @('-nologo', '-v:q', '-p:Configuration=Release', '-p:ContinuousIntegrationBuild=true') + $settings
$steps = @(
    (@('msbuild', 'src/Microsoft.ML.Distillation/Microsoft.ML.Distillation.csproj', '-restore') + $common),
    (@('msbuild', 'build/pack.proj', '-p:NoBuild=true', "-p:PackageOutputPath=$out") + $common)
)
foreach ($step in $steps) {
    $result = Invoke-DotNet $root $step
    if ($result.Code -ne 0) {
        $result.Output | Select-Object -Last 20 | ForEach-Object { [Console]::Error.WriteLine($_) }
        Stop-WithError 'packing failed.' ''
    }
}
Get-ChildItem $out | ForEach-Object Name
