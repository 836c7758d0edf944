"""What a page of a unit must print below its text, so that no link on it leads nowhere: words, notes, sources."""

from collections.abc import Iterable, Iterator
from typing import Any

from elearn.core.course import GlossaryEntry, Section, Unit
from elearn.core.questions.base import Html, Prompt


def sources(unit: Unit, sections: tuple[Section, ...], entries: Iterable[GlossaryEntry]) -> dict[str, Any]:
    """`glossary`, `footnotes` and `references` that these sections link to. The opening stands on the first one."""
    bodies = list(_bodies(unit, sections))
    text = b"".join(bodies)
    footnotes = unit.footnotes if b'href="#fn' in text else b""
    text += footnotes
    words = _reached(text, list(entries))
    text += b"".join(entry.html for entry in words)
    return {
        "glossary": words,
        "footnotes": footnotes,
        "references": [one for one in unit.references if b'"#' + _anchor(one) + b'"' in text],
    }


def _bodies(unit: Unit, sections: tuple[Section, ...]) -> Iterator[Html]:
    if unit.sections[0] in sections:
        yield unit.opening
    for section in sections:
        for block in section.blocks:
            if not isinstance(block, Prompt):
                yield block.html
        for prompt in section.prompts:
            yield from (prompt.title, prompt.stem, *prompt.items, *prompt.targets, *prompt.hints)
            for step in prompt.steps:
                yield from (step.title, step.html, *step.choices)
            if key := unit.keys.get(prompt.id):
                yield from (*key.feedback, key.explanation, key.sample)


def _reached(text: Html, entries: list[GlossaryEntry]) -> list[GlossaryEntry]:
    """The entries that the text links to, and those that these link to in turn."""
    found: list[GlossaryEntry] = []
    while more := [one for one in entries if one not in found and b'"#glossary-%s"' % one.id.encode() in text]:
        found += more
        text = b"".join(one.html for one in more)
    return [one for one in entries if one in found]


def _anchor(reference: Html) -> bytes:
    return reference.partition(b'id="')[2].partition(b'"')[0]
