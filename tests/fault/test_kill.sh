#!/usr/bin/env bash
# The daemon is killed at seeded random moments under load and started again on the same store.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/kill.py"
