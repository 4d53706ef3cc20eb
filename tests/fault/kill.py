"""kill -9 of the daemon under load: nothing doubled, nothing lost, nothing forgotten.

SEED begins the series, KILLS says how many in all (20).  Each home is killed five times.
"""
from lib import *

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", "1"))
EACH = 5
ACCOUNTS = 2500
REPLIERS = 400
LONG = "{{lender}}: {{name}}, {{amount}} is {{days_overdue}} days overdue. " + "Please pay. " * 20


def unknown_at_start(daemon):
    for line in daemon.said():
        if "unknown_after_crash" in line:
            return int(line.split("texts=")[1].split()[0])
    return 0


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


class Replies:
    """Texts from borrowers, each unlike any other, told to the operator bit by bit."""

    def __init__(self, sim):
        self.sim = sim
        self.n = 0

    def some(self, n):
        for _ in range(n):
            who = ACCOUNTS + 1 + self.n % REPLIERS
            self.sim.tell("mo 63917%07d 28550 question %d about my loan" % (who, self.n))
            self.n += 1


def settled(home):
    s = home.one("status")
    return s["queue"]["queued"] == 0 and s["queue"]["sending"] == 0


def taken_unknown(home, sim):
    time.sleep(1)
    taken = {s["user_message_reference"] for s in sim.submits()}
    return sum(m["status"] == "unknown" and reference(m) in taken for m in home.out())


def one_home(seed, kills, first):
    dice = random.Random(seed)
    window = dice.choice((100, 150, 200))
    sim = Sim("--seed", seed, "--answer-delay", dice.choice((20, 60, 120)),
              "--receipt-delay", dice.choice((1, 100, 600)),
              "--receipt-before-response", dice.choice(("0", "0.3")),
              "--response-order", dice.choice(("kept", "shuffle")),
              *(("--echo-reference",) if dice.random() < 0.5 else ()))
    home = Home(sim.port, route="    window: %d\n" % window)
    is_long = dice.random() < 0.4
    if is_long:
        home.put("templates/reminder.en.txt", LONG)
    home.accounts(crowd(ACCOUNTS, "2026-08-31") +
                  crowd(REPLIERS, "2026-12-31", first=ACCOUNTS + 1))
    replies = Replies(sim)
    done = unknown = 0
    for _ in range(kills):
        before = size(sim.log)
        daemon = home.serve("--at", "2026-09-01T10:00")
        found = unknown_at_start(daemon)
        check(found <= 2 * window, found, "unknown after one kill, window", window)
        unknown += found
        wait_until("texts go or all is over", lambda: size(sim.log) > before or settled(home))
        for _ in range(dice.randrange(1, 8)):
            replies.some(dice.randrange(20))
            time.sleep(dice.random() * 0.08)
        daemon.kill()
        done += 1
    daemon = home.serve("--at", "2026-09-01T10:00")
    found = unknown_at_start(daemon)
    check(found <= 2 * window, found, "unknown after one kill, window", window)
    replies.some(20)
    wait_until("the queue is empty", lambda: settled(home))
    wait_until("every receipt and reply was taken", lambda: sim.stats()["waiting"] == 0)
    if first and not is_long:
        wait_until("receipts tell what became of the unknown", lambda: taken_unknown(home, sim) == 0)
    daemon.stop()

    stats = sim.stats()
    check(stats["twice"] == 0, "the operator saw", stats["twice"], "texts twice")
    rows = check_said_once(home, sim.submits())
    texts = [m for m in home.out() if m["class"] == "campaign" and m["status"] != "planned"]
    odd = [m for m in home.out() if (m["class"] == "campaign") != (m["status"] in ACCEPTED)]
    check(len(texts) == ACCOUNTS and len(rows) == ACCOUNTS, len(texts), "texts,", len(rows),
          "of them taken, for", ACCOUNTS, "accounts; the odd ones:", odd[:3])
    taken = {s["user_message_reference"] for s in sim.submits()}
    for m in texts:
        check(m["status"] in ("delivered", "sent", "unknown"), "an odd end:", m)
        check(m["status"] == "unknown" or reference(m) in taken, "never said:", m)
    inbox = [i["text"] for i in home.list("inbox")]
    check(len(inbox) == len(set(inbox)), "a reply stands twice in the inbox")
    check(set(inbox) == {"question %d about my loan" % i for i in range(replies.n)},
          "replies in the inbox:", len(inbox), "of", replies.n)
    home.whole()
    sim.end()
    return done, unknown + found


total = fates = 0
while total < KILLS:
    seed = SEED + total
    kills = min(EACH, KILLS - total)
    with told("%d kills, seed %d" % (kills, seed)):
        n, unknown = one_home(seed, kills, total < 10)
    total += n
    fates += unknown
    for path in folders:
        if not os.environ.get("KEEP"):
            shutil.rmtree(path, ignore_errors=True)
print("%d kills, %d texts of unknown fate" % (total, fates))
