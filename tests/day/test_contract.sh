#!/usr/bin/env bash
# Every name, key, type, exit status and refusal that programs and people rely on.
set -eu
command -v python3 >/dev/null || exit 77
cd "$(dirname "$0")"
python3 -B contract.py
exec python3 -B contract_served.py
