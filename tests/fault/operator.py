"""A day of the schedule's clock with an operator that does everything wrong, then a calm end.

The operator drops connections, stalls, throttles, answers twice and with foreign numbers, sends
broken PDUs, delivers copies, unbinds, reports early, late and in every dialect.  At the end nothing
waits, the books agree with the operator's own log, and nothing was said twice.
"""
from lib import *

SEED = int(os.environ.get("SEED", "1"))
ACCOUNTS = int(os.environ.get("ACCOUNTS", "1000"))
SPEED = 3000

CALM = ["drop 0", "stall 0", "throttle 0", "queue-full 0", "lie 0", "garbage 0", "duplicate 0",
        "unbind-every 0", "receipt-before-response 0",
        "refuse 0", "fail 0"]


def open_rows(home):
    return [m for m in home.out() if m["status"] in ("queued", "sending")]


with told("a day of trouble, seed %d" % SEED):
    sim = Sim("--seed", SEED, "--answer-delay", 15, "--response-order", "shuffle",
              "--receipts", "final", "--receipt-delay", 200, "--receipt-dialect", "mix",
              "--receipt-before-response", "0.2", "--multipart", "each", "--fail", "0.05",
              "--drop", "0.006", "--stall", "0.005", "--throttle", 100, "--queue-full", "0.03",
              "--refuse", "0.03", "--lie", "0.03", "--garbage", "0.04", "--duplicate", "0.2",
              "--unbind-every", 200,
              "--redeliver-after", 2000, "--population", "sample", "--reply-delay", 300,
              "--coalesce", 5, "--outbind", "--echo-reference")
    home = Home(sim.port, route="    window: 50\n")
    # Texts by the hundred: an answer that never comes holds the schedule's clock for a minute, as it
    # must, so that they had better be lost together.
    home.put("templates/reminder.en.txt",
             "{{lender}}: {{name}}, {{amount}} is {{days_overdue}} days overdue.{{note}}\n")
    for hour in (9, 15):
        home.put("campaigns/at%02d.yaml" % hour,
                 "select: {product: h%02d}\nat: \"%02d:00\"\nsteps:\n"
                 "  - {day: [1, 2], sms: reminder}\n" % (hour, hour))
    os.unlink(os.path.join(home.dir, "campaigns/main.yaml"))
    long = " Please call us or come to the office." * 5
    home.accounts([row + ("h%02d" % (15 if i % 3 == 0 else 9), long if i % 7 == 0 else " Thank you.")
                   for i, row in enumerate(crowd(ACCOUNTS, "2026-08-31"))],
                  "account_id,name,phone,due_date,amount_due,product,note")
    home.through("2026-09-01T07:30", "2026-09-01T20:30", speed=SPEED)
    sim.tell(*("set " + x for x in CALM))

with told("the operator calms down, what waited goes"):
    home.through("2026-09-01T20:30", "2026-09-03T07:00", speed=12000)
    daemon = home.serve("--at", "2026-09-03T07:00")
    wait_until("the operator has nothing left to deliver", lambda: sim.stats()["waiting"] == 0)
    wait_until("unknown texts are settled by their receipts", lambda: not [
        m for m in home.out() if m["status"] == "sending"])
    time.sleep(12)
    daemon.stop()
    check(not open_rows(home), "the queue is not empty:", open_rows(home)[:3])

with told("the books agree with the operator's log"):
    stats = sim.stats()
    check(stats["twice"] == 0, "said twice:", stats["twice"])
    submits = sim.submits()
    rows = check_said_once(home, submits)
    check(stats["dropped"] > 0 and stats["lies"] > 0 and stats["garbage"] > 0 and
          stats["unbinds"] > 0 and stats["throttled"] + stats["queue_full"] > 0, "the operator was too tame:", stats)
    parts = {}
    for s in submits:
        parts.setdefault(s["user_message_reference"], set()).add(s["n"])
    told_of = {s["user_message_reference"] for s in submits if s["answered"]}
    counts = {}
    for ref, m in rows.items():
        counts[m["status"]] = counts.get(m["status"], 0) + 1
        had = len(parts.get(ref, ()))
        if m["status"] in ("sent", "delivered"):
            check(had == m["segments"], "only", had, "parts of it were taken:", m)
        if m["status"] == "unknown":
            check(had == 0 or ref not in told_of or m["segments"] > 1 or stats["lies"] > 0,
                  "its answer came and it is unknown:", m)
    for m in home.out():
        check(m["status"] not in ("queued", "sending"), "left behind:", m)
        if m["class"] == "campaign" and m["status"] in ACCEPTED:
            check("08:00" <= m["sent_at"][11:16] <= "20:00" if m["sent_at"] else True,
                  "at a wrong hour:", m)
    per_account = {}
    for m in home.out():
        if m["class"] == "campaign" and m["status"] in ACCEPTED:
            key = (m["account"], m["due_date"], m["step"])
            check(key not in per_account, "the same step twice:", m)
            per_account[key] = m
    inbox = home.list("inbox")
    check(stats["replies"] > 0 and len(inbox) > 0, "nobody answered")
    home.whole()
    print("   ", counts, {k: stats[k] for k in (
        "accepted", "refused", "throttled", "queue_full", "dropped", "stalled", "lies", "garbage",
        "lost_sessions", "unbinds", "redelivered", "replies", "twice")})
    sim.end()
