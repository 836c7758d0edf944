"""A draft and the site around it -> a compiled unit.

A translation takes its keys from the source and its words from itself. What it lacks, or tells otherwise than its
source, is shown whole in the source language.
"""

from dataclasses import dataclass, field, replace

from elearn.core import markup
from elearn.core.body import BodyReader
from elearn.core.citations import full
from elearn.core.course import GlossaryEntry, Prose, Section, Unit, fingerprint
from elearn.core.links import Linked, Links, Target
from elearn.core.outline import Asked, Group, Screen
from elearn.core.outline import Prose as Written
from elearn.core.parse import Draft
from elearn.core.questions import KINDS
from elearn.core.questions.base import Html, Key, Prompt
from elearn.core.rules import ERROR
from elearn.core.scan import find
from elearn.core.typography import french_spaces

Block = Prose | Prompt


@dataclass(slots=True)
class Compiled:
    """A unit before its printed lists are known: what it asks, says, cites and explains.

    `doubtful`: questions in which an error was told. A translation is not held against them.
    """

    draft: Draft
    links: Links
    sections: list[Section] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    opening: Html = b""
    footnotes: Html = b""
    doubtful: set[str] = field(default_factory=set)

    def question(self, question_id: str) -> tuple[Prompt, Key] | None:
        found = (block for section in self.sections for block in section.blocks if isinstance(block, Prompt))
        prompt = next((prompt for prompt in found if prompt.id == question_id), None)
        return (prompt, self.keys[question_id]) if prompt else None


def compile_source(draft: Draft, linked: Linked, own: Target) -> Compiled:
    """Compiles a unit in the site's source language. `own`: the unit itself as links see it."""
    made = Compiled(draft, Links(draft.lang, draft.source, linked, draft.front.id, own))
    made.opening = _html(made, draft.outline.opening)
    for screen in draft.outline.screens:
        blocks: list[Block] = []
        for part in screen.parts:
            blocks += _prose(made, part.groups) if isinstance(part, Written) else _question(made, part)
        made.sections.append(_section(screen, draft.lang, blocks, screen.regions))
    made.footnotes = markup.render(draft.outline.footnotes, draft.outline.env, made.links)
    return made


def compile_translation(draft: Draft, linked: Linked, original: Compiled) -> Compiled:
    """Compiles a translation beside its compiled source, telling what is missing or contradicts it."""
    made = Compiled(draft, Links(draft.lang, draft.source, linked, original.links.unit, original.links.own))
    made.opening = _html(made, draft.outline.opening)
    _unknown_ids(draft, original)
    screens = {screen.id: screen for screen in draft.outline.screens}
    for section in original.sections:
        screen = screens.get(section.id)
        if screen is None:
            draft.source.report("T301", 1, 1, variant="section", id=section.id)
        ours = _translated(made, screen, section, original) if screen else None
        if ours is None:
            ours = section
            _borrow(made, original, [block for block in section.blocks if isinstance(block, Prompt)])
        made.sections.append(ours)
    made.footnotes = markup.render(draft.outline.footnotes, draft.outline.env, made.links)
    return made


def finish(made: Compiled, course: str, original: Compiled | None, terms: dict[str, GlossaryEntry]) -> Unit:
    """The record of a unit: scoring and status from the source, words from the file, lists of what it uses."""
    front = made.draft.front
    base = original.draft.front if original else front
    lang = made.draft.lang
    spaced = french_spaces if lang == "fr" else str
    references = made.links.linked.references
    cited = sorted((references[key] for key in made.links.cited), key=lambda item: (item.authors, item.year, item.id))
    prompts = [block for section in made.sections for block in section.blocks if isinstance(block, Prompt)]
    return Unit(
        id=base.id,
        course=course,
        lang=lang,
        title=spaced(front.title),
        minutes=base.minutes,
        licence=base.licence,
        status=base.status,
        authors=base.authors,
        summary=spaced(front.summary) or base.summary,
        reviewers=base.reviewers,
        translators=front.translators,
        competencies=base.competencies,
        prerequisites=base.prerequisites,
        reviewed_on=base.reviewed_on,
        content_note=spaced(front.content_note) or base.content_note,
        pass_mark=base.pass_mark,
        opening=made.opening,
        sections=tuple(made.sections),
        references=tuple(full(item, lang) for item in cited),
        footnotes=made.footnotes,
        glossary=tuple(terms[term] for term in made.links.terms if term in terms),
        keys=made.keys,
        fingerprints={prompt.id: fingerprint(prompt, made.keys[prompt.id]) for prompt in prompts},
    )


def _html(made: Compiled, groups: list[Group]) -> Html:
    return markup.render([token for group in groups for token in group], made.draft.outline.env, made.links)


def _prose(made: Compiled, groups: list[Group]) -> list[Block]:
    html = _html(made, groups)
    return [Prose(html, made.draft.lang)] if html else []


def _question(made: Compiled, asked: Asked, original: tuple[Prompt, Key] | None = None) -> list[Block]:
    """The prompt, and the prose that follows its answers. The original stands in where the two differ in shape."""
    problems = made.draft.source.problems
    before = len(problems)
    reader = BodyReader(made.draft.source, asked, made.draft.lang, lambda tokens: _html(made, [list(tokens)]))
    both = asked.kind.parse(reader.block(), original) or original
    if reader.malformed or any(problem.severity == ERROR for problem in problems[before:]):
        made.doubtful.add(asked.id)
    if both is None:
        return []
    prompt, key = both if both is original else _scored(made, asked, both, original)
    made.keys[prompt.id] = key
    return [prompt, *_prose(made, reader.body.after)]


def _scored(
    made: Compiled, asked: Asked, both: tuple[Prompt, Key], original: tuple[Prompt, Key] | None
) -> tuple[Prompt, Key]:
    """Points and options, from the source alone."""
    prompt, key = both
    if original:
        names = ("fixed", "shuffle", "must_pass", "retired", "points", "competencies", "regions")
        taken = {name: getattr(original[0], name) for name in names}
        return replace(prompt, **taken), replace(key, partial=original[1].partial)
    options, front = dict(asked.options), made.draft.front
    own = options.pop("competencies", ())
    assert isinstance(own, tuple)
    partial = bool(options.pop("scoring", False))
    options.pop("visible", None)
    if "shuffle" in asked.kind.options:
        options.setdefault("shuffle", front.shuffle)
    competencies = tuple(dict.fromkeys(front.competencies + own))
    return replace(prompt, **options, competencies=competencies), replace(key, partial=partial)  # type: ignore[arg-type]


def _section(screen: Screen, lang: str, blocks: list[Block], regions: tuple[str, ...]) -> Section:
    """`regions`: those of the source. What is meant for some people only counts for nobody."""
    title = markup.plain([screen.title])
    blocks = [
        replace(block, points=0.0) if isinstance(block, Prompt) and (regions or block.regions) else block
        for block in blocks
    ]
    return Section(screen.id, french_spaces(title) if lang == "fr" else title, lang, tuple(blocks), regions)


def _translated(made: Compiled, screen: Screen, section: Section, original: Compiled) -> Section | None:
    """The section in the translation's words, or None where its questions stand in another order."""
    wanted = [block.id for block in section.blocks if isinstance(block, Prompt)]
    here = [asked.id for asked in screen.questions if asked.id in wanted]
    if here != [question for question in wanted if question in here]:
        made.draft.source.report("T302", screen.line, 1, variant="order", id=section.id)
        return None
    blocks: list[Block] = []
    for part in screen.parts:
        if isinstance(part, Written):
            blocks += _prose(made, part.groups)
        elif part.id in wanted:
            blocks += _kept(made, part, original)
    for n, question in enumerate(wanted):
        if question not in here:
            made.draft.source.report("T301", 1, 1, id=question)
            both = original.question(question)
            if both:
                _borrow(made, original, [both[0]])
                blocks.insert(_after(blocks, wanted[:n]), both[0])
    return _section(screen, made.draft.lang, blocks, section.regions)


def _kept(made: Compiled, asked: Asked, original: Compiled) -> list[Block]:
    both = original.question(asked.id)
    if both and asked.id in original.doubtful:
        _borrow(made, original, [both[0]])
        return [both[0]]
    if both and both[0].kind != asked.kind.name:
        kinds = {"source": KINDS[both[0].kind].words[0], "found": asked.braces.kind_word}
        made.draft.source.report("T302", asked.line, 1, variant="kind", id=asked.id, **kinds)
        _borrow(made, original, [both[0]])
        return [both[0]]
    blocks = _question(made, asked, both)
    if both and both[0] in blocks:
        _borrow(made, original, [both[0]])
    return blocks


def _after(blocks: list[Block], before: list[str]) -> int:
    """Where a missing question goes: after the last question that comes before it, else at the end."""
    places = [n for n, block in enumerate(blocks) if isinstance(block, Prompt) and block.id in before]
    return places[-1] + 1 if places else len(blocks)


def _borrow(made: Compiled, original: Compiled, prompts: list[Prompt]) -> None:
    """Keys of questions shown in the source language, and the sources and terms their words may lean on."""
    made.keys.update({prompt.id: original.keys[prompt.id] for prompt in prompts})
    made.links.cited += [key for key in original.links.cited if key not in made.links.cited]
    made.links.terms += [term for term in original.links.terms if term not in made.links.terms]


def _unknown_ids(draft: Draft, original: Compiled) -> None:
    known = original.draft.outline.anchors
    for anchor, (_, line) in draft.outline.anchors.items():
        if anchor not in known:
            draft.source.report("T303", line, find(draft.source, line - 1, "#" + anchor), id=anchor)
