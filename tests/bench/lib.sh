# Sourced by the benchmarks: the simulated operator, a home with N texts due at once, the daemon, and
# figures of processes.  Everything lives in $work and ends with the script.
set -euo pipefail

src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$(cd "${BIN:-$src/build/release}" && pwd)
dunlin=$bin/dunlin
work=$(mktemp -d)
pids=()

finish() {
	local status=$?
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	[ $status -eq 0 ] || tail -n 5 "$work"/*.err >&2 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT

# nap SECONDS, without starting a process
mkfifo "$work/never"
exec 7<>"$work/never"
nap() {
	read -r -t "$1" -u 7 || true
}

die() {
	echo "$*" >&2
	exit 1
}

# cpu_us PID: microseconds of processor time so far, in steps of 10 ms, of all its threads
cpu_us() {
	local stat
	read -r stat <"/proc/$1/stat"
	# shellcheck disable=SC2086  # the name in brackets may hold blanks
	set -- ${stat##*) }
	echo $(((${12} + ${13}) * 10000))
}

# rss_kb PID, and the most it was
rss_kb() {
	awk '/^VmRSS/ { now = $2 } /^VmHWM/ { peak = $2 } END { print now, peak }' "/proc/$1/status"
}

now_us() {
	echo $((${EPOCHREALTIME/./}))
}

# ratio A B
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'
}

# per_second N MICROSECONDS
per_second() {
	echo $(($1 * 1000000 / ($2 > 0 ? $2 : 1)))
}

# sim OPTIONS...: starts an operator; sets sim_pid and sim_port.  Its counts come over a pipe, so that
# asking costs next to nothing.
sim() {
	rm -f "$work/ask" "$work/say"
	mkfifo "$work/ask" "$work/say"
	exec 5<>"$work/ask" 6<>"$work/say"
	"$bin/dunlin-sim" smsc --port 0 --system-id sunrise --password plover --control "$@" \
		<"$work/ask" >"$work/say" 2>"$work/sim.err" &
	sim_pid=$!
	pids+=($sim_pid)
	local line
	read -r line <&6
	sim_port=${line##*:}
}

# sim_count NAME: into `counted`
sim_count() {
	local line
	echo stats >&5
	read -r -t 10 line <&6 || die "the operator does not answer"
	[[ $line =~ \"$1\":([0-9]+) ]]
	counted=${BASH_REMATCH[1]}
}

# sim_reaches NAME N: waits until the count is N, thirty seconds after it last moved at most
sim_reaches() {
	local last=-1 idle=0
	sim_count "$1"
	while [ "$counted" -lt "$2" ]; do
		nap 0.02
		[ "$counted" = "$last" ] && idle=$((idle + 1)) || idle=0
		[ $idle -lt 1500 ] || die "only $counted of $2 $1"
		last=$counted
		sim_count "$1"
	done
}

sim_quit() {
	echo quit >&5
	wait "$sim_pid" || true
	exec 5>&- 6>&-
}

# list N FILE: N accounts due on $due_date, each a person and a number of its own
due_date=2026-08-25
list() {
	awk -v n="$1" -v due="$due_date" 'BEGIN {
		print "account_id,name,phone,due_date,amount_due"
		for (i = 0; i < n; i++)
			printf "A%07d,Maria %d,+63917%07d,%s,%d.50\n", i, i, (i * 7919) % 10000000, due,
			       500 + i % 5000
	}' >"$2"
}

# home N [WINDOW RECEIPTS]: a lender with one campaign, one step and N accounts, all due at once;
# over SMPP to the operator at $sim_port, or without these to a file
home() {
	local home=$work/home
	rm -rf "$home"
	"$dunlin" init "$home" >/dev/null
	rm -f "$home"/campaigns/* "$home"/templates/* "$home"/scripts/* "$home"/*.csv
	echo plover >"$home/smpp.password"
	chmod 600 "$home/smpp.password"
	{
		cat <<-YAML
			lender:
			  name: Sunrise Lending
			  contact: "+63285550100"
			  country: PH
			  currency: PHP
			  timezone: Asia/Manila
			  languages: [en]
			routes:
			  op:
		YAML
		if [ $# -ge 3 ]; then
			printf '    %s\n' 'type: smpp' 'host: 127.0.0.1' "port: $sim_port" 'system_id: sunrise' \
				'password_file: smpp.password' 'source: "28550"' "window: $2" "receipts: $3"
		else
			printf '    %s\n' 'type: file' 'path: sent.jsonl'
		fi
		echo '    price: "0.35"'
	} >"$home/dunlin.yaml"
	printf '%s\n' 'steps:' '  - {day: 7, sms: reminder}' 'at: "10:00"' >"$home/campaigns/bench.yaml"
	echo 'Hi {{name}}, {{amount}} was due {{due_date}}. Please pay. {{lender}}' \
		>"$home/templates/reminder.en.txt"
	list "$1" "$work/accounts.csv"
	"$dunlin" -C "$home" check >/dev/null
	"$dunlin" -C "$home" import accounts "$work/accounts.csv" >/dev/null
}

# serve OPTIONS...: the daemon at $work/home; sets dunlin_pid
serve() {
	"$dunlin" -C "$work/home" serve "$@" >"$work/serve.out" 2>"$work/serve.err" &
	dunlin_pid=$!
	pids+=($dunlin_pid)
}

query() {
	sqlite3 -readonly "$work/home/dunlin.db" "$1"
}
