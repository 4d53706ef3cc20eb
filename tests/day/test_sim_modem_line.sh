#!/usr/bin/env bash
# The simulated modems by the line: what each misbehaviour that can be asked for looks like.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/modem_line.py"
