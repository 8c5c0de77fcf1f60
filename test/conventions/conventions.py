"""The conventions that matter, held by a test.

    conventions.py SOURCE [RULE...]   print what breaks one; exit 1 if anything does

- Dependencies: tool -> checks -> checks/analysis, never upwards; within the
  core, by the table of checks/analysis/README.md; a check never includes another; the runtime and the linter never include each other; the
  core includes no clang-tidy header, prints nothing and reads no environment.
- No foreign function name in the linter's C++: those are data (checks/models).
- checks.def, the checks' folders, pages, tests, docs/checks/index.md and the
  table of docs/why.md name the same checks.
- A page has the headings that every page has, in their order.
- A diagnostic begins in lower case, ends without a full stop.
- Files keep their size: lines of code, without blank lines and comments.
- The runtime's sources and its headers in detail/ lie in folders of one idea, which have
  the same names in both.
- A shell script with pipefail pipes into nothing that stops reading early: the
  writer then dies of SIGPIPE, or not, by chance, and the pipe fails with it.
"""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1])
PROBLEMS = []

# Code lines a file may have. ModelParser.cpp is one long list of the keys of
# FORMAT.md, one small function each.
BUDGETS = [
    ("checks/*/*Check.cpp", 150),
    ("checks/analysis/models/ModelParser.cpp", 700),
    ("checks/analysis/*", 400),
    ("checks/analysis/*/*", 400),
    ("tool/*/main.cpp", 100),
    ("runtime/include/nostall/*.h", 200),
]

HEADINGS = [
    "Why it matters",
    "Example",
    "Use instead",
    "What is flagged",
    "Options",
    "Fix",
    "Suppressing",
    "Known limits",
    "See also",
]


def problem(path, line, text):
    PROBLEMS.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def files(*patterns):
    return sorted({p for pattern in patterns for p in ROOT.glob(pattern) if p.is_file()})


def sources(*folders):
    return files(*(f"{folder}/**/*.{end}" for folder in folders for end in ("h", "cpp", "def")))


def without_comments(text):
    """The text with comments blanked out, line for line; strings are kept."""
    pattern = r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/'
    return re.sub(
        pattern,
        lambda m: m[0] if m[0].startswith('"') else re.sub(r"[^\n]", " ", m[0]),
        text,
        flags=re.S,
    )


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line):
            yield number, found[1]


def check_dependencies():
    checks = {p.parent.name for p in files("checks/*/*Check.cpp")}
    for path in sources("checks", "tool"):
        own = path.relative_to(ROOT).parts
        for number, name in includes(path):
            if name.startswith("nostall/"):
                problem(path, number, f"the linter includes the runtime's {name}")
            if own[0] == "checks" and (ROOT / "tool" / name).exists():
                problem(path, number, f"checks include the driver's {name}")
            if own[:2] == ("checks", "analysis"):
                if name.startswith("clang-tidy/") or name in ("NostallCheck.h", "Catalogue.h"):
                    problem(path, number, f"the core includes {name}")
            elif own[0] == "checks" and name.split("/")[0] in checks - {own[1]}:
                problem(path, number, f"a check includes another: {name}")
    for path in sources("runtime"):
        for number, name in includes(path):
            if name.split("/")[0] in ("clang", "llvm", "clang-tidy", "analysis"):
                problem(path, number, f"the runtime includes the linter's {name}")
    for path in sources("checks/analysis"):
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            if re.search(r"\b(llvm::outs|llvm::errs|outs\(\)|errs\(\)|getenv|std::cout|std::cerr|printf)\b", line):
                problem(path, number, "the core prints or reads the environment")


def check_stages():
    """A stage of the core includes those above it in the table of the core's README."""
    table = ROOT / "checks/analysis/README.md"
    order = re.findall(r"^\| `(\w+)` \|", table.read_text(), re.M)
    found = sorted({p.parent.name for p in files("checks/analysis/*/*")})
    if sorted(order) != found:
        problem(table, 1, f"the table lists {sorted(order)}, the folders are {found}")
        return
    for path in sources(*(f"checks/analysis/{stage}" for stage in order)):
        stage = path.parent.name
        for number, name in includes(path):
            other = re.match(r"analysis/(\w+)/", name)
            if other and order.index(other[1]) > order.index(stage):
                problem(path, number, f"{stage} includes {name}, which comes after it")


def check_runtime_folders():
    for top in ("runtime/src", "runtime/include/nostall/detail"):
        for path in files(f"{top}/*"):
            problem(path, 1, f"belongs into a folder of {top}")
    known = {p.parent.name for p in files("runtime/src/*/*")}
    for path in files("runtime/include/nostall/detail/*/*"):
        if path.parent.name not in known:
            problem(path, 1, f"runtime/src has no folder {path.parent.name}")


def check_foreign_names():
    names = set()
    for path in files("checks/models/*.yaml"):
        text = re.sub(r"#[^\n]*", "", path.read_text())
        names |= {n for n in re.findall(r"[\w:]*\w::[\w~]+", text)}
    for path in sources("checks", "tool"):
        if path.is_relative_to(ROOT / "checks/models"):
            continue
        for number, line in enumerate(without_comments(path.read_text()).splitlines(), 1):
            for literal in re.findall(r'"((?:\\.|[^"\\])*)"', line):
                if literal in names:
                    problem(path, number, f"the foreign name {literal} belongs into checks/models")


def check_catalogue():
    listed = re.findall(r'^NOSTALL_CHECK\("nostall-([^"]+)"', (ROOT / "checks/checks.def").read_text(), re.M)
    index = re.findall(r"^\| \[nostall-([^\]]+)\]", (ROOT / "docs/checks/index.md").read_text(), re.M)
    found = {
        "a folder with a check": sorted(p.parent.name for p in files("checks/*/*Check.cpp")),
        "a page": sorted(p.parent.name for p in files("checks/*/*.md") if p.stem == p.parent.name),
        "a test folder": sorted({p.parent.name for p in files("test/checks/*/*.cpp", "test/checks/*/*.test")}),
    }
    table = ROOT / "checks/checks.def"
    why = re.findall(r"^\| \[([^\]]+)\]", (ROOT / "docs/why.md").read_text(), re.M)
    if listed != why:
        problem(table, 1, f"docs/why.md tells of {why}, checks.def lists {listed}")
    if listed != index:
        problem(table, 1, f"docs/checks/index.md lists {index}, checks.def {listed}")
    for what, names in found.items():
        for name in sorted(set(listed) ^ set(names)):
            problem(table, 1, f"{name} is {'listed but lacks' if name in listed else 'not listed but has'} {what}")


def check_pages():
    for path in files("checks/*/*.md"):
        if path.stem != path.parent.name:
            continue
        text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.S | re.M)
        if not text.startswith(f"# nostall-{path.stem}\n"):
            problem(path, 1, f"a page begins with '# nostall-{path.stem}'")
        got = re.findall(r"^## (.*)$", text, re.M)
        wanted = [h for h in HEADINGS if any(g.startswith(h) for g in got)]
        if len(wanted) != len(HEADINGS):
            problem(path, 1, f"missing headings: {', '.join(h for h in HEADINGS if h not in wanted)}")
        order = [next((i for i, h in enumerate(HEADINGS) if g.startswith(h)), None) for g in got]
        if None in order or order != sorted(order):
            problem(path, 1, f"the headings are {got}, not {HEADINGS}")


def check_messages():
    for path in sources("checks"):
        text = without_comments(path.read_text())
        for call in re.finditer(r'\b(?:diag|configurationDiag)\(', text):
            argument = re.search(r'((?:"(?:\\.|[^"\\])*"\s*)+)', text[call.end() : call.end() + 600])
            if not argument or ";" in text[call.end() : call.end() + argument.start()]:
                continue
            message = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', argument[1]))
            line = text.count("\n", 0, call.start()) + 1
            if not re.match(r"[a-z'%]", message):
                problem(path, line, f"a diagnostic begins in lower case: {message!r}")
            if message.endswith("."):
                problem(path, line, f"a diagnostic ends without a full stop: {message!r}")


def check_sizes():
    seen = set()
    for pattern, budget in BUDGETS:
        for path in files(pattern):
            if path in seen or path.suffix not in (".h", ".cpp"):
                continue
            seen.add(path)
            lines = sum(1 for line in without_comments(path.read_text()).splitlines() if line.strip())
            if lines > budget:
                problem(path, 1, f"{lines} lines of code; {pattern} keeps to {budget}")


def shell_scripts():
    for path in files("*", ".ci/*", "[!.b]*/**/*"):
        with path.open("rb") as file:
            if re.match(rb"#!.*\b(ba|da|k|z)?sh\b", file.readline(100)):
                yield path


def check_pipes():
    """`grep -q`, `grep -m` and `head` stop reading early."""
    early = re.compile(r"(?<!\|)\|&?(?!\|)\s*(grep\s+(?:[^|;&\n]*\s)?-(?:-quiet|-silent|-max-count|[a-zA-Z]*[qm])|head\b)")
    for path in shell_scripts():
        text = re.sub(r"(^|\s)#.*", r"\1", path.read_text(), flags=re.M)
        if "pipefail" not in text:
            continue
        # A line that goes on in the next is one.
        for found in early.finditer(text.replace("\\\n", " \n")):
            line = text.count("\n", 0, found.start(1)) + 1
            problem(path, line, f"a pipe into '{found[1]}' fails by chance under pipefail; read all, or read a file")


RULES = (
    check_dependencies,
    check_stages,
    check_runtime_folders,
    check_foreign_names,
    check_catalogue,
    check_pages,
    check_messages,
    check_sizes,
    check_pipes,
)
for rule in RULES:
    if not sys.argv[2:] or rule.__name__ in sys.argv[2:]:
        rule()
print("\n".join(PROBLEMS) if PROBLEMS else "the conventions hold")
sys.exit(bool(PROBLEMS))
