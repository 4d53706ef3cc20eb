#!/usr/bin/env bash
# kill -9, unplug, sound that stops and people who hang up, at seeded random moments of calls.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/calls_kill.py"
