#!/usr/bin/env bash
# The house rules that a program can hold (house.py), and the layout that clang-format decides.
set -euo pipefail
src=${SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
status=0

command -v python3 >/dev/null || {
	echo "python3 is missing: the house rules were not looked at"
	exit 77
}
PYTHONDONTWRITEBYTECODE=1 python3 "$src/tests/lint/house.py" "$src" || status=1

if command -v clang-format >/dev/null; then
	cd "$src"
	found=$(find gateway modem ivr templates schedule tests -name node_modules -prune -o \
		\( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -print 2>/dev/null |
		xargs -n 20 -P 2 clang-format --dry-run -Werror 2>&1 |
		sed -n 's/^\([^: ]*:[0-9]*\):.*/\1: is laid out otherwise: run clang-format -i on the file/p') || true
	if [ -n "$found" ]; then
		sort -u -t: -k1,1 <<<"$found"
		status=1
	fi
else
	echo "clang-format is missing: the layout was not looked at"
fi
exit $status
