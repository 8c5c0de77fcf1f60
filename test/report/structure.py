"""Holds every format to its own rules, on the program of formats.test.

    structure.py [--broken=FILE] NOSTALL FOLDER INCLUDES

Reads what nostall writes with a parser of the format, and compares it with
what is known of FOLDER/main.cpp. --broken: lints FOLDER/FILE too, which cannot
be checked: every format has to name it.
"""

import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

BROKEN = sys.argv[1].removeprefix("--broken=") if sys.argv[1].startswith("--broken=") else None
NOSTALL, FOLDER, INCLUDES = sys.argv[1 + bool(BROKEN) :]
# Where the compiler has nothing to say, nostall has.
ERRORS = {None: [], "broken.cpp": ["clang-diagnostic-error"] * 2}.get(BROKEN, ["nostall-not-checked"])
CHECKS = ["nostall-blocking-call", "nostall-forgotten-co-await", "nostall-await-holding-lock"]
LINES = [7, 8, 10]
# "  /* "ä" & <𝄞> */ nap();" with one unit for the ä and two for the clef.
BYTE_COLUMN, UTF16_COLUMN = 23, 20


def same(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r} instead of {wanted!r}")


def run(form, *more):
    names = ["main.cpp"] + [BROKEN] * bool(BROKEN)
    done = subprocess.run(
        [NOSTALL, "--quiet", f"--format={form}", f"--root={FOLDER}", *more]
        + [f"{FOLDER}/{name}" for name in names]
        + ["--", "-std=c++20", f"-I{INCLUDES}"],
        capture_output=True,
    )
    same("exit code", done.returncode, 3 if BROKEN else 1)
    return done.stdout.decode()


def check_sarif():
    log = json.loads(run("sarif"))
    same("version", log["version"], "2.1.0")
    (only,) = log["runs"]
    same("base", only["originalUriBaseIds"]["PROJECT"]["uri"], "file://" + FOLDER.replace(" ", "%20") + "/")
    rules = only["tool"]["driver"]["rules"]
    for rule in rules:
        same("a rule's page", rule["help"]["markdown"].splitlines()[0], "# " + rule["id"])
    (invocation,) = only["invocations"]
    same("success", invocation["executionSuccessful"], not BROKEN)
    told = [n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for n in invocation["toolExecutionNotifications"]]
    same("notifications", told, [BROKEN] * len(ERRORS))
    results = only["results"]
    same("checks", [r["ruleId"] for r in results], CHECKS)
    same("rule indices", [rules[r["ruleIndex"]]["id"] for r in results], CHECKS)
    places = [r["locations"][0]["physicalLocation"] for r in results]
    same("files", {p["artifactLocation"]["uri"] for p in places}, {"main.cpp"})
    same("lines", [p["region"]["startLine"] for p in places], LINES)
    same("column", places[0]["region"]["startColumn"], UTF16_COLUMN)

    def way(result):
        return [
            (step["location"]["physicalLocation"]["artifactLocation"]["uri"], step["location"]["physicalLocation"]["region"]["startLine"])
            for step in result["codeFlows"][0]["threadFlows"][0]["locations"]
        ]

    # The hops, and then the primitive's call with the source of the knowledge.
    same("chain", way(results[0]), [("main.cpp", 7), ("main.cpp", 5), ("helpers.h", 2), ("helpers.h", 2)])
    same("lock's way", way(results[2]), [("main.cpp", 9), ("main.cpp", 10)])
    same("cause", results[0]["properties"]["cause"], "usleep")
    same("category", results[0]["properties"]["category"], "sleep")
    (change,) = results[1]["fixes"][0]["artifactChanges"]
    (edit,) = change["replacements"]
    same("fix", edit["insertedContent"]["text"], "co_await ")
    same("fixed place", edit["deletedRegion"], {"startLine": 8, "startColumn": 3, "endLine": 8, "endColumn": 3})
    for result in results:
        same("fingerprints", len(set(result["partialFingerprints"].values())), 1)
    same("distinct fingerprints", len({r["partialFingerprints"]["nostall/v1"] for r in results}), 3)
    return [r["partialFingerprints"]["nostall/v1"] for r in results]


def check_jsonl(fingerprints):
    lines = [json.loads(line) for line in run("jsonl").splitlines()]
    findings = [line for line in lines if line["severity"] != "error"]
    errors = [line for line in lines if line["severity"] == "error"]
    same("errors", [(e["check"], e["file"]) for e in errors], [(check, BROKEN) for check in ERRORS])
    same("checks", [f["check"] for f in findings], CHECKS)
    same("fingerprints", [f["fingerprint"] for f in findings], fingerprints)
    same("column", findings[0]["column"], BYTE_COLUMN)
    same("roles", [n["role"] for n in findings[0]["notes"]], ["hop", "hop", "cause"])
    same("cause", findings[0]["cause"]["name"], "usleep")
    source = Path(FOLDER, "main.cpp").read_bytes()
    (edit,) = findings[1]["edits"]
    same("edited text", source[edit["offset"] : edit["offset"] + 6], b"done()")


def check_github():
    lines = run("github").splitlines()
    warnings = [line for line in lines if line.startswith("::warning ")]
    errors = [line for line in lines if line.startswith("::error ")]
    same("errors", len(errors), len(ERRORS))
    if BROKEN == "broken.cpp":
        same("error", errors[0], "::error file=broken.cpp,line=1,col=2,title=clang-diagnostic-error::100%25 broken")
    elif BROKEN:
        same("error", errors[0].split("%")[0].split(";")[0], f"::error file={BROKEN},title=nostall-not-checked::not checked: clang 22 crashed on it")
    same("nothing else", all(line.startswith(("::warning ", "::error ")) for line in lines), True)
    same("lines", [int(w.split("line=")[1].split(",")[0]) for w in warnings], LINES)
    first = warnings[0].split("::", 2)
    same("properties", first[1], f"warning file=main.cpp,line=7,col={BYTE_COLUMN},title=nostall-blocking-call")
    text = first[2].replace("%0A", "\n").split("\n")
    same("way", [line.split(" ")[0] for line in text[1:]], ["main.cpp:5:", "helpers.h:2:", "helpers.h:2:"])


def check_codeclimate(fingerprints):
    issues = json.loads(run("codeclimate"))
    findings = [i for i in issues if i["severity"] != "blocker"]
    errors = [i for i in issues if i["severity"] == "blocker"]
    same("errors", [(e["check_name"], e["location"]["path"]) for e in errors], [(check, BROKEN) for check in ERRORS])
    same("distinct fingerprints", len({i["fingerprint"] for i in issues}), len(issues))
    for issue in issues:
        for key in ("description", "check_name", "fingerprint", "severity", "location"):
            same(f"has {key}", key in issue, True)
    same("fingerprints", [f["fingerprint"] for f in findings], fingerprints)
    same("lines", [f["location"]["lines"]["begin"] for f in findings], LINES)
    same("paths", {f["location"]["path"] for f in findings}, {"main.cpp"})


def check_junit():
    top = xml.fromstring(run("junit").encode())
    suite = next(s for s in top if s.get("name") == "main.cpp")
    same("failures", [c.get("classname") for c in suite if c.find("failure") is not None], CHECKS)
    same("errors", int(top.get("errors")), len(ERRORS))
    broken = [c.get("classname") for s in top if s.get("name") == BROKEN for c in s if c.find("error") is not None]
    same("errors' cases", broken, ERRORS)
    same("sum", int(top.get("tests")), len(top.findall(".//testcase")))


def check_html():
    page = run("html")
    same("not checked", page.count("<h2>Not checked</h2>"), bool(BROKEN))
    section = page.partition("<h2>Not checked</h2>")[2].partition("</section>")[0]
    same("named", section.count("<li>"), len(ERRORS))
    same("names", section.count(f'<span class="place">{BROKEN}'), len(ERRORS))


def check_text():
    lines = run("text", f"--output={FOLDER}/out.txt") or Path(FOLDER, "out.txt").read_text()
    errors = [line for line in lines.splitlines() if ": error: " in line]
    same("errors", [line.split(":")[0] for line in errors], [BROKEN] * len(ERRORS))


FINGERPRINTS = check_sarif()
check_jsonl(FINGERPRINTS)
check_github()
check_codeclimate(FINGERPRINTS)
check_junit()
check_html()
check_text()
same("the same bytes", run("sarif"), run("sarif"))
