#!/usr/bin/env bash
# Contact rules: presets, what narrows and widens them, holidays, zones, and how they are shown.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/policy.py"
