"""The glossary: `## Term {#id}` and paragraphs, one file a language, shown at the foot of the units that use a term."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from elearn.core import markup
from elearn.core.course import GlossaryEntry
from elearn.core.links import Linked, Links
from elearn.core.outline import Outline, Prose, outline
from elearn.core.scan import find
from elearn.core.source import Source, readable
from elearn.core.typography import french_spaces


@dataclass(slots=True)
class Term:
    """An entry with the other terms and the sources it leans on."""

    entry: GlossaryEntry
    terms: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()


@dataclass(slots=True)
class Glossary:
    """One language: outline first, entries once the whole site is known."""

    source: Source
    lang: str
    outline: Outline
    terms: dict[str, Term] = field(default_factory=dict)


def read_glossary(source: Source, lang: str) -> Glossary:
    return Glossary(source, lang, outline(source, 0, glossary=True) if readable(source) else Outline())


def compile_glossary(glossary: Glossary, linked: Linked, original: Glossary | None) -> None:
    """Fills in the entries. An id that the source glossary lacks is told (T303)."""
    for screen in glossary.outline.screens:
        if original and screen.id and screen.id not in original.outline.anchors:
            column = find(glossary.source, screen.line - 1, "#" + screen.id)
            glossary.source.report("T303", screen.line, column, id=screen.id)
        links = Links(glossary.lang, glossary.source, linked)
        tokens = [token for part in screen.parts if isinstance(part, Prose) for group in part.groups for token in group]
        html = markup.render(tokens, glossary.outline.env, links)
        title = markup.plain([screen.title])
        title = french_spaces(title) if glossary.lang == "fr" else title
        entry = GlossaryEntry(screen.id, title, html, glossary.lang)
        glossary.terms.setdefault(screen.id, Term(entry, tuple(links.terms), tuple(links.cited)))


def reached(links: Links, known: Mapping[str, Term]) -> dict[str, GlossaryEntry]:
    """Every entry that a unit's words lead to, entries of entries included; their sources join the unit's."""
    waiting = list(links.terms)
    found: dict[str, GlossaryEntry] = {}
    while waiting:
        term = known.get(waiting.pop(0))
        if term is None or term.entry.id in found:
            continue
        found[term.entry.id] = term.entry
        waiting += term.terms
        links.cited += [key for key in term.cited if key not in links.cited]
    links.terms[:] = list(found)
    return found


def merged(glossaries: Iterable[Glossary]) -> dict[str, Term]:
    """All terms, the first language given winning: a term not yet translated is explained in the source language."""
    terms: dict[str, Term] = {}
    for glossary in glossaries:
        for name, term in glossary.terms.items():
            terms.setdefault(name, term)
    return terms
