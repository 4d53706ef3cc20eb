#!/bin/bash
# What the daemon costs when nothing happens, with a dozen accounts and with a million, and how soon it
# answers after its start.  On the true clock, for the schedule's clock writes down every second where it
# is.  README.md says how to read it.
# Usage: BIN=build/release tests/bench/idle.sh [ACCOUNTS]
. "$(dirname "$0")/lib.sh"
accounts=${1:-1000000}
due_date=$(date -d '7 days ago' +%F)

# Voluntary and forced switches of all threads of a process.
switches() {
	awk '/ctxt_switches/ { n += $2 } END { print n }' /proc/"$1"/task/*/status
}

# answers: whether the daemon answers over its socket
answers() {
	[ -S "$work/home/dunlin.sock" ] && "$dunlin" -C "$work/home" pause >/dev/null 2>&1
}

# idle ACCOUNTS: none of them has a step today, so that all there is is the list
idle() {
	local begin answered cpu before after peak
	sim --receipts final
	home "$1" 100 true
	printf '%s\n' 'steps:' '  - {day: 28, sms: reminder}' >"$work/home/campaigns/bench.yaml"
	begin=$(now_us)
	serve
	until answers; do
		kill -0 "$dunlin_pid" 2>/dev/null || die "the daemon does not start"
		nap 0.01
	done
	answered=$(($(now_us) - begin))
	cpu=-1
	until [ "$(cpu_us "$dunlin_pid")" = "$cpu" ]; do # planning is done when a second costs nothing
		cpu=$(cpu_us "$dunlin_pid")
		nap 1
	done
	before=$(switches "$dunlin_pid")
	nap 30
	after=$(switches "$dunlin_pid")
	read -r now_kb peak <<<"$(rss_kb "$dunlin_pid")"
	printf '%s accounts: answers after %d ms, planned with %d ms of CPU, RSS %.1f MB (peak %.1f MB), %d wake-ups in 30 s, %d ms of CPU in them\n' \
		"$1" $((answered / 1000)) $((cpu / 1000)) "$(ratio "$now_kb" 1024)" "$(ratio "$peak" 1024)" \
		$((after - before)) $((($(cpu_us "$dunlin_pid") - cpu) / 1000))
	kill "$dunlin_pid"
	wait "$dunlin_pid" || true
	sim_quit
}

idle 12
small=$now_kb
idle "$accounts"
printf 'RSS, %s accounts / 12 accounts: %s\n' "$accounts" "$(ratio "$now_kb" "$small")"
