"""Sources with odd names and odd bytes, in every format.

    odd.py NOSTALL FOLDER INCLUDES

Makes them in FOLDER, reads what nostall writes with a parser of each format,
and leaves FOLDER/odd.sarif behind.
"""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

NOSTALL, FOLDER, INCLUDES = sys.argv[1:]
NAME = "na me'\"<&>%.cpp"
# A name that is no UTF-8, and a character that XML has no way to write.
LATIN = b"\xe4\xef\xbf\xbe.cpp"
SHOWN = "\ufffd\ufffe.cpp"
# A byte order mark, CRLF, bytes that are no UTF-8, a last line without an end.
SOURCES = {
    "bytes.cpp": b'\xef\xbb\xbf#include "co.h"\r\nco::task<> f();\r\n'
    b"co::task<> g() { /* \xff\xfe \xe4 \x01 */ f(); co_return; }\r\n// end",
    NAME: b'#include "co.h"\nco::task<> f();\nco::task<> h() {\n\tf();\n\tco_return; }',
    os.fsdecode(LATIN): b'#include "co.h"\nco::task<> f();\nco::task<> i() { f(); co_return; }\n',
}
FORMATS = ("text", "sarif", "jsonl", "github", "codeclimate", "junit", "html")
for name, text in SOURCES.items():
    Path(FOLDER, name).write_bytes(text)


def read(form):
    return Path(FOLDER, f"odd.{form}").read_bytes()


def same(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r} instead of {wanted!r}")


reports = [f"--report={form}:{FOLDER}/odd.{form}" for form in FORMATS]
sources = [f"{FOLDER}/{name}" for name in SOURCES]
done = subprocess.run(
    [NOSTALL, "--quiet", f"--root={FOLDER}", *reports, *sources, "--", "-std=c++20", f"-I{INCLUDES}"],
    capture_output=True,
)
same("exit code", (done.returncode, done.stderr), (1, b""))

results = json.loads(read("sarif"))["runs"][0]["results"]
places = [r["locations"][0]["physicalLocation"] for r in results]
same("URIs", [p["artifactLocation"]["uri"] for p in places], ["bytes.cpp", "na%20me%27%22%3C%26%3E%25.cpp", "%E4%EF%BF%BE.cpp"])
same("names", [json.loads(line)["file"] for line in read("jsonl").splitlines()], ["bytes.cpp", NAME, SHOWN])
same("paths", [i["location"]["path"] for i in json.loads(read("codeclimate"))], ["bytes.cpp", NAME, SHOWN])
same("suites", [s.get("name") for s in xml.fromstring(read("junit"))], ["bytes.cpp", NAME, SHOWN.replace("\ufffe", "\ufffd")])
same("files", [line.split("file=")[1].split(",")[0] for line in read("github").decode().splitlines()], ["bytes.cpp", NAME.replace("%", "%25"), SHOWN])
page = read("html").decode()
same("escaped", "na me&#39;&quot;&lt;&amp;&gt;%.cpp" in page or "na me&apos;&quot;&lt;&amp;&gt;%.cpp" in page, True)
same("no carriage return", "\r" in page, False)
same("carets", [line.rstrip().endswith("^") for line in read("text").decode().splitlines()[2::3]], [True] * 3)
