#!/usr/bin/env bash
# A lender with sticks: SIMs share the work, borrowers stay with theirs, sticks come and go.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/modems.py"
