#!/usr/bin/env bash
# Packs the benchmarks for a Linux machine where nothing can be downloaded, such as one with a GPU: the program, the .NET that runs it, and the one C++ file that is compiled there against
# that machine's own libtorch. There: unpack it, and ./run.sh, which says what it needs.
# Usage: build/travel.sh ARCHIVE.tar.xz [PEER.py]     (PEER.py: another program that prints such lines, to be run in turn with `steps`; .tar.gz does too)
set -euo pipefail
# shellcheck source=build/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
limit_mib=60

case "${1:-}" in
  *.tar.xz | *.tar.gz) ;;
  *) fail "'${1:-}' is no name for the archive." "build/travel.sh ARCHIVE.tar.xz [PEER.py]" ;;
esac
[ -z "${2:-}" ] || [ -f "$2" ] || fail "there is no file '$2'." "build/travel.sh ARCHIVE.tar.xz [PEER.py]"
[ "$(uname -sm)" = "Linux x86_64" ] || fail "this is $(uname -sm); what is packed runs on Linux x86_64, where it is to be packed too."

# The stand-ins' TorchSharp goes with any libtorch: the real one brings its own, which is larger than what may travel.
prepare
offline || fail "the real packages are chosen here; what travels is built against build/offline." "OfflinePackages=true $0 $*"
name=Microsoft.ML.Distillation.Benchmarks
say "Building."
build "test/$name/$name.csproj"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/offline" "$stage/native"
tar -C "$root/test/$name/bin/offline/Release/net10.0" -c --exclude='*.pdb' --exclude='*.xml' --exclude=libtorch_shim.so . | tar -C "$stage/offline" -x
cp "$root/build/offline/TorchSharp/native/torch_shim.cpp" "$root/build/offline/TorchSharp/native/build.sh" "$stage/native/"

# Of .NET what runs a console program; framework-dependent as it was built and tested, not trimmed: rows are read by reflection.
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \(10\.0\.[^ ]*\) .*/\1/p' | tail -n 1)
[ -n "$runtime" ] || fail "there is no runtime Microsoft.NETCore.App 10.0 in $dotnet_root."
mkdir -p "$stage/dotnet/host/fxr" "$stage/dotnet/shared/Microsoft.NETCore.App"
cp "$dotnet_root/dotnet" "$stage/dotnet/"
for file in LICENSE.txt ThirdPartyNotices.txt; do if [ -f "$dotnet_root/$file" ]; then cp "$dotnet_root/$file" "$stage/dotnet/"; fi; done
cp -r "$dotnet_root/host/fxr/$runtime" "$stage/dotnet/host/fxr/"
cp -r "$dotnet_root/shared/Microsoft.NETCore.App/$runtime" "$stage/dotnet/shared/Microsoft.NETCore.App/"
# Debuggers' and profilers' parts.
rm -f "$stage/dotnet/shared/Microsoft.NETCore.App/$runtime"/{libmscordaccore.so,libmscordbi.so,libcoreclrtraceptprovider.so,createdump,Microsoft.DiaSymReader.Native.*,*.xml}
if [ -n "${2:-}" ]; then cp "$2" "$stage/peer.py"; fi

cat >"$stage/run.sh" <<'RUN'
#!/usr/bin/env bash
# Runs a benchmark on this machine. Usage: ./run.sh [BENCHMARK its arguments]; without one it measures training steps on the GPU if there is one, in turn with peer.py if that is here.
# It needs g++, and libtorch with its headers: $LIBTORCH (a directory with include/ and lib/), else that of $PYTHON's torch (python3), else the system's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}
if [ -z "${LIBTORCH:-}" ]; then
  found=$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))' 2>/dev/null || true)
  if [ -f "$found/include/ATen/core/dispatch/Dispatcher.h" ]; then export LIBTORCH=$found; fi
fi
# Compiled once for each libtorch.
mark="$here/native/compiled-for"
if [ "$(cat "$mark" 2>/dev/null)" != "${LIBTORCH:-system}" ]; then
  echo "Compiling against ${LIBTORCH:-the libtorch of this system}." >&2
  bash "$here/native/build.sh" "$here/offline/libtorch_shim.so" 2>"$here/native/build.log" || { cat "$here/native/build.log" >&2; exit 1; }
  printf '%s' "${LIBTORCH:-system}" >"$mark"
fi
export DOTNET_ROOT="$here/dotnet" DOTNET_MULTILEVEL_LOOKUP=0 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [ $# -eq 0 ]; then
  device=cpu
  if "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then device=cuda; fi
  set -- steps --device "$device" --steps 20
  if [ -f "$here/peer.py" ]; then set -- "$@" --against "$python $here/peer.py"; fi
fi
exec "$here/dotnet/dotnet" "$here/offline/Microsoft.ML.Distillation.Benchmarks.dll" "$@"
RUN
chmod +x "$stage/run.sh"

say "Packing."
tar -C "$stage" -caf "$1" .
size=$(($(stat -c %s "$1") >> 20))
[ "$size" -lt "$limit_mib" ] || fail "$1 has $size MiB; less than $limit_mib are to travel."
say "$1: $size MiB. There: mkdir bench && tar -xf $(basename "$1") -C bench && bench/run.sh"
