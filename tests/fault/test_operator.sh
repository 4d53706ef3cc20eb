#!/usr/bin/env bash
# A day with an operator that drops, stalls, throttles, duplicates and lies.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/operator.py"
