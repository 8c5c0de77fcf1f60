"""Uses the report of html.test as a reader would, in headless Chromium.

    browser.py REPORT MANY [SCREENSHOT]

MANY is a report of 230 findings, in 23 files. Speaks the WebDriver protocol with Debian's chromedriver.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1280,1000""".split()


class Browser:
    """One session of one chromedriver."""

    def __init__(self, profile):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        # It says when it listens, and where.
        port = next((m[1] for line in self.driver.stdout if (m := re.search(r"started successfully on port (\d+)", line))), None)
        if port is None:
            sys.exit("chromedriver does not start")
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        options = {"binary": "/usr/bin/chromium", "args": FLAGS + [f"--user-data-dir={profile}"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base += f"/session/{made['sessionId']}"

    def call(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.read().decode()}")

    def script(self, text):
        return self.call("POST", "/execute/sync", {"script": text, "args": []})

    def element(self, selector):
        found = self.call("POST", "/element", {"using": "css selector", "value": selector})
        return "/element/" + next(iter(found.values()))

    def click(self, selector):
        self.call("POST", self.element(selector) + "/click")

    def type(self, selector, text):
        self.call("POST", self.element(selector) + "/value", {"text": text})

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def same(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def visible(browser):
    return browser.script("return [...document.querySelectorAll('.finding:not([hidden])')].map(f => f.dataset.check)")


def groups(browser):
    return browser.script("return [...document.querySelectorAll('.group > h2')].map(h => h.textContent)")


CALL, AWAIT, LOCK = "nostall-blocking-call", "nostall-forgotten-co-await", "nostall-await-holding-lock"


def use(browser, report):
    browser.call("POST", "/url", {"url": "file://" + str(report)})
    same("title", browser.call("GET", "/title").split(":")[0], "nostall")
    same("all are there", sorted(visible(browser)), sorted([CALL] * 3 + [AWAIT, LOCK]))
    same("by file", groups(browser), ["html/main.cpp 3 findings", "html/other.cpp 2 findings"])

    # Search: every word, also in chains that are folded.
    browser.type("#search", "doze usleep")
    same("search", visible(browser), [CALL] * 2)
    same("count", browser.script("return document.getElementById('shown').textContent"), "2 of 5 findings")
    browser.type("#search", " unheard-of")
    same("nothing", visible(browser), [])
    same("it is said", browser.script("return document.getElementById('nothing').hidden"), False)
    browser.click("#reset")
    same("cleared", len(visible(browser)), 5)

    # Facets: one kind is an or, two kinds are an and.
    browser.click('.facet[data-value="usleep"]')
    same("cause", visible(browser), [CALL] * 2)
    browser.click('.facet[data-value="std::this_thread::sleep_for"]')
    same("causes", visible(browser), [CALL] * 3)
    browser.click('.facet[data-value="html/other.cpp"]')
    same("causes in a file", visible(browser), [CALL] * 2)
    same("pressed", browser.script("return document.querySelectorAll('.facet[aria-pressed=true]').length"), 3)
    browser.click("#reset")

    # Groups: the cause of most chains leads, what has none comes last.
    browser.script("const g = document.getElementById('grouping'); g.value = 'cause'; g.dispatchEvent(new Event('change'))")
    same(
        "by cause",
        groups(browser),
        ["usleep 2 findings", "std::this_thread::sleep_for 1 finding", "Other findings 2 findings"],
    )
    browser.script("const g = document.getElementById('grouping'); g.value = 'check'; g.dispatchEvent(new Event('change'))")
    same("by check", groups(browser)[0], f"{CALL} 3 findings")

    # Folding: chains are closed, "Unfold all" opens them, and again.
    unfolded = "return [...document.querySelectorAll('.finding > details')].filter(d => d.open).length"
    same("folded", browser.script(unfolded), 0)
    browser.click("#fold")
    same("unfolded", browser.script(unfolded), browser.script("return document.querySelectorAll('.finding > details').length"))
    browser.click("#fold")
    same("folded again", browser.script(unfolded), 0)

    # Light and dark: the button takes the other one, and its name.
    paper = "return getComputedStyle(document.body).backgroundColor"
    before, name = browser.script(paper), browser.script("return document.getElementById('theme').textContent")
    browser.click("#theme")
    same("another colour", browser.script(paper) != before, True)
    same("another name", browser.script("return document.getElementById('theme').textContent") != name, True)
    browser.click("#theme")
    same("and back", browser.script(paper), before)

    # Nothing is fetched, nothing goes wrong, nothing of the sources runs.
    same("fetched", browser.script("return performance.getEntriesByType('resource').map(e => e.name)"), [])
    same("errors", [e["message"] for e in browser.call("POST", "/se/log", {"type": "browser"})], [])
    same("no wider than the window", browser.script("return document.documentElement.scrollWidth <= innerWidth"), True)


def use_many(browser, report):
    browser.call("POST", "/url", {"url": "file://" + str(report)})
    more = "return document.getElementById('more')"
    same("the first", len(visible(browser)), 200)
    same("the rest", browser.script(more + ".textContent"), "Show more (30 are left)")
    browser.click("#more")
    same("all", len(visible(browser)), 230)
    same("no more", browser.script(more + ".hidden"), True)
    # A search looks at all of them, shown or not; headings without findings go.
    browser.type("#search", "last_9")
    same("searched", len(visible(browser)), 23)
    browser.type("#search", " file22")
    same("searched in one file", len(visible(browser)), 1)
    same("one heading", browser.script("return document.querySelectorAll('.group:not([hidden])').length"), 1)
    browser.click("#reset")
    same("the first again", len(visible(browser)), 200)
    # Long lists of files are folded.
    folded = "return document.querySelectorAll('.facets details .facet').length"
    same("folded files", browser.script(folded), 11)


with tempfile.TemporaryDirectory() as profile:
    browser = Browser(profile)
    try:
        use(browser, Path(sys.argv[1]).resolve())
        use_many(browser, Path(sys.argv[2]).resolve())
        if len(sys.argv) > 3:
            Path(sys.argv[3]).write_bytes(base64.b64decode(browser.call("GET", "/screenshot")))
    finally:
        browser.close()
