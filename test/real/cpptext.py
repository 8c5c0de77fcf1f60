"""C++ source as text: just enough of a lexer to edit real programs safely.

The tests in this folder change other people's programs: they delete a
`co_await`, or they plant a call. A regular expression over the raw text would
also hit comments, strings and macro definitions, so the edits go through
`tokens()`, which knows those four things and nothing else of the language.
No preprocessing happens; a token in an inactive `#if` branch is still a token,
and the compiler decides what an edit there means.
"""

import re
from typing import NamedTuple

_LEXER = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
      | (?P<string>(?:u8|[uUL])?R"(?P<fence>[^()\s\\]*)\(.*?\)(?P=fence)"
                  |(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"
                  |'(?:\\.|[^'\\\n])+')
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
      | (?P<punct>::|->|[^\s\w])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


class Token(NamedTuple):
    kind: str  # word, number, string or punct
    text: str
    offset: int


def tokens(source: str) -> list[Token]:
    """The tokens of `source`; comments and directives are left out."""
    return [
        Token(match.lastgroup, match.group(), match.start())
        if match.lastgroup != "fence"
        else Token("string", match.group(), match.start())
        for match in _LEXER.finditer(source)
        if match.group("comment") is None and match.group("directive") is None
    ]


def line_of(source: str, offset: int) -> int:
    """The line, counted from 1, on which `offset` lies."""
    return source.count("\n", 0, offset) + 1


def same_program(left: str, right: str) -> bool:
    """Whether two sources differ in nothing but layout and comments."""
    return [t.text for t in tokens(left)] == [t.text for t in tokens(right)]


def opens_block(all_tokens: list[Token], index: int) -> bool:
    """Whether the `{` at `index` begins a block; after anything else it initialises."""
    before = all_tokens[index - 1].text if index else ";"
    return before in (")", "else", "try", "do", ";", "{", "}", "const", "noexcept")


def statement_lines(source: str, all_tokens: list[Token], index: int) -> range:
    """The lines of the statement that the token at `index` stands in."""
    first = index
    while first > 0 and all_tokens[first - 1].text not in ("{", "}", ";"):
        first -= 1
    last, depth = index, 0
    while last + 1 < len(all_tokens):
        text = all_tokens[last].text
        depth += (text in "([{") - (text in ")]}")
        if depth <= 0 and text in (";", "}"):
            break
        last += 1
    return range(
        line_of(source, all_tokens[first].offset), line_of(source, all_tokens[last].offset) + 1
    )
