#!/usr/bin/env bash
# Every name, key, type, exit status and refusal that programs and people rely on.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/contract.py"
