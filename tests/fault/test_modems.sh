#!/usr/bin/env bash
# kill -9, unplug, hang and restart of sticks and of the daemon at seeded random moments.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/modem_kill.py"
