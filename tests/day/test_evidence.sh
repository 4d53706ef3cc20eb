#!/usr/bin/env bash
# A dossier proves itself and holds nobody else's data; whatever is done to the store's chain is
# found and named; erased data are gone from the files, and the chain still verifies.
set -euo pipefail

# says PATTERN: grep -q that reads to the end, so that nobody is ended by a broken pipe
says() {
	grep "$@" | grep -q .
}

: "${BIN:?the build folder}"
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
daemon=''
cleanup() {
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

dunlin() {
	"$BIN/dunlin" -C "$dir/home" "$@"
}

# exits STATUS COMMAND...
exits() {
	local expected=$1 status=0
	shift
	dunlin "$@" >"$dir/out" 2>"$dir/err" || status=$?
	[ "$status" = "$expected" ] || fail "dunlin $*: exit $status, not $expected: $(cat "$dir/err" "$dir/out")"
}

judge() {
	local zip=$1
	shift
	python3 "$here/evidence.py" "$zip" "$dir" "$@"
}

# ---- a lender with a borrower whose name would break a careless page ----

"$BIN/dunlin" init "$dir/home" >/dev/null
today=$(TZ=Asia/Manila date +%F)
past=$(date -d "$today - 7 days" +%F)
cat >"$dir/home/accounts.csv" <<-END
	account_id,name,phone,due_date,amount_due,check,job
	E-1,"<b>Ana & ""Co""</b>",+639170000001,$past,1500.00,198407,baker
	E-2,Berta Nobody,+639170000002,$past,900.00,777123,smith
END
sed -i 's/^test_numbers:.*/test_numbers: ["+639170000001", "+639170000002"]/; /^  - "+6390/d' "$dir/home/dunlin.yaml"
sed -i 's/^live: .*/live: true/' "$dir/home/dunlin.yaml"
dunlin import accounts "$dir/home/accounts.csv" >/dev/null
dunlin serve --at "${today}T06:00" --speed 20000 --until "${today}T20:00" 2>"$dir/log" ||
	fail "serve: $(cat "$dir/log")"
printf 'account_id,paid_on,amount,reference\nE-1,%s,200.00,OR-77\n' "$today" >"$dir/payments.csv"
dunlin import payments "$dir/payments.csv" >/dev/null

# ---- without a daemon ----

exits 2 evidence E-1
exits 1 evidence E-9 -o "$dir/none.zip"
[ ! -e "$dir/none.zip" ] || fail 'a dossier of nobody was written'
exits 0 evidence E-1 -o "$dir/one.zip"
judge "$dir/one.zip" whole
judge "$dir/one.zip" page '<b>Ana & "Co"</b>' +639170000001 OR-77 'Text handed over' 'contact rules version'
judge "$dir/one.zip" lacks Berta +639170000002 198407 777123
judge "$dir/one.zip" forged
before=$(stat -c '%i %s' "$dir/one.zip")
exits 1 evidence E-1 -o "$dir/one.zip"
[ "$before" = "$(stat -c '%i %s' "$dir/one.zip")" ] || fail 'a dossier was overwritten'
exits 3 evidence E-1 -o "$dir/no/such/folder.zip"
if ls "$dir"/*.part >/dev/null 2>&1; then fail 'a half-made dossier was left'; fi
dunlin events --account E-1 --json | says '"kind":"dossier_given"' || fail 'nothing tells that a dossier was given'

# ---- beside a daemon; an older dossier's head is in the younger one ----

"$BIN/dunlin" -C "$dir/home" serve --at "${today}T20:00" --speed 1 2>>"$dir/log" &
daemon=$!
for _ in $(seq 200); do
	[ -S "$dir/home/dunlin.sock" ] && break
	sleep 0.05
done
head=$(python3 - "$dir/one.zip" <<-'END'
	import sys, zipfile
	print(zipfile.ZipFile(sys.argv[1]).read("heads.txt").decode().split()[0])
END
)
exits 0 evidence E-1 -o "$dir/two.zip"
judge "$dir/two.zip" whole "$head" "${head:0:24}"
exits 0 verify --head "$head"
exits 0 verify
kill "$daemon"
wait "$daemon" || true
daemon=''

# ---- a pen in the store ----

sql() {
	sqlite3 "$dir/home/dunlin.db" "$1"
}
sql 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$dir/home/dunlin.db" "$dir/good.db"
python3 - "$dir/two.zip" >"$dir/heads.txt" <<-'END'
	import sys, zipfile
	sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read("heads.txt").decode())
END
last=$(sql 'SELECT max(seq) FROM event')
given=$(head -1 "$dir/heads.txt" | cut -d: -f1)

# Puts the store back as it was.
mend() {
	rm -f "$dir/home/dunlin.db-wal" "$dir/home/dunlin.db-shm"
	cp "$dir/good.db" "$dir/home/dunlin.db"
}

# tampers SQL SEQ WORDS [OPTION...]: verify names that event in these words.
tampers() {
	local change=$1 seq=$2 words=$3
	shift 3
	mend
	sql "$change"
	exits 1 verify "$@"
	grep -q "event $seq: .*$words" "$dir/out" || fail "after $change verify says: $(cat "$dir/out")"
	exits 1 verify --json "$@"
	grep -q "\"bad_seq\":$seq," "$dir/out" || fail "after $change verify --json says: $(cat "$dir/out")"
}

tampers "UPDATE event SET data = replace(data, 'PHP', 'EUR') || ' ' WHERE seq = 4" 4 changed
tampers "UPDATE event SET at = at + 60000 WHERE seq = 3" 3 changed
tampers "UPDATE event SET actor = 'nobody' WHERE seq = $last" "$last" changed
tampers "DELETE FROM event WHERE seq = 5" 5 missing
tampers "DELETE FROM event WHERE seq IN (2, 3)" 2 'events 2 to 3 are missing'
tampers "UPDATE event SET seq = -1 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 6;
	UPDATE event SET seq = 6 WHERE seq = -1" 3 'written as event 6'
tampers "INSERT INTO event SELECT $last + 1, at, kind, actor, account, message, data, salt, digest, hash
	FROM event WHERE seq = $last" $((last + 1)) changed
tampers "UPDATE event SET data = NULL, salt = NULL WHERE seq = 4" 4 'no digest'
tampers "DELETE FROM event WHERE seq = $last" "$last" missing
# Who knows Dunlin well removes its notes of the end as well; the head in the dossier still tells.
tampers "DELETE FROM event WHERE seq >= $given; DELETE FROM meta WHERE key = 'chain';
	DELETE FROM head" "$given" 'missing\|no event' --heads "$dir/heads.txt"
mend
exits 0 verify --heads "$dir/heads.txt"
exits 1 verify --heads "$dir/payments.csv"
exits 2 verify --head xyz

# ---- erased ----

dunlin optout E-1 >/dev/null
exits 2 erase E-1
exits 1 erase E-1 --reason request
grep -q '1,*300.00 of E-1 is still open' "$dir/err" || fail "erase says: $(cat "$dir/err")"
exits 0 erase E-1 --reason request --yes
grep -q backups "$dir/out" || fail 'erase does not say what is out of its reach'
for gone in 'Ana' '+639170000001' 198407 baker OR-77; do
	for file in "$dir/home/dunlin.db" "$dir/home/dunlin.db-wal"; do
		if [ -f "$file" ] && grep -aqF -- "$gone" "$file"; then fail "$gone is still in $file"; fi
	done
done
grep -aqF -- 'Berta Nobody' "$dir/home/dunlin.db" || fail "another borrower's data are gone too"
exits 0 verify --heads "$dir/heads.txt"
grep -q 'whole' "$dir/out" || fail "verify says: $(cat "$dir/out")"
exits 1 erase E-1 --reason request
exits 0 evidence E-1 -o "$dir/three.zip"
judge "$dir/three.zip" whole
judge "$dir/three.zip" page '(erased)'
judge "$dir/three.zip" lacks Ana +639170000001
dunlin import accounts "$dir/home/accounts.csv" >"$dir/out" 2>&1 || true
grep -q 'personal data were erased' "$dir/out" || fail "a list that names it again: $(cat "$dir/out")"
dunlin plan --on "$(date -d "$today + 8 days" +%F)" --json | grep '"account":"E-1"' >"$dir/out" || true
if grep -q '"decision":"send"' "$dir/out"; then fail "something would be sent to it: $(cat "$dir/out")"; fi
# The number comes back with another account: its STOP is known.
printf 'account_id,name,phone,due_date,amount_due\nE-3,Ana,+639170000001,%s,10.00\n' "$past" >"$dir/again.csv"
dunlin import accounts "$dir/again.csv" >/dev/null
dunlin account E-3 --json | says '"opted_out":true' || fail 'a STOP did not outlive the erasure'

# ---- old records ----

exits 0 purge --dry-run
grep -q 'Nothing is older' "$dir/out" || fail "purge says: $(cat "$dir/out")"
exits 0 purge --json
grep -q '"accounts":0' "$dir/out" || fail "purge says: $(cat "$dir/out")"
