"""What lies between the network's answer and the next text, for three programs on one simulated stick.

The simulator notes when it takes a text; from one to the next there pass its own time in the air, known from
its options, and the program's. `own time` is the difference, at the median."""
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fault"))
from sticks import *  # noqa: E402

TEXTS, LATENCY = int(sys.argv[1]), int(sys.argv[2])
SRC = os.environ["SRC"]
SETTLE = 2  # texts at the begin that are not counted


def stick(n=1, *more):
    return Sticks("--profile", "generic", "--latency", LATENCY, "--setup", 0, "--report-delay", 200,
                  *more, count=n, quick=False)


def moment(s):
    return datetime.datetime.fromisoformat(s["time"].replace("Z", "+00:00")).timestamp() * 1000


def own_time(sticks):
    gaps = []
    for n in range(sticks.count):
        at = [moment(s) for s in sticks.submits() if s["modem"] == n][SETTLE:]
        gaps += [b - a for a, b in zip(at, at[1:])]
    return statistics.median(gaps) - LATENCY if gaps else float("nan")


def all_taken(sticks, n):
    wait_until("all texts are taken", lambda: len(sticks.submits()) >= n, 60 + n * 5)


def dunlin(n, texts, more="    per_hour: 3600\n    per_day: 99999\n"):
    sticks = stick(n)
    home = Home(routes=sticks.route(more=more))
    home.accounts(crowd(texts, "2026-08-31"))
    daemon = home.serve("--at", "2026-09-01T10:00")
    wait_until("it begins", lambda: len(sticks.submits()) >= n)
    begun, cpu = time.monotonic(), cpu_of(daemon.process.pid)
    all_taken(sticks, texts)
    share = (cpu_of(daemon.process.pid) - cpu) / (time.monotonic() - begun)
    daemon.stop()
    gaps = handed(home)
    own = own_time(sticks)
    sticks.end()
    return own, share, gaps


def cpu_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def handed(home):
    """From +CMGS: to the next Ctrl-Z, as the flight recorders tell, in ms."""
    gaps = []
    for name in os.listdir(os.path.join(home.dir, "modems")):
        answered = None
        for line in open(os.path.join(home.dir, "modems", name), errors="replace"):
            clock, direction, text = line[:12], line[13:14], line[15:].rstrip("\n")
            try:
                h, m, s = clock.split(":")
                at = (int(h) * 3600 + int(m) * 60 + float(s)) * 1000
            except ValueError:
                continue
            if direction == "<" and text.startswith("+CMGS:"):
                answered = at
            elif direction == ">" and text.endswith("^Z") and answered is not None:
                gaps.append(at - answered)
                answered = None
    return statistics.median(gaps) if gaps else float("nan")


def config(name, to, path):
    with open(os.path.join(SRC, "tests/day", name)) as f:
        text = f.read().replace("@DIR@", to)
    with open(path, "w") as f:
        f.write(text)
    return path


def link_all(sticks):
    for n in range(3):  # the configurations name one of three
        link = os.path.join(sticks.dir, "modem%d" % n)
        if not os.path.lexists(link):
            os.symlink(sticks.port(0), link)


def gammu_smsd():
    sticks = stick()
    link_all(sticks)
    for name in ("inbox", "outbox", "sent", "error"):
        os.makedirs(os.path.join(sticks.dir, "smsd", name))
    path = config("gammu_smsd.conf.in", sticks.dir, os.path.join(sticks.dir, "gammu-smsd.conf"))
    for i in range(TEXTS):
        subprocess.run(["gammu-smsd-inject", "-c", path, "TEXT", "+63917%07d" % i, "-text",
                        "Please pay %d" % i], check=True, capture_output=True)
    process = spawn(["gammu-smsd", "-c", path], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
    all_taken(sticks, TEXTS)
    process.terminate()
    process.wait()
    own = own_time(sticks)
    sticks.end()
    return own


def smsd():
    sticks = stick()
    link_all(sticks)
    for name in ("outgoing", "incoming", "checked", "failed", "sent", "report"):
        os.makedirs(os.path.join(sticks.dir, "smstools", name))
    path = config("smstools.conf.in", sticks.dir, os.path.join(sticks.dir, "smstools.conf"))
    for i in range(TEXTS):
        with open(os.path.join(sticks.dir, "smstools/outgoing/%04d" % i), "w") as f:
            f.write("To: 63917%07d\n\nPlease pay %d\n" % (i, i))
    subprocess.run(["smsd", "-c", path], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    try:
        all_taken(sticks, TEXTS)
    finally:
        with open(os.path.join(sticks.dir, "smsd.pid")) as f:
            os.kill(int(f.read()), signal.SIGTERM)
    own = own_time(sticks)
    sticks.end()
    return own


ours, _, gap = dunlin(1, TEXTS)
print("one stick, %d texts, %d ms in the air" % (TEXTS, LATENCY))
print("  dunlin      own time %7.1f ms a text; answer to the next Ctrl-Z %.1f ms" % (ours, gap))
for name, run in (("gammu-smsd", gammu_smsd), ("smsd", smsd)):
    if shutil.which(name) is None:
        print("  %-11s is not installed" % name)
        continue
    own = run()
    print("  %-11s own time %7.1f ms a text, %.0f times as long" % (name, own, own / max(ours, 1)))
own, share, gap = dunlin(16, 16 * TEXTS)
print("16 sticks: own time %.1f ms a text; answer to the next Ctrl-Z %.1f ms; %.1f %% of one core"
      % (own, gap, 100 * share))
