#!/usr/bin/env bash
# A person who is rung and joined to a call, in four makers' words; and people who call while the line is
# busy, or where nobody can answer.
set -eu
command -v python3 >/dev/null || exit 77
command -v espeak-ng >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/persons.py"
