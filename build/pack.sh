#!/usr/bin/env bash
# Builds and packs both packages, with symbols, into artifacts/packages. Usage: build/pack.sh [-p:PackageFamily=ID] [-p:Version=VERSION]
# ID is what the packages' ids begin with: Microsoft.* is Microsoft's on nuget.org. Nothing is published.
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for argument in "$@"; do
  case "$argument" in
    -p:*=*) ;;
    *) fail "unknown argument '$argument'." "build/pack.sh [-p:PackageFamily=ID] [-p:Version=VERSION]" ;;
  esac
done
require_dotnet
choose_packages
if offline; then
  fail "packages are packed from the real Microsoft.ML and TorchSharp only, and build/feed.props chooses build/offline." "build/pack.sh on a machine whose feed carries them (delete build/feed.props there if it was copied along)"
fi
build_options+=(-p:ContinuousIntegrationBuild=true "$@")
build src/Microsoft.ML.Distillation/Microsoft.ML.Distillation.csproj
out="$root/artifacts/packages"
rm -rf "$out" && mkdir -p "$out"
(cd "$root" && dotnet msbuild build/pack.proj -nologo -v:q -p:Configuration=Release -p:NoBuild=true -p:ContinuousIntegrationBuild=true -p:PackageOutputPath="$out" "$@")
ls "$out"
