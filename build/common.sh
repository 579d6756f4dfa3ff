# shellcheck shell=bash
# What build/*.sh share: tools are there, packages are chosen, and what build/offline needs is installed. Sourced, never run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
feed="$root/build/feed.props"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
build_options=(-c Release -v q --nologo -clp:NoSummary)

say() { printf '%s\n' "$*"; }

# fail WHAT REMEDY
fail() {
  printf 'error: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  mend it with: %s\n' "$2" >&2
  exit 1
}

require_dotnet() {
  local install='curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 (then add ~/.dotnet to PATH)'
  command -v dotnet >/dev/null || fail "the .NET SDK is missing: no 'dotnet' in PATH; version 10.0.100 or later of 10.0 is needed." "$install"
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    fail "the .NET 10 SDK is missing: 'dotnet' knows $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd, - | sed 's/^$/no SDK at all/'); global.json asks for 10.0.100 or later of 10.0." "$install"
}

central_version() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$root/Directory.Packages.props" | head -n 1; }

write_feed() {
  cat >"$feed.new" <<XML
<Project>
  <!-- Which packages are built with here, as build/common.sh found the feed. Delete this file to ask again. -->
  <PropertyGroup>
    <OfflinePackages>$1</OfflinePackages>
  </PropertyGroup>
</Project>
XML
  mv "$feed.new" "$feed"
}

# A project of nothing but the two packages that matter, away from the repository's own settings.
write_probe() {
  local file
  for file in Directory.Build.props Directory.Build.targets Directory.Packages.props; do
    printf '<Project />\n' >"$1/$file"
  done
  cat >"$1/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML" Version="[$(central_version MicrosoftMLVersion)]" />
    <PackageReference Include="TorchSharp" Version="[$(central_version TorchSharpVersion)]" />
  </ItemGroup>
</Project>
XML
}

probe_feed() {
  local probe="$root/obj/probe" answer code=0 refusal
  rm -rf "$probe" && mkdir -p "$probe"
  write_probe "$probe"
  answer=$(cd "$probe" && dotnet restore --nologo -v q 2>&1) || code=$?
  rm -rf "$probe"
  if [ "$code" -eq 0 ]; then
    write_feed false
  elif grep -qE 'NU1301|NU1300' <<<"$answer"; then
    # A feed that didn't answer has said nothing about its packages: nothing is stored.
    refusal=$(grep -m 1 -oE 'NU130[01]: .*' <<<"$answer" | cut -d' ' -f2-)
    fail "a NuGet feed can't be reached: $refusal" "check the network and 'dotnet nuget list source', then run this again (or say which packages to use: OfflinePackages=true $0)"
  elif grep -qE 'NU110[123]' <<<"$answer"; then
    write_feed true
    say "Microsoft.ML and TorchSharp can't be restored here: using build/offline."
  else
    fail "asking the NuGet feed failed: $(tail -n 5 <<<"$answer")" "run 'dotnet nuget list source' and see whether its sources are right"
  fi
}

offline() { grep -q '<OfflinePackages>true<' "$feed"; }

choose_packages() {
  if [ -n "${OfflinePackages:-}" ]; then
    write_feed "$OfflinePackages"
  elif [ ! -f "$feed" ]; then
    probe_feed
  fi
}

# Names the Debian packages that build/offline needs and this machine hasn't got.
missing_packages() {
  command -v g++ >/dev/null || say g++
  [ -n "${LIBTORCH:-}" ] || [ -f /usr/include/ATen/core/dispatch/Dispatcher.h ] || say libtorch-dev
  [ -f /usr/include/stb/stb_image.h ] || say libstb-dev
  [ -f /usr/include/turbojpeg.h ] || say libturbojpeg0-dev
  command -v npm >/dev/null || say npm
}

# install_debian WHO PACKAGE...: as root, or by a sudo that asks nothing
install_debian() {
  local who=$1 log="$root/obj/apt.log" install=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120)
  shift
  local missing=("$@")
  local remedy="sudo apt-get update && sudo apt-get install -y ${missing[*]}"
  command -v apt-get >/dev/null || fail "$who needs ${missing[*]}, and there is no apt-get here to install them (names are Debian 12's)." "your system's package manager"
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "$who needs ${missing[*]}; installing them takes root, and sudo asks for a password here." "$remedy"
    as_root=(sudo -n)
  fi
  say "Installing ${missing[*]} (once)."
  mkdir -p "$root/obj"
  # A fresh machine has no package lists, an old one stale ones: either shows as a failed installation.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" "${missing[@]}" >"$log" 2>&1 ||
    { "${as_root[@]}" apt-get update >>"$log" 2>&1 && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" "${missing[@]}" >>"$log" 2>&1; } ||
    fail "installing ${missing[*]} failed: $(grep -E '^(E|Err|W):' "$log" | tail -n 4) (all of it: $log)" "$remedy (with a network that reaches Debian's mirrors)"
}

install_packages() {
  local missing
  read -ra missing < <(missing_packages | tr '\n' ' ') || true
  [ "${#missing[@]}" -eq 0 ] || install_debian build/offline "${missing[@]}"
}

# Tests look at the report's page in a browser. Where it can't be installed they fail and say how it could be.
install_browser() {
  local name
  [ -z "${CHROMIUM:-}" ] || return 0
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  grep -qs '^ID=debian' /etc/os-release || return 0
  (install_debian 'the test of the report' chromium) || say "Going on without chromium: the tests that need it will fail."
}

install_onnx_runtime() {
  local folder="$root/build/offline" log="$root/obj/npm.log" done_mark
  # npm writes this file last: it is there and newer than the lock file only after a complete installation.
  done_mark="$folder/node_modules/.package-lock.json"
  if [ -f "$done_mark" ] && [ ! "$folder/package-lock.json" -nt "$done_mark" ]; then return 0; fi
  say "Fetching ONNX Runtime from npm (once)."
  mkdir -p "$root/obj"
  (cd "$folder" && npm ci --no-fund --no-audit) >"$log" 2>&1 ||
    fail "npm couldn't install ONNX Runtime: $(grep -iE 'err' "$log" | head -n 4) (all of it: $log)" "npm ci --prefix build/offline (with a network that reaches the npm registry)"
}

prepare() {
  if [ "${1:-}" = --probe ]; then rm -f "$feed"; fi
  require_dotnet
  choose_packages
  if offline; then
    install_packages
    install_onnx_runtime
  fi
}

# left_out PROJECT: whether an offline build leaves it out
left_out() { grep -q '<NeedsRealPackages>true<' "$root/$1"; }

say_left_out() {
  local project
  for project in $(cd "$root" && ls src/Samples/*/*.csproj); do
    if left_out "$project"; then say "Left out of an offline build: $(basename "$project" .csproj), which needs packages that the feed lacks."; fi
  done
}

# build PROJECT-OR-SOLUTION
build() {
  local log="$root/obj/build.log"
  mkdir -p "$root/obj"
  (cd "$root" && dotnet build "$1" "${build_options[@]}") >"$log" 2>&1 && return 0
  grep -E '(error|warning) [A-Z]+[0-9]+|: error' "$log" | sort -u | head -n 40 >&2 || tail -n 20 "$log" >&2
  fail "building $1 failed (all of it: $log)."
}
