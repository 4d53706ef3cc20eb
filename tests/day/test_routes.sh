#!/usr/bin/env bash
# Several routes, failover, alphabets, long texts, receipts in every dialect, copies, long replies.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/routes.py"
