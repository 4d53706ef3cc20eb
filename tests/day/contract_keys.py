"""What the contract names: keys and types of every list, and how a test asks for them."""
import contextlib
import datetime
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$")
DATE = re.compile(r"\d{4}-\d\d-\d\d$")
STEP = re.compile(r"(\+|-)\d+/(sms|call|task)$")
KINDS = {
    "i": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "s": lambda v: isinstance(v, str) and v != "",
    "b": lambda v: isinstance(v, bool),
    "t": lambda v: isinstance(v, str) and TIME.match(v),
    "d": lambda v: isinstance(v, str) and DATE.match(v),
    "p": lambda v: isinstance(v, str) and STEP.match(v),
    "c": lambda v: isinstance(v, str) and re.match(r"[A-Z]{3}$", v),
    "l": lambda v: isinstance(v, list),
    "o": lambda v: isinstance(v, dict),
    "r": lambda v: v in REASONS,
}
# key:KIND, with ? where null may stand
ROWS = {
    "plan": "key:s account:s name:s due_date:d day:i campaign:s step:p channel:s template:s? "
            "language:s to:s? at:t? text:s? segments:i? encoding:s? price_minor:i? route:s? "
            "decision:s reason:r? rule:s?",
    "messages": "id:i account:s? due_date:d? campaign:s? step:p? class:s? direction:s channel:s "
                "to:s? from:s? text:s? route:s? status:s reason:r? segments:i? parts:l "
                "created_at:t sent_at:t? done_at:t?",
    "inbox": "id:i account:s? from:s text:s received_at:t intent:s? language:s? promise_date:d? "
             "amount_minor:i? currency:c? handled:b",
    "promises": "id:i account:s date:d amount_minor:i? currency:c source:s status:s",
    "tasks": "id:i account:s? kind:s due:d? reason:s? status:s",
    "accounts": "account:s name:s person:s? phone:s? language:s timezone:s product:s? segment:s? "
                "risk:s? cause:s? dpd:i? arrears_minor:i balance_minor:i currency:c next_step:p? "
                "next_at:t? next_reason:r? holds:l opted_out:b",
    "imports": "id:i kind:s file:s at:t by:s taken:i known:i refused:i closed:i undone:b",
    "routes": "name:s type:s state:s since:t? reason:s? queue:i in_flight:i sent_today:i "
              "failed_today:i rate:i price_minor:i? learned:s?",
    "events": "seq:i at:t kind:s actor:s? account:s? message:i? data:o hash:s",
    "reply-explain": "intent:s promise_date:d? amount_minor:i? currency:c? language:s? cues:l",
    "template preview": "template:s language:s text:s encoding:s segments:i units:i left:i "
                        "price_minor:i? costly:l",
    "account": "account:o amounts:l payments:l messages:l calls:l inbox:l promises:l holds:l "
               "tasks:l decisions:l",
    "amounts": "due_date:d billed_minor:i left_minor:i",
    "holds": "reason:s from:t until:d? by:s",
    "decisions": "at:t step:p decision:s reason:r? rule:s? policy:s",
    "parts": "n:i status:s smsc_id:s? done_at:t?",
    "costly": "char:s instead:s?",
    "status": "now:t live:b paused:b clock:o routes:l modems:l queue:o today:o needs:o",
    "reasons": "reason:s text:s",
}
STATUSES = {"planned", "queued", "sending", "sent", "delivered", "failed", "expired", "unknown",
            "cancelled", "skipped", "received"}
REASONS = {json.loads(line)["reason"] for line in subprocess.run(
    [DUNLIN, "help", "reasons", "--json"], capture_output=True, text=True,
    check=True).stdout.splitlines()}
wanted = []


def want(condition, *what):
    """As check, but the group goes on, so that one run shows all that deviates."""
    if not condition:
        wanted.append(" ".join(str(w) for w in what)[:1500])


@contextlib.contextmanager
def group(what):
    """told, and everything that was wanted in it."""
    with told(what):
        del wanted[:]
        yield
        check(not wanted, "\n  ".join(["%d deviations" % len(wanted)] + wanted))


def has_keys(kind, rows, at_least=1):
    check(len(rows) >= at_least, kind, "shows", len(rows), "rows")
    for row in rows:
        for word in ROWS[kind].split():
            key, type_ = word.split(":")
            if key not in row:
                want(False, kind, "has no", key, row)
                return
            if row[key] is None:
                want(type_.endswith("?"), kind, key, "is null in", row)
            else:
                want(KINDS[type_[0]](row[key]), kind, key, "is", repr(row[key]), "in", row)
    return rows


def says(home, status, words, *args):
    """A refusal: its status, and what it says on standard error alone."""
    out = home.run(*args, status=None)
    want(home.status == status, args, "exits", home.status, "and not", status, out, home.stderr)
    for word in [words] if isinstance(words, str) else words:
        want(word.lower() in home.stderr.lower(), args, "does not say", repr(word), "but",
             home.stderr)
    return home.stderr


def takes(home, kind, text, *options, status=0, encoding="utf-8", name="in.csv"):
    path = os.path.join(home.dir, name)
    with open(path, "wb") as f:
        f.write(text.encode(encoding) if isinstance(text, str) else text)
    out = home.run("import", kind, path, *options, status=None)
    want(status is None or home.status == status, "import exits", home.status, "and not", status,
         ":", out, home.stderr, text[:300])
    return out + home.stderr


def balance(home, account):
    return home.one("accounts", "--account", account)["balance_minor"]


ONE = [("A1", "Ana", "+639170000001", "2026-08-31", "1500.00")]
HEAD = "account_id,name,phone,due_date,amount_due"


STEPS = ("steps:\n  - {day: -3, sms: soon}\n  - {day: [0, 1, 7, 15, 21], sms: reminder}\n"
         "  - {day: 24, task: manual call, sms: reminder}\nat: \"10:00\"\n")


def campaign(home, text=STEPS):
    home.put("campaigns/main.yaml", text)
    home.put("templates/soon.en.txt", "{{lender}}: {{amount}} is due on {{due_date}}.\n")
    home.put("templates/reminder.en.txt",
             "{{! class: remind; replies: yes }}{{lender}}: {{name}}, {{amount}}, oldest "
             "{{amount_oldest}}, all {{balance}}, {{days_overdue}} days since {{due_date}}. "
             "{{contact}}\n")
    return home


def plan(home, day, *more):
    return home.list("plan", "--on", day, *more)

def through(home, at, until):
    """A stall of half a second must not carry a text over the end of its day."""
    home.through(at, until, speed=50000)


def near(text, local):
    """Is an RFC 3339 time soon after a local one?  At 100,000 times the true pace a hundredth of a
    second is a quarter of an hour, and machines are busy at times."""
    late = datetime.datetime.fromisoformat(text[:19]) - datetime.datetime.fromisoformat(local)
    return datetime.timedelta(0) <= late < datetime.timedelta(minutes=100)


def crowd_of(n, due, amount="1500.00"):
    return [("A%d" % i, "Ana", "+6391700000%02d" % i, due, amount) for i in range(1, n + 1)]


def answers(home, account):
    """What was answered to a borrower, newest first."""
    return [m["text"] for m in home.out("--account", account) if m["class"] == "answer"]
