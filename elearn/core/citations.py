"""Sources: CSL items from `references.yaml`, the short form in the text and the full one at the unit's end."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from elearn.core.fields import Fields
from elearn.core.markup import REL, clean
from elearn.core.questions.base import Html
from elearn.core.source import Source
from elearn.core.strict_yaml import Node, Scalar, Sequence, Table
from elearn.core.typography import french_spaces

AND = {"fr": "et", "en": "and"}
NO_DATE = {"fr": "s. d.", "en": "n.d."}


@dataclass(frozen=True, slots=True)
class Reference:
    """One CSL item. `authors`: (family, given) or (name, "")."""

    id: str
    authors: tuple[tuple[str, str], ...] = ()
    title: str = ""
    year: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""
    language: str = ""
    line: int = 1


def read_references(source: Source, node: Node | None) -> dict[str, Reference]:
    """Every item by its id; keys of CSL that we do not print are left alone."""
    found: dict[str, Reference] = {}
    top = Fields(source, node, {"references": ("references",)})
    for item in top.tables("references"):
        if not isinstance(item, Table):
            source.report("E105", item.line, item.column, variant="table", key="references")
            continue
        values = Fields(source, item, {key: (key,) for key in item.pairs})
        values.require("id", "title")
        key = values.text("id")
        if key and not re.fullmatch(r"[A-Za-z0-9_][\w-]{0,59}", key):
            values.refuse("id", "E130", id=key)
        elif key in found:
            values.refuse("id", "E131", id=key, other=found[key].line)
        elif key:
            found[key] = _reference(values, item, key)
    return found


def short(reference: Reference, lang: str) -> str:
    """`Andresen et al., 2003`, as HTML text."""
    names = [family[:80] for family, _ in reference.authors[:3]]
    if not names:
        who = reference.title if len(reference.title) <= 40 else reference.title[:39].rsplit(" ", 1)[0] + "…"
    elif len(names) <= 2:
        who = f" {AND.get(lang, 'and')} ".join(names)
    else:
        who = names[0] + " et al."
    return escape(f"{who}, {reference.year or NO_DATE.get(lang, 'n.d.')}")


def citation(parts: list[tuple[str, str, str]], known: Mapping[str, Reference], lang: str) -> str:
    """`(voir Leamy et al., 2011, p. 448 ; Slade, 2014)`: HTML, each source a link to its full form."""
    shown = []
    for before, key, after in parts:
        if key in known:
            link = f'<a class="citation" href="#ref-{escape(key)}">{short(known[key], lang)}</a>'
            shown.append(escape(before) + (" " if before else "") + link + escape(re.sub(r"^,\s*", ", ", after)))
    text = (" ; " if lang == "fr" else "; ").join(shown)
    return _spaced(f"({text})", lang) if shown else ""


def full(reference: Reference, lang: str) -> Html:
    """The printed form, for the list at the unit's end, with its own `#ref-…` anchor."""
    authors = ", ".join(f"{family}, {_initials(given)}" if given else family for family, given in reference.authors)
    title = f"<em>{escape(reference.title)}</em>"
    if reference.language and reference.language != lang:
        title = f'<cite lang="{escape(reference.language)}">{escape(reference.title)}</cite>'
    place = escape(reference.container)
    if reference.volume:
        place += f" {escape(reference.volume)}" + (f"({escape(reference.issue)})" if reference.issue else "")
    if reference.pages:
        place += f", {escape(reference.pages.replace('-', '–'))}"
    head = f"{escape(authors)} ({escape(reference.year or NO_DATE.get(lang, 'n.d.'))}). {title}"
    parts = [part for part in (head, place.strip(" ,"), escape(reference.publisher)) if part]
    address = f"https://doi.org/{reference.doi}" if reference.doi else reference.url
    link = f' <a rel="{REL}" href="{escape(address)}">{escape(address)}</a>' if address else ""
    html = f'<span class="reference" id="ref-{escape(reference.id)}">{_spaced(". ".join(parts), lang)}.{link}</span>'
    return clean(html).encode()


def _spaced(html: str, lang: str) -> str:
    return french_spaces(html) if lang == "fr" else html


def _initials(given: str) -> str:
    if re.fullmatch(r"(?:\w\. ?)+", given):
        return given
    return " ".join("-".join(part[0] + "." for part in word.split("-") if part) for word in given.split())


def _reference(values: Fields, item: Table, key: str) -> Reference:
    return Reference(
        id=key,
        authors=tuple(_authors(values)),
        title=values.text("title").rstrip("."),
        year=_year(values),
        container=values.text("container-title"),
        volume=values.text("volume"),
        issue=values.text("issue"),
        pages=values.text("page"),
        publisher=values.text("publisher"),
        doi=values.text("DOI").removeprefix("https://doi.org/"),
        url=values.link("URL"),
        language=values.text("language")[:2].lower(),
        line=item.line,
    )


def _authors(values: Fields) -> list[tuple[str, str]]:
    people = []
    for person in values.tables("author"):
        if isinstance(person, Table):
            name = Fields(values.source, person, {key: (key,) for key in person.pairs})
            people.append((name.text("literal") or name.text("family"), name.text("given")))
        elif isinstance(person, Scalar):
            people.append((person.text, ""))
    return [(family, given) for family, given in people if family]


def _year(values: Fields) -> str:
    """The year of CSL's `issued`: text, `{date-parts: [[2003, 8]]}` or `{literal: …}`."""
    node = values.node("issued")
    if isinstance(node, Table):
        known = ("date-parts", "year", "literal", "raw")
        inner = next((node.pairs[key][1] for key in known if key in node.pairs), None)
        while isinstance(inner, Sequence) and inner.items:
            inner = inner.items[0]
        return inner.text[:20] if isinstance(inner, Scalar) else ""
    while isinstance(node, Sequence) and node.items:
        node = node.items[0]
        if isinstance(node, Table):
            return next((v.text for k, (_, v) in node.pairs.items() if k == "year" and isinstance(v, Scalar)), "")
    return re.split(r"-", node.text)[0][:20] if isinstance(node, Scalar) else ""
