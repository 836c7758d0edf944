"""A draft and the site around it -> a compiled unit.

A translation takes its keys from the source and its words from itself. What it lacks, or tells otherwise than its
source, is shown whole in the source language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from elearn.core import markup
from elearn.core.body import BodyReader
from elearn.core.citations import full
from elearn.core.course import GlossaryEntry, Pool, Prose, Section, Unit, fingerprint
from elearn.core.links import Linked, Links, Target
from elearn.core.outline import Asked, Group, Screen
from elearn.core.outline import Pool as WrittenPool
from elearn.core.outline import Prose as Written
from elearn.core.parse import Draft
from elearn.core.questions import KINDS
from elearn.core.questions.base import Html, Key, Prompt
from elearn.core.rules import ERROR
from elearn.core.scan import find
from elearn.core.translating import MOVED, OPENING, OUTDATED, SHOWN_IN_SOURCE, Standing, standings
from elearn.core.typography import french_spaces, nearest

Block = Pool | Prompt | Prose
LONGEST_ID = 60
"""Characters of the id of a question of a shared pool, `<pool>--<question>`."""


@dataclass(slots=True)
class Compiled:
    """A unit before its printed lists are known: what it asks, says, cites and explains.

    `doubtful`: questions in which an error was told. A translation is not held against them. `shared`: the shared pools
    by id, each in its languages. `standings`: of the blocks of a translation (core.translating).
    """

    draft: Draft
    links: Links
    sections: list[Section] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    opening: Html = b""
    footnotes: Html = b""
    doubtful: set[str] = field(default_factory=set)
    shared: "Shared" = field(default_factory=dict)
    opening_lang: str = ""
    standings: Mapping[str, str] = field(default_factory=dict)

    @property
    def prompts(self) -> list[Prompt]:
        return [prompt for section in self.sections for prompt in section.questions]

    def question(self, question_id: str) -> tuple[Prompt, Key] | None:
        prompt = next((prompt for prompt in self.prompts if prompt.id == question_id), None)
        return (prompt, self.keys[question_id]) if prompt else None


Shared = Mapping[str, Mapping[str, Compiled]]


def compile_source(draft: Draft, linked: Linked, own: Target, shared: Shared | None = None) -> Compiled:
    """Compiles a unit in the site's source language. `own`: the unit itself as links see it."""
    made = Compiled(draft, Links(draft.lang, draft.source, linked, draft.front.id, own), shared=shared or {})
    made.opening = _html(made, draft.outline.opening)
    for screen in draft.outline.screens:
        blocks: list[Block] = []
        for part in screen.parts:
            if isinstance(part, Written):
                blocks += _prose(made, part.groups)
            elif isinstance(part, WrittenPool):
                blocks += _pool(made, part)
            else:
                blocks += _question(made, part)
        made.sections.append(_section(screen, draft.lang, blocks, screen.regions))
    made.footnotes = markup.render(draft.outline.footnotes, draft.outline.env, made.links)
    return made


def compile_translation(
    draft: Draft, linked: Linked, original: Compiled, noted: Mapping[str, str] | None = None
) -> Compiled:
    """Compiles a translation beside its compiled source, telling what is missing, late or contradicts it.

    `noted`: what each source block was when its translation was last read (core.translating)."""
    links = Links(draft.lang, draft.source, linked, original.links.unit, original.links.own)
    made = Compiled(draft, links, shared=original.shared)
    found = standings(original.draft, draft, noted or {})
    made.standings = {block.id: block.state for block in found if block.line}
    made.opening = _html(made, draft.outline.opening)
    if not made.opening or made.standings.get(OPENING) in SHOWN_IN_SOURCE:
        made.opening, made.opening_lang = original.opening, original.draft.lang if original.opening else ""
        _borrow(made, original, [])
    _unknown_ids(draft, original)
    screens = {screen.id: screen for screen in draft.outline.screens}
    for section in original.sections:
        screen = screens.get(section.id)
        if screen is None:
            draft.source.report("T301", 1, 1, variant="section", id=section.id)
        ours = _translated(made, screen, section, original) if screen else None
        if ours is None:
            ours = section
            _borrow(made, original, list(section.questions))
        made.sections.append(ours)
    made.sections = [_dated(section, made) for section in made.sections]
    _late(made, found)
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
        fingerprints={prompt.id: fingerprint(prompt, made.keys[prompt.id]) for prompt in made.prompts},
        opening_lang=made.opening_lang,
        opening_outdated=not made.opening_lang and made.standings.get(OPENING) == OUTDATED,
        exam=base.exam,
        sittings=base.sittings,
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
        names = (
            "fixed",
            "shuffle",
            "must_pass",
            "retired",
            "points",
            "competencies",
            "confidence",
            "formerly",
            "regions",
        )
        taken = {name: getattr(original[0], name) for name in names}
        return replace(prompt, **taken), replace(key, partial=original[1].partial)
    options, front = dict(asked.options), made.draft.front
    own = options.pop("competencies", ())
    assert isinstance(own, tuple)
    partial = bool(options.pop("scoring", False))
    options.pop("visible", None)
    if "shuffle" in asked.kind.options:
        options.setdefault("shuffle", front.shuffle)
    if asked.kind.scored:
        options.setdefault("confidence", front.confidence)
    competencies = tuple(dict.fromkeys(front.competencies + own))
    return replace(prompt, **options, competencies=competencies), replace(key, partial=partial)  # type: ignore[arg-type]


def _section(screen: Screen, lang: str, blocks: list[Block], regions: tuple[str, ...]) -> Section:
    """`regions`: those of the source. What is meant for some people only counts for nobody."""
    title = markup.plain([screen.title])
    title = french_spaces(title) if lang == "fr" else title
    mine = tuple(_for_some(block, regions) for block in blocks)
    return Section(screen.id, title, lang, mine, regions=regions)


def _for_some(block: Block, regions: tuple[str, ...]) -> Block:
    """The block without what counts, where not everyone sees it. Shared pools count elsewhere."""
    if isinstance(block, Pool) and regions:
        uncounted = (replace(prompt, points=0.0, must_pass=False) for prompt in block.prompts)
        return replace(block, prompts=tuple(uncounted))
    if isinstance(block, Prompt) and (regions or block.regions):
        return replace(block, points=0.0)
    return block


def _translated(made: Compiled, screen: Screen, section: Section, original: Compiled) -> Section | None:
    """The section in the translation's words, or None where its questions stand in another order."""
    wanted = _places(section)
    names = dict(wanted)
    here = [(asked.id, place) for asked, place in _asked(screen) if asked.id in names]
    present = set(here)
    if here != [place for place in wanted if place in present]:
        made.draft.source.report("T302", screen.line, 1, variant="order", id=section.id)
        return None
    blocks: list[Block] = []
    copied = made.standings.get(section.id) in SHOWN_IN_SOURCE
    if copied:
        blocks += _stretch(made, section, "", screen.line, original)
    head = copied
    for part in screen.parts:
        if isinstance(part, Asked):
            copied = made.standings.get(part.id) in SHOWN_IN_SOURCE
            if copied and part.id in names:
                blocks += _stretch(made, section, part.id, part.line, original)
            elif part.id in names:
                blocks += _kept(made, part, original)
        elif isinstance(part, Written):
            blocks += [] if copied else _prose(made, part.groups)
        elif isinstance(part, WrittenPool):
            copied = False
            blocks += [_kept_pool(made, part, pool, original) for pool in section.pools if pool.id == part.id]
    whole = [block for block in section.blocks if isinstance(block, Pool | Prompt)]
    there = {block.id for block in blocks if isinstance(block, Pool | Prompt)}
    before = set[str]()
    for block in whole:
        if block.id not in there:
            variant = {"variant": "pool"} if isinstance(block, Pool) else {}
            made.draft.source.report("T301", 1, 1, id=block.id, **variant)
            _borrow(made, original, list(block.prompts) if isinstance(block, Pool) else [block])
            blocks.insert(_after(blocks, before), block)
        before.add(block.id)
    ours = _section(screen, made.draft.lang, blocks, section.regions)
    return replace(ours, title=section.title, lang=section.lang) if head else ours


def _stretch(made: Compiled, section: Section, question: str, line: int, original: Compiled) -> list[Block]:
    """A block that is not translated yet, or that may no longer mean the same, from the source: a question with what
    follows it, else the prose before the first one."""
    name = question or section.id
    moved = made.standings.get(name) == MOVED
    made.draft.source.report("T302" if moved else "T301", line, 1, variant="moved" if moved else "copied", id=name)
    here, found = "", list[Block]()
    for block in section.blocks:
        here = block.id if isinstance(block, Prompt | Pool) else here
        if here == question:
            found.append(block)
    _borrow(made, original, [block for block in found if isinstance(block, Prompt)])
    return found


def _dated(section: Section, made: Compiled) -> Section:
    """The section with what is late in it: only blocks that are shown in the translation's words."""
    lang = made.draft.lang
    ours = [prompt.id for prompt in section.questions if prompt.lang == lang]
    ours += [pool.id for pool in section.pools if pool.lang == lang]
    names = [section.id, *ours] if section.lang == lang else ours
    return replace(section, outdated=tuple(name for name in names if made.standings.get(name) == OUTDATED))


def _late(made: Compiled, found: Iterable[Standing]) -> None:
    shown = {name for section in made.sections for name in section.outdated}
    if not made.opening_lang:
        shown.add(OPENING)
    for block in found:
        if block.state == OUTDATED and block.id in shown:
            made.draft.source.report("T305", block.line, 1)


def _places(section: Section) -> list[tuple[str, str]]:
    """Each question with the pool it is in, in order; those of shared pools are not written here."""
    found: list[tuple[str, str]] = []
    for block in section.blocks:
        if isinstance(block, Pool):
            found += [(prompt.id, block.id) for prompt in block.prompts if not _is_shared(prompt.id, block)]
        elif isinstance(block, Prompt):
            found.append((block.id, ""))
    return found


def _asked(screen: Screen) -> list[tuple[Asked, str]]:
    found: list[tuple[Asked, str]] = []
    for part in screen.parts:
        if isinstance(part, WrittenPool):
            found += [(asked, part.id) for asked in part.questions]
        elif isinstance(part, Asked):
            found.append((part, ""))
    return found


def _pool(made: Compiled, part: WrittenPool) -> list[Block]:
    """A pool with its own questions and those of the shared pool it draws from."""
    report = made.draft.source.report
    blocks = [block for asked in part.questions for block in _question(made, asked)]
    shared = _shared_prompts(made, part)
    if shared is None:
        return [_pool_block(made, part, blocks, part.draw, part.source)]
    blocks += shared
    open_ones = sum(isinstance(block, Prompt) and not block.retired for block in blocks)
    if not open_ones:
        report("E214", part.line, 1, variant="none")
    elif part.draw > open_ones:
        report("E214", part.line, 1, draw=part.draw, found=open_ones)
    return [_pool_block(made, part, blocks, part.draw or open_ones, part.source)]


def _shared_prompts(made: Compiled, part: WrittenPool) -> list[Block] | None:
    """Those of the shared pool, none where it draws from none; None where that pool cannot be told."""
    if not part.source:
        return []
    here = (part.line, part.braces.settings["source"][2])
    pool = made.shared.get(part.source)
    if pool is None:
        made.draft.source.report("E216", *here, id=part.source, near=nearest(part.source, made.shared))
        return None
    if not pool:
        return None
    if any(name.startswith(part.source + "--") for name in made.keys):
        made.draft.source.report("E216", *here, variant="twice", id=part.source)
        return None
    original = next(iter(pool.values()))
    taken: list[Block] = []
    for prompt in original.prompts:
        name = f"{part.source}--{prompt.id}"
        if len(name) > LONGEST_ID:
            made.draft.source.report("E216", *here, variant="long", id=name)
        taken.append(_take(made, pool.get(made.draft.lang, original), prompt.id, name))
    return taken


def _take(made: Compiled, pool: Compiled, question: str, name: str) -> Prompt:
    """A question of a shared pool under the name it has in this unit."""
    both = pool.question(question)
    assert both
    made.keys[name] = both[1]
    _lean_on(made, pool)
    return replace(both[0], id=name)


def _pool_block(made: Compiled, part: WrittenPool, blocks: list[Block], draw: int, source: str) -> Pool:
    """Text that follows the answers of a question joins what is read before them all."""
    title = markup.plain([part.heading[1]])
    after = [block.html for block in blocks if isinstance(block, Prose)]
    return Pool(
        id=part.id,
        title=french_spaces(title) if made.draft.lang == "fr" else title,
        lang=made.draft.lang,
        html=b"\n".join([_html(made, [part.heading, *part.groups]), *after]),
        draw=draw,
        prompts=tuple(block for block in blocks if isinstance(block, Prompt)),
        source=source,
    )


def _kept_pool(made: Compiled, part: WrittenPool, pool: Pool, original: Compiled) -> Pool:
    """A pool in the translation's words, with the same questions in the same order."""
    asked = {one.id: one for one in part.questions}
    blocks: list[Block] = []
    for prompt in pool.prompts:
        if _is_shared(prompt.id, pool):
            shared = made.shared[pool.source]
            ours = shared.get(made.draft.lang) or next(iter(shared.values()))
            blocks.append(_take(made, ours, prompt.id.removeprefix(pool.source + "--"), prompt.id))
        elif prompt.id in asked:
            blocks += _kept_in_pool(made, asked[prompt.id], prompt, original)
        else:
            made.draft.source.report("T301", 1, 1, id=prompt.id)
            _borrow(made, original, [prompt])
            blocks.append(prompt)
    mine = _pool_block(made, part, blocks, pool.draw, pool.source)
    if made.standings.get(part.id) not in SHOWN_IN_SOURCE:
        return mine
    made.draft.source.report("T301", part.line, 1, variant="copied", id=part.id)
    _borrow(made, original, [])
    return replace(mine, title=pool.title, lang=pool.lang, html=pool.html)


def _kept_in_pool(made: Compiled, asked: Asked, prompt: Prompt, original: Compiled) -> list[Block]:
    state = made.standings.get(asked.id)
    if state not in SHOWN_IN_SOURCE:
        return _kept(made, asked, original)
    moved = state == MOVED
    variant = "moved" if moved else "copied"
    made.draft.source.report("T302" if moved else "T301", asked.line, 1, variant=variant, id=asked.id)
    _borrow(made, original, [prompt])
    return [prompt]


def _is_shared(question: str, pool: Pool) -> bool:
    return bool(pool.source) and question.startswith(pool.source + "--")


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


def _after(blocks: list[Block], before: set[str]) -> int:
    """Where a missing question goes: after the last question that comes before it, else at the end."""
    for n, block in reversed(list(enumerate(blocks, 1))):
        if isinstance(block, Pool | Prompt) and block.id in before:
            return n
    return len(blocks)


def _borrow(made: Compiled, original: Compiled, prompts: list[Prompt]) -> None:
    """Keys of questions shown in the source language, and the sources and terms their words may lean on."""
    made.keys.update({prompt.id: original.keys[prompt.id] for prompt in prompts})
    _lean_on(made, original)


def _lean_on(made: Compiled, original: Compiled) -> None:
    """Words taken from elsewhere bring along the sources and terms they link to."""
    cited, terms = set(made.links.cited), set(made.links.terms)
    made.links.cited += [key for key in original.links.cited if key not in cited]
    made.links.terms += [term for term in original.links.terms if term not in terms]


def _unknown_ids(draft: Draft, original: Compiled) -> None:
    known = original.draft.outline.anchors
    for anchor, (_, line) in draft.outline.anchors.items():
        if anchor not in known:
            draft.source.report("T303", line, find(draft.source, line - 1, "#" + anchor), id=anchor)
