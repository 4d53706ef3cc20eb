"""Disks that fill or cannot be written, clocks that leap, floods: a clear message, nothing lost, still
serving."""
from lib import *

NOW = "2026-09-01T10:00"


def errors(daemon, word):
    return [x for x in daemon.said() if word in x]


class Small:
    """A file system of a few megabytes, where we may mount one."""

    def __init__(self, size):
        self.path = folder()
        if os.geteuid() != 0 or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=%d" % size, "dunlin-test", self.path],
                capture_output=True).returncode != 0:
            raise Unable()
        atexit.register(self.end)

    def end(self):
        subprocess.run(["umount", "-l", self.path], capture_output=True)


def size_of(path):
    return os.stat(path).st_size


class Unable(Exception):
    pass


def fill(path):
    fd = os.open(os.path.join(path, "ballast"), os.O_WRONLY | os.O_CREAT)
    for size in (65536, 1024, 1):
        with contextlib.suppress(OSError):
            while os.write(fd, b"x" * size) == size:
                pass
    os.close(fd)


def still_serves(home):
    check(home.one("status")["live"] is True, "it does not answer")


try:
    small = Small(24 << 20)
except Unable:
    small = None

if small is not None:
    with told("a full disk: sending waits, nothing is lost, and it goes on by itself"):
        sim = Sim("--answer-delay", 40, "--receipt-delay", 300)
        home = Home(sim.port, path=small.path)
        home.accounts(crowd(2500, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        wait_until("texts go", lambda: len(sim.submits()) > 300)
        fill(small.path)
        wait_until("it says so", lambda: errors(daemon, "store_failed"))
        check("disk space" in errors(daemon, "store_failed")[0], errors(daemon, "store_failed")[0])
        still_serves(home)
        time.sleep(3)
        check(len(sim.submits()) < 2500, "it went on sending")
        sim.tell("mo 639170000001 28550 is the disk full")
        time.sleep(1)
        os.unlink(os.path.join(small.path, "ballast"))
        wait_until("the rest goes", lambda: len(sim.submits()) >= 2500)
        wait_until("all is settled", lambda: home.one("status")["queue"]["sending"] == 0)
        wait_until("everything was taken", lambda: sim.stats()["waiting"] == 0)
        daemon.stop()
        check(sim.stats()["twice"] == 0, "said twice")
        rows = check_said_once(home, sim.submits())
        check(len(rows) == 2500 and all(m["status"] in ("sent", "delivered") for m in rows.values()),
              "what the operator said of them was lost")
        check(len(home.list("inbox")) == 1, "the reply was lost")
        home.whole()
        sim.end()

    with told("a disk that fills while it stops, and a start on a full one"):
        sim = Sim("--answer-delay", 400)
        os.unlink(os.path.join(small.path, "dunlin.db"))
        home = Home(sim.port, path=small.path)
        home.accounts(crowd(800, "2026-08-31"))
        daemon = home.serve("--at", NOW)
        wait_until("texts go", lambda: len(sim.submits()) > 100)
        fill(small.path)
        daemon.stop()
        home.run("serve", "--at", NOW, status=3)
        check(home.stderr, "nothing is said about the full disk")
        os.unlink(os.path.join(small.path, "ballast"))
        daemon = home.serve("--at", NOW)
        wait_until("the rest goes", lambda: home.one("status")["queue"]["queued"] == 0 and
                   home.one("status")["queue"]["sending"] == 0)
        daemon.stop()
        check_said_once(home, sim.submits())
        home.whole()
        sim.end()
else:
    print("no small file system can be mounted here: full disks are not tried")

with told("a store that cannot be written is refused with words"):
    home = Home()
    store = os.path.join(home.dir, "store")
    os.mkdir(store)
    home.edit("routes:", "store: store/dunlin.db\nroutes:")
    home.accounts(crowd(1, "2026-08-31"))
    os.chmod(os.path.join(store, "dunlin.db"), 0o400)
    mounted = os.geteuid() != 0
    if not mounted and subprocess.run(["mount", "--bind", store, store],
                                      capture_output=True).returncode == 0:
        # The superuser may write anything but what is mounted read-only.
        atexit.register(lambda: subprocess.run(["umount", "-l", store]))
        mounted = subprocess.run(["mount", "-o", "remount,ro,bind", store],
                                 capture_output=True).returncode == 0
    if mounted:
        home.run("serve", "--at", NOW, status=3)
        check(any(w in home.stderr.lower() for w in ("read-only", "permission", "rights")),
              home.stderr)

with told("the clock leaps by hours, both ways"):
    shim = os.path.join(folder(), "clockshim.so")
    built = subprocess.run(["cc", "-shared", "-fPIC", "-o", shim,
                            os.path.join(os.path.dirname(__file__), "clockshim.c"), "-ldl"])
    check(built.returncode == 0, "the shim does not build")
    offset = os.path.join(os.path.dirname(shim), "offset")

    def leap(seconds):
        with open(offset + ".new", "w") as f:
            f.write("%d" % seconds)
        os.rename(offset + ".new", offset)

    preload = shim
    sanitizer = subprocess.run(["sh", "-c", "ldd %s | sed -n 's/.*=> \\(.*libasan[^ ]*\\) .*/\\1/p'"
                                % DUNLIN], capture_output=True, text=True).stdout.strip()
    if sanitizer:
        preload = sanitizer + " " + shim
    env = {"LD_PRELOAD": preload, "CLOCK_OFFSET": offset}
    leap(0)
    wide = "policy:\n  override_reason: tests\n  windows: {sms: {mon-sun: \"00:00-24:00\"}}\n"
    today = datetime.datetime.now(datetime.timezone.utc).date()
    sim = Sim()
    home = Home(sim.port, zone="UTC", more=wide + "test_numbers: [\"+639170000001\"]\n")
    daemon = home.serve(env=env)
    wait_until("bound", lambda: sim.stats()["sessions"] == 1)

    def send(n, status=0):
        home.run("send", "--to", "+639170000001", "--text", "number %d" % n, "--when-allowed",
                 status=status)

    send(1)
    wait_until("the first goes", lambda: len(sim.submits()) == 1)
    for n, hours in ((2, 5), (3, -7)):
        leap(hours * 3600)
        time.sleep(0.5)
        send(n)
        time.sleep(2)
        check(len(sim.submits()) == 1, "sent at an hour that nobody is sure of")
        sim.tell("mo 639170000001 28550 hello %d" % hours)
        wait_until("replies are taken all the same", lambda: len(home.list("inbox")) == n - 1)
        still_serves(home)
    check(errors(daemon, "sending_held"), "it does not say why nothing goes")
    check("clock" in json.dumps(home.one("status")), "status does not say why nothing goes")
    leap(0)
    wait_until("it goes on when the clock is right again",
               lambda: "number 1" in json.dumps(sim.submits()) and len(sim.submits()) >= 2, 60)
    daemon.stop()
    home.whole()
    sim.end()

with told("10,000 replies at once"):
    sim = Sim("--deliver-window", 1000)
    home = Home(sim.port)
    home.accounts(crowd(500, "2026-12-31"))
    daemon = home.serve("--at", NOW)
    wait_until("bound", lambda: sim.stats()["sessions"] == 1)
    for i in range(10000):
        sim.process.stdin.write("mo 63917%07d 28550 this is question %d\n" % (1 + i % 500, i))
    sim.process.stdin.flush()
    still_serves(home)
    wait_until("all are taken", lambda: sim.stats()["deliver_answers"] >= 10000 and
               sim.stats()["waiting"] == 0, 240)
    daemon.stop()
    inbox = [i["text"] for i in home.list("inbox")]
    check(len(inbox) == 10000 and len(set(inbox)) == 10000, len(inbox), "in the inbox")
    home.whole()
    sim.end()

with told("100 MB of garbage imported while it serves"):
    sim = Sim("--answer-delay", 10)
    home = Home(sim.port)
    home.accounts(crowd(300, "2026-08-31"))
    daemon = home.serve("--at", NOW)
    dice = random.Random(4)
    rows = "".join("%s,%s,%s,%s,%s\n" % tuple(
        dice.choice(("", "x" * dice.randrange(40), "2.54E+11", "15/09/2026", "\"a b\"", "-1", "é"))
        for _ in range(5)) for _ in range(20000)).encode()
    octets = bytes(dice.choice(b"abc,;\"\n\r\t0123456789\xff\xc3\x00-+.") for _ in range(1 << 20))
    for block, size in ((octets, 100), (rows, 100)):
        path = os.path.join(home.dir, "garbage.csv")
        with open(path, "wb") as f:
            f.write(b"account_id,name,phone,due_date,amount_due\n")
            while f.tell() < size << 20:
                f.write(block)
        with open(os.path.join(home.dir, "complaints"), "wb") as complaints:
            loader = spawn([DUNLIN, "-C", home.dir, "import", "accounts", path],
                           stdout=subprocess.DEVNULL, stderr=complaints)
            while loader.poll() is None:
                still_serves(home)
                time.sleep(0.1)
        check(loader.returncode == 1 and size_of(complaints.name) > 0, "the import ended with",
              loader.returncode)
        os.unlink(path)
    delivered = lambda: sum(m["status"] == "delivered" for m in home.out()) == 300
    wait_until("texts went meanwhile", delivered)
    check(len(home.list("accounts")) == 300, "garbage became accounts")
    daemon.stop()
    home.whole()
    sim.end()
sys.exit(1 if failures else 0)
