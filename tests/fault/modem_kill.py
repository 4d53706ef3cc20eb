"""Sticks and daemon fail at random moments: nothing doubled, nothing lost, `unknown` at most one a stick
and failure.

SEED begins the series, MOMENTS says how many failures in all (20).  Each home lives through ten.
"""
from sticks import *

MOMENTS = int(os.environ.get("MOMENTS", "20"))
SEED = int(os.environ.get("SEED", "1"))
EACH = 10
STICKS = 3
ACCOUNTS = 240
ENDS = ("delivered", "sent", "unknown", "failed", "expired")
PROFILES = ("generic", "quectel", "zte", "simcom7600", "ublox", "telit")


def ended(home):
    return [m for m in home.out() if m["class"] == "campaign" and m["status"] in ENDS]


class Trouble:
    def __init__(self, dice, sticks, home):
        self.dice, self.sticks, self.home = dice, sticks, home
        self.may = 0  # texts that may be unknown by now
        self.replies = 0
        self.daemon = self.serve()

    def serve(self):
        return self.home.serve("--at", "2026-09-01T10:00")

    def happen(self):
        kind = self.dice.choice(("kill", "vanish", "hang", "crash", "stop", "deaf"))
        stick = self.dice.randrange(STICKS)
        if kind == "kill":
            self.daemon.kill()
            self.may += STICKS
            self.daemon = self.serve()
        elif kind == "stop":
            self.daemon.stop()
            self.daemon = self.serve()
        elif kind == "vanish":
            self.may += 1
            self.sticks.tell("%d vanish %d" % (stick, self.dice.randrange(100, 2500)))
        elif kind == "hang":
            self.may += 1  # where the daemon is stopped, or the stick fails, before it answers
            self.sticks.tell("%d hang %d" % (stick, self.dice.randrange(200, 6000)))
        elif kind == "crash":
            self.may += 1
            self.sticks.tell("%d reboot" % stick)
        else:
            self.sticks.tell("%d register searching" % stick)
            time.sleep(self.dice.random())
            self.sticks.tell("%d register home" % stick)
        return kind

    def write(self):
        who = ACCOUNTS + 1 + self.replies
        self.sticks.tell("%d incoming +63917%07d question %d about my loan" % (
            self.dice.randrange(STICKS), who, self.replies))
        self.replies += 1


def one_home(seed, moments):
    dice = random.Random(seed)
    sticks = Sticks("--seed", seed, "--profile", ",".join(dice.sample(PROFILES, STICKS)),
                    "--noise", dice.choice(("0", "0.2")), "--report-twice", "0.1",
                    "--report-early", "0.1", "--boot", 100,
                    *(("--renumber",) if dice.random() < 0.5 else ()),
                    *(("--cut",) if dice.random() < 0.5 else ()), count=STICKS)
    ports = [sticks.port(n) for n in range(3 * STICKS)]
    home = Home(routes=sticks.route(ports=ports,
                                    more="    per_hour: 3600\n    per_day: 9999\n    sim_wait: 0\n"))
    is_long = dice.random() < 0.3
    if is_long:
        home.put("templates/reminder.en.txt", "{{lender}}: {{name}} " + "please pay. " * 20)
    home.accounts(crowd(ACCOUNTS, "2026-08-31") +
                  crowd(moments, "2026-12-31", first=ACCOUNTS + 1))
    trouble = Trouble(dice, sticks, home)
    for _ in range(moments):
        before = len(sticks.submits())
        wait_until("texts go, or all went", lambda: len(sticks.submits()) > before or
                   len(ended(home)) == ACCOUNTS)
        time.sleep(dice.random() * 0.3)
        trouble.write()
        trouble.happen()
    wait_until("every text has an end", lambda: len(ended(home)) == ACCOUNTS, 240)
    wait_until("every reply was taken",
               lambda: len(home.list("inbox")) == trouble.replies, 150)
    trouble.daemon.stop()

    submits = sticks.submits()
    twice = [s for s in submits if s["twice"]]
    check(not twice, "said twice:", twice[:2])
    whole = {}
    for s in submits:
        whole.setdefault(s["to"], []).append(s["n"])
    check(all(len(n) == len(set(n)) for n in whole.values()), "a part went twice")
    rows = ended(home)
    unknown = [m for m in rows if m["status"] == "unknown"]
    for m in rows:
        check(m["status"] in ("delivered", "sent", "unknown"), "an odd end:", m)
        check(m["status"] == "unknown" or m["to"].lstrip("+") in whole, "never said:", m)
    check(len(unknown) <= trouble.may, len(unknown), "unknown of", trouble.may)
    inbox = [i["text"] for i in home.list("inbox")]
    check(len(inbox) == len(set(inbox)), "a reply stands twice in the inbox")
    check(sticks.stats()["malformed"] == 0, sticks.stats())
    home.whole()
    sticks.end()
    return len(unknown)


total = fates = 0
while total < MOMENTS:
    n = min(EACH, MOMENTS - total)
    with told("%d failures, seed %d" % (n, SEED + total)):
        fates += one_home(SEED + total, n) or 0
    total += n
    for path in folders:
        if not os.environ.get("KEEP"):
            shutil.rmtree(path, ignore_errors=True)
print("%d failures, %d texts of unknown fate" % (total, fates))
