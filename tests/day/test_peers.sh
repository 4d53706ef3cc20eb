#!/usr/bin/env bash
# Texts, receipts and replies over operators made of other people's SMPP libraries.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/peers.py"
