#!/usr/bin/env bash
# Simulated sticks that telephone, judged by ears of another make: what the callers press can be
# heard, what they hear is what was said, and each maker's words and switches are needed.
set -eu
command -v python3 >/dev/null || exit 77
exec python3 -B "$(dirname "$0")/sim_voice.py"
