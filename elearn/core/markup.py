"""Markdown -> token tree, and token tree -> cleaned HTML. The only module that knows the parser and the cleaner.

CommonMark with tables, strikethrough and footnotes. HTML tags never reach the output, comments are dropped, and nh3
has the last word on every byte, with an explicit allowlist.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token as Token
from mdit_py_plugins.footnote import footnote_plugin

from elearn.core import players
from elearn.core.media import PLAYED, suffix_of
from elearn.core.questions.base import Html
from elearn.core.typography import fold
from elearn.core.typography import french_spaces as french_spaces

REL = "noopener noreferrer"
NESTING = 20
INLINE_DEPTH = 12
MOST_BRACKETS = 20_000
"""Openings of links in one text: beyond, reading takes seconds and nobody wrote it by hand."""
MOST_LINES, MOST_CELLS, MOST_TOKENS = 20_000, 1_000, 100_000
LINKED = 4
"""How many times the length of a text its links may reach: one definition can be called thousands of times."""

CALLOUTS = {
    "NOTE": {"fr": "À noter", "en": "Note"},
    "TIP": {"fr": "Conseil", "en": "Tip"},
    "IMPORTANT": {"fr": "Important", "en": "Important"},
    "WARNING": {"fr": "Attention", "en": "Warning"},
    "CAUTION": {"fr": "Prudence", "en": "Caution"},
}
BOX = re.compile(r"\\?([(\[])[^\S\n]{0,8}([xX]?)[^\S\n]{0,8}\\?[)\]](?:\s+|$)")
GAP = '<span class="gap"></span>'
"""Stands in cleaned HTML for a gap: no author can write it, since tags of theirs are dropped and their quotes escaped.
"""
FIXED = (".fixe", ".fixed")
DECORATIVE = re.compile(r"\{\.(?:decoratif|decorative)\}")
_CITATION = re.compile(r"\[([^\[\]\n]{0,200}?(?<![\w.])@[A-Za-z0-9_][^\[\]]{0,400})\](?![(\[])")
_CALLOUT = re.compile(r"\[!(\w+)\][^\S\n]*(\n|$)?", re.IGNORECASE)
_TESTIMONY = re.compile(r"\*\*(?:temoignage|testimony)(?: ?: ?\*\*|\*\* ?:)")
_KEY = re.compile(r"(?P<before>[^@;]*?)(?<![\w.])@(?P<key>[A-Za-z0-9_][\w:.-]*[\w]|[A-Za-z0-9_])(?P<after>[^;]*)")


class TooDeep(Exception):
    """Markdown nested beyond what can be read or shown, or `long`: of too many pieces. `line` counts from 0."""

    def __init__(self, line: int = 0, variant: str = "") -> None:
        super().__init__(line)
        self.line, self.variant = line, variant


class Resolver(Protocol):
    """What the renderer asks about the rest of the site. An empty address drops the link and keeps its words."""

    lang: str

    def link(self, target: str, token: Token) -> str: ...

    def image(self, target: str, token: Token) -> str: ...

    def citation(self, content: str, token: Token) -> str: ...

    def player(self, target: str, words: str, token: Token) -> str: ...

    def speaker(self, target: str, words: str, token: Token) -> str: ...


def parse(text: str) -> tuple[list[Token], dict[str, Any]]:
    """The block tokens of a text and the environment its footnotes need. TooDeep where nesting passes the bounds."""
    env: dict[str, Any] = {}
    if text.count("[") > MOST_BRACKETS:
        raise TooDeep
    if text.count("\n") > MOST_LINES or any(line.count("|") > MOST_CELLS for line in text.split("\n")):
        raise TooDeep(variant="long")
    try:
        tokens = _parser().parse(text, env)
    except RecursionError:
        raise TooDeep from None
    if len(tokens) > MOST_TOKENS or _reach(tokens) > LINKED * len(text) + 10_000:
        raise TooDeep(variant="long")
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        if token.level >= NESTING - 1 or _depth(token.children or ()) > INLINE_DEPTH:
            raise TooDeep(line)
    return tokens, env


def render(tokens: Sequence[Token], env: dict[str, Any], resolver: Resolver) -> Html:
    """Cleaned HTML of some tokens. They are changed on the way: render each once."""
    parser = _parser()
    env["lang"] = resolver.lang
    prepared = list(_prepared(tokens, resolver))
    return clean(parser.renderer.render(prepared, parser.options, env)).strip().encode()


def plain(tokens: Iterable[Token]) -> str:
    """The words alone, for titles and comparisons."""
    return "".join(_words(tokens)).strip()


def citations(content: str) -> list[tuple[str, str, str]]:
    """(words before, key, words after) of each source in `voir @a, p. 3 ; @b`."""
    return [(found["before"].strip(), found["key"], found["after"].strip()) for found in _KEY.finditer(content)]


def clean(html: str) -> str:
    """nh3 with our allowlist: the last step before anything is stored."""
    return _cleaner().clean(html)


_ID = re.compile(r"(?:ref|glossary)-[\w:.-]+|fn(?:ref)?\d+(?::\d+)?|[a-z][a-z0-9-]{0,59}")
_CLASSES = {
    "div": {"callout", "table", "testimony", *(kind.lower() for kind in CALLOUTS)},
    "p": {"callout-label", "download", "speaker"},
    "figure": {"picture", "player"},
    "a": {"citation", "glossary", "footnote-backref"},
    "sup": {"footnote-ref"},
    "ol": {"footnotes"},
    "span": {"citation", "reference", "gap", "media-said"},
}
_ATTRIBUTES = {
    "a": {"href", "title", "id", "aria-label", "rel", "download"},
    "img": {"src", "alt", "title", "width", "height"},
    "audio": {"src", "controls", "aria-label"},
    "video": {"src", "controls", "aria-label"},
    "track": {"src", "srclang", "label", "default"},
    "div": {"lang"},
    "ol": {"start"},
    "li": {"id"},
    "span": {"id"},
    "cite": {"lang"},
    "th": {"scope"},
    **{f"h{level}": {"id"} for level in range(3, 7)},
}
_TAGS = {
    *("a", "br", "cite", "code", "em", "img", "s", "span", "strong", "sub", "sup"),
    *("blockquote", "div", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
    *("audio", "details", "figcaption", "figure", "summary", "track", "video"),
}


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        tag_attribute_values={
            "div": {"role": {"note"}, "tabindex": {"0"}},
            "pre": {"tabindex": {"0"}},
            "img": {"loading": {"lazy"}},
            "audio": {"preload": {"none"}},
            "video": {"preload": {"none"}},
            "track": {"kind": {"captions"}},
        },
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel", "sms"},
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "rel":
        return REL
    if name == "src":
        return value if re.fullmatch(r"/media/[0-9a-f]{64}\.[a-z0-9]{3,4}", value) else None
    if name in ("width", "height"):
        return value if re.fullmatch(r"[1-9][0-9]{0,4}", value) else None
    if name in ("controls", "default"):
        return ""
    if name == "download":
        return value if re.fullmatch(r"[\w.-]{1,80}", value) else ""
    return value


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": NESTING})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    # Every address becomes a token, so that the checker can name the bad ones; the renderer drops them.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.core.ruler.before("inline", "braces", _braces)
    parser.inline.ruler.before("link", "citation", _citation)
    _keep_citations(parser)
    for name in ("link", "image", "autolink", "html_inline", "footnote_ref"):
        _keep_place(parser, name)
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, _code)
    parser.add_render_rule("footnote_block_open", lambda *_: '<ol class="footnotes">\n')
    parser.add_render_rule("footnote_block_close", lambda *_: "</ol>\n")
    parser.add_render_rule("footnote_anchor", _way_back)
    return parser


def _way_back(self: Any, tokens: Sequence[Token], n: int, options: Any, env: dict[str, Any]) -> str:
    """The link from a footnote to the place that cites it."""
    name = self.rules["footnote_anchor_name"](tokens, n, options, env)
    again = tokens[n].meta["subId"]
    label = "Retour au texte" if env.get("lang") == "fr" else "Back to the text"
    place = f"{name}:{again}" if again > 0 else name
    return f' <a href="#fnref{place}" class="footnote-backref" aria-label="{label}">↩\ufe0e</a>'


def _code(_renderer: object, tokens: Sequence[Token], n: int, *_more: object) -> str:
    """Code scrolls sideways, so that the keyboard must reach it."""
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[n].content)}</code></pre>\n'


def _keep_citations(parser: MarkdownIt) -> None:
    """`[@key]: words` is a citation at the head of a line, not the address of a link, which would not be shown."""
    rules = parser.block.ruler
    rule = next(known.fn for known in rules.__rules__ if known.name == "reference")

    def unless_cited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        head = state.src.startswith("[@", state.bMarks[start] + state.tShift[start])
        return not head and rule(state, start, end, silent)

    rules.at("reference", unless_cited)


def _keep_place(parser: MarkdownIt, name: str) -> None:
    """Makes an inline rule note where in its block each of its tokens began."""
    rules = parser.inline.ruler
    rule = next(known.fn for known in rules.__rules__ if known.name == name)

    def placed(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        for token in state.tokens[before:]:
            if token.type != "text":
                token.meta.setdefault("at", start)
                break
        return True

    rules.at(name, placed)


def _citation(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or state.linkLevel:
        return False
    found = _CITATION.match(state.src, state.pos, state.posMax)
    if not found or not citations(found[1]):
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = found[1]
        token.meta = {"at": state.pos}
    state.pos = found.end()
    return True


def _braces(state: StateCore) -> None:
    """Takes `{…}` off the end of headings, and boxes and `{.fixe}` off list items, before words are read."""
    tokens = state.tokens
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[n + 1]
            words.content, braces = _at_end(words.content)
            if braces is not None:
                token.meta["braces"] = braces
        elif token.type == "list_item_open" and token.markup in "-*+" and tokens[n + 1].type == "paragraph_open":
            words = tokens[n + 2]
            if box := BOX.match(words.content):
                token.meta["box"], token.meta["marked"] = box[1], bool(box[2])
                words.content = words.content[box.end() :]
                rest, braces = _at_end(words.content)
                if braces in FIXED:
                    token.meta["fixed"] = True
                    words.content = rest


def _at_end(content: str) -> tuple[str, str | None]:
    """A text without the braces that end it, and what stood between them."""
    words = content.rstrip()
    start = words.rfind("{")
    between = words[start + 1 : -1]
    if start < 0 or words[-1] != "}" or "}" in between or "\n" in between:
        return content, None
    return words[:start].rstrip(), between


def _reach(tokens: Iterable[Token]) -> int:
    """How long all addresses and titles of links and images are together."""
    return sum(
        sum(len(str(value)) for value in token.attrs.values()) + (_reach(token.children) if token.children else 0)
        for token in tokens
    )


def _depth(tokens: Iterable[Token]) -> int:
    """How deep inline marks are nested."""
    depth = deepest = 0
    for token in tokens:
        depth += token.nesting
        deepest = max(deepest, depth, _depth(token.children) if token.children else 0)
    return deepest


def _words(tokens: Iterable[Token]) -> Iterable[str]:
    for token in tokens:
        if token.children is not None:
            yield from _words(token.children)
        elif token.type in ("text", "code_inline", "code_block", "fence"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak", "paragraph_close", "th_close", "td_close"):
            yield " "


def _prepared(tokens: Sequence[Token], resolver: Resolver) -> Iterable[Token]:
    """The tokens with callouts, players, figures, links, images, citations and spaces put in."""
    closings: list[str] = []
    past = 0
    for n, token in enumerate(tokens):
        if n < past:
            continue
        if token.type == "paragraph_open" and (alone := _alone(tokens, n, resolver)) is not None:
            yield _html(alone)
            past = n + 3
            continue
        if token.type == "blockquote_open" and testimony(tokens, n):
            _strip_label(tokens[n + 2])
            closings.append(_speaker(tokens, n, resolver) + "</div>\n")
            yield _html(players.testimony_opening(resolver.lang))
            continue
        if token.type == "blockquote_open":
            kind = callout(tokens, n)
            closings.append("</div>\n" if kind else "")
            if kind:
                _strip_callout(tokens[n + 2])
                yield _html(f'<div class="callout {kind.lower()}" role="note">\n')
                if _titled(tokens[n + 2]):
                    tokens[n + 1].attrSet("class", "callout-label")
                else:
                    yield _html(_label(kind, resolver.lang))
                continue
        elif token.type == "blockquote_close" and (closing := closings.pop()):
            yield _html(closing)
            continue
        elif token.type == "table_open":
            yield _html('<div class="table" tabindex="0">')
        elif token.type == "heading_open":
            token.tag = f"h{min(6, max(3, int(token.tag[1])))}"
            if token.meta.get("anchor"):
                token.attrSet("id", token.meta["anchor"])
        elif token.type == "heading_close":
            token.tag = f"h{min(6, max(3, int(token.tag[1])))}"
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
        elif token.type == "td_open":
            token.attrs = {}
        elif token.type in ("html_block", "html_inline"):
            continue
        elif token.type == "inline":
            token.children = list(_inline(token.children or [], resolver))
        yield token
        if token.type == "table_close":
            yield _html("</div>\n")


def callout(tokens: Sequence[Token], n: int) -> str:
    """The kind of the callout that a quote opens, or nothing."""
    if n + 2 < len(tokens) and tokens[n + 1].type == "paragraph_open":
        found = _CALLOUT.match(tokens[n + 2].content)
        if found and found[1].upper() in CALLOUTS:
            return found[1].upper()
    return ""


def testimony(tokens: Sequence[Token], n: int) -> bool:
    """Does a quote open with the label of a testimony?"""
    if n + 2 >= len(tokens) or tokens[n + 1].type != "paragraph_open":
        return False
    return bool(_TESTIMONY.match(fold(tokens[n + 2].content[:60])))


def on_one_line(content: str) -> bool:
    """Was the text of a callout written beside its mark?"""
    found = _CALLOUT.match(content)
    return bool(found and found[2] is None)


def _strip_label(words: Token) -> None:
    """Takes the bold label and its colon off a paragraph."""
    children = words.children or []
    end = next((n for n, child in enumerate(children) if child.type == "strong_close"), -1)
    words.children = children = children[end + 1 :]
    if children and children[0].type == "text":
        children[0].content = children[0].content.lstrip(" \u00a0\u202f:")


def _speaker(tokens: Sequence[Token], n: int, resolver: Resolver) -> str:
    """The last line of a testimony, `— [Name](media/name.yaml)`, taken off it; where there is none, that is told."""
    level = tokens[n].level
    end = next(m for m in range(n + 1, len(tokens)) if tokens[m].level == level and tokens[m].nesting < 0)
    words = tokens[end - 2]
    children = words.children or [] if tokens[end - 1].type == "paragraph_close" else []
    breaks = [m for m, child in enumerate(children) if child.type in ("softbreak", "hardbreak")]
    start = breaks[-1] + 1 if breaks else 0
    line = [child for child in children[start:] if child.type != "text" or child.content.strip(" \u00a0—–-")]
    link = line[0] if line and line[0].type == "link_open" and line[-1] is _closing(line, 0) else None
    target = str(link.attrGet("href")) if link else ""
    if link is None or suffix_of(target) not in (".yaml", ".yml"):
        return resolver.speaker("", "", tokens[n])
    words.children = children[: max(start - 1, 0)]
    return resolver.speaker(target, _rendered(line[1:-1], resolver), link)


def _alone(tokens: Sequence[Token], n: int, resolver: Resolver) -> str | None:
    """What takes the place of a whole paragraph: a player, a figure, nothing of an empty one; None for prose."""
    children = [child for child in tokens[n + 1].children or [] if child.type != "text" or child.content.strip()]
    if tokens[n].hidden:
        return None
    if not children:
        return ""
    first = children[0]
    if first.type == "link_open" and _closing(children, 0) is children[-1]:
        target = str(first.attrGet("href") or "")
        if suffix_of(target) not in PLAYED or ":" in target or target.startswith("/"):
            return None
        said = _rendered(children[1:-1], resolver)
        return resolver.player(target, said, first) or f"<p>{said}</p>\n"
    rest = "".join(child.content for child in children[1:]).strip()
    if first.type == "image" and first.attrs.get("title") and (not rest or DECORATIVE.fullmatch(rest)):
        caption = str(first.attrs.pop("title"))
        caption = french_spaces(caption) if resolver.lang == "fr" else caption
        picture = _rendered(children, resolver)
        return players.figure(picture, escapeHtml(caption)) if picture else ""
    return None


def _closing(children: Sequence[Token], at: int) -> Token:
    return next(child for child in children[at:] if child.type == "link_close")


def _rendered(children: Sequence[Token], resolver: Resolver) -> str:
    parser = _parser()
    words = Token("inline", "", 0, children=list(_inline(list(children), resolver)))
    return str(parser.renderer.render([words], parser.options, {})).strip()


def _strip_callout(words: Token) -> None:
    children = words.children or []
    if children and children[0].type == "text":
        children[0].content = re.sub(r"^\[!\w+\]\s*", "", children[0].content)
        if not children[0].content:
            del children[0]
            if children and children[0].type in ("softbreak", "hardbreak"):
                del children[0]


def _titled(words: Token) -> bool:
    """Is its first paragraph a title, bold from end to end? Then it stands where the name of the kind would."""
    kinds = [child.type for child in words.children or [] if child.content or child.type != "text"]
    return (
        len(kinds) > 2 and (kinds[0], kinds[-1]) == ("strong_open", "strong_close") and kinds.count("strong_open") == 1
    )


def _label(kind: str, lang: str) -> str:
    return f'<p class="callout-label"><strong>{CALLOUTS[kind].get(lang, CALLOUTS[kind]["en"])}</strong></p>\n'


def _html(text: str) -> Token:
    return Token("html_block", "", 0, content=text)


def _inline(children: list[Token], resolver: Resolver) -> Iterable[Token]:
    dropped: list[bool] = []
    skip_mark = False
    for token in children:
        if token.type == "text":
            text = DECORATIVE.sub("", token.content, count=1) if skip_mark else token.content
            token.content = french_spaces(text) if resolver.lang == "fr" else text
        elif token.type == "link_open":
            target = resolver.link(str(token.attrGet("href") or ""), token)
            dropped.append(not target)
            if not target:
                continue
            token.attrSet("href", target)
            if target.startswith("#glossary-"):
                token.attrSet("class", "glossary")
            elif target.startswith("http"):
                token.attrSet("rel", REL)
        elif token.type == "link_close" and dropped.pop():
            continue
        elif token.type == "image":
            target = resolver.image(str(token.attrGet("src") or ""), token)
            if not target:
                continue
            token.attrSet("src", target)
        elif token.type == "citation":
            yield Token("html_inline", "", 0, content=resolver.citation(token.content, token))
            continue
        elif token.type == "gap":
            yield Token("html_inline", "", 0, content=GAP)
            continue
        elif token.type == "html_inline":
            continue
        skip_mark = token.type == "image"
        yield token
