"""Plants blocking calls under the coroutines of the real programs, and lints.

    plants.py --nostall PATH [--seed N] [--only SUBSTRING] [--keep FOLDER]

One of the calls of `PRIMITIVES` is put at the end of a chain of one to six
helpers, each reached in one of the ways of `HOPS` (a plain call, a template, a
constructor, a virtual function, a lambda given to an algorithm, ...), and the
first helper is called from the body of a real coroutine. Half of the chains live
in a header of their own. A program gets as many plants as it has places, so that
it is parsed once; the choice is random but follows from the seed, and every
primitive and every way is used before one is used again.

Each plant must be found on its line by nostall-blocking-call, with the whole
chain in the notes: every helper's line in order, and the name of the primitive.
"""

import argparse
import itertools
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cpptext import line_of, opens_block, tokens
from programs import UNPARSED, Program, in_parallel, lint, programs

CHECK = "nostall-blocking-call"
DEPTHS = range(1, 7)


@dataclass(frozen=True)
class Primitive:
    name: str  # must stand in the notes
    header: str
    statement: str  # the last line of its text is the blocking call


PRIMITIVES = [
    Primitive("sleep_for", "thread", "std::this_thread::sleep_for(std::chrono::milliseconds(5));"),
    Primitive("sleep", "unistd.h", "::sleep(1);"),
    Primitive("nanosleep", "time.h", "timespec wanted{0, 1000};\n::nanosleep(&wanted, nullptr);"),
    Primitive("get", "future", "std::promise<int> promise;\npromise.get_future().get();"),
    Primitive("wait", "condition_variable",
              "std::mutex mutex;\nstd::condition_variable changed;\n"
              "std::unique_lock<std::mutex> lock(mutex);\nchanged.wait(lock);"),
    Primitive("join", "thread", "std::thread thread([] {});\nthread.join();"),
    Primitive("acquire", "semaphore", "std::counting_semaphore<4> free(0);\nfree.acquire();"),
    Primitive("system", "cstdlib", '(void)std::system("true");'),
    Primitive("waitpid", "sys/wait.h", "int status = 0;\n::waitpid(-1, &status, 0);"),
    Primitive("popen", "stdio.h", '(void)::popen("true", "r");'),
    Primitive("getaddrinfo", "netdb.h",
              'addrinfo *found = nullptr;\n::getaddrinfo("localhost", "80", nullptr, &found);'),
    Primitive("poll", "poll.h", "pollfd wanted{0, POLLIN, 0};\n::poll(&wanted, 1, -1);"),
    Primitive("select", "sys/select.h",
              "fd_set readable;\nFD_ZERO(&readable);\n"
              "::select(1, &readable, nullptr, nullptr, nullptr);"),
    Primitive("ifstream", "fstream", 'std::ifstream in("settings.txt");'),
    Primitive("fopen", "cstdio", '(void)std::fopen("settings.txt", "r");'),
    Primitive("fsync", "unistd.h", "::fsync(1);"),
    Primitive("flock", "sys/file.h", "::flock(1, LOCK_EX);"),
    Primitive("copy_file", "filesystem", 'std::filesystem::copy_file("a", "b");'),
    Primitive("resolve", "boost/asio.hpp",
              "boost::asio::io_context loop;\nboost::asio::ip::tcp::resolver resolver(loop);\n"
              '(void)resolver.resolve("localhost", "80");'),
    Primitive("wait", "boost/asio.hpp",
              "boost::asio::io_context loop;\n"
              "boost::asio::steady_timer timer(loop, std::chrono::seconds(1));\ntimer.wait();"),
]

# A way to go from one helper to the next: declarations that contain `BODY` where
# the next step stands, and the expression that enters them. `ID` makes the names
# unique.
HOPS = [
    ("void ID() {\nBODY\n}", "ID()"),
    ("template <typename T> T ID(T value) {\nBODY\nreturn value;\n}", "(void)ID(1)"),
    ("struct ID {\nvoid go() {\nBODY\n}\n};", "ID{}.go()"),
    ("struct ID {\nstatic void go() {\nBODY\n}\n};", "ID::go()"),
    ("struct ID {\nID() {\nBODY\n}\n};", "{ ID made; (void)made; }"),
    ("struct ID {\n~ID() {\nBODY\n}\n};", "{ ID made; (void)made; }"),
    ("struct ID {\nint operator+(int value) const {\nBODY\nreturn value;\n}\n};", "(void)(ID{} + 1)"),
    ("struct ID {\noperator int() const {\nBODY\nreturn 1;\n}\n};", "{ int value = ID{}; (void)value; }"),
    ("struct ID {\nvirtual ~ID() = default;\nvirtual void go() = 0;\n};\n"
     "struct ID_of_a_kind : ID {\nvoid go() override {\nBODY\n}\n};\n"
     "inline ID &ID_any() {\nstatic ID_of_a_kind one;\nreturn one;\n}", "ID_any().go()"),
    ("inline int ID_value() {\nBODY\nreturn 1;\n}\nvoid ID(int = ID_value());", "ID()"),
    ("void ID() {\nauto inner = [] {\nBODY\n};\ninner();\n}", "ID()"),
    ("void ID() {\nint items[] = {1, 2};\nstd::for_each(items, items + 2, [](int) {\nBODY\n});\n}", "ID()"),
    ("struct ID {\nint *begin() {\nBODY\nreturn nullptr;\n}\nint *end() { return nullptr; }\n};",
     "for (int item : *std::make_unique<ID>()) (void)item"),
]
HEADERS = ["algorithm", "memory", "chrono"]


@dataclass
class Plant:
    name: str
    primitive: Primitive
    declarations: str  # ends where the entry can be called
    entry: str
    chain: list[str]  # markers of the lines that the notes must walk down
    in_header: bool


def make_plant(name: str, primitive: Primitive, hops: list, in_header: bool) -> Plant:
    """Builds the chain from its end: the last helper holds the primitive."""
    *setup, call = primitive.statement.split("\n")
    step = "\n".join(setup + [f"{call} // mark {name} end"])
    chain = [f"mark {name} end"]
    declarations = []
    entry = ""
    for number, (shape, way_in) in reversed(list(enumerate(hops))):
        helper = f"{name}_{number}"
        if entry:
            step = f"{entry}; // mark {name} {number}"
            chain.insert(0, f"mark {name} {number}")
        declarations.append(shape.replace("BODY", step).replace("ID", helper))
        entry = way_in.replace("ID", helper)
    text = "\n".join(declarations).replace("\nvoid ", "\ninline void ")
    if text.startswith("void "):
        text = "inline " + text
    return Plant(name, primitive, text, entry, chain, in_header)


def places(source: str) -> list[int]:
    """Offsets just inside the blocks that directly hold a `co_await`."""
    result, open_braces = [], []
    found = tokens(source)
    for index, token in enumerate(found):
        if token.text == "{":
            open_braces.append(token.offset + 1 if opens_block(found, index) else None)
        elif token.text == "}":
            open_braces.pop()
        elif token.text == "co_await":
            inner = next((o for o in reversed(open_braces) if o is not None), None)
            if inner is not None and inner not in result:
                result.append(inner)
    return result


def planted(program: Program, plants: list[Plant], header_name: str) -> str:
    """The program with every plant called from one of its places."""
    source = program.text
    for offset, plant in sorted(zip(places(source), plants), key=lambda pair: -pair[0]):
        call = f" {plant.entry}; // mark {plant.name} entry\n"
        source = source[:offset] + call + source[offset:]
    last_include = source.rindex("#include <")
    after = source.index("\n", last_include) + 1
    local = "".join(p.declarations + "\n" for p in plants if not p.in_header)
    helpers = f'#include "{header_name}"\n' + local
    return source[:after] + helpers + source[after:]


def line_with(text: str, marker: str) -> int:
    offsets = [
        i for i in range(len(text)) if text.startswith(marker + "\n", i)
    ]
    return line_of(text, offsets[0])


def try_program(program: Program, plants: list[Plant], nostall: str, folder: Path) -> list[str]:
    """What is wrong with what nostall says of the planted program."""
    folder.mkdir(parents=True)
    header = folder / "planted.hpp"
    headers = HEADERS + [p.primitive.header for p in plants]
    includes = "".join(f"#include <{name}>\n" for name in dict.fromkeys(headers))
    header.write_text(
        "#pragma once\n" + includes + "".join(p.declarations + "\n" for p in plants if p.in_header)
    )
    file = folder / program.file.name
    file.write_text(planted(program, plants, header.name))
    report = lint(nostall, file, program.flags_for(file))
    if report.code == UNPARSED:
        return [f"{program.path}: the planted program does not parse\n{report.text}"]
    texts = {str(path): path.read_text() for path in (header, file)}
    wrong = []
    for plant in plants:
        line = line_with(texts[str(file)], f"mark {plant.name} entry")
        about = f"{program.path}: {plant.primitive.name} at depth {len(plant.chain)}, line {line}"
        finding = next((f for f in report.findings if (f.line, f.check) == (line, CHECK)), None)
        if finding is None:
            wrong.append(f"{about}: not found\n{plant.entry}\n{plant.declarations}")
            continue
        home = str(header if plant.in_header else file)
        wanted = [(home, line_with(texts[home], marker)) for marker in plant.chain]
        walked = [(path, number) for path, number, _ in finding.notes]
        remaining = iter(walked)
        if not all(step in remaining for step in wanted):
            wrong.append(f"{about}: the notes skip a hop: wanted {wanted}, got {walked}\n{finding.words}")
        if plant.primitive.name not in finding.words:
            wrong.append(f"{about}: {plant.primitive.name} is not named\n{finding.words}")
    return wrong


def shuffled_forever(items: list, randomness: random.Random):
    """Every item once in random order, then again, so that none is left out."""
    while True:
        yield from randomness.sample(items, len(items))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nostall", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", help="leave the planted programs in this folder")
    options = parser.parse_args()

    randomness = random.Random(options.seed)
    primitives = shuffled_forever(PRIMITIVES, randomness)
    hops = shuffled_forever(HOPS, randomness)
    depths = shuffled_forever(list(DEPTHS), randomness)
    numbers = itertools.count()
    work = []
    for program in programs(coroutines_only=True):
        plants = [
            make_plant(
                f"plant{next(numbers)}",
                next(primitives),
                list(itertools.islice(hops, next(depths))),
                randomness.random() < 0.5,
            )
            for _ in places(program.text)
        ]
        if options.only in program.path:
            work.append((program, plants))

    with tempfile.TemporaryDirectory(prefix="nostall-plants-") as scratch:
        root = Path(options.keep or scratch)
        results = in_parallel(
            lambda item: try_program(*item, options.nostall, root / item[0].path), work
        )
    for complaint in itertools.chain.from_iterable(results):
        print(complaint)
    count = sum(len(plants) for _, plants in work)
    missed = sum(len(wrong) for wrong in results)
    print(f"seed {options.seed}: {count} blocking calls planted in {len(work)} programs, {missed} complaints")
    return 1 if missed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
