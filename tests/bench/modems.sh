#!/usr/bin/env bash
# modems.sh [TEXTS] [LATENCY_MS]: how long a stick waits for its program between two texts, beside
# gammu-smsd and smsd of the SMS Server Tools on the same simulated stick; then 16 sticks at once.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BIN=${BIN:-$PWD/build/release} SRC=$PWD
exec python3 -B tests/bench/modems.py "${1:-40}" "${2:-300}"
