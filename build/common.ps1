# What build/*.ps1 share: the SDK is there, and the real packages can be restored. Dot-sourced, never run.
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$root = Split-Path -Parent $PSScriptRoot
$feed = Join-Path $PSScriptRoot 'feed.props'

function Stop-WithError([string] $what, [string] $remedy) {
    [Console]::Error.WriteLine("error: $what")
    if ($remedy) { [Console]::Error.WriteLine("  mend it with: $remedy") }
    exit 1
}

# Windows PowerShell turns a line on standard error into an exception where errors stop the script, so they don't here.
function Invoke-Program([string] $program, [string] $folder, [string[]] $arguments) {
    if (-not (Get-Command $program -ErrorAction SilentlyContinue)) { return [pscustomobject]@{ Code = 127; Output = @("there is no '$program' in PATH") } }
    $ErrorActionPreference = 'Continue'
    Push-Location $folder
    try { $output = & $program @arguments 2>&1 | ForEach-Object { "$_" } }
    finally { Pop-Location }
    [pscustomobject]@{ Code = $LASTEXITCODE; Output = @($output | Where-Object { $null -ne $_ }) }
}

function Invoke-DotNet([string] $folder, [string[]] $arguments) { Invoke-Program 'dotnet' $folder $arguments }

function Invoke-Git([string] $folder, [string[]] $arguments) { Invoke-Program 'git' $folder $arguments }

function Assert-DotNet {
    $install = 'winget install Microsoft.DotNet.SDK.10'
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
        Stop-WithError "the .NET SDK is missing: no 'dotnet' in PATH; version 10.0.100 or later of 10.0 is needed." $install
    }
    if ((Invoke-DotNet $root @('--version')).Code -ne 0) {
        Stop-WithError "the .NET 10 SDK is missing: global.json asks for 10.0.100 or later of 10.0, and 'dotnet --list-sdks' shows none." $install
    }
}

function Get-CentralVersion([string] $name) {
    $match = Select-String -Path (Join-Path $root 'Directory.Packages.props') -Pattern "<$name>(.*)</$name>" | Select-Object -First 1
    $match.Matches[0].Groups[1].Value
}

function Write-Feed([string] $offlinePackages) {
    Set-Content -Path $feed -Encoding utf8 -Value @"
<Project>
  <!-- Which packages are built with here, as build/common.ps1 found the feed. Delete this file to ask again. -->
  <PropertyGroup>
    <OfflinePackages>$offlinePackages</OfflinePackages>
  </PropertyGroup>
</Project>
"@
}

# A project of nothing but the two packages that matter, away from the repository's own settings.
function Write-Probe([string] $folder) {
    foreach ($file in 'Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props') {
        Set-Content -Path (Join-Path $folder $file) -Value '<Project />'
    }
    Set-Content -Path (Join-Path $folder 'probe.csproj') -Value @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML" Version="[$(Get-CentralVersion MicrosoftMLVersion)]" />
    <PackageReference Include="TorchSharp" Version="[$(Get-CentralVersion TorchSharpVersion)]" />
  </ItemGroup>
</Project>
"@
}

function Test-Feed {
    $probe = Join-Path $root 'obj/probe'
    if (Test-Path $probe) { Remove-Item -Recurse -Force $probe }
    New-Item -ItemType Directory -Force $probe | Out-Null
    Write-Probe $probe
    $answer = Invoke-DotNet $probe @('restore', '--nologo', '-v', 'q')
    Remove-Item -Recurse -Force $probe
    if ($answer.Code -eq 0) { Write-Feed 'false'; return }
    $text = $answer.Output -join "`n"
    if ($text -match 'NU130[01]: (.*)') {
        Stop-WithError "a NuGet feed can't be reached: $($Matches[1])" "check the network and 'dotnet nuget list source', then run this again"
    }
    if ($text -match 'NU110[123]') {
        Stop-WithError 'Microsoft.ML and TorchSharp can''t be restored here, and build/offline is for Debian only (build/*.sh).' 'add a NuGet source that carries them: dotnet nuget add source URL'
    }
    Stop-WithError "asking the NuGet feed failed: $text" "run 'dotnet nuget list source' and see whether its sources are right"
}

function Initialize-Build([string] $option) {
    if ($option -eq '--probe' -and (Test-Path $feed)) { Remove-Item $feed }
    Assert-DotNet
    if (-not (Test-Path $feed)) { Test-Feed }
    if (Select-String -Quiet -SimpleMatch -Path $feed -Pattern '<OfflinePackages>true<') {
        Stop-WithError 'build/feed.props chooses build/offline, which is for Debian only (build/*.sh).' 'delete build/feed.props and run this again'
    }
}

function Invoke-Build([string] $project) {
    $result = Invoke-DotNet $root @('build', $project, '-c', 'Release', '-v', 'q', '--nologo', '-clp:NoSummary')
    if ($result.Code -eq 0) { return }
    $faults = @($result.Output | Where-Object { $_ -match '(error|warning) [A-Z]+[0-9]+' } | Sort-Object -Unique | Select-Object -First 40)
    if ($faults.Count -eq 0) { $faults = @($result.Output | Select-Object -Last 20) }
    $faults | ForEach-Object { [Console]::Error.WriteLine($_) }
    Stop-WithError "building $project failed." ''
}
