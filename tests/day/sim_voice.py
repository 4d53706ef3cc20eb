"""dunlin-sim modem --voice from outside: an AT client that talks and listens for itself."""
import ctypes
import math
import mmap
import os
import random
import re
import select
import sys
import time
import wave

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

SPEED = 5
NUMBER = "+639171234567"
FINAL = re.compile(r"(?:^|\n)(OK|ERROR|\+CME ERROR: \d+)\r\n")
FINAL_OF_CALLS = re.compile(r"(?:^|\n)(OK|ERROR|NO CARRIER|BUSY|\+CME ERROR: \d+)\r\n")
SWITCH_ON = {"huawei": [], "quectel": ["AT+QPCMV=1,0", 'AT+QINDCFG="ccinfo",1,0', "AT+QTONEDET=1"],
             "simcom7600": ["AT+CLCC=1", "AT+DDET=1"],
             "simcom800": ["AT+CLCC=1", "AT+CHFA=1", "AT+DDET=1"], "generic": []}
ACTIVE = {"huawei": r"\^CONN:", "quectel": r'"ccinfo",1,0,0,', "simcom7600": r"\+CLCC: 1,0,0,",
          "simcom800": r"\+CLCC: 1,0,0,"}
OVER = {"huawei": r"\^CEND:1,\d+,\d+,(\d+)", "quectel": r'"ccinfo",1,\d,-1,',
        "simcom7600": r"\+CLCC: 1,\d,6,", "simcom800": r"\+CLCC: 1,\d,6,"}


class Sticks:
    def __init__(self, profile, *options, call="no-answer", speed=SPEED):
        self.dir = folder()
        self.log, self.out = self.dir + "/calls.jsonl", self.dir + "/sim.out"
        self.process = spawn(
            [SIM, "modem", "--voice", "--profile", profile, "--link", self.dir, "--control",
             "--calls", self.log, "--recordings", self.dir, "--cards", self.dir, "--call", call,
             "--voice-speed", str(speed), "--patient", "--boot", "50", "--away", "100",
             *map(str, options)],
            stdin=subprocess.PIPE, stdout=open(self.out, "w"), text=True)
        wait_until("the sticks are there", lambda: "ready" in open(self.out).read().split())

    def tell(self, *commands):
        self.process.stdin.write("".join(c + "\n" for c in commands))
        self.process.stdin.flush()

    def caller(self, words):
        self.tell(f"caller {NUMBER} {words}")
        self.stats()  # it was heard, then

    def events(self, event=None):
        return [x for x in read_lines(self.log) if event in (None, x["event"])]

    def stats(self):
        before = len(open(self.out).read().splitlines())
        self.tell("stats")
        return json.loads(wait_until("statistics", lambda: next(
            (x for x in open(self.out).read().splitlines()[before:] if x.startswith("{")), None)))

    def end(self):
        self.process.terminate()
        check(self.process.wait(20) == 0, "dunlin-sim ends with", self.process.returncode)


class Phone:
    """Both ttys of a stick; as many samples go out as come in, and the modem is the clock."""

    def __init__(self, sticks, maker, tty=True):
        self.maker = maker
        self.at = self.open(sticks.dir + "/modem0")
        self.pcm = self.open(sticks.dir + "/modem0.pcm") if tty else None
        self.got, self.heard, self.odd = "", [], b""
        self.to_say, self.said = [], 0
        self.well("ATE0", "AT+CMEE=1", "AT+CLIP=1", *SWITCH_ON.get(maker, []))

    @staticmethod
    def open(path):
        def attempt():
            try:
                return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            except OSError:
                return None
        return wait_until(path, attempt, 30)

    def turn(self, seconds=0.1):
        fds = [fd for fd in (self.at, self.pcm) if fd is not None]
        for fd in select.select(fds, [], [], seconds)[0]:
            try:
                octets = os.read(fd, 65536)
            except BlockingIOError:
                continue
            if fd == self.at:
                self.got += octets.decode("latin-1")
                continue
            octets = self.odd + octets
            whole = len(octets) // 2 * 2
            self.odd = octets[whole:]
            samples = memoryview(octets[:whole]).cast("h").tolist()
            self.heard += samples
            out = (self.to_say[self.said:self.said + len(samples)] + [0] * len(samples))
            self.said += len(samples)
            os.write(self.pcm, b"".join(x.to_bytes(2, "little", signed=True)
                                        for x in out[:len(samples)]))

    def until(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.got)
            if found:
                self.got = self.got[found.end():]
                return found
            self.turn()
        raise Failure(f"never came: {pattern}; what came is {self.got[-400:]!r}")

    def ask(self, command):
        self.turn(0)
        rest, self.got = self.got, ""
        os.write(self.at, command.encode() + b"\r")
        end = time.monotonic() + 60
        final = FINAL_OF_CALLS if command[2] in "DA" else FINAL
        while not final.search(self.got):
            check(time.monotonic() < end, command, "is not answered:", self.got)
            self.turn()
        found = final.search(self.got)
        answer = [x for x in self.got[:found.end()].split("\r\n") if x and x != command]
        self.got = rest + self.got  # notices stand in the middle, too
        return answer

    def well(self, *commands):
        for command in commands:
            check(self.ask(command)[-1] == "OK", command, "is refused")

    def call(self, say=()):
        """Dials, waits for an answer, and switches the sound on as the maker wants it."""
        self.got, self.heard, self.to_say, self.said = "", [], list(say), 0
        self.well(f"ATD{NUMBER};")
        if self.maker == "huawei":
            self.well("AT^DDSETEX=2")
        self.until(ACTIVE[self.maker])
        if self.maker == "simcom7600":
            self.well("AT+CPCMREG=1")
            check(self.ask("AT+CPCMREG?")[0] == "+CPCMREG: 1")


# ---- sounds and ears ----

def burst(seconds, seed=1):
    """Noise like nothing else, so that it is found again; then silence."""
    dice = random.Random(seed)
    return [dice.randrange(-6000, 6000) for _ in range(int(8000 * seconds))]


LOW, HIGH, KEYS = (697, 770, 852, 941), (1209, 1336, 1477, 1633), "123A456B789C*0#D"


def power(frame, hertz):
    turn = 2 * math.cos(2 * math.pi * hertz / 8000)
    one = two = 0.0
    for sample in frame:
        one, two = sample + turn * one - two, one
    return one * one + two * two - turn * one * two


def keys_in(samples):
    """The keys in samples, by 20 ms frames: two strong tones and nothing beside them."""
    found, run = "", ("", 0)
    for at in range(0, len(samples) - 159, 160):
        frame = samples[at:at + 160]
        total = sum(x * x for x in frame) * 160 / 2
        key = ""
        if total > 160 * 160 * 50 * 50:
            low, high = [power(frame, f) for f in LOW], [power(frame, f) for f in HIGH]
            if max(low) + max(high) > 0.7 * total and min(max(low), max(high)) > 0.1 * total:
                key = KEYS[low.index(max(low)) * 4 + high.index(max(high))]
        run = (key, run[1] + 1) if key == run[0] else (key, 1)
        if run[0] and run[1] == 2:
            found += key
    return found


def likeness(a, b):
    top = sum(x * y for x, y in zip(a, b))
    return top / (math.sqrt(sum(x * x for x in a) * sum(y * y for y in b)) or 1)


def best_likeness(said, heard):
    """How alike the second half second of `said` is to what was heard, wherever it is there."""
    piece = said[4000:4800]
    return max(likeness(piece, heard[lag:lag + 800]) for lag in range(0, len(heard) - 800))


def channels(path):
    with wave.open(path) as file:
        check((file.getnchannels(), file.getframerate()) == (2, 8000), path, "is no call's WAV")
        both = memoryview(file.readframes(file.getnframes())).cast("h").tolist()
    return both[0::2], both[1::2]


with told("what is pressed is heard, and what is said is heard, at each maker's tty"):
    for maker in ("huawei", "quectel", "simcom7600"):
        sticks = Sticks(maker, call="answer 1 do wait 12# wait 0 hangup")
        phone = Phone(sticks, maker)
        said = burst(1)
        phone.call(said + [0] * 12000 + burst(0.5, 2))
        phone.until(OVER[maker])
        check(keys_in(phone.heard) == "12#0", maker, "heard", keys_in(phone.heard))
        end = sticks.events("ended")[0]
        check(end["keys"] == "12#0" and end["by"] == "them" and end["sounded"], end)
        keys = sticks.events("key")
        check(keys[0]["at_ms"] > 1600 and keys[3]["at_ms"] > keys[2]["at_ms"] + 1000, keys)
        left, right = channels(end["wav"])
        check(best_likeness(said, left) > 0.99, maker, "did not hear us")
        check(keys_in(right) == "12#0", "the WAV's right side holds", keys_in(right))
        check(phone.ask("AT+CLCC")[-1] == "OK")
        check("+CLCC: 1," not in "".join(phone.ask("AT+CLCC")), "a call is left")
        if maker != "huawei":
            word = r"\+QTONEDET: (\d+)" if maker == "quectel" else r"\+RXDTMF: (.)"
            sticks.caller("answer 1 do pause 1 4")
            phone.call()
            key = phone.until(word)[1]
            check(key == ("52" if maker == "quectel" else "4"), "the stick heard", key)
        sticks.end()

with told("without the maker's switch there is no sound"):
    sticks = Sticks("huawei", call="answer 0 do pause 0.5 1 pause 1 hangup")
    phone = Phone(sticks, "huawei")
    phone.well(f"ATD{NUMBER};")
    phone.until(r"\^CEND")
    check(not any(phone.heard) and not sticks.events("ended")[0]["sounded"])
    sticks.end()
    sticks = Sticks("simcom7600", "--dead-sound", 2, call="answer 0 do pause 5")
    phone = Phone(sticks, "simcom7600")
    check(phone.ask("AT+CPCMREG=1")[-1] == "ERROR", "sound before a call")
    phone.call()
    phone.well("AT+CHUP", f"ATD{NUMBER};")
    phone.until(ACTIVE["simcom7600"])
    phone.well("AT+CPCMREG=1")
    check(phone.ask("AT+CPCMREG?")[0] == "+CPCMREG: 0", "the second call's sound is on")
    sticks.end()
    sticks = Sticks("quectel")
    phone = Phone(sticks, "quectel")
    check(phone.ask("AT+QPCMV=1,2")[-1] == "ERROR", "another sound while one is on")
    phone.well("AT+QPCMV=0")
    check(phone.ask("AT+QPCMV=1,2")[-1] == "ERROR", "another sound before a start")
    sticks.end()

with told("codecs of the air leave the keys what they are"):
    for codec in ("alaw", "gsm", "amr12.2", "amr5.9"):
        sticks = Sticks("huawei", call=f"answer 0 codec {codec} press 120 do wait 1590#* hangup")
        phone = Phone(sticks, "huawei")
        said = burst(1)
        phone.call(said)
        phone.until(OVER["huawei"])
        check(keys_in(phone.heard) == "1590#*", codec, "gave", keys_in(phone.heard))
        left, _ = channels(sticks.events("ended")[0]["wav"])
        alike = best_likeness(said, left)
        check(alike < 0.99999 if codec == "alaw" else alike < 0.9, codec, "is as good as none", alike)
        sticks.end()

with told("a card is a mapped file"):
    class Stream(ctypes.Structure):
        _fields_ = [("open", ctypes.c_uint32), ("runs", ctypes.c_uint32),
                    ("xruns", ctypes.c_uint32), ("done", ctypes.c_int64),
                    ("hold", ctypes.c_int64), ("seen_ns", ctypes.c_int64)]

    class Ring(ctypes.Structure):
        _fields_ = [("end", ctypes.c_int64), ("samples", ctypes.c_int16 * 65536)]

    class Card(ctypes.Structure):
        _fields_ = [("speed", ctypes.c_int32), ("drift_ppm", ctypes.c_int32),
                    ("patient", ctypes.c_uint32), ("gone", ctypes.c_uint32),
                    ("epoch_ns", ctypes.c_int64), ("limit", ctypes.c_int64),
                    ("capture", Stream), ("playback", Stream), ("down", Ring), ("up", Ring)]

    sticks = Sticks("simcom800", "--drift", 10000, call="answer 1 do wait 73 hangup")
    phone = Phone(sticks, "simcom800", tty=False)
    with open(sticks.dir + "/card0", "r+b") as file:
        card = Card.from_buffer(mmap.mmap(file.fileno(), ctypes.sizeof(Card)))
    check((card.speed, card.drift_ppm, card.patient, card.gone) == (SPEED, 10000, 1, 0))
    phone.well(f"ATD{NUMBER};")
    phone.until(ACTIVE["simcom800"])
    elapsed = (time.monotonic_ns() - card.epoch_ns) * 1e-9
    now, said = int(elapsed * 8000 * SPEED * 1.01) + 800, burst(1)
    for i, sample in enumerate(said):
        card.up.samples[(now + i) % 65536] = sample
    card.up.end = now + len(said)
    phone.until(OVER["simcom800"])
    end = card.down.end
    heard = [card.down.samples[at % 65536] for at in range(max(0, end - 40000), end)]
    check(keys_in(heard) == "73", "the card gave", keys_in(heard))
    left, _ = channels(sticks.events("ended")[0]["wav"])
    check(best_likeness(said, left) > 0.99, "we were not heard")
    sticks.tell("vanish 0")
    wait_until("the card is unplugged", lambda: card.gone == 1)
    sticks.tell("return")
    wait_until("and there again", lambda: card.gone == 0)
    sticks.end()

with told("who does not answer says why, in the maker's words"):
    fates = (("busy", 17), ("reject", 21), ("unreachable", 20), ("invalid", 1), ("network", 34))
    for maker in ("huawei", "quectel", "simcom800", "generic"):
        sticks = Sticks(maker, speed=20)
        phone = Phone(sticks, maker, tty=maker in ("huawei", "quectel"))
        for fate, cause in fates:
            sticks.caller(fate)
            phone.got = ""
            phone.well(f"ATD{NUMBER};")
            found = phone.until(OVER.get(maker, r"\n(BUSY|NO CARRIER)\r"))
            if maker == "huawei":
                check(int(found[1]) == cause, fate, "gave", found[0])
            elif maker != "generic":
                phone.until(r"\n(BUSY|NO CARRIER)\r")
            check("Cause" not in (said := phone.ask("AT+CEER")[0]) or str(cause) in said, said)
        check([x["cause"] for x in sticks.events("ended")] == [c for _, c in fates])
        check(not any(x["answered"] for x in sticks.events("ended")))
        sticks.end()

with told("callers are silent, are machines, hang up, and press before they are asked"):
    sticks = Sticks("huawei", speed=10)
    phone = Phone(sticks, "huawei")
    for words, keys, seconds in (("answer 0 silent", "", 60), ("answer 0 machine", "", 25.4),
                                 ("answer 0 hangup 2 do wait 1", "", 2),
                                 ("answer 0 short do 55 @3 long", "", 0),
                                 ("answer 0 do 1 @3 2 talk 1 hangup", "12", 4.2)):
        if words.endswith("long"):  # what stands behind `do` is no word of before it
            sticks.caller(words)
            wait_until("it is refused", lambda: "error: behind" in open(sticks.out).read())
            continue
        sticks.caller(words)
        phone.call()
        phone.until(OVER["huawei"], 90)
        end = sticks.events("ended")[-1]
        check(end["keys"] == keys and end["by"] == "them", words, end)
        check(abs(end["ms"] - 1000 * seconds) < 500, words, "lasted", end["ms"])
        check("machine" not in words or max(map(abs, phone.heard[8000:16000])) > 3000)
    sticks.end()

with told("somebody calls, is accepted, waits, gives up"):
    sticks = Sticks("quectel")
    phone = Phone(sticks, "quectel")
    sticks.tell(f"call {NUMBER} do pause 1 5")
    phone.until(r"\nRING\r\n")
    phone.until(r'\+CLIP: "\+639171234567",145')
    check(f'+CLCC: 1,1,4,0,0,"{NUMBER}",145' in phone.ask("AT+CLCC"))
    check(phone.ask("ATD123;")[-1] == "+CME ERROR: 3", "dialled while it rings")
    phone.heard = []
    phone.well("AT+CCWA=1")
    phone.well("ATA")
    sticks.tell("call +639990000009 do hangup")
    phone.until(r'\+CCWA: "\+639990000009"')
    check('+CLCC: 2,1,5,0,0,"+639990000009",145' in phone.ask("AT+CLCC"))
    phone.well("AT+CHLD=0")
    check(not any(x.startswith("+CLCC: 2") for x in phone.ask("AT+CLCC")))
    phone.until(r"\+QTONEDET: 53")
    check(keys_in(phone.heard) == "5")
    phone.well("AT+CHUP")
    phone.until(OVER["quectel"])
    sticks.tell("call withheld do hangup")
    phone.until(r'\+CLIP: "",128')
    phone.until(OVER["quectel"])
    ends = sticks.events("ended")
    check([(x["by"], x["answered"]) for x in ends] == [("us", True), ("them", False)], ends)
    check(phone.ask("ATA")[-1] == "NO CARRIER")
    check(sticks.stats()["double_dials"] == 1)
    sticks.end()

with told("what vanishes takes its call along, or keeps it up"):
    for keeps in (False, True):
        sticks = Sticks("huawei", *(["--keep-calls"] if keeps else []), call="answer 0 silent")
        phone = Phone(sticks, "huawei")
        phone.call()
        sticks.tell("vanish 200")
        wait_until("it is back", lambda: len(re.findall("audio", open(sticks.out).read())) == 2)
        phone = Phone(sticks, "huawei")
        check((len(phone.ask("AT+CLCC")) > 1) == keeps)
        check([x["by"] for x in sticks.events("ended")] == ([] if keeps else ["gone"]))
        phone.well("AT+CHUP")
        check(len(phone.ask("AT+CLCC")) == 1)
        sticks.end()

with told("ATD of an old one is answered late, and ended by any octet"):
    sticks = Sticks("wavecom", call="answer 3 do pause 60")
    phone = Phone(sticks, "wavecom", tty=False)
    check(phone.ask(f"ATD{NUMBER};")[-1] == "OK")
    check(any(",0,0,0,0," in x for x in phone.ask("AT+CLCC")), "OK came before the answer")
    check(phone.ask("AT+CHUP")[-1] == "ERROR")
    phone.well("ATH")
    os.write(phone.at, f"ATD{NUMBER};\r".encode())
    wait_until("it rings", lambda: len(sticks.events("alerting")) == 2)
    os.write(phone.at, b"\r")
    phone.until("NO CARRIER")
    check(sticks.events("ended")[-1]["by"] == "us")
    sticks.end()

sys.exit(1 if failures else 0)
