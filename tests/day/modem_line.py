"""Simulated modems driven octet by octet: what is asked for happens, and only that.

The tests of the daemon trust dunlin-sim to be as bad as it is told to be."""
import os
import re
import select
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from lib import *  # noqa: E402

HELLO = "0021000C91369171214365000005C8329BFD06"  # to +631917123456, a report wanted
FINAL = re.compile(rb"(?:^|\n)(OK|ERROR|\+CM[ES] ERROR: [^\r\n]*)\r+\n")


class Modems:
    def __init__(self, *options):
        self.dir = folder()
        self.log = os.path.join(self.dir, "sent.jsonl")
        self.out = os.path.join(self.dir, "sim.out")
        self.process = spawn(
            [SIM, "modem", "--link", self.dir, "--control", "--log", self.log, "--latency", "10",
             "--setup", "0", "--report-delay", "10", "--boot", "50", "--away", "100",
             *map(str, options)],
            stdin=subprocess.PIPE, stdout=open(self.out, "w"), text=True)
        wait_until("the modems are there", lambda: "ready" in self.said())

    def said(self):
        with open(self.out) as f:
            return f.read().splitlines()

    def tell(self, *commands):
        for command in commands:
            self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def stats(self):
        before = len(self.said())
        self.tell("stats")
        return json.loads(wait_until("statistics", lambda: next(
            (x for x in self.said()[before:] if x.startswith('{"modems"')), None)))

    def taken(self):
        return read_lines(self.log)

    def end(self):
        self.process.terminate()
        check(self.process.wait(20) == 0, "dunlin-sim ends with", self.process.returncode)


class Port:
    def __init__(self, modems, n=0):
        path = os.path.join(modems.dir, f"modem{n}")
        self.fd = wait_until("the port is there", lambda: self.try_open(path), 30)
        self.got = b""
        self.pieces = []

    @staticmethod
    def try_open(path):
        try:
            return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return None

    def close(self):
        os.close(self.fd)

    def write(self, octets):
        os.write(self.fd, octets)

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self.fd, 65536)
        except OSError:
            piece = b""
        check(piece, "the port was lost")
        self.got += piece
        self.pieces.append(piece)
        return True

    def until(self, pattern, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.got)
            if found:
                return found
            self.read(0.2)
        raise Failure(f"never came: {pattern}; what came is {self.got[-400:]}")

    def quiet(self, seconds=0.3):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())
        return self.got

    def ask(self, command, body=None):
        """The lines of the answer, the final one last."""
        self.got, self.pieces = b"", []
        self.write(command.encode() + b"\r")
        if body is not None:
            self.until(rb"\n>")
            self.got = b""
            self.write(body.encode() + b"\x1a")
        self.until(FINAL)
        found = FINAL.search(self.got)
        lines = [x.strip() for x in self.got[:found.start(1)].decode("latin-1").splitlines()]
        self.got = self.got[found.end():]
        return [x for x in lines if x and not x.startswith("AT") and x != body] + \
            [found[1].decode("latin-1")]

    def well(self, *commands):
        for command in commands:
            check(self.ask(command)[-1] == "OK", command, "is refused")

    def send(self, hex=HELLO):
        return self.ask(f"AT+CMGS={len(hex) // 2 - 1}", hex)


def to(number, hex=HELLO):
    """The same text to +63191712345 and a digit."""
    return hex.replace("36917121436", f"3691712143{number}")


def one(*options):
    modems = Modems(*options)
    return modems, Port(modems)


with told("every maker answers who it is, and takes a text"):
    makers = "generic huawei zte quectel simcom800 simcom7600 wavecom ublox telit".split()
    modems = Modems("--count", len(makers), "--profile", ",".join(makers))
    iccid = ["AT+CCID", "AT^ICCID?", "AT+ZGETICCID", "AT+QCCID", "AT+CCID", "AT+CICCID", "AT+CCID",
             "AT+CCID", "AT#CCID"]
    imeis = set()
    for n, maker in enumerate(makers):
        port = Port(modems, n)
        port.well("ATE0", "AT+CMEE=1", "AT+CMGF=0", "AT+CPIN?")
        imei = port.ask("AT+CGSN")[0]
        imeis.add(imei)
        luhn = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(imei[-2::-1]))
        check((luhn + int(imei[-1])) % 10 == 0, maker, imei)
        check(re.search(r"8963\d{15}", port.ask(iccid[n])[0]), maker)
        check(maker[:3] in " ".join(port.ask("ATI")).lower().replace("-", "") or maker == "generic", maker)
        check(port.send(to(n)) == ["+CMGS: 0", "OK"], maker)
        port.close()
    check(len(imeis) == len(makers), imeis)
    check([t["to"] for t in modems.taken()] == [f"63191712345{n}" for n in range(len(makers))],
          modems.taken())
    check(modems.stats()["malformed"] == 0)
    modems.end()

with told("a PIN: right, wrong, and wrong too often"):
    modems, port = one("--sim", "pin")
    port.well("ATE0", "AT+CMEE=1")
    check(port.ask("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"])
    check(port.ask("AT+CIMI") == ["+CME ERROR: 11"])
    check(port.ask("AT+CMGL=4") == ["+CMS ERROR: 311"])
    check(port.ask('AT+CPIN="9999"') == ["+CME ERROR: 16"])
    check(port.ask('AT+CPIN="1234"') == ["OK"])
    check(port.ask("AT+CPIN?") == ["+CME ERROR: 14"], "it reads its files first")
    wait_until("the SIM is ready", lambda: port.ask("AT+CPIN?") == ["+CPIN: READY", "OK"])
    port.well("AT+CFUN=1,1")
    port.until(rb"RDY")
    port.well("ATE0", "AT+CMEE=1")
    wait_until("it is locked again", lambda: port.ask("AT+CPIN?")[0] == "+CPIN: SIM PIN")
    for code in (16, 16, 12):
        check(port.ask('AT+CPIN="0000"') == [f"+CME ERROR: {code}"])
    check(port.ask("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"])
    check(modems.stats()["pins_wrong"] == 4)
    modems.end()

with told("noise, garbage, drips and cuts change no answer"):
    for how in (["--noise", "1"], ["--garbage", "1"], ["--drip"], ["--cut", "--noise", "0.5"],
                ["--ends", "crcrlf", "--prompt", "bare", "--noise", "0.3", "--noise-every", "3"]):
        modems, port = one("--profile", "huawei", *how)
        port.well("ATE0", "AT+CMGF=0")
        check(any("R175" in x or "11.126" in x for x in port.ask("AT+CGMR")), how)
        lines = port.send()
        check("+CMGS: 0" in lines and lines[-1] == "OK", how, lines)
        check(how != ["--drip"] or len(port.pieces) > 4, port.pieces)
        check("--noise" not in how or modems.stats()["noise"] > 0, how)
        check("--garbage" not in how or modems.stats()["garbage"] > 0, how)
        check(len(modems.taken()) == 1, how)
        modems.end()

with told("ESC leaves the prompt; what is no PDU is refused and counted"):
    modems, port = one()
    port.well("ATE0")
    port.write(b"AT+CMGS=18\r")
    port.until(rb"> $")
    port.write(b"\x1b")
    port.until(rb"OK")
    check(port.ask("AT+CMGS=17", HELLO)[-1] == "+CMS ERROR: 304")
    check(port.ask("AT+CMGS=18", HELLO[:-2])[-1] == "+CMS ERROR: 304")
    check(port.send()[-1] == "OK")
    check([modems.stats()[x] for x in ("withdrawn", "malformed", "accepted")] == [1, 2, 1])
    modems.end()

with told("errors by number, by chance, after so many, and beyond reference 255"):
    modems, port = one("--fail", "+639171234551=28,+639170000000=1", "--first-reference", 254,
                       "--overflow")
    port.well("ATE0")
    check(port.send("0021000C91361917325415000005C8329BFD06") == ["+CMS ERROR: 28"])
    check(port.send() == ["+CMGS: 255", "OK"])
    check(port.send() == ["+CMS ERROR: 1"], "the reference ran over")
    port.well("ATZ", "ATE0")
    check(port.send() == ["+CMGS: 1", "OK"])
    check(modems.taken()[-1]["twice"] is True and modems.stats()["twice"] == 1)
    modems.tell("set refuse 1", "set refuse-code 41")
    wait_until("it refuses", lambda: port.send() == ["+CMS ERROR: 41"])
    modems.tell("set refuse 0", "set fail-after 1", "set fail-after-code 500")
    port.well("ATZ", "ATE0")
    wait_until("it fails", lambda: port.send() == ["+CMS ERROR: 500"])
    modems.end()

with told("no answer behind Ctrl-Z: taken, or lost, or late"):
    for how, taken in (("--swallow", 1), ("--lost", 0), ("--late", 1)):
        modems, port = one(how, 1, "--late-by", 1500)
        port.well("ATE0")
        port.write(b"AT+CMGS=18\r")
        port.until(rb"> $")
        port.got = b""
        port.write(HELLO.encode() + b"\x1a")
        check(b"+CMGS" not in port.quiet(0.5), how, port.got)
        if how == "--late":
            port.until(rb"\+CMGS: 0\r\n\r\nOK")
        port.well("AT")
        check(len(modems.taken()) == taken, how)
        check(how != "--swallow" or modems.taken()[0]["answered"] is False)
        modems.end()

with told("reports: direct, stored, in vain, early, twice, pending"):
    modems, port = one("--report-twice", 1, "--report-pending", 1, "--report-fail", 1)
    port.well("ATE0", "AT+CNMI=2,1,0,1,0")
    port.send()
    port.until(rb"(?s)(\+CDS: 25\r\n[0-9A-F]+30\r\n).*(\+CDS: 25\r\n[0-9A-F]+\r\n).*\+CDS: 25\r\n")
    port.well("AT+CNMI=2,1,0,2,0")
    port.send()
    port.until(rb'\+CDSI: "SR",0')
    port.well('AT+CPMS="SR"')
    wait_until("three are stored", lambda: len(port.ask("AT+CMGL=4")) == 7)
    check(port.ask("AT+CNMI=9") == ["+CMS ERROR: 303"])
    modems.end()
    modems, port = one("--profile", "telit", "--report-early", 1)
    port.well("ATE0")
    check(port.ask("AT+CNMI=2,1,0,2,0") == ["+CMS ERROR: 303"], "telit stores none")
    port.well("AT+CNMI=2,1,0,1,0")
    check(port.send()[0] == "+CDS: 25", "it comes before the answer")
    modems.end()
    modems, port = one("--cnmi-lies")
    port.well("ATE0", "AT+CNMI=2,1,0,1,0")
    check(port.ask("AT+CNMI?")[0] == "+CNMI: 2,1,0,0,0")
    port.send()
    check(b"+CDS" not in port.quiet())
    modems.end()

with told("texts: announced in every way, full storage, deleted"):
    for how, line in (("real", '"SM",0'), ("shifted", '"SM",1'), ("minus", '"SM",-1'),
                      ("bare", '"SM"'), ("no-store", ",0")):
        modems, port = one("--cmti", how)
        port.well("ATE0", "AT+CNMI=2,1,0,0,0")
        modems.tell("incoming +639990000001 hello")
        port.until(rb"\+CMTI: " + re.escape(line.encode()) + rb"\r\n")
        check(port.ask("AT+CMGR=0")[0].startswith("+CMGR: 0,,"), how)
        modems.end()
    modems, port = one("--places", 2, "--index", "one", "--profile", "huawei")
    port.well("ATE0", "AT+CNMI=1,1,0,0,0")
    modems.tell(*[f"incoming +639990000001 text {n}" for n in range(4)])
    port.until(rb"\^SMMEMFULL")
    check(port.ask("AT+CMGR=3") == ["+CMS ERROR: 321"])
    port.well("AT+CMGD=1,4")
    port.until(rb'(?s)\+CMTI: "SM",1.*\+CMTI: "SM",2')
    check(len(port.ask("AT+CMGL=4")) == 5)
    modems.end()

with told("long texts in any order; direct ones come again until acknowledged"):
    modems, port = one("--shuffle", "--seed", 3, "--part-gap", 1, "--ack-within", 200)
    port.well("ATE0", "AT+CSMS=1", "AT+CNMI=2,2,0,0,0")
    modems.tell("incoming +639990000001 " + "long " * 100)
    first = port.until(rb"\+CMT: ,\d+\r\n([0-9A-F]+)\r\n")[1]
    port.got = b""
    check(port.until(rb"\+CMT: ,\d+\r\n([0-9A-F]+)\r\n")[1] == first, "not what was owed")
    order = []
    for n in range(4):
        order.append(int(port.until(rb"\+CMT: ,\d+\r\n[0-9A-F]{24,64}?050003..04(..)")[1], 16))
        port.got = b""
        port.write(b"AT+CNMA\r")
        port.until(rb"OK")
    check(sorted(order) == [1, 2, 3, 4] and order != [1, 2, 3, 4], order)
    check(port.ask("AT+CNMA") == ["+CMS ERROR: 340"])
    modems.tell("incoming +639990000001 nobody acknowledges this")
    wait_until("it is stored at last", lambda: modems.stats()["stored"] == 1)
    check(len(re.findall(rb"\+CMT:", port.quiet(0.1))) == 3, port.got)
    modems.end()

with told("storages: three or none, or never three"):
    for maker, good, bad in (("zte", '"SM","SM","SM"', '"SM"'), ("wavecom", '"SM"', '"SM","SM","SM"')):
        modems, port = one("--profile", maker)
        port.well("ATE0", "AT+CPMS=" + good)
        check(port.ask("AT+CPMS=" + bad) == ["+CMS ERROR: 302"], maker)
        modems.end()

with told("quotas: refused beyond, or blocked for good"):
    modems, port = one("--per-hour", 2)
    port.well("ATE0")
    check([port.send()[-1] for _ in range(3)] == ["OK", "OK", "+CMS ERROR: 8"])
    modems.end()
    modems, port = one("--recipients", 1, "--over", "block", "--over-code", 10)
    port.well("ATE0")
    check(port.send()[-1] == "OK")
    check(port.send("0021000C91361917325415000005C8329BFD06")[-1] == "+CMS ERROR: 10")
    check(port.send()[-1] == "+CMS ERROR: 10", "the SIM is blocked")
    check(modems.stats()["blocked"] == 1)
    modems.end()

with told("the balance, plain and packed, and gone"):
    modems, port = one("--balance", 250, "--price", 100, "--ussd-delay", 10)
    port.well("ATE0")
    port.send()
    port.well('AT+CUSD=1,"*100#",15')
    port.until(rb'\+CUSD: 0,"Your balance is PHP 1.50')
    check([port.send()[-1] for _ in range(2)] == ["OK", "+CMS ERROR: 8"])
    modems.end()
    modems, port = one("--profile", "huawei", "--ussd-delay", 10)
    port.well("ATE0")
    check(port.ask('AT+CUSD=1,"*100#",15')[-1] == "ERROR", "it wants septets")
    port.well('AT+CUSD=1,"AA180C3602",15')
    port.until(rb'\+CUSD: 0,"D9775D0E12')  # Your...
    modems.end()
    modems, port = one("--lte")
    port.well("ATE0", "AT+CEREG=2")
    check(port.ask("AT+CEREG?")[0].endswith(",7"))
    check(port.ask('AT+CUSD=1,"*100#",15')[-1] == "ERROR")
    modems.end()

with told("registration comes and goes"):
    modems, port = one()
    port.well("ATE0", "AT+CREG=1")
    modems.tell("register searching")
    port.until(rb"\+CREG: 2\r\n")
    check(port.send() == ["+CMS ERROR: 331"])
    check(port.ask("AT+CSQ")[0] == "+CSQ: 99,99" and port.ask("AT+COPS?")[0] == "+COPS: 0")
    modems.tell("incoming +639990000001 waits in the network", "register home")
    port.until(rb"\+CREG: 1\r\n")
    wait_until("it arrives", lambda: modems.stats()["stored"] == 1)
    modems.end()
    modems, port = one("--lose-every", 30, "--lose-for", 10)
    port.well("ATE0", "AT+CREG=1")
    port.until(rb"(?s)\+CREG: 2.*\+CREG: 1.*\+CREG: 2")
    modems.end()

with told("hanging, and what cures it"):
    for cure in ("reset", "reopen", "replug"):
        modems, port = one("--hang-cure", cure)
        port.well("ATE0")
        modems.tell("hang")
        wait_until("it hangs", lambda: modems.stats()["hangs"] == 1)
        port.got = b""
        port.write(b"\x1b\rAT\r")
        check(port.quiet() == b"", "it answers")
        if cure == "reopen":
            port.close()
            port = Port(modems)
        else:
            port.write(b"ATZ\r")
        if cure == "replug":
            check(port.quiet() == b"")
            modems.tell("vanish 50")
            modems.tell("wake")
            wait_until("it is back", lambda: modems.stats()["returned"] == 1)
            port = Port(modems)
        port.well("AT", "AT")
        modems.end()
    modems, port = one("--hang", 1, "--hang-for", 100)
    port.write(b"AT+CGSN\r")
    port.until(rb"OK")
    wait_until("it hung and came back", lambda: modems.stats()["cured"] >= 1)
    modems.end()

with told("vanishing, under another name, for good, and in the middle of a text"):
    modems, port = one("--renumber")
    before = os.readlink(os.path.join(modems.dir, "modem0"))
    modems.tell("vanish 50")
    try:
        port.quiet(5)
        raise Failure("the port stays")
    except Failure as e:
        check("the port was lost" in str(e), e)
    again = Port(modems, 1)
    check(os.readlink(os.path.join(modems.dir, "modem1")) != before)
    check(not os.path.lexists(os.path.join(modems.dir, "modem0")))
    again.well("ATE0")
    check(again.ask("AT+CGSN")[0] == modems.said()[0].split()[2], "another IMEI")
    modems.end()
    modems, port = one("--profile", "huawei")
    port.well("AT+CFUN=1,1")
    wait_until("it is gone", lambda: "modem0 gone" in modems.said())
    check(not os.path.lexists(os.path.join(modems.dir, "modem0")))
    modems.end()
    for seed in range(1, 9):
        modems, port = one("--seed", seed, "--latency", 100)
        port.well("ATE0")
        modems.tell("set vanish 1")
        modems.stats()
        got = None
        try:
            got = port.send()
        except (Failure, OSError):
            pass
        wait_until("it is gone and back", lambda: modems.stats()["returned"] == 1)
        check(got is None or len(modems.taken()) == 1, seed, got)
        modems.end()

with told("the port closed at the prompt"):
    for sticky in (False, True):
        modems, port = one(*["--sticky-prompt"][:sticky])
        port.well("ATE0")
        port.write(b"AT+CMGS=18\r")
        port.until(rb"> $")
        port.close()
        port = Port(modems)
        port.write(b"AT\r")
        check((b"OK" in port.quiet()) != sticky, sticky, port.got)
        port.write(b"\x1b\r")
        port.well("AT")
        modems.end()

with told("deaf ports, echo that sticks, and commands nobody knows"):
    modems, port = one("--count", 2, "--deaf", 1, "--echo", "stuck")
    deaf = Port(modems, 1)
    deaf.write(b"AT\r")
    check(deaf.quiet() == b"")
    port.well("ATE0")
    port.got = b""
    port.write(b"AT\r")
    port.until(rb"^AT\r\r\nOK")
    check(port.ask("AT+WHAT")[-1] == "ERROR")
    modems.end()

with told("the same seed does the same"):
    def run(seed):
        modems, port = one("--seed", seed, "--refuse", 0.5)
        port.well("ATE0")
        answers = [port.send()[-1] for _ in range(20)]
        modems.end()
        return answers
    check(run(5) == run(5) and run(5) != run(6))

with told("sixteen borrowers answer, each to the SIM that wrote"):
    modems = Modems("--count", 2, "--population", "sample", "--shares", "promise=100",
                    "--reply-delay", 10)
    ports = [Port(modems, 0), Port(modems, 1)]
    for port in ports:
        port.well("ATE0", "AT+CNMI=2,1,0,0,0")
        for n in range(8):
            hex = f"0001000C9136917121{n}{0 if port is ports[0] else 1}65000005C8329BFD06"
            check(port.send(hex)[-1] == "OK")
    for port in ports:
        wait_until("eight replies", lambda: len(port.ask("AT+CMGL=4")) == 17)
    modems.end()

sys.exit(1 if failures else 0)
