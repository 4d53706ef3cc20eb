"""Daemon, sticks, sound and callers fail at random moments of calls: no call is left up, no promise is
lost or invented, nobody is called twice, no text is doubled.

SEED begins the series, MOMENTS says how many failures in all (6).  Each home lives through twenty.
"""
import mmap
import re
import struct

from phones import *

MOMENTS = int(os.environ.get("MOMENTS", "6"))
SEED = int(os.environ.get("SEED", "1"))
EACH = 20
STICKS = 3
GONE = 12  # of `gone` in card.h
HERE, UNPLUGGED, MUTE = range(3)
PROFILES = ("generic", "quectel", "huawei", "simcom7600", "simcom800")
FIRST_IN, FIRST_TEXT = 60, 80  # of those who call us, and of those who are owed a text today
TEXTS = 8
NOON = "2026-09-02T10:00"
# Who presses 6 has heard the thanks: it is asked for in the same breath.
CHANGES = {
    "say: {en: \"Thank you, it is noted.\"}, next: bye}\n  paid":
    "say: {en: \"Thank you, it is noted.\"}, next: more}\n"
    "  more: {menu: {6: details}, say: {en: \"For the details as a text press 6.\"}}\n  paid"}
PROMISE = "answer 1 do wait 1 wait 1990# wait wait 1 wait "
PLANS = (
    PROMISE + "4# wait 1 wait 6 wait pause 3000",
    PROMISE + "4# wait 1 wait 6 wait pause 3000",
    PROMISE + "4# wait 2 wait 7# wait 1 wait 6 wait pause 3000",
    PROMISE + "4# wait 1 pause 3000",
    PROMISE + "4# wait 2 pause 3000",
    PROMISE + "4# pause 3000",
    "answer 3 do wait 1 wait 1990# wait wait 4 wait pause 3000",
    "answer 1 do 11990#14#16 pause 3000",
)
# Keys as they must stand in the simulator's log where a promise was confirmed, and for how many days.
CONFIRMED = re.compile(r"11990#1(?:\d#2)*(\d)#1")
# Between that key and the 6: typed ahead, it says nothing; and a question that is asked again, for
# want of a key that was heard, has been silent first.  Who was asked nothing for so long, because
# his call stood before the daemon could know (its stick hung), presses all the same, and what he
# presses then answers other questions than he thinks.
TYPED_MS, THANKED_MS, UNASKED_MS = 500, 6000, 12000


class Cards:
    """The sticks' sound, to take it away."""

    def __init__(self, phones):
        self.maps = []
        for n in range(phones.count):
            with open(os.path.join(phones.cards, "card%d" % n), "r+b") as f:
                self.maps.append(mmap.mmap(f.fileno(), 0))

    def set(self, n, how):
        struct.pack_into("=I", self.maps[n], GONE, how)

    def back(self, n):
        if struct.unpack_from("=I", self.maps[n], GONE)[0] == MUTE:
            self.set(n, HERE)


class Trouble:
    def __init__(self, dice, phones, home):
        self.dice, self.phones, self.home = dice, phones, home
        self.cards = Cards(phones)
        self.rang = 0
        self.kinds = []
        self.daemon = self.serve()

    def serve(self):
        return self.home.serve("--at", NOON)

    def up(self):
        events = read_lines(self.phones.calls_log)
        ended = {e["call"] for e in events if e["event"] == "ended"}
        return {e["call"] for e in events if e["event"] in ("dialled", "rings")} - ended

    def restart(self):
        """What was up when it ended is hung up by the next."""
        before = self.up()
        self.daemon = self.serve()
        wait_until("calls of a daemon that is gone are hung up", lambda: not before & self.up())

    def happen(self):
        kind = self.dice.choice(("kill", "kill", "kill", "stop", "vanish", "drop", "mute", "unplug",
                                 "hang", "reboot", "rings"))
        stick = self.dice.randrange(STICKS)
        self.kinds.append(kind)
        if kind == "kill":
            self.daemon.kill()
            self.restart()
        elif kind == "stop":
            self.daemon.stop()
            self.restart()
        elif kind == "vanish":
            self.phones.tell("%d vanish %d" % (stick, self.dice.randrange(100, 2500)))
        elif kind == "hang":
            self.phones.tell("%d hang %d" % (stick, self.dice.randrange(200, 4000)))
        elif kind == "reboot":
            self.phones.tell("%d reboot" % stick)
        elif kind == "drop":
            self.phones.tell("%d drop" % stick)
        elif kind == "rings":
            who = number(FIRST_IN + self.rang % (FIRST_TEXT - FIRST_IN))
            self.rang += 1
            self.phones.tell("%d call %s %s" % (stick, who, self.dice.choice(PLANS)))
        else:
            self.cards.set(stick, MUTE if kind == "mute" else UNPLUGGED)
            time.sleep(self.dice.random() * 2)
            self.cards.set(stick, HERE)


def wait_for_call(phones, n):
    """One more than n were dialled by now."""
    wait_until("somebody is called", lambda: len(phones.events("dialled")) > n)
    return len(phones.events("dialled"))


def keys_of(events):
    """By call: its number, its keys, and when each was pressed."""
    calls = {}
    for e in events:
        call = calls.setdefault(e["call"], {"number": e["number"], "keys": "", "at": []})
        if e["event"] == "key":
            call["keys"] += e["key"]
            call["at"].append(e["at_ms"])
    return calls


def check_promises(home, events):
    """Returns the promises by account, and how many heard the thanks for sure."""
    promised = {p["account"]: p for p in home.list("promises")}
    mine, thanked = {}, 0
    for call in keys_of(events).values():
        found = CONFIRMED.match(call["keys"])
        if found is None:
            continue
        account = "A%d" % int(call["number"][-2:])
        mine.setdefault(account, set()).add(int(found.group(1)))
        at = found.end()
        if len(call["keys"]) > at and call["at"][0] < UNASKED_MS and \
                TYPED_MS < call["at"][at] - call["at"][at - 1] < THANKED_MS:
            thanked += 1
            check(account in promised, "thanked, and not kept:", call)
    for account, p in promised.items():
        check(account in mine, "nobody promised:", p)
        due = (datetime.date.fromisoformat(p["date"]) -
               datetime.date.fromisoformat(NOON[:10])).days
        check(due in mine[account], "another day than", mine[account], p)
    return promised, thanked


def check_texts(home, phones, promised):
    submits = phones.submits()
    check(not [s for s in submits if s["twice"]], "said twice")
    answers = {}
    for m in home.out():
        if m["class"] == "answer":
            answers.setdefault(m["account"], []).append(m)
    check(all(len(m) == 1 for a, m in answers.items() if int(a[1:]) < FIRST_IN),
          "more than one text of a call:", answers)
    silent = [a for a in promised if a not in answers]
    check(not silent, "promised, and no text says so:", silent)


def one_home(seed, moments):
    dice = random.Random(seed)
    phones = Phones("--seed", seed, "--profile", ",".join(dice.sample(PROFILES, STICKS)), "--boot",
                    100, "--drift", dice.choice((0, 10000)),
                    *(("--keep-calls",) if dice.random() < 0.3 else ()), count=STICKS)
    home = lender(phones, "    incoming: ask\n")
    script = SCRIPT
    for old, new in CHANGES.items():
        check(old in script, "nothing to change:", old)
        script = script.replace(old, new)
    home.put("scripts/ask.yaml", script)
    called = 2 * moments + 2 * STICKS
    home.accounts([borrower(n) for n in range(1, called + 1)] +
                  [borrower(n)[:3] + ("2026-08-20",) + borrower(n)[4:]
                   for n in range(FIRST_IN, FIRST_TEXT)] +
                  [borrower(n)[:3] + ("2026-09-01",) + borrower(n)[4:]
                   for n in range(FIRST_TEXT, FIRST_TEXT + TEXTS)], HEADER)
    for n in range(1, called + 1):
        plan = dice.choice(PLANS)
        if dice.random() < 0.25:
            plan = plan.replace(" do", " hangup %d do" % dice.randrange(2, 50), 1)
        phones.does(number(n), plan)
    home.through("2026-09-01T10:00", "2026-09-02T09:00", 20000)
    trouble = Trouble(dice, phones, home)
    dialled = 0
    try:
        for _ in range(moments):
            dialled = wait_for_call(phones, dialled)
            time.sleep(dice.random() * 5)
            trouble.happen()
        time.sleep(dice.random() * 5)
        trouble.daemon.stop()
        wait_until("a daemon that stops leaves no call", lambda: not trouble.up(), 1)
        # What the last calls owe goes out, and nobody else is called.
        home.put("campaigns/main.yaml", "steps:\n  - {day: 1, sms: reminder}\n")
        home.through(NOON, "2026-09-02T10:02", 20)
        judge(home, phones, trouble)
    except Failure:
        print("what happened:", " ".join(trouble.kinds), file=sys.stderr)
        raise
    phones.end()
    return trouble


def noise_of(home):
    """What stands in the daemon's log that the daemon did not say: libraries have nothing to say there."""
    with open(os.path.join(home.dir, "daemon.log"), errors="replace") as f:
        return [line for line in f if not re.match(r"\d{4}-\d\d-\d\dT", line)]


def judge(home, phones, trouble):
    events = read_lines(phones.calls_log)
    dialled = [e["number"] for e in events if e["event"] == "dialled"]
    check(len(dialled) == len(set(dialled)), "called twice:",
          {n for n in dialled if dialled.count(n) > 1})
    rows = [c for c in home.list("calls") if c["direction"] == "out"]
    begun = [c for c in rows if c["started_at"]]
    check(all(c["status"] == "over" for c in begun), "not over:",
          [c for c in begun if c["status"] != "over"])
    missing = set(dialled) - {c["to"] for c in begun}
    check(not missing, "dialled and not in the list:", missing)
    check(not trouble.up(), "still up:", trouble.up())
    stats = phones.stats()
    check(stats["calls_left"] == 0 and stats["double_dials"] == 0 and stats["texts_in_calls"] == 0,
          stats)
    check(not (noise := noise_of(home)), "not our words:", noise[:10])
    promised, trouble.thanked = check_promises(home, events)
    check_texts(home, phones, promised)
    home.whole()
    trouble.promised = len(promised)
    trouble.called = len(dialled)


total = calls = promises = thanked = 0
while total < MOMENTS:
    n = min(EACH, MOMENTS - total)
    with told("%d failures in calls, seed %d" % (n, SEED + total)):
        trouble = one_home(SEED + total, n)
        calls += trouble.called
        promises += trouble.promised
        thanked += trouble.thanked
    total += n
    for path in folders:
        if not os.environ.get("KEEP"):
            shutil.rmtree(path, ignore_errors=True)
print("%d failures, %d calls, %d promises, %d of them thanked for" % (
    total, calls, promises, thanked))
sys.exit(1 if failures else 0)
