"""Contact rules of places and of the lender's own, asked of the whole program: presets, what narrows
and widens them, holidays, several zones, and how an owner sees all that."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

ONE = [("A1", "Ana", "+639170000001", "2026-08-31", "1500.00")]  # a Monday
HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260908
SUMMARY:A day off
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20261208
SUMMARY:Another
END:VEVENT
END:VCALENDAR
"""


def make(policy, days, rows=ONE, header="account_id,name,phone,due_date,amount_due", **more):
    home = Home(more="policy:\n  " + "\n  ".join(policy) + "\n", **more)
    home.put("holidays/x.ics", HOLIDAYS)
    home.put("campaigns/main.yaml", "steps:\n  - {day: %s, sms: reminder}\n" % days)
    home.accounts(rows, header)
    home.through("2026-08-31T00:00", "2026-08-31T01:00")
    return home


def planned(home, on, days):
    return {(r["day"], r["decision"]): r for r in home.list("plan", "--on", on, "--days", str(days))}


with told("a country's hours, its holidays, and the rule that says so"):
    home = make(["preset: id", "holidays: [holidays/x.ics]"], "[6, 8]")
    plan = planned(home, "2026-09-06", 5)
    sunday, holiday = plan[6, "defer"], plan[8, "defer"]
    check((sunday["reason"], sunday["rule"]) == ("window", "id.window"), sunday)
    check(sunday["at"] == "2026-09-07T10:00:00+08:00", "not on Monday at ten:", sunday)
    check((holiday["reason"], holiday["rule"]) == ("holiday", "id.holiday"), holiday)
    check(holiday["at"] == "2026-09-09T10:00:00+08:00", "not the day after:", holiday)
    home.through("2026-09-05T00:00", "2026-09-10T00:00")
    sent = sorted(m["sent_at"][:10] for m in home.out() if m["status"] == "sent")
    check(sent == ["2026-09-07", "2026-09-09"], sent)
    version = home.one("policy")["version"]
    chosen = home.one("account", ONE[0][0])["decisions"]
    for step, rule in (("+6/sms", "id.window"), ("+8/sms", "id.holiday")):
        check([d["policy"] for d in chosen if d["step"] == step and d["decision"] == "defer"
               and d["rule"] == rule] == [version], "why", step, "waited is not on record", chosen)
    check(len([e for e in home.list("events") if version in json.dumps(e)]) >= 2,
          "the policy's version is not on record")

with told("two texts a week move the twenty-seventh and the thirtieth day"):
    home = make(["caps: {sms: 2/7d per person}"], "[1, 7, 15, 21, 24, 27, 30]")
    plan = planned(home, "2026-08-31", 32)
    moved = {day: r for (day, decision), r in plan.items() if decision == "defer"}
    check(sorted(moved) == [27, 30], moved)
    for r, day in ((moved[27], "2026-09-28"), (moved[30], "2026-10-01")):
        check((r["reason"], r["rule"]) == ("cap", "lender.sms.2/7d"), r)
        check(r["at"][:10] == day, "not moved to", day, r)

with told("a gap between two texts, in hours"):
    home = make(["preset: cl", "holidays: [holidays/x.ics]"], "[2, 3]")
    r = planned(home, "2026-08-31", 6)[3, "defer"]
    check((r["reason"], r["rule"]) == ("gap", "cl.gap.sms.48h"), r)
    check(r["at"] == "2026-09-04T10:00:00+08:00", r)
    home.through("2026-09-01T00:00", "2026-09-04T20:00")
    sent = sorted((m for m in home.out() if m["status"] == "sent"), key=lambda m: m["sent_at"])
    check(len(sent) == 2 and went_at(sent[0], "2026-09-02T10:00") and
          went_at(sent[1], sent[1]["at"][:19]) and
          "2026-09-04T10:00" <= sent[1]["at"][:16] <= "2026-09-04T18:00", sent)

with told("where a borrower may be in two zones both must be open"):
    home = make(["preset: base"], "1", [ONE[0] + ("Asia/Manila; Europe/Berlin",)],
                "account_id,name,phone,due_date,amount_due,timezone")
    home.through("2026-08-31T12:00", "2026-09-01T23:00")
    m = next(m for m in home.out())
    check(m["status"] == "sent" and went_at(m, "2026-09-01T14:00"), "not at eight in Berlin:", m)

with told("calls wait for a first text, and only one channel goes in a week"):
    home = make(["preset: co", "holidays: [holidays/x.ics]"], "3")
    home.put("scripts/ring.yaml", "start: bye\ntrouble: bye\nsteps: {bye: {end: true}}\n")
    home.put("campaigns/main.yaml", "steps:\n  - {day: [1, 4], call: ring}\n"
             "  - {day: 3, sms: reminder}\n")
    plan = home.list("plan", "--on", "2026-09-01", "--days", "9")
    first = next(r for r in plan if r["step"] == "+1/call")
    check((first["decision"], first["reason"], first["rule"]) ==
          ("skip", "first_touch", "base.first_touch"), first)
    later = next(r for r in plan if r["step"] == "+4/call")
    check(later["at"][:10] == "2026-09-07", "not on the next Monday:", later)

with told("wider than the rules: an error, or a reason that shows everywhere"):
    wide = "windows: {sms: {mon-fri: \"07:00-20:00\"}}"
    home = Home(more="policy:\n  %s\n" % wide)
    home.run("check", status=1)
    check("base.window allows 08:00-20:00" in home.stderr and "dunlin.yaml:9:" in home.stderr,
          home.stderr)
    home.edit(wide, wide + "\n  override_reason: consent by contract")
    home.run("check")
    check("warning" in home.stderr and "consent by contract" in home.stderr, home.stderr)
    said = "windows sms mon-fri 07:00-20:00 (base.window allows 08:00-20:00)"
    for command in ("status", "policy"):
        check(said in home.run(command), command, "does not say what is wider")
    check(home.one("policy")["widened"] == [said], home.one("policy"))
    check(home.one("status")["policy"]["override_reason"] == "consent by contract",
          home.one("status"))

with told("a preset of the lender's own, and every one known"):
    home = Home(more="policy: {preset: mine, holidays: [holidays/x.ics]}\n")
    home.put("holidays/x.ics", HOLIDAYS)
    home.put("presets/mine.yaml", "inherits: [in]\nplace: Our branches in Goa\n"
             "reviewed: 2024-01-01\ncaps: {sms: 1/7d}\n")
    home.run("check")
    check("2024-01-01" in home.stderr, "an old review is not told:", home.stderr)
    policy = home.one("policy")
    check([p["name"] for p in policy["presets"]] == ["base", "in", "mine"], policy["presets"])
    rules = {r["rule"]: r for r in policy["rules"]}
    check(rules["mine.sms.1/7d"]["n"] == 1 and rules["mine.sms.1/7d"]["per"] == "person", rules)
    known = home.list("policy", "--list")
    check(len(known) == 27 and all(p["source"] for p in known if not p["own"]), known)
    check({p["name"] for p in known if p["in_force"]} == {"base", "in", "mine"}, known)
    home.put("presets/mine.yaml", "inherits: [in]\ncaps: {sms: 1 a week}\n")
    home.run("check", status=1)
    check("presets/mine.yaml:2:" in home.stderr and "^" in home.stderr, home.stderr)
sys.exit(1 if failures else 0)
