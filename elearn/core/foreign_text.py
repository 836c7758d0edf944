"""Text of another system -> Markdown of ours: simple HTML kept, the rest dropped and told. Any text gives something."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from elearn.core.markup import TooDeep, parse
from elearn.core.writing import escape, escape_item, escape_marks, escape_starts

Dropped = tuple[str, dict[str, object]]
"""A code of `core.exchange` and its params."""

MOST = 20_000
"""Characters of one text that are read as HTML or Markdown; a longer one is kept as plain words."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,12});")
_LINK = re.compile(r"(?:https?://[^\s<>()\"\\]+|mailto:[^\s<>()\"\\]+)")
_BOXES = re.compile(r"(?m)^[\s>]*(?:[-+*]\s*)?\\?[(\[]\s*[xX]?\s*\\?[)\]]")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_BLOCKS = {"p", "div", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "br", "hr", "section"}
_QUIET = {"html", "body", "span", "font", "code", "tt", "kbd", "a", "img", "u", "small", *_BLOCKS, *_MARKS}
_SILENT = {"script", "style", "head", "title", "iframe", "object", "svg", "math", "template", "noscript"}
_SAFE_TOKENS = {
    *("paragraph_open", "paragraph_close", "inline", "bullet_list_open", "bullet_list_close", "list_item_open"),
    *("list_item_close", "ordered_list_open", "ordered_list_close", "fence", "code_block"),
    *("text", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close", "s_open", "s_close"),
    *("code_inline", "link_open", "link_close"),
}


@dataclass(slots=True)
class Converted:
    text: str
    dropped: list[Dropped] = field(default_factory=list)


def to_markdown(text: str, form: str = "moodle") -> Converted:
    """`form`: html, markdown, plain or moodle (HTML where it has tags). Line ends in `text` part paragraphs."""
    if form == "markdown":
        if len(text) <= MOST and _is_plain_markdown(text):
            return Converted(text.strip())
        return Converted(_plain(text), [("format", {"format": "markdown"})])
    if form == "html" or (form == "moodle" and _TAG.search(text)):
        if len(text) > MOST:
            return Converted(_plain(text), [("format", {"format": "html"})])
        return _from_html(text)
    return Converted(_plain(text))


def one_line(converted: Converted) -> str:
    """The same as one paragraph, for places that hold no more."""
    return " ".join(converted.text.split())


def plain_words(text: str, form: str = "moodle") -> str:
    """The words alone, for answers that are typed."""
    if form in ("html", "moodle") and _TAG.search(text):
        reader = _Reader(raw=True)
        reader.read(text[:MOST])
        text = "\n\n".join(reader.blocks)
    return " ".join(text.split())


def _plain(text: str) -> str:
    paragraphs = [" ".join(part.split()) for part in text.split("\n")]
    return "\n\n".join(escape(part) for part in paragraphs if part)


def _is_plain_markdown(text: str) -> bool:
    """Nothing in it but paragraphs, lists, code, emphasis and outward links: nothing our format gives a meaning to."""
    if "[[" in text or ":::" in text or "{." in text or "[^" in text or _BOXES.search(text):
        return False
    try:
        tokens, _ = parse(text)
    except TooDeep:
        return False
    for token in tokens:
        if token.type not in _SAFE_TOKENS or "box" in token.meta or "fixed" in token.meta:
            return False
        if token.type == "inline" and re.search(r"(?m)^\s*\*\*[^*]*(?::\s*\*\*|\*\*\s*:)", token.content):
            return False
        for child in token.children or ():
            target = str(child.attrGet("href") or "") if child.type == "link_open" else "https://x"
            if child.type not in _SAFE_TOKENS or not _LINK.fullmatch(target):
                return False
    return True


def _from_html(text: str) -> Converted:
    reader = _Reader()
    reader.read(text)
    return Converted("\n\n".join(reader.blocks), reader.dropped)


class _Reader(HTMLParser):
    """Collects blocks of Markdown. `raw`: words only, nothing escaped."""

    def __init__(self, raw: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.raw = raw
        self.blocks: list[str] = []
        self.dropped: list[Dropped] = []
        self.inline: list[str] = []
        self.open: list[tuple[str, int, str]] = []
        self.lists: list[int] = []
        self.silent = ""

    def read(self, text: str) -> None:
        # The reader of the standard library stops at a declaration it does not know.
        self.feed(re.sub(r"<!(?!--)", "&lt;!", text))
        self.close()
        self._end_block()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.silent:
            return
        if tag in _SILENT:
            self._drop("script", tag=tag)
            self.silent = tag
        elif tag in _BLOCKS:
            self._end_block()
            if tag in ("ul", "ol"):
                self.lists.append(0 if tag == "ol" else -1)
            elif tag == "li":
                self.open.append(("li", 0, self._bullet()))
        elif tag == "img":
            self._drop("image", source=values.get("src", "")[:200] or "?")
            self.handle_data(" " + values.get("alt", "") + " ")
        elif tag in _MARKS or tag == "a" or tag in ("code", "tt", "kbd"):
            if len(self.open) < 8:
                self.open.append((tag, len(self.inline), values.get("href", "")))
        elif tag not in _QUIET:
            self._drop("element", tag=tag)
            self.inline.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif self.silent:
            return
        elif tag in _BLOCKS:
            self._end_block()
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            self.open = [one for one in self.open if one[0] != "li"] if tag == "li" else self.open
        elif any(one[0] == tag for one in self.open):
            while self.open:
                name, start, target = self.open.pop()
                self._close(name, start, target)
                if name == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.silent:
            words = re.sub(r"\s+", " ", data)
            coded = self.raw or any(name in ("code", "tt", "kbd") for name, _, _ in self.open)
            self.inline.append(words if coded else escape_marks(words))

    def _bullet(self) -> str:
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            return f"{self.lists[-1]}. "
        return "- "

    def _close(self, name: str, start: int, target: str) -> None:
        """Puts the marks of an element around what was said since it opened."""
        if self.raw or name == "li":
            return
        words = "".join(self.inline[start:])
        inner = words.strip()
        if not inner:
            return
        if name == "a":
            if _LINK.fullmatch(target):
                made = f"[{inner}]({target})"
            else:
                self._drop("link", target=target or "?")
                made = inner
        elif name in _MARKS:
            made = f"{_MARKS[name]}{inner}{_MARKS[name]}"
        else:
            made = f"`{inner}`" if "`" not in inner else escape(inner)
        before, after = (" " * (words[:1] == " "), " " * (words[-1:] == " "))
        self.inline[start:] = [before + made + after]

    def _end_block(self) -> None:
        bullet = next((target for name, _, target in self.open if name == "li"), "")
        while self.open and self.open[-1][0] != "li":
            self._close(*self.open.pop())
        words = " ".join("".join(self.inline).split())
        words = words if self.raw else escape_starts(words)
        self.inline = []
        if not words:
            return
        if self.raw or not bullet:
            self.blocks.append(words)
            return
        # What follows in the same item stands below it; a box would be read as an answer.
        self.open = [(name, start, "" if name == "li" else target) for name, start, target in self.open]
        words = escape_item(words)
        listed = self.blocks and re.match(r"- " if bullet == "- " else r"\d+\. ", self.blocks[-1])
        item = bullet + words
        if listed and bullet != "1. ":
            self.blocks[-1] += "\n" + item
        else:
            self.blocks.append(item)

    def _drop(self, code: str, **params: object) -> None:
        if (code, params) not in self.dropped and len(self.dropped) < 50:
            self.dropped.append((code, params))
