#!/usr/bin/env bash
# Builds the benchmarks and kills training processes to see whether they come through. Usage: build/soak.sh kill [--kills N] [--inside N] [--seed N]
exec "$(dirname "${BASH_SOURCE[0]}")/bench.sh" soak "$@"
