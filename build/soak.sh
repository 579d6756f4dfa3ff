#!/usr/bin/env bash
# Builds the benchmarks and puts them under strain. Usage: build/soak.sh kill [--kills N] [--inside N] [--seed N]
#   kills training processes to see whether they come through
# or: build/soak.sh disk
#   trains with no room for checkpoints to see whether runs come through all the same
# or: build/soak.sh run [--steps N] [--predictions N] [--threads N] [--seconds N]
#   trains and predicts for long to see whether memory and handles stay flat and every score is right
# or: build/soak.sh app [--requests N] [--clients N] [--swaps N]
#   asks the retraining app for predictions while models are swapped, to see whether any request fails
# or: build/soak.sh app --uploads N [--limit N]
#   floods it with uploads to see whether it keeps what it may and refuses the rest
# or: build/soak.sh app --kills N [--task classification|detection] [--seed N]
#   kills it at random moments to see whether a correction is lost or a model served that is not whole
exec "$(dirname "${BASH_SOURCE[0]}")/bench.sh" soak "$@"
