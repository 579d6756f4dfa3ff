# Builds and packs both packages, with symbols, into artifacts/packages. Usage: build/pack.ps1 [-p:PackageFamily=ID] [-p:Version=VERSION]
# ID is what the packages' ids begin with: Microsoft.* is Microsoft's on nuget.org. Nothing is published. What is packed is built a second time, from another folder, and must be the same.
. (Join-Path $PSScriptRoot 'common.ps1')

$assemblies = 'Microsoft.ML.Distillation', 'Microsoft.ML.Distillation.Runtime'

function Get-Built([string] $folder, [string] $name, [string] $extension) { Join-Path $folder "src/$name/bin/real/Release/net10.0/$name.$extension" }

# Whoever steps into the packages' code is to find it: the symbols know the commit's address.
function Test-SourceLink {
    $origin = Invoke-Git $root @('remote', 'get-url', 'origin')
    $address = if ($origin.Code -eq 0) { $origin.Output[0] } else { 'there is none' }
    foreach ($name in $assemblies) {
        $text = [Text.Encoding]::ASCII.GetString([IO.File]::ReadAllBytes((Get-Built $root $name 'pdb')))
        if (-not $text.Contains('{"documents":{')) {
            Write-Host "Without Source Link, which needs a remote 'origin' at GitHub, GitLab, Bitbucket or Azure Repos ($address)."
            return
        }
    }
}

# From the same commit anybody can make the same assemblies, in whatever folder.
function Test-Determinism {
    $changes = Invoke-Git $root @('status', '--porcelain')
    if ($changes.Code -ne 0 -or $changes.Output.Count -gt 0) { Write-Host 'Not built a second time: what is packed is no commit (git status).'; return }
    $copy = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    try {
        $commit = (Invoke-Git $root @('rev-parse', 'HEAD')).Output[0]
        $origin = Invoke-Git $root @('remote', 'get-url', 'origin')
        $address = if ($origin.Code -eq 0) { @('set-url', 'origin', $origin.Output[0]) } else { @('remove', 'origin') }
        foreach ($step in @(@('clone', '-q', $root, $copy), @('-C', $copy, 'checkout', '-q', '--detach', $commit), (@('-C', $copy, 'remote') + $address))) {
            $result = Invoke-Git $root $step
            if ($result.Code -ne 0) { Stop-WithError "git $step failed: $($result.Output -join ' ')" '' }
        }
        Copy-Item $feed (Join-Path $copy 'build')
        Write-Host 'Building a second time, from another folder.'
        Invoke-Step $copy $library
        foreach ($name in $assemblies) {
            foreach ($extension in 'dll', 'pdb', 'xml') {
                $hashes = @($root, $copy | ForEach-Object { (Get-FileHash (Get-Built $_ $name $extension)).Hash } | Select-Object -Unique)
                if ($hashes.Count -ne 1) { Stop-WithError "$name.$extension is another one when it is built in another folder: a path or a time is in it." '' }
            }
        }
        Write-Host 'Built in two folders, they are the same byte for byte.'
    }
    finally { if (Test-Path $copy) { Remove-Item -Recurse -Force $copy } }
}

function Invoke-Step([string] $folder, [string[]] $step) {
    $result = Invoke-DotNet $folder $step
    if ($result.Code -eq 0) { return }
    $result.Output | Select-Object -Last 20 | ForEach-Object { [Console]::Error.WriteLine($_) }
    Stop-WithError 'packing failed.' ''
}

# PowerShell takes -p:NAME=VALUE apart at its colon.
$settings = @(($args -join "`n") -replace '(?m)^-p:\n', '-p:' -split "`n" | Where-Object { $_ })
foreach ($setting in $settings) {
    if ($setting -notmatch '^-p:.+=.+') { Stop-WithError "unknown argument '$setting'." 'build/pack.ps1 [-p:PackageFamily=ID] [-p:Version=VERSION]' }
}
Initialize-Build ''
$common = @('-nologo', '-v:q', '-p:Configuration=Release', '-p:ContinuousIntegrationBuild=true') + $settings
$library = @('msbuild', 'src/Microsoft.ML.Distillation/Microsoft.ML.Distillation.csproj', '-restore') + $common
Invoke-Step $root $library
Test-SourceLink
Test-Determinism
$out = Join-Path $root 'artifacts/packages'
if (Test-Path $out) { Remove-Item -Recurse -Force $out }
New-Item -ItemType Directory -Force $out | Out-Null
Invoke-Step $root (@('msbuild', 'build/pack.proj', '-p:NoBuild=true', "-p:PackageOutputPath=$out") + $common)
Get-ChildItem $out | ForEach-Object Name
