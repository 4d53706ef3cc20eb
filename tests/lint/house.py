"""Holds the house rules that can be read from the sources: the star, the layers, the doors, cycles,
sizes, words. Prints every violation as FILE:LINE: what is wrong and how to mend it."""

import os
import re
import sys

ROOT = sys.argv[1]

LEAVES = ("modem", "ivr", "templates", "schedule")

# Top to bottom. A module includes its own layer and those below; modules of layers written on one
# line (|) do not know each other. What is not named here has no layer, and fails.
LAYERS = """
main      main
cli       cli/*
daemon    daemon daemon_say
web       web/*
command   command/* import/import
work      planner alert keeper send/dispatch send/asking hear/inbox hear/reception call/caller
work      dossier/*
channel   send/channel call/channel_voice pool/*
decision  hear/letter call/calling call/handover_call
decision  hear/answer send/handover send/flight send/settle start start_air call/claim call/tapes
facts     person/agenda
facts     report/reporting
facts     person/* import/import_wire call/brief call/saying call/greeting call/recordings
store     store/* | smpp/*
config    config/config config/config_script
words     report/*
words     config/config_words
words     base/catalog base/calendar base/yaml base/csv base/log
base      base/* pool/air
"""

# A foreign library has one door: <header> and the files that may open it.
DOORS = (
    (r"libsmpp34/", r"gateway/smpp/", "gateway/smpp/"),
    (r"openssl/", r"gateway/smpp/", "gateway/smpp/"),
    (r"sqlite3\.h", r"gateway/store/", "gateway/store/ (others use store.h)"),
    (r"microhttpd\.h", r"gateway/web/", "gateway/web/"),
    (r"yaml\.h", r"gateway/base/yaml\.c", "gateway/base/yaml.c"),
    (r"csv\.h", r"gateway/base/csv\.c", "gateway/base/csv.c"),
    (r"libical/", r"gateway/base/calendar_ics\.c", "gateway/base/calendar_ics.c"),
    (r"phonenumbers/", r"gateway/base/phone_shim\.cc", "gateway/base/phone_shim.cc"),
    (r"zip\.h", r"gateway/base/archive\.c", "gateway/base/archive.c"),
    (r"jansson\.h", r"gateway/", "gateway/"),
    (r"sodium\.h", r"gateway/", "gateway/"),
    (r"unicode/", r"templates/", "templates/"),
    (r"libserialport\.h", r"modem/", "modem/"),
    (r"alsa/", r"ivr/line_alsa\.c", "ivr/line_alsa.c"),
    (r"(portaudio|pa_linux_alsa)\.h", r"ivr/line_portaudio\.c", "ivr/line_portaudio.c"),
    (r"spandsp", r"ivr/(keys|line_wav)\.c", "ivr/keys.c (and line_wav.c, which presses keys)"),
    (r"sndfile\.h", r"ivr/wav\.c", "ivr/wav.c"),
    (r"speex/", r"ivr/pcm\.c", "ivr/pcm.c"),
    (r"uv\.h", r"(gateway|modem|ivr)/", "gateway/, modem/ and ivr/: the other leaves are pure"),
)

SYSTEM = set(
    """arpa/inet.h assert.h ctype.h dirent.h dlfcn.h errno.h fcntl.h getopt.h glob.h inttypes.h libgen.h
    limits.h locale.h math.h netdb.h netinet/in.h netinet/tcp.h poll.h pthread.h pwd.h signal.h
    stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h
    sys/file.h sys/ioctl.h sys/mman.h sys/random.h sys/resource.h sys/socket.h sys/stat.h
    sys/statvfs.h sys/syscall.h sys/time.h sys/types.h sys/uio.h sys/un.h sys/wait.h sysexits.h
    termios.h time.h unistd.h""".split()
)

FILE_LINES, HEADER_LINES, FUNCTION_LINES = 600, 120, 70

# Longer than the rule, and why; the number is the most it may have.
LONG = {
    "gateway/store/calls.h": (140, "the row of a call, and each step of its life"),
    "gateway/pool/channel_pool.h": (160, "the inside of a modem route, shared by its files"),
    "gateway/smpp/codec.h": (160, "the values of the protocol, beside their clauses"),
    "gateway/config/config.h": (290, "what a person may write, as plain values"),
    "gateway/store/intake.h": (210, "one manual for the passes of an import"),
    "gateway/store/list.h": (200, "the rows of every list, as plain values"),
    "gateway/store/statements.def": (900, "each statement once, in one list"),
    "gateway/store/store.h": (140, "the words kept in the store, beside its calls"),
    "gateway/base/yaml.h": (135, "the reader and its checker, used together"),
    "schedule/plan.h": (190, "the facts of a debt, as plain values"),
    "schedule/policy.h": (200, "six kinds of rule, as plain values"),
    "gateway/person/facts_part.h": (160, "the pools of a person, beside who fills them"),
    "schedule/plan_part.h": (130, "what judging, walking and deciding share"),
    "schedule/campaign.h": (170, "what a campaign may ask for, as plain values"),
    "modem/modem_values.h": (190, "what a modem is told and tells, as plain values"),
    "modem/modem_parts.h": (230, "the inside of a modem, shared by its files"),
    "ivr/script.h": (170, "what a script may say, as plain values"),
    "ivr/script_run.h": (190, "events in, what to do out, and what is noted of it"),
    "templates/template.h": (130, "every fault a template may have"),
}

# What each package of packages.txt is for: a pattern, and where it must still be found.
PACKAGES = {
    "build-essential": (r"LANGUAGES C CXX", "CMakeLists.txt"),
    "cmake": (r"cmake --preset", "check"),
    "ninja-build": (r'"Ninja"', "CMakePresets.json"),
    "pkg-config": (r"PkgConfig REQUIRED", "CMakeLists.txt"),
    "libuv1-dev": (r"REQUIRED IMPORTED_TARGET libuv\)", "CMakeLists.txt"),
    "libsmpp34-dev": (r"smpp34 REQUIRED", "CMakeLists.txt"),
    "libserialport-dev": (r"IMPORTED_TARGET libserialport\)", "CMakeLists.txt"),
    "libsqlite3-dev": (r"IMPORTED_TARGET sqlite3\)", "CMakeLists.txt"),
    "libyaml-dev": (r"yaml-0\.1", "CMakeLists.txt"),
    "libjansson-dev": (r"IMPORTED_TARGET jansson\)", "CMakeLists.txt"),
    "libcsv-dev": (r"csv REQUIRED", "CMakeLists.txt"),
    "libical-dev": (r"libical\)", "CMakeLists.txt"),
    "libicu-dev": (r"icu-i18n", "CMakeLists.txt"),
    "libphonenumber-dev": (r"phonenumber REQUIRED", "CMakeLists.txt"),
    "libprotobuf-dev": (r"phonenumbers/", "gateway/base/phone_shim.cc"),  # its headers ask for it
    "libsodium-dev": (r"libsodium\)", "CMakeLists.txt"),
    "libzip-dev": (r"IMPORTED_TARGET libzip\)", "CMakeLists.txt"),
    "libssl-dev": (r"IMPORTED_TARGET openssl\)", "CMakeLists.txt"),
    "libcmocka-dev": (r"IMPORTED_TARGET cmocka\)", "tests/CMakeLists.txt"),
    "portaudio19-dev": (r"portaudio-2\.0", "CMakeLists.txt"),
    "libspandsp-dev": (r"TARGET spandsp", "CMakeLists.txt"),
    "libsndfile1-dev": (r"TARGET sndfile", "CMakeLists.txt"),
    "libspeexdsp-dev": (r"TARGET speexdsp", "CMakeLists.txt"),
    "espeak-ng": (r"\bespeak-ng\b", "ivr/**.c"),
    "libasound2-dev": (r"TARGET alsa\)", "CMakeLists.txt"),
    "libgsm1-dev": (r"gsm", "tests/CMakeLists.txt"),
    "libopencore-amrnb-dev": (r"opencore", "tests/CMakeLists.txt"),
    "tzdata": (r"zoneinfo", "gateway/base/calendar.c"),
    "clang": (r'"clang"', "CMakePresets.json"),
    "libclang-rt-14-dev": (r"fsanitize=fuzzer", "tests/CMakeLists.txt"),
    "clang-format": (r"clang-format", "tests/lint/test_house.sh"),
    "sqlite3": (r"\bsqlite3 ", "tests/**.sh"),
    "python3": (r"\bpython3 ", "tests/lint/test_house.sh"),
    "perl": (r"^#!.*perl", "tests/**.pl"),
    "libnet-smpp-perl": (r"Net::SMPP", "tests/day/**.pl"),
    "kannel": (r"\bbearerbox ", "tests/day/**.sh"),
    "gammu": (r"gammu -c", "tests/day/**.sh"),
    "gammu-smsd": (r"gammu-smsd -c", "tests/day/**.sh"),
    "smstools": (r"smsd -c", "tests/day/**.sh"),
    "nodejs": (r"require\(", "tests/**.js"),
    "npm": (r"npm ci", "check"),
}

found = []


def wrong(path, line, what):
    found.append((path, line, what))


# ---- reading ----

TOKEN = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', re.S
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    """One C file: its text, `code` without comments and strings, `uncommented` without comments,
    and its includes as (line, quote, target)."""

    def __init__(self, path):
        self.path = path
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            self.text = f.read()
        self.strings = []
        self.comments = []
        self.uncommented = TOKEN.sub(self.keep_strings, self.text)
        self.code = TOKEN.sub(lambda m: blank(m[0]), self.text)
        self.includes = [
            (self.line(m.start()), m[1], m[2]) for m in INCLUDE.finditer(self.uncommented)
        ]

    def keep_strings(self, m):
        if m[0][0] == "/":
            self.comments.append((self.line(m.start()), m[0]))
            return blank(m[0])
        if m[0][0] == '"':
            self.strings.append((self.line(m.start()), m[0]))
        return m[0]

    def line(self, at):
        return self.text.count("\n", 0, at) + 1


def files(*tops):
    for top in tops:
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders[:] = [d for d in folders if d not in ("node_modules", "corpus", "__pycache__")]
            for name in sorted(names):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def is_c(path):
    return path.endswith((".c", ".h", ".cc"))


sources = {p: Source(p) for p in files("gateway", *LEAVES, "tests") if is_c(p)}
product = {p: s for p, s in sources.items() if not p.startswith("tests/")}


def resolve(path, target):
    """The file a quoted include means, or None; as the compiler looks: beside it, then the root."""
    for base in (os.path.dirname(path), ""):
        candidate = os.path.normpath(os.path.join(base, target))
        if candidate in sources or os.path.exists(os.path.join(ROOT, candidate)):
            return candidate
    return None


# ---- the star and the doors ----


def check_star():
    for path, source in product.items():
        top = path.split("/")[0]
        for line, quote, target in source.includes:
            if quote != '"':
                continue
            if ".." in target:
                wrong(path, line, f'"{target}" climbs: name it from the root of the tree')
            goal = resolve(path, target)
            if goal is None:
                wrong(path, line, f'"{target}" is not there')
            elif top in LEAVES and not goal.startswith(top + "/"):
                wrong(path, line, f"{top}/ is a leaf and includes {goal}: pass it plain values from gateway/")
            elif top in LEAVES and "/" in target:
                wrong(path, line, f'a leaf names its own headers plainly: "{os.path.basename(target)}"')
            elif os.path.dirname(goal) == os.path.dirname(path) and "/" in target:
                wrong(path, line, f'a header beside it is named plainly: "{os.path.basename(target)}"')
            elif goal.startswith("tests/"):
                wrong(path, line, f"the product includes {goal}: move what it needs out of tests/")
    for path, source in sources.items():
        for line, quote, target in source.includes:
            goal = resolve(path, target) if quote == '"' else None
            if path.startswith("tests/sim/") and goal and not goal.startswith("tests/sim/"):
                wrong(path, line, "the simulator shares nothing with what it tests")


def check_doors():
    for path, source in product.items():
        for line, quote, target in source.includes:
            if quote != "<" or target in SYSTEM:
                continue
            if path.endswith(".cc") and "." not in target:  # of the C++ library
                continue
            doors = [d for d in DOORS if re.match(d[0], target)]
            if not doors:
                wrong(path, line, f"<{target}> is behind no door: give the library one in tests/lint/house.py")
            elif not re.match(doors[0][1], path):
                wrong(path, line, f"<{target}> is used only in {doors[0][2]}")


SQL = re.compile(
    r"\b(SELECT\b.*|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX|TEMP)|DROP TABLE|"
    r"PRAGMA \w|ATTACH|BEGIN (IMMEDIATE|EXCLUSIVE)|SAVEPOINT|VACUUM)"
)


def check_sql():
    for path, source in product.items():
        if path.startswith("gateway/store/"):
            continue
        for line, text in source.strings:
            if SQL.search(text):
                wrong(path, line, "SQL lives in gateway/store/statements.def: add a statement there")


# ---- layers and cycles ----


def parse_layers():
    """Module -> (rank, group); rank 0 is the top. A name ending in /* is a folder."""
    layers, order = {}, []
    for row in LAYERS.strip().splitlines():
        name, _, rest = row.partition(" ")
        if name not in order:
            order.append(name)
        for group, modules in enumerate(rest.split("|")):
            for module in modules.split():
                layers[module] = (order.index(name), group, name)
    return layers


layers = parse_layers()


def part_of(path):
    """The module a file belongs to: NAME_x.c without a header and NAME_x.h that includes NAME.h are
    parts of NAME."""
    stem = os.path.splitext(path)[0]
    folder = os.path.dirname(path)
    while "_" in os.path.basename(stem):
        shorter = stem[: stem.rindex("_")]
        header, own = shorter + ".h", stem + ".h"
        inner = own in sources and any(
            q == '"' and resolve(own, t) == header for _, q, t in sources[own].includes
        )
        if own in sources and not inner:
            break
        probe = shorter
        while probe + ".h" not in sources and "_" in os.path.basename(probe):
            probe = probe[: probe.rindex("_")]
        if probe + ".h" not in sources:
            break
        stem = probe
    return stem if os.path.dirname(stem) == folder else os.path.splitext(path)[0]


modules = {p: part_of(p) for p in product}


def layer_of(module):
    name = module[len("gateway/"):]
    if name in layers:
        return layers[name]
    return layers.get(name.split("/")[0] + "/*") if "/" in name else None


def check_layers():
    missing = set()
    for path, source in product.items():
        if not path.startswith("gateway/"):
            continue
        mine = layer_of(modules[path])
        if mine is None:
            if modules[path] not in missing:
                wrong(path, 1, "has no layer: place it in LAYERS of tests/lint/house.py")
            missing.add(modules[path])
            continue
        for line, quote, target in source.includes:
            goal = resolve(path, target) if quote == '"' else None
            if goal not in modules or not goal.startswith("gateway/"):
                continue
            other = layer_of(modules[goal])
            if other is None or modules[goal] == modules[path]:
                continue
            if other[0] < mine[0]:
                wrong(path, line, f"{goal} is of layer `{other[2]}`, above `{mine[2]}`: "
                      "let it call down, or pass a callback")
            elif other[0] == mine[0] and other[1] != mine[1]:
                wrong(path, line, f"{goal} is beside this in layer `{mine[2]}`: join them above")


def check_cycles():
    for what, name in ((lambda p: p, "headers"), (lambda p: modules[p], "modules")):
        graph = {}
        for path, source in product.items():
            if name == "headers" and not path.endswith(".h"):
                continue
            for line, quote, target in source.includes:
                goal = resolve(path, target) if quote == '"' else None
                if goal in product and what(goal) != what(path):
                    graph.setdefault(what(path), {}).setdefault(what(goal), (path, line))
        report_cycle(graph, name)


def report_cycle(graph, name):
    done, trail = set(), []

    def walk(node):
        if node in trail:
            ring = trail[trail.index(node):] + [node]
            path, line = graph[ring[-2]][node]
            wrong(path, line, f"{name} go round: " + " > ".join(ring) + "; move what both need into one below")
            return
        if node in done:
            return
        trail.append(node)
        for goal in graph.get(node, ()):
            walk(goal)
        trail.pop()
        done.add(node)

    for node in sorted(graph):
        walk(node)


# ---- sizes and words ----


def check_sizes():
    for path in files("gateway", *LEAVES, "tests"):
        if not path.endswith((".c", ".h", ".cc", ".sh", ".py", ".js", ".pl", ".def", ".sql")):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            n = sum(1 for _ in f)
        most = HEADER_LINES if path in product and path.endswith(".h") else FILE_LINES
        if path in LONG:
            if n <= most:
                wrong("tests/lint/house.py", 1, f"{path} is short again: take it out of LONG")
            most = LONG[path][0]
        if n > most:
            wrong(path, n, f"{n} lines, of {most} at most: split it where its parts meet")
    for path in LONG:
        if not os.path.exists(os.path.join(ROOT, path)):
            wrong("tests/lint/house.py", 1, f"{path} is gone: take it out of LONG")
    for path, source in sources.items():
        start = 0
        for n, text in enumerate(source.code.split("\n"), 1):
            if text.startswith("{"):
                start = n
            elif text.startswith("}") and start:
                if n - start - 1 > FUNCTION_LINES:
                    wrong(path, start, f"a function of {n - start - 1} lines: split it")
                start = 0


FORBIDDEN = (
    (r"\b(strtok|strtok_r|sscanf|gets|sprintf)\s*\(", "",
     "is not used here: parse with cursor and end, format with snprintf"),
    (r"\b(setenv|putenv)\s*\(", "", "changes the environment under other threads: pass the value"),
    (r"\b(v?f?printf|puts|fputs|putchar|perror|syslog)\s*\(", "|".join(LEAVES),
     "prints: a leaf reports outcomes and leaves words to gateway/"),
    (r"\b(time|clock_gettime|gettimeofday)\s*\(", "|".join(LEAVES),
     "reads the clock: a leaf is given `now`"),
    (r"\b(fopen|open|read|write|malloc_trim)\s*\(", "schedule|templates", "is I/O: these leaves are pure"),
)


def check_words():
    for path, source in product.items():
        for pattern, where, what in FORBIDDEN:
            if where and not re.match(f"({where})/", path):
                continue
            for m in re.finditer(pattern, source.code):
                wrong(path, source.line(m.start()), f"{m[0].rstrip('( ')} {what}")
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    machine = re.compile(r"(?<![\w}$.*])/(work|root|home|Users|tmp/build)/")
    for path in list(files("gateway", *LEAVES, "tests", "cmake", ".ci")) + [
        "check", "CMakeLists.txt", "CMakePresets.json", "packages.txt",
    ]:
        if path.endswith(("package-lock.json", "house.py")) or "/data/" in path:
            continue
        try:
            with open(os.path.join(ROOT, path), encoding="utf-8") as f:
                text = f.read()
        except UnicodeDecodeError:
            continue
        looked_at = sources[path].comments if path in sources else enumerate(text.split("\n"), 1)
        for line, part in looked_at:
            if unfinished.search(part):
                wrong(path, line, "is unfinished by its own word: finish it, or write an issue")
        for line, part in enumerate(text.split("\n"), 1):
            if machine.search(part):
                wrong(path, line, "names a folder of one machine: take it from the environment")


# ---- what else goes stale ----


def check_corpora():
    for path in files("tests/fuzz"):
        m = re.fullmatch(r"tests/fuzz/fuzz_(\w+)\.c", path)
        folder = m and os.path.join(ROOT, "tests/fuzz/corpus", m[1])
        if m and not (os.path.isdir(folder) and os.listdir(folder)):
            wrong(path, 1, f"tests/fuzz/corpus/{m[1]}/ is empty: commit a few inputs to begin with")


def matches(pattern, where):
    if "**" not in where:
        names = [where]
    else:
        top, _, end = where.partition("**")
        names = [p for p in files(top) if p.endswith(end) and not p.endswith("house.py")]
    for name in names:
        try:
            with open(os.path.join(ROOT, name), encoding="utf-8") as f:
                if re.search(pattern, f.read()):
                    return True
        except (UnicodeDecodeError, FileNotFoundError):
            pass
    return False


def check_packages():
    with open(os.path.join(ROOT, "packages.txt"), encoding="utf-8") as f:
        for line, row in enumerate(f, 1):
            words = row.split("#")[0].split()
            if len(words) != 2:
                continue
            package = words[1]
            if package not in PACKAGES:
                wrong("packages.txt", line, f"say in tests/lint/house.py what {package} is for")
            elif not matches(*PACKAGES[package]):
                wrong("packages.txt", line, f"{package} is used no more ({PACKAGES[package][1]}): take it out")


for check in (check_star, check_doors, check_sql, check_layers, check_cycles, check_sizes, check_words,
              check_corpora, check_packages):
    check()
for path, line, what in sorted(set(found)):
    print(f"{path}:{line}: {what}")
sys.exit(1 if found else 0)
