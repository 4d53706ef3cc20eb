#!/usr/bin/env bash
# Never at the wrong hour, after STOP, after payment; late, superseded, held, adopted, said once.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/rules.py"
