#!/usr/bin/env bash
# Builds and packs both packages, with symbols, into artifacts/packages. Usage: build/pack.sh [-p:PackageFamily=ID] [-p:Version=VERSION]
# ID is what the packages' ids begin with: Microsoft.* is Microsoft's on nuget.org. Nothing is published. What is packed is built a second time, from another folder, and must be the same.
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

assemblies=(Microsoft.ML.Distillation Microsoft.ML.Distillation.Runtime)

# built FOLDER NAME: where a checkout's build puts an assembly, without its extension
built() { echo "$1/src/$2/bin/real/Release/net10.0/$2"; }

# Whoever steps into the packages' code is to find it: the symbols know the commit's address.
check_source_link() {
  local name address
  address=$(git -C "$root" remote get-url origin 2>/dev/null || true)
  for name in "${assemblies[@]}"; do
    if ! grep -aqF '{"documents":{' "$(built "$root" "$name").pdb"; then
      say "Without Source Link, which needs a remote 'origin' at GitHub, GitLab, Bitbucket or Azure Repos (${address:-there is none})."
      return 0
    fi
  done
}

# From the same commit anybody can make the same assemblies, in whatever folder.
check_determinism() {
  local name file address copy
  if ! changes=$(git -C "$root" status --porcelain 2>/dev/null) || [ -n "$changes" ]; then
    say "Not built a second time: what is packed is no commit (git status)."
    return 0
  fi
  copy=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$copy'" EXIT
  git clone -q "$root" "$copy/again"
  git -C "$copy/again" checkout -q --detach "$(git -C "$root" rev-parse HEAD)"
  if address=$(git -C "$root" remote get-url origin 2>/dev/null); then git -C "$copy/again" remote set-url origin "$address"; else git -C "$copy/again" remote remove origin; fi
  cp "$feed" "$copy/again/build/"
  say "Building a second time, from another folder."
  (root="$copy/again"; build src/Microsoft.ML.Distillation/Microsoft.ML.Distillation.csproj)
  for name in "${assemblies[@]}"; do
    for file in dll pdb xml; do
      cmp -s "$(built "$root" "$name").$file" "$(built "$copy/again" "$name").$file" || fail "$name.$file is another one when it is built in another folder: a path or a time is in it."
    done
  done
  say "Built in two folders, they are the same byte for byte."
}

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
check_source_link
check_determinism
out="$root/artifacts/packages"
rm -rf "$out" && mkdir -p "$out"
(cd "$root" && dotnet msbuild build/pack.proj -nologo -v:q -p:Configuration=Release -p:NoBuild=true -p:ContinuousIntegrationBuild=true -p:PackageOutputPath="$out" "$@")
ls "$out"
