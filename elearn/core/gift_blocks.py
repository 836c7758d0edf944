"""A file of Moodle's GIFT format cut into its questions: escapes, comments, braces, answers, each with its place.

Lenient: what a strict reader refuses is read as its author most likely meant it, and told. Knows nothing of our kinds.
"""

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Tell = Callable[..., None]

MOST_SIGNS = 300
"""Signs between two braces that may begin an answer; no question of ours holds a tenth of that."""

_ESCAPE = re.compile(r"\\[\s\S]")
_ENTITY = re.compile(r"&#x?[0-9a-fA-F]{1,7};")
_ATTRIBUTE = re.compile(r"(?<=[A-Za-z0-9_-])=(?=[\"'])")
_CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)
_FOREIGN = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.){1,200})\]")
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?[0-9]{1,3}(?:[.,][0-9]{1,7})?)%")


@dataclass(slots=True)
class Raw:
    """One question as typed. `starts`, `numbers`: where each of its lines begins in `text`, and its number (from 1)."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    foreign: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""

    def at(self, offset: int) -> tuple[int, int]:
        n = max(bisect.bisect_right(self.starts, offset) - 1, 0)
        return self.numbers[n], offset - self.starts[n] + 1

    def add(self, number: int, line: str) -> None:
        self.text += "\n" * bool(self.numbers)
        self.starts.append(len(self.text))
        self.numbers.append(number)
        self.text += line


@dataclass(frozen=True, slots=True)
class Given:
    """One answer. `mark`: `=` or `~`, or nothing before any. `weight`: percent, where one was typed."""

    mark: str
    text: str
    form: str
    feedback: str
    feedback_form: str
    weight: float | None
    offset: int


@dataclass(frozen=True, slots=True)
class Braced:
    """What stood between two braces, without its general feedback. `offset` of its first character."""

    body: str
    general: str
    offset: int


def mask(text: str) -> str:
    """The text with each escaped character, and each sign of an entity, made a letter that means nothing."""
    hidden = _ESCAPE.sub("aa", text)
    return _ENTITY.sub(lambda found: "a" * len(found[0]), hidden)


def unescape(text: str) -> str:
    """The words meant: `\\n` ends a line, a backslash before a control sign goes away, another one stays."""
    return re.sub(
        r"\\([\s\S])", lambda found: {"n": "\n"}.get(found[1], found[1] if found[1] in "~=#{}:\\" else found[0]), text
    )


def format_of(text: str, otherwise: str = "") -> tuple[str, str]:
    """The text without the format that it names first, and that format."""
    found = _FORMAT.match(text)
    return (text[found.end() :], found[1].lower()) if found else (text, otherwise)


def blocks(text: str, tell: Tell) -> Iterator[Raw]:
    """The questions of a file, each with what comments and categories say of it."""
    lines = text.split("\n")
    raw, category, foreign = Raw(), "", Raw()
    inside = False
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            _comment(number, line, raw if raw.numbers else foreign, tell)
        elif not raw.numbers and (found := _CATEGORY.fullmatch(line)):
            category = found[1].strip()[:500]
        elif stripped:
            if not raw.numbers:
                raw.foreign, raw.tags, raw.category = foreign.foreign, foreign.tags, category
                foreign = Raw()
            raw.add(number, line)
            inside = _open(mask(line), inside)
        elif raw.numbers:
            if inside and _goes_on(lines, number):
                tell("blank", number, 1)
                continue
            yield raw
            raw, inside = Raw(), False
    if raw.numbers:
        yield raw


def _open(hidden: str, inside: bool) -> bool:
    """Is a brace open at the end of a line?"""
    opens, closes = hidden.rfind("{"), hidden.rfind("}")
    return inside if opens == closes else opens > closes


def _goes_on(lines: list[str], number: int) -> bool:
    """Do the answers go on after a blank line?"""
    following = next((line.strip() for line in lines[number : number + 20] if line.strip()), "")
    return following[:1] in ("=", "~", "}", "#")


def _comment(number: int, line: str, raw: Raw, tell: Tell) -> None:
    found = _FOREIGN.findall(line)
    for name, value in found:
        value = re.sub(r"\\(.)", r"\1", value).strip()
        if name == "id":
            raw.foreign = value
        else:
            raw.tags += (value,)
    left = _FOREIGN.sub("", line).strip().lstrip("/").strip()
    if left and not re.match(r"question:\s*\d+", left):
        tell("comment", number, line.index("//") + 1)


def cut(raw: Raw, text: str, base: int, tell: Tell) -> tuple[list[str], list[Braced]]:
    """The words around the braces (one piece more than braces) and what stands in each pair."""
    pieces, braced = [], []
    hidden, start = mask(text), 0
    while (opens := hidden.find("{", start)) >= 0:
        closes = _closing(hidden, opens)
        if closes < 0:
            tell("unclosed", *raw.at(base + opens))
            closes = len(text)
        pieces.append(text[start:opens])
        body = text[opens + 1 : closes]
        at = mask(body).find("####")
        general = body[at + 4 :] if at >= 0 else ""
        braced.append(Braced(body[:at] if at >= 0 else body, general, base + opens + 1))
        start = min(closes + 1, len(text))
    pieces.append(text[start:])
    return pieces, braced


def _closing(hidden: str, opens: int) -> int:
    """The brace that closes: the next one, or its own where others stand between (a formula)."""
    nearest, depth = hidden.find("}", opens), 0
    if nearest < 0 or "{" not in hidden[opens + 1 : nearest]:
        return nearest
    for n in range(opens, len(hidden)):
        depth += {"{": 1, "}": -1}.get(hidden[n], 0)
        if depth == 0:
            return n
    return nearest


def answers(raw: Raw, part: Braced, form: str, tell: Tell) -> list[Given]:
    """The answers between two braces, in order. Where no mark stands first, the first has none."""
    hidden = mask(part.body)
    signs = [n for n, sign in enumerate(hidden) if sign in "=~"][:MOST_SIGNS]
    marks = [n for n in signs if _is_mark(raw, part, hidden, n, tell)]
    starts = marks if marks and not hidden[: marks[0]].strip() else [-1, *marks]
    given = []
    for start, end in zip(starts, [*starts[1:], len(hidden)], strict=True):
        mark = part.body[start] if start >= 0 else ""
        one = _given(mark, part.body[start + 1 : end], form, part.offset + start + 1)
        if one.mark or one.text.strip():
            given.append(one)
    return given


def _is_mark(raw: Raw, part: Braced, hidden: str, n: int, tell: Tell) -> bool:
    """Does this sign begin an answer? Not in an attribute, an address, or between spaces in the midst of a line."""
    if hidden[n] == "~":
        return True
    line = hidden[hidden.rfind("\n", 0, n) + 1 : n]
    if not line.strip():
        return True
    quoted = _ATTRIBUTE.match(hidden, n) is not None
    address = line.split()[-1] if not line[-1:].isspace() else ""
    midst = line[-1:].isspace() and hidden[n + 1 : n + 2].isspace() and bool(re.match(r"\s*[=~]", line))
    if quoted or "://" in address or midst:
        tell("unescaped", *raw.at(part.offset + n), sign="=")
        return False
    return True


def _given(mark: str, text: str, form: str, offset: int) -> Given:
    weight = None
    if found := _WEIGHT.match(text):
        weight = float(found[1].replace(",", "."))
        text = text[found.end() :]
    at = mask(text).find("#")
    feedback = text[at + 1 :] if at >= 0 else ""
    words, own = format_of(text[:at] if at >= 0 else text, form)
    said, said_form = format_of(feedback, own)
    return Given(mark, words.strip(), own, said.strip(), said_form, weight, offset)
