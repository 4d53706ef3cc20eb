#!/usr/bin/env bash
# Campaigns as a lender uses them, every expectation worked out by hand: buckets, lighter tracks,
# conditions, the promised day's reminder, work lists and what comes back from them.
set -euo pipefail

# says PATTERN: grep -q that reads to the end, so that nobody is ended by a broken pipe
says() {
	grep "$@" | grep -q .
}

: "${BIN:?the build folder}"
command -v sqlite3 >/dev/null || {
	echo "sqlite3 is missing: campaigns were not looked at"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
home=$dir/home

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

dunlin() {
	"$BIN/dunlin" -C "$home" --by maria "$@"
}

# same WHAT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] || fail "$1:
by hand:
$2
shown:
$3"
}

# until TIME [AT]: the schedule's clock runs to there
until_() {
	dunlin serve --at "${2:-2026-09-01}" --speed 100000 --until "$1" >"$dir/serve" 2>&1 ||
		fail "serve: $(cat "$dir/serve")"
}

sql() {
	sqlite3 -readonly "$home/dunlin.db" "$@"
}

# said ACCOUNT: day and template of its texts, oldest first
said() {
	sql "select date(handed_at / 1000, 'unixepoch', '+8 hours') || ' ' || step || ' ' || template
		from message join account a on a.id = account where a.ref = '$1' and handed_at > 0
		order by handed_at"
}

# field KEY: of JSON lines, one a line
field() {
	sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"
}

mkdir -p "$home/campaigns" "$home/templates"
cat >"$home/dunlin.yaml" <<'END'
lender: {name: Sunrise, contact: "+63285550100", country: PH, currency: PHP, timezone: Asia/Manila, languages: [en]}
policy: {preset: base}
routes:
  paper: {type: file, path: sent.jsonl}
END
cat >"$home/campaigns/light.yaml" <<'END'
priority: 1
select: {product: payday, kept_streak: 2}
steps: [{day: -3, sms: due-soon}]
END
cat >"$home/campaigns/soft.yaml" <<'END'
priority: 10
select: {product: payday, bucket: [M0, M1]}
steps:
  - {day: [1, 7], sms: reminder}
  - {day: 10, task: call them, when: {no_response_since: +7/sms}}
END
cat >"$home/campaigns/hard.yaml" <<'END'
priority: 20
select: {product: payday, bucket: M2+, amount: ">= 500.00"}
steps:
  - {day: 31, letter: notice, visit: look who lives there, outsource: "Agency, North"}
END
echo 'Sunrise: {{amount}} is due on {{due_date}}.' >"$home/templates/due-soon.en.txt"
echo 'Sunrise: {{amount}} is due since {{due_date}}.' >"$home/templates/reminder.en.txt"
echo '{{! class: legal }}Sunrise: {{name}}, {{address}}: {{balance}} is unpaid.' \
	>"$home/templates/notice.en.txt"
cat >"$dir/accounts.csv" <<'END'
account_id,name,phone,due_date,amount_due,product,address,check
A,Ana,+639171000001,2026-09-01,1000,payday,"1 Rizal St, Cebu",1990
B,Ben,+639171000002,2026-09-01,1000,payday,x,1990
C,Cy,+639171000003,2026-08-02,1000,payday,"7 ""Old"" Rd",1990
D,Di,+639171000004,2026-08-02,100,payday,x,1990
E,Ed,+639171000005,2026-09-01,1000,mortgage,x,1990
G,Gil,+639171000007,2026-07-01,1000,payday,x,1990
F,Flo,+639171000006,2026-07-06,300,payday,x,1990
F,Flo,+639171000006,2026-08-06,300,payday,x,1990
F,Flo,+639171000006,2026-09-06,300,payday,x,1990
END
printf 'account_id,paid_on,amount\nF,2026-07-06,300\nF,2026-08-07,300\n' >"$dir/payments.csv"
dunlin check >/dev/null 2>&1 || fail "check"
dunlin import accounts "$dir/accounts.csv" >/dev/null
dunlin import payments "$dir/payments.csv" >/dev/null

# ---- the first days ----

until_ 2026-09-01T00:01
same "who is left out on the first" "E" "$(dunlin accounts --unselected --json | field account)"
dunlin plan >"$dir/plan"
grep -qx '1 account no campaign selects (dunlin accounts --unselected)' "$dir/plan" ||
	fail "the plan does not say who is left out: $(cat "$dir/plan")"
dunlin accounts --account E --json | says '"next_reason":"no_campaign"' || fail "E has no reason"
dunlin check 2>&1 | says '1 account no campaign selects' || fail "check does not say it"
dunlin status | says '1 account no campaign selects' || fail "status does not say it"
dunlin status --json | says '"unselected":1' || fail "status --json does not say it"

until_ 2026-09-05
# F kept two instalments: a text three days before the third, and that is all
same "F before its due date" "2026-09-03 -3/sms due-soon" "$(said F)"
same "A so far" "2026-09-02 +1/sms reminder" "$(said A)"
# C fell into M2 on the 2nd and owes enough; D does not
same "C's work" "+31/letter letter: notice
+31/outsource outsource: Agency, North
+31/visit visit: look who lives there" "$(sql "select step || ' ' || kind from task order by step")"
same "left out in September" "E
D" "$(dunlin accounts --unselected --json | field account)"

# ---- a promise ----

dunlin promise B --date 2026-09-09 >/dev/null
dunlin promise G --date 2026-09-10 >/dev/null
same "G's day in the plan" "+71/sms 2026-09-10 send" "$(dunlin plan --on 2026-09-10 --json | grep '"account":"G"' |
	sed 's/.*"step":"\([^"]*\)".*"at":"\([^T]*\)T.*"decision":"\([a-z]*\)".*/\1 \2 \3/')"
until_ 2026-09-12
# A: the 7th day, and since nothing came back a call by hand on the 10th
same "A" "2026-09-02 +1/sms reminder
2026-09-08 +7/sms reminder" "$(said A)"
same "A's task" "2026-09-11 +10/task call them" "$(sql "select date(day * 86400, 'unixepoch') || ' ' || step
	|| ' ' || kind from task join account a on a.id = account where a.ref = 'A'")"
# B: held on the 7th day, reminded on the promised one; +7/sms never went, so nothing follows it
same "B" "2026-09-02 +1/sms reminder
2026-09-09 +8/sms promise-today" "$(said B)"
same "B's texts that did not go" "+7/sms superseded" "$(dunlin messages --account B --json |
	grep '"status":"skipped"' | sed 's/.*"step":"\([^"]*\)".*"reason":"\([^"]*\)".*/\1 \2/')"
same "B's tasks" "" "$(sql "select t.id from task t join account a on a.id = account where a.ref = 'B'")"
# G's last step was long ago: a promised day is one all the same
same "G" "2026-09-10 +71/sms promise-today" "$(said G)"
grep -q 'Sunrise: today is the day you said you would pay' "$home/sent.jsonl" || fail "no built-in words"
# F did not pay by Monday the 7th, its day of grace: the whole track is back
same "F after its due date" "2026-09-03 -3/sms due-soon
2026-09-08 +1/sms reminder" "$(said F)"

# ---- work leaves as a list ----

dunlin tasks --csv >"$dir/work.csv"
grep -q $'\r$' "$dir/work.csv" || fail "lines do not end as RFC 4180 has them"
! grep -q 1990 "$dir/work.csv" || fail "check digits left the house"
grep -q 'nobody has approved' "$dir/work.csv" || fail "an unapproved letter was rendered"
dunlin template approve notice --by anna >/dev/null
python3 - "$dir" <(dunlin tasks --csv) <<'END' || fail "the work list"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[2], newline="")))
by = {row["kind"]: row for row in rows}
assert [row["kind"] for row in rows] == ["letter", "visit", "outsource", "task"], rows
letter = by["letter"]
assert letter["text"] == 'Sunrise: Cy, 7 "Old" Rd: PHP 1,000.00 is unpaid.', letter["text"]
assert (letter["account_id"], letter["phone"], letter["amount_due"], letter["currency"], letter["dpd"]) == (
    "C", "+639171000003", "1000.00", "PHP", "41"), letter
assert by["outsource"]["task"] == "Agency, North" and by["task"]["address"] == "1 Rizal St, Cebu"
assert all(row["problem"] == "" and row["result"] == "" for row in rows)
# filled in by those who did it
done = {"letter": ("sent", "", "", ""), "visit": ("talked", "2026-09-11 15:00", "", "polite, will call"),
        "outsource": ("placed", "", "", ""), "task": ("promise", "2026-09-11 11:30", "2026-09-15", "")}
with open(sys.argv[1] + "/results.csv", "w", newline="") as file:
    out = csv.DictWriter(file, rows[0].keys())
    out.writeheader()
    for row in rows:
        row["result"], row["at"], row["promise_date"], row["note"] = done[row["kind"]]
        row["amount"] = "400.00" if row["kind"] == "task" else ""
        out.writerow(row)
    out.writerow({**rows[0], "result": "lost"})
    out.writerow({**rows[0], "task_id": "999", "result": "sent"})
    out.writerow({**rows[0], "result": ""})
END
same "only letters" 1 "$(dunlin tasks --csv --kind letter | tail -n +2 | wc -l)"

# ---- and comes back ----

dunlin import results "$dir/results.csv" --dry-run 2>/dev/null | says '4 results taken, 0 known, 2 refused' ||
	fail "the dry run counts otherwise"
same "a dry run changes nothing" 4 "$(sql 'select count(*) from task where status = 0')"
dunlin import results "$dir/results.csv" --strict >/dev/null 2>&1 && fail "strict took a file with mistakes"
dunlin import results "$dir/results.csv" >"$dir/out" 2>"$dir/err" || fail "results: $(cat "$dir/err")"
grep -q '4 results taken, 0 known, 2 refused' "$dir/out" || fail "results: $(cat "$dir/out")"
grep -q 'results.csv:6:.*`lost` is no result' "$dir/err" && grep -q 'results.csv:7:1: error: there is no task 999' "$dir/err" ||
	fail "refusals: $(cat "$dir/err")"
dunlin import results "$dir/results.csv" 2>/dev/null | says '0 results taken, 4 known, 2 refused' ||
	fail "the same results counted twice"
same "tasks that are open" 0 "$(sql 'select count(*) from task where status = 0')"
same "A's promise" "2026-09-15 40000 person open" "$(dunlin promises --account A --json |
	sed 's/.*"date":"\([^"]*\)","amount_minor":\([0-9]*\).*"source":"\([a-z]*\)","status":"\([a-z]*\)".*/\1 \2 \3 \4/')"
same "C's hold" placed "$(dunlin accounts --account C --json | sed 's/.*"holds":\["\([a-z]*\)"\].*/\1/')"
same "C's contacts" "visit talked true
letter sent true
outsource placed false" "$(dunlin account C --json | grep -o '"contacts":\[[^]]*\]' | tr '{' '\n' |
	sed -n 's/.*"channel":"\([a-z]*\)","result":"\([a-z]*\)".*"counts":\([a-z]*\).*/\1 \2 \3/p')"
dunlin account C | says '2026-09-11 15:00    visit: talked, polite, will call (told by maria)' ||
	fail "the story does not tell of the visit: $(dunlin account C)"
same "imports" "results 0 4 2
results 4 0 2" "$(dunlin imports --json | grep results | head -2 |
	sed 's/.*"kind":"\([a-z]*\)".*"taken":\([0-9]*\),"known":\([0-9]*\),"refused":\([0-9]*\).*/\1 \2 \3 \4/')"
last=$(dunlin imports --json | grep results | head -1 | sed 's/.*"id":\([0-9]*\).*/\1/')
dunlin import undo "$last" >"$dir/out" 2>&1 && fail "results were undone"
grep -q 'cannot be undone' "$dir/out" || fail "undoing results says: $(cat "$dir/out")"
printf 'account_id,result\nC,recalled\nD,dispute\n' >"$dir/more.csv"
dunlin import results "$dir/more.csv" >/dev/null
same "C is back" '[]' "$(dunlin accounts --account C --json | sed 's/.*"holds":\(\[[^]]*\]\).*/\1/')"
same "D's hold" dispute "$(dunlin accounts --account D --json | sed 's/.*"holds":\["\([a-z]*\)"\].*/\1/')"
dunlin verify >/dev/null || fail "the chain: $(dunlin verify)"

# A promised again: reminded on the 15th, and the cap of the base counts the telephone by itself
until_ 2026-09-16
same "A after the promise" "2026-09-15 +14/sms promise-today" "$(said A | tail -1)"

# ---- what a cap moves is seen before the run ----

home=$dir/chile
mkdir -p "$home/campaigns" "$home/templates"
cat >"$home/dunlin.yaml" <<'END'
lender: {name: Sur, contact: "+56225550100", country: CL, currency: CLP, timezone: America/Santiago, languages: [es]}
policy: {preset: cl}
routes:
  paper: {type: file, path: sent.jsonl}
END
printf 'steps: [{day: [1, 7, 15, 21, 24, 27, 30], sms: aviso}]\n' >"$home/campaigns/all.yaml"
echo 'Sur: {{amount}} desde {{due_date}}.' >"$home/templates/aviso.es.txt"
printf 'account_id,name,phone,due_date,amount_due\nX,Ximena,+56912345678,2026-09-01,9000\n' >"$dir/one.csv"
dunlin import accounts "$dir/one.csv" >/dev/null
until_ 2026-09-01T00:01
# Two in seven days: on the 28th the 22nd and 25th count, on the 1st the 25th and the 29th
same "the plan of 1/7/15/21/24/27/30 under two a week" "+1/sms 2026-09-02 send
+7/sms 2026-09-08 send
+15/sms 2026-09-16 send
+21/sms 2026-09-22 send
+24/sms 2026-09-25 send
+27/sms 2026-09-29 defer cap
+27/sms 2026-09-29 send late
+30/sms 2026-10-02 defer cap
+30/sms 2026-10-02 send late" "$(dunlin plan --days 40 --json |
	sed 's/.*"step":"\([^"]*\)".*"at":"\([^T]*\)T.*"decision":"\([a-z]*\)","reason":\("\([a-z]*\)"\|null\).*/\1 \2 \3 \5/; s/ $//')"
dunlin plan --days 40 | says -x '2 steps moved by cl.sms[^ ]*: +27/sms, +30/sms' ||
	fail "what is moved is not summed up: $(dunlin plan --days 40 | tail -4)"
echo "campaigns: all as worked out by hand"
