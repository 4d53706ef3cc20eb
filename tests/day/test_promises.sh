#!/usr/bin/env bash
# Promises kept, partial, broken, too small, too far, the third, taken back; plans; holds; reversals.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/promises.py"
