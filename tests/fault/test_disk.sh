#!/usr/bin/env bash
# Full disks, read-only stores, leaping clocks, floods of replies, garbage to import.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/disk.py"
