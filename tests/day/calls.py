"""Keypad calls as people meet them: promises, silence, wrong numbers, a daemon that is killed."""
import hashlib
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from phones import *  # noqa: E402


def story(home, call):
    return next(e["data"]["story"] for e in home.list("events")
                if e["kind"] == "call_ended" and e["data"]["call"] == call["id"])


YES = "answer 1 do wait 1 wait 1990# wait wait "

with told("promises by keys: stored, confirmed by a text, reminded of, kept and broken"):
    phones = Phones()
    home = lender(phones)
    home.accounts([borrower(1), borrower(2), borrower(3), borrower(4), borrower(5, "")], HEADER)
    phones.does(number(1), YES + "1 wait 4# wait 1 wait")
    phones.does(number(2), YES + "1 wait 4# wait 2 wait 6# wait 1 hangup")
    phones.does(number(3), "answer 1 do wait 9 wait")
    phones.does(number(4), "answer 1 do wait 1 wait 0000 wait 1234 wait")
    home.through("2026-09-01T10:00", "2026-09-03T12:00", 20000)
    calls = {c["account"]: c for c in home.list("calls")}
    check(calls["A1"]["outcome"] == "right_party", calls["A1"])
    check(calls["A1"]["keys"] == "1????#14#1", "keys:", calls["A1"]["keys"])
    check(calls["A1"]["promise_date"] == "2026-09-06", calls["A1"])
    check(calls["A2"]["promise_date"] == "2026-09-08", calls["A2"])
    check(calls["A3"]["outcome"] == "unverified" and calls["A3"]["keys"] == "9", calls["A3"])
    check(calls["A4"]["outcome"] == "unverified", calls["A4"])
    check(calls["A5"]["started_at"] is None and calls["A5"]["reason"] == "no_check", calls["A5"])
    check("debt" not in story(home, calls["A4"]), "a stranger heard of a debt")
    check("1990" not in home.run("events", "--json") + home.run("calls", "--json"), "check digits")
    promises = {p["account"]: p for p in home.list("promises")}
    check(len(promises) == 2 and all(p["source"] == "call" for p in promises.values()), promises)
    receipts = [m for m in home.out() if m["class"] == "answer"]
    check(sorted(m["account"] for m in receipts) == ["A1", "A2"], receipts)
    check(all(m["status"] == "delivered" and "Noted" in m["text"] for m in receipts), receipts)
    ended = {c["account"]: c["ended_at"] for c in calls.values()}
    check(all(m["created_at"] >= ended[m["account"]] for m in receipts), "before the call was over")
    check(home.one("account", "A3")["account"]["opted_out"], "9 was not heard")
    home.payments([("A1", "2026-09-05", "1500.00", "r1")])
    home.put("campaigns/main.yaml", "steps:\n  - {day: 1, sms: reminder}\n"
             "  - {day: 2, call: ask}\n  - {day: 14, sms: reminder}\n")
    home.through("2026-09-03T12:00", "2026-09-16", 60000)
    promises = {p["account"]: p["status"] for p in home.list("promises")}
    check(promises == {"A1": "kept", "A2": "broken"}, promises)
    on_the_day = [m for m in home.out("--account", "A2") if m["sent_at"] and
                  m["sent_at"].startswith("2026-09-08")]
    check(len(on_the_day) == 1, "not reminded:", on_the_day)
    later = [m["account"] for m in home.out() if m["step"] == "+14/sms" and m["sent_at"]]
    check("A3" not in later and "A2" in later, "texts after STOP, or none at all:", later)
    check(len([c for c in home.list("calls") if c["account"] in ("A1", "A2") and
               c["started_at"]]) == 2, "called again")
    home.whole()
    phones.end()

with told("the same over ttys, by three makers' sticks"):
    phones = Phones("--profile", "quectel,huawei,simcom7600", count=3, audio="tty")
    home = lender(phones)
    home.accounts([borrower(n) for n in range(1, 7)], HEADER)
    for n in range(1, 7):
        phones.does(number(n), YES + "1 wait %d# wait 1 wait" % n)
    home.through("2026-09-01T10:00", "2026-09-03T08:00", 20000)
    calls = home.list("calls")
    check([c["outcome"] for c in calls] == ["right_party"] * 6, calls)
    promises = {p["account"]: (p["status"], p["date"]) for p in home.list("promises")}
    check(promises == {"A%d" % n: ("open", "2026-09-%02d" % (2 + n)) for n in range(1, 7)}, promises)
    receipts = [m["account"] for m in home.out() if m["class"] == "answer"]
    check(sorted(receipts) == sorted(promises), "receipts:", receipts)
    check(len({e["modem"] for e in phones.events("answered")}) == 3, "not by each of them")
    check(all(e["sounded"] and e["by"] == "us" for e in phones.events("ended")),
          phones.events("ended"))
    home.whole()
    phones.end()

with told("what else keys say: paid, illness, dispute with a message, details, a person, not me"):
    phones = Phones()
    home = lender(phones, more="    record: {en: \"This call is recorded.\"}\n")
    home.accounts([borrower(n) for n in range(1, 7)], HEADER)
    phones.does(number(1), YES + "3 wait")
    phones.does(number(2), YES + "4 wait")
    phones.does(number(3), YES + "5 wait talk 4 1 wait")
    phones.does(number(4), YES + "6 wait")
    phones.does(number(5), YES + "0 wait")
    phones.does(number(6), "answer 1 do wait 3 wait")
    home.through("2026-09-01T10:00", "2026-09-03T12:00", 20000)
    calls = {c["account"]: c for c in home.list("calls")}
    check({a: c["outcome"] for a, c in calls.items()} ==
          {**{"A%d" % n: "right_party" for n in range(1, 6)}, "A6": "wrong_party"}, calls)
    holds = {n: {h["reason"] for h in home.one("account", "A%d" % n)["holds"]} for n in range(1, 5)}
    check(holds == {1: {"claims_paid"}, 2: {"hardship"}, 3: {"dispute"}, 4: set()}, holds)
    check(home.one("account", "A2")["account"]["cause"] == "illness", "no cause")
    tasks = {(t["account"], t["reason"]) for t in home.list("tasks")}
    check({("A3", "left_in_call"), ("A5", "asked_in_call"), ("A6", "wrong_number")} <= tasks, tasks)
    details = [m for m in home.out("--account", "A4") if m["class"] == "answer"]
    check(len(details) == 1 and "1,500" in details[0]["text"], details)
    left = calls["A3"]["message"]
    check(left, "no message was kept:", calls["A3"])
    of_task = {t["reason"]: t["message"] for t in home.list("tasks", "--account", "A3")}
    check(of_task == {"dispute": left, "left_in_call": left}, "whom to listen to:", of_task)
    check(all(t["message"] is None for t in home.list("tasks", "--account", "A5")), "not left by A5")
    check(left[:14] + "*.wav" in home.run("tasks"), home.run("tasks"))
    check(left in home.run("tasks", "--csv"), home.run("tasks", "--csv"))
    check("they left a message: " + left in home.run("account", "A3"), home.run("account", "A3"))
    for call in calls.values():
        for path in filter(None, [call["recording"], call["message"]]):
            with open(os.path.join(home.dir, path), "rb") as f:
                digest = hashlib.blake2b(f.read(), digest_size=32).hexdigest()
            check(path == "calls/%s.wav" % digest, path, "is not its hash")
    check(all(c["recording"] for c in calls.values()), "not recorded")
    zip_path = os.path.join(home.dir, "A3.zip")
    home.run("evidence", "A3", "-o", zip_path)
    names = zipfile.ZipFile(zip_path).namelist()
    check(calls["A3"]["recording"] in names and calls["A3"]["message"] in names, names)
    where = folder()
    zipfile.ZipFile(zip_path).extractall(where)
    subprocess.run([sys.executable, os.path.join(where, "check.py")], check=True,
                   stdout=subprocess.DEVNULL)
    with open(os.path.join(where, calls["A3"]["message"]), "ab") as f:
        f.write(b"x")
    check(subprocess.run([sys.executable, os.path.join(where, "check.py")],
                         stdout=subprocess.DEVNULL).returncode == 1, "a forged message passed")
    home.whole()
    phones.end()

with told("busy and silence are tried again as the rules allow; outcomes are kept apart"):
    phones = Phones("--callers", os.devnull)
    home = lender(phones)
    words = {1: "busy", 2: "no-answer", 3: "reject", 4: "unreachable", 5: "network",
             6: "silent", 7: "machine", 8: "invalid"}
    home.accounts([borrower(n) for n in words], HEADER)
    for n, what in words.items():
        phones.does(number(n), what)
    home.through("2026-09-01T10:00", "2026-09-02T13:00", 5000)
    first = {c["account"]: c for c in home.list("calls") if c["try"] == 1}
    check({a: c["outcome"] for a, c in first.items()} == {
        "A1": "busy", "A2": "no_answer", "A3": "rejected", "A4": "unreachable", "A5": "network",
        "A6": "no_input", "A7": "machine", "A8": "invalid"}, first)
    check(all(c["cause"] for c in first.values()), "a cause is missing")
    again = {c["account"]: c for c in home.list("calls") if c["try"] == 2}
    check(set(again) == set(first), "not tried again:", set(first) - set(again))
    check(again["A8"]["reason"] == "barred", "a number that does not exist is used:", again["A8"])
    phones.does(number(1), YES + "1 wait 4# wait 1 wait")
    home.through("2026-09-02T13:00", "2026-09-02T19:00", 5000)
    done = next(c for c in home.list("calls", "--account", "A1") if c["try"] == 2)
    check(done["outcome"] == "right_party", done)
    gap = datetime.datetime.fromisoformat(done["started_at"]) - \
        datetime.datetime.fromisoformat(first["A1"]["started_at"])
    check(gap >= datetime.timedelta(hours=4), "sooner than the rules allow:", gap)
    home.whole()
    phones.end()

with told("killed in a call: no stuck call, no lost promise, none invented, nobody called twice"):
    phones = Phones(count=1)
    home = lender(phones)
    home.accounts([borrower(1), borrower(2)], HEADER)
    phones.does(number(1), YES + "1 wait 4# wait 1 pause 600")
    phones.does(number(2), YES + "1 wait 4# pause 600")
    home.through("2026-09-01T10:00", "2026-09-02T09:00", 20000)
    daemon = home.serve("--at", "2026-09-02T10:00")
    wait_until("the first has promised", lambda: home.list("promises"))
    for n in (1, 2):
        daemon.kill()
        check(len([c for c in home.list("calls") if c["status"] == "calling"]) == 1, "not in a call")
        daemon = home.serve("--at", "2026-09-02T10:00")
        wait_until("the stick hangs up", lambda: len(phones.events("ended")) == n)
        if n == 1:
            wait_until("the second is asked to confirm", lambda: any(
                e["key"] == "#" and e["number"] == number(2) for e in phones.events("key")
                if e["at_ms"] > 12000))
            time.sleep(0.3)
    daemon.stop()
    calls = [c for c in home.list("calls") if c["started_at"]]
    check([c["outcome"] for c in calls] == ["modem_lost", "modem_lost"], calls)
    check(len(phones.events("dialled")) == 2, "called again:", phones.events("dialled"))
    promises = home.list("promises")
    check([p["account"] for p in promises] == ["A1"] and promises[0]["status"] == "open", promises)
    home.whole()
    phones.end()

with told("stopped in a call: it is hung up, and what was confirmed stays"):
    phones = Phones()
    home = lender(phones)
    home.accounts([borrower(1)], HEADER)
    phones.does(number(1), YES + "1 wait 4# wait 1 pause 600")
    home.through("2026-09-01T10:00", "2026-09-02T09:00", 20000)
    daemon = home.serve("--at", "2026-09-02T10:00")
    wait_until("it is promised", lambda: len(home.list("promises")) == 1)
    daemon.stop()
    check(len(phones.events("ended")) == 1, "left in a call")
    check(home.one("calls")["outcome"] == "right_party", home.one("calls"))
    check(home.one("promises")["status"] == "open", home.one("promises"))
    phones.end()

with told("who calls back is asked the same; who is not known hears no name and no debt"):
    phones = Phones()
    home = lender(phones, more="    incoming: ask\n")
    home.accounts([borrower(1)], HEADER)
    daemon = home.serve("--at", "2026-09-01T10:00")
    ready(home)
    phones.tell("0 call %s answer 1 do wait 1 wait 1990# wait wait 1 wait 5# wait 1 wait" % number(1))
    wait_until("they promise", lambda: home.list("promises"))
    came = lambda: [c for c in home.list("calls") if c["direction"] == "in"]  # noqa: E731
    over = lambda n: len(came()) == n and came()[0]["status"] == "over"  # noqa: E731
    wait_until("it is over", lambda: over(1))
    call = came()[0]
    check(call["direction"] == "in" and call["from"] == number(1), call)
    check(call["outcome"] == "right_party" and call["promise_date"] == "2026-09-06", call)
    phones.tell("0 call +639179999999 answer 1 do wait 1 wait 1990# wait")
    wait_until("a stranger is heard", lambda: over(2))
    call = came()[0]
    check(call["account"] is None and call["outcome"] in ("unverified", "no_input"), call)
    phones.tell("0 call withheld answer 1 do wait")
    wait_until("nobody in particular is heard", lambda: over(3))
    check(came()[0]["from"] is None, came()[0])
    daemon.stop()
    home.whole()
    phones.end()

with told("dunlin call: under the policy, and never without check digits"):
    phones = Phones()
    home = lender(phones, steps="  - {day: 1, sms: reminder}\n")
    home.accounts([borrower(1), borrower(2, "")], HEADER)
    phones.does(number(1), YES + "6 wait")
    daemon = home.serve("--at", "2026-08-31T10:00")
    home.run("call", "--account", "A1", "--script", "ask", status=1)
    check("first_touch" in home.stderr, home.stderr)
    daemon.stop()
    home.run("call", "--account", "A1", "--script", "ask", status=3)
    home.through("2026-09-01T10:00", "2026-09-01T21:00", 20000)
    home.run("call", "--account", "A1", "--script", "none", status=1)
    home.run("call", "--account", "A2", "--script", "ask", status=1)
    check("no_check" in home.stderr, home.stderr)
    daemon = home.serve("--at", "2026-09-01T21:00")
    home.run("call", "--account", "A1", "--script", "ask", status=1)
    check("window" in home.stderr and "2026-09-02 08:00" in home.stderr, home.stderr)
    home.run("call", "--account", "A1", "--script", "ask", "--when-allowed")
    home.run("cancel", "--call", home.one("calls")["id"])
    check(home.one("calls")["outcome"] == "cancelled", home.one("calls"))
    home.run("call", "--account", "A1", "--script", "ask", "--when-allowed")
    daemon.stop()
    home.through("2026-09-01T21:00", "2026-09-02T09:00", 20000)
    call = home.one("calls")
    check(call["outcome"] == "right_party" and call["started_at"].startswith("2026-09-02T08:"), call)
    check(home.run("script", "preview", "ask", "--account", "A1", "--keys", "1,1990#,1,3#,1", "-o",
                   os.path.join(home.dir, "a.wav")).count("would be noted: promise") == 1, "preview")
    phones.end()

with told("a preview asks only for the languages that it says"):
    home = Home(more="policy: {preset: base}\n")
    home.edit("languages: [en]", "languages: [en, fil]")
    home.put("scripts/hi.yaml", "start: hi\ntrouble: bye\nstop: bye\nsilent: bye\nwrong: bye\nsteps:\n"
             "  hi: {menu: {1: bye, 2: fil}, say: {en: \"Press 1, or 2.\", fil: \"Pindutin ang 1.\"}}\n"
             "  fil: {language: fil, next: hi}\n"
             "  bye: {end: true, say: {en: \"Goodbye.\", fil: \"Paalam po.\"}}\n")
    home.accounts([borrower(1)], HEADER)
    heard = os.path.join(home.dir, "a.wav")

    def preview(keys, **how):
        return home.run("script", "preview", "hi", "--account", "A1", "--keys", keys, "-o", heard, **how)

    check("Goodbye" in preview("1") and home.stderr == "", home.stderr)
    said = preview("2,1")
    check("Paalam" not in said and "Goodbye" in said, said)
    check("goes on in `en`" in home.stderr and "record" in home.stderr, home.stderr)
    home.edit("policy:", "voices: {fil: id}\npolicy:")
    check("Paalam" in preview("2,1") and home.stderr == "", home.stderr)
    home.edit("voices: {fil: id}", "voices: {en: xx}")
    preview("1", status=3)
    check("espeak-ng has no voice \"xx\"" in home.stderr, home.stderr)
    home.run("check", status=1)
    check("dunlin.yaml:" in home.stderr and "espeak-ng --voices" in home.stderr, home.stderr)

sys.exit(1 if failures else 0)
