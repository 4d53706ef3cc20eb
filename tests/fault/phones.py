"""Sticks that telephone by virtual cards, ten times as fast as people, and a lender who calls."""
from sticks import *

DUE = "2026-08-31"  # a Monday
PLUGIN = os.path.join(BIN, "libasound_module_pcm_dunlin.so")
HEADER = "account_id,name,phone,due_date,amount_due,check"
SCRIPT = """
start: hello
stop: stopped
trouble: sorry
silent: bye
wrong: bye
longest: 120
first: 4
steps:
  hello: {say: {en: "Hello, this is {{lender}}."}, next: who}
  who: {menu: {1: verify, 3: not_me}, say: {en: "For {{name}} press 1. Somebody else, 3."}}
  verify: {check: true, say: {en: "The year of your birth, please."}, right: debt, wrong: unknown}
  debt: {say: {en: "{{amount}} was due on {{due_date}}."}, next: choose}
  choose:
    menu: {0: human, 1: when, 3: paid, 4: ill, 5: dispute, 6: details}
    say: {en: "To pay press 1. Paid, 3. Cannot pay, 4. Not right, 5. As a text, 6. A person, 0."}
  when:
    gather: days
    say: {en: "In how many days?"}
    confirm: {en: "You said {{promise_date}}. If that is right press 1, else 2."}
    next: promised
  promised: {outcome: promise, say: {en: "Thank you, it is noted."}, next: bye}
  paid: {outcome: paid, say: {en: "Thank you."}, next: bye}
  ill: {outcome: cannot_pay, cause: illness, say: {en: "It is noted."}, next: bye}
  dispute: {outcome: dispute, say: {en: "It is noted."}, next: message}
  message: {record: 20, say: {en: "Tell us why."}, silent: bye, next: bye}
  details: {outcome: details, say: {en: "A text follows."}, next: bye}
  human: {person: true, say: {en: "Somebody will call you."}, next: bye}
  not_me: {outcome: wrong_person, say: {en: "Thank you."}, next: bye}
  unknown: {say: {en: "That is not what we have."}, next: bye}
  stopped: {end: true, say: {en: "No more calls. Goodbye."}}
  sorry: {end: true, say: {en: "We must end here. Goodbye."}}
  bye: {end: true, say: {en: "Goodbye."}}
"""


class Phones(Sticks):
    """Sticks that telephone ten times as fast as people, by virtual cards or by ttys."""

    def __init__(self, *options, count=1, audio="card"):
        self.cards, self.audio = folder(), audio
        self.calls_log = os.path.join(self.cards, "calls.jsonl")
        with open(os.path.join(self.cards, "asound.conf"), "w") as f:
            f.write("pcm.default { type null }\npcm_type.dunlin { lib \"%s\" }\n" % PLUGIN)
            for n in range(count):
                f.write("pcm.modem%d { type dunlin file \"%s/card%d\" }\n" % (n, self.cards, n))
        os.environ["ALSA_CONFIG_PATH"] = os.path.join(self.cards, "asound.conf")
        os.environ["JACK_NO_START_SERVER"] = "1"
        super().__init__("--voice", "--voice-speed", 10, "--audio", audio, "--cards", self.cards,
                         "--patient", "--calls", self.calls_log, *options, count=count)

    def does(self, number, words):
        self.tell("caller %s %s" % (number, words))

    def route(self, more=""):
        sound = "alsa:modem{0}" if self.audio == "card" else "tty:{1}.pcm"
        audio = ", ".join("{1}: \"{2}\"".format(n, self.port(n), sound.format(n, self.port(n)))
                          for n in range(self.count))
        return super().route(more="    per_hour: 1000\n    per_day: 1000\n    voice: true\n"
                             "    audio: {%s}\n    audio_speed: 10\n%s" % (audio, more))

    def events(self, what):
        return [e for e in read_lines(self.calls_log) if e["event"] == what]


def lender(phones, more="", steps="  - {day: 1, sms: reminder}\n  - {day: 2, call: ask}\n"):
    home = Home(routes=phones.route(more), more="policy: {preset: base}\n")
    home.put("scripts/ask.yaml", SCRIPT)
    home.put("campaigns/main.yaml", "steps:\n" + steps)
    return home


def borrower(n, check="1990"):
    return ("A%d" % n, "Ana %d" % n, number(n), DUE, "1500.00", check)


def number(n):
    return "+6391700000%02d" % n
