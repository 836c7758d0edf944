"""Gaps of a text, `[[word|other]]` and `[[=right|other]]`: found in unescaped words, never in source lines.

Formatters escape brackets and wrap lines, so that only the words that are left of both can be trusted.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from elearn.core.markup import Token
from elearn.core.questions.base import Html
from elearn.core.questions.blocks import Gap, Words
from elearn.core.scan import Places
from elearn.core.source import Source

OPENS, CLOSES = "[[", "]]"
MOST_GAPS, MOST_OPTIONS = 50, 50
"""Beyond, an option has no HTML: the text is refused anyway, and making it would take seconds."""
_AHEAD = 12
_OPAQUE = "\0"
_WHOLE = re.compile(rf"\[\[[^\[\]{_OPAQUE}]+\]\]")
_OPENS_AS_WRITTEN = re.compile(r"\\?\[\\?\[")


def has_gap(group: Iterable[Token]) -> bool:
    """Do these blocks open a gap somewhere?"""
    return any(OPENS in child.content for token in group for child in token.children or [] if child.type == "text")


def first_gap(group: Iterable[Token]) -> tuple[Token, str] | None:
    """The run of words in which the first whole gap of some prose stands, and its words from there on. It may go over
    lines and hold emphasis: its word is shown all the same."""
    for token in group:
        words = "".join(_said(child) for child in token.children or [])
        if found := _WHOLE.search(words):
            return token, words[found.start() + 2 :]
    return None


def _said(child: Token) -> str:
    if child.type == "text":
        return child.content
    return _OPAQUE if child.type in ("code_inline", "image") else "\n"


def stray_gap(source: Source, group: Iterable[Token], **meant: object) -> None:
    """E141 for the first gap of some prose: its word would be shown to everyone. `meant`: as for `stray_boxes`."""
    if found := first_gap(group):
        token, after = found
        reader = _Reader(source, token, token.map[0] if token.map else 0, False, lambda _: b"")
        source.report("E141", *reader.place(after), **({"variant": "gap"} | meant))


def take_gaps(source: Source, tokens: Sequence[Token], inline: Callable[[Token], Html]) -> tuple[Gap, ...]:
    """The gaps of some blocks, each replaced by a token of type `gap`; tells those that cannot be read (E208, E215).

    `inline` makes cleaned HTML of the words of one option.
    """
    gaps: list[Gap] = []
    tables = line = 0
    for token in tokens:
        tables += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        line = token.map[0] if token.map else line
        if token.type == "inline" and has_gap([token]):
            maker = inline if len(gaps) < MOST_GAPS else lambda _: b""
            gaps += _Reader(source, token, line, bool(tables), maker).read()
    return tuple(gaps)


class _Reader:
    """The gaps of one run of words."""

    def __init__(
        self, source: Source, token: Token, line: int, in_table: bool, inline: Callable[[Token], Html]
    ) -> None:
        self.source, self.token, self.inline = source, token, inline
        self.places = Places(source, token, line)
        self.refused = int(in_table)
        self.offset = 0
        self.gaps: list[Gap] = []

    def read(self) -> list[Gap]:
        kept: list[Token] = []
        run: list[Token] = []
        for child in [*(self.token.children or []), Token("end", "", 0)]:
            if child.type in ("text", "softbreak"):
                run.append(child)
                continue
            kept += self._run(run)
            run = []
            self.refused += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            kept.append(child)
        self.token.children = kept[:-1]
        return self.gaps

    def _run(self, run: list[Token]) -> list[Token]:
        """The same tokens with a `gap` for each gap. A line break in the words is one space."""
        words = "".join("\n" if child.type == "softbreak" else child.content for child in run)
        if OPENS not in words:
            return run
        out: list[Token] = []
        start = closes = 0
        while (opens := words.find(OPENS, start)) >= 0:
            closes = words.find(CLOSES, opens + 2) if 0 <= closes < opens + 2 else closes
            again = words.find(OPENS, opens + 2)
            out += _texts(words[start:opens])
            whole = closes >= 0 and not 0 <= again < closes
            start = closes + 2 if whole else opens + 2
            place = self.place(words[opens + 2 : opens + 2 + _AHEAD])
            if self.refused or not whole:
                self.source.report(
                    "E215" if self.refused else "E208", *place, variant="place" if self.refused else "open"
                )
                out += _texts(words[opens:start])
            else:
                self.gaps.append(self._gap(words[opens + 2 : closes], *place))
                out.append(Token("gap", "", 0))
        return out + _texts(words[start:])

    def place(self, after: str) -> tuple[int, int]:
        """Where the next gap stands whose words begin so; brackets in code are stepped over."""
        first = after[:_AHEAD].partition("\n")[0].partition(CLOSES)[0]
        for found in _OPENS_AS_WRITTEN.finditer(self.token.content, self.offset):
            written = self.token.content[found.end() : found.end() + 2 * _AHEAD].replace("\\", "")
            if written[: len(first)] == first:
                self.offset = found.end()
                return self.places.at(found.start())
        return self.places.at(self.offset)

    def _gap(self, content: str, line: int, column: int) -> Gap:
        parts = [" ".join(part.split()) for part in content.split("|")]
        marked = tuple(n for n, part in enumerate(parts) if part.startswith("="))
        texts = [part.removeprefix("=").strip() for part in parts]
        many = len(self.gaps) >= MOST_GAPS or len(texts) > MOST_OPTIONS
        options = tuple(Words(b"" if many else self._html(text), text, line, column) for text in texts)
        return Gap(Words(b"", f"[[{'|'.join(parts)}]]", line, column), options, marked)

    def _html(self, text: str) -> Html:
        return self.inline(Token("inline", "", 0, content=text, children=[Token("text", "", 0, content=text)]))


def _texts(words: str) -> list[Token]:
    out: list[Token] = []
    for n, text in enumerate(words.split("\n")):
        if n:
            out.append(Token("softbreak", "br", 0))
        if text:
            out.append(Token("text", "", 0, content=text))
    return out
