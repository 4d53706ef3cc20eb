#!/usr/bin/env bash
# A lender who calls: whole calls over simulated sticks and virtual sound cards, from the plan to what
# keys made of it.
set -eu
command -v python3 >/dev/null || exit 77
command -v espeak-ng >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/calls.py"
