#!/usr/bin/env bash
# Compiles the shim against the machine's libtorch: $LIBTORCH (a directory with include/ and lib/, such as .../site-packages/torch)
# where it is set, Debian's libtorch-dev otherwise. Usage: build.sh OUTPUT.so
set -euo pipefail
output=$1
source=$(cd "$(dirname "$0")" && pwd)/torch_shim.cpp

fail() { echo "TorchSharp/native/build.sh : error SHIM001: $1" >&2; exit 1; }

command -v g++ >/dev/null || fail "g++ is missing, and the stand-in for TorchSharp needs it. Install it: apt-get install -y g++"
if [ -n "${LIBTORCH:-}" ]; then
    include=$LIBTORCH/include
    library=$LIBTORCH/lib
    [ -f "$include/ATen/core/dispatch/Dispatcher.h" ] || fail "LIBTORCH is '$LIBTORCH', where include/ATen/core/dispatch/Dispatcher.h was expected and is not. Point it at a libtorch or at Python's site-packages/torch, or unset it and: apt-get install -y libtorch-dev"
else
    include=/usr/include
    library=$(dirname "$(ls /usr/lib/*/libtorch_cpu.so 2>/dev/null | head -1)")
    [ -f "$include/ATen/core/dispatch/Dispatcher.h" ] && [ "$library" != . ] || fail "libtorch's headers are missing (/usr/include/ATen). Install them: apt-get install -y libtorch-dev. Or set LIBTORCH to a libtorch or to Python's site-packages/torch."
fi

# Wheels of torch up to 2.5 are built with the old ABI of libstdc++'s strings; what libc10 exports tells.
abi=0
if grep -aq '_ZN3c10[A-Za-z0-9_]*__cxx11' "$library/libc10.so"; then abi=1; fi
cuda=
if [ -e "$library/libtorch_cuda.so" ]; then cuda=-ltorch_cuda; fi

# Newer headers want C++20, which the oldest do not know.
standard=c++17
versions="$include/torch/csrc/api/include/torch/version.h $include/torch/headeronly/version.h"
version() { sed -n "s/#define TORCH_VERSION_$1 //p" $versions 2>/dev/null || true; }
major=$(version MAJOR)
minor=$(version MINOR)
if [ "${major:-0}" -gt 2 ] || { [ "${major:-0}" -eq 2 ] && [ "${minor:-0}" -ge 6 ]; }; then standard=c++20; fi

mkdir -p "$(dirname "$output")"
g++ -std=$standard -O2 -fPIC -shared -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI=$abi \
    -I"$include" -I"$include/torch/csrc/api/include" "$source" -o "$output.new" \
    -L"$library" -Wl,-rpath,"$library" -Wl,--no-as-needed -ltorch_cpu $cuda -ltorch -lc10
mv "$output.new" "$output"
