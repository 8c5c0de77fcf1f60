"""Reads the report of html.test as a browser without JavaScript would.

    page.py REPORT
"""

import sys
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "input", "wbr"}
PROBLEMS = []


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.findings, self.text = [], set(), [], [], []
        self.deepest = 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name, value in attributes.items():
            if name in ("src", "srcset", "action", "data") or name.startswith("on"):
                PROBLEMS.append(f"<{tag} {name}={value!r}> needs something else")
            if name == "id":
                if value in self.ids:
                    PROBLEMS.append(f"the id {value} is there twice")
                self.ids.add(value)
            if name == "href":
                self.links.append(value)
        if tag == "link":
            PROBLEMS.append("a <link>")
        if tag == "article":
            self.findings.append(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.deepest = max(self.deepest, self.open.count("ol"))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            PROBLEMS.append(f"</{tag}> at {self.getpos()} closes something else")

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)


source = Path(sys.argv[1]).read_text()
page = Page()
page.feed(source)
text = "".join(page.text)


def want(what, holds):
    if not holds:
        PROBLEMS.append(f"it is not so: {what}")


want("all elements are closed", not page.open)
want("no url() in the style", "url(" not in source and "@import" not in source)
want("links stay in the page", all(link[1:] in page.ids for link in page.links))
want("five findings", len(page.findings) == 5)
want("causes", [f["data-cause"] for f in page.findings] == ["usleep", "", "", "usleep", "std::this_thread::sleep_for"])
want("files", [f["data-file"] for f in page.findings] == ["html/main.cpp"] * 3 + ["html/other.cpp"] * 2)
want("the chain is a tree", page.deepest == 2)
want("the chain's source is quoted", "inline void rest() { usleep(100); }" in text)
want("the comment of two lines is one", source.count('<span class="c">   of two lines. */</span>') > 0)
want("the raw string is text", '</pre><script>document.title = "injected"</script>' in text)
want("the fix is shown", "co_await done();" in text and 'class="l new"' in source)
want("the check is explained", "Why" not in text and "An event loop is one thread" in text)
print("\n".join(PROBLEMS) or "the page is whole")
sys.exit(bool(PROBLEMS))
