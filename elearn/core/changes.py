"""What a new edition changes in the former one, question by question, in the classes of the authoring format (5).

Pure, and never reads a translation: scoring comes from the source language. What was decided for answers given before
is not known here, nor what is done about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from elearn.core.course import Section, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Html, Key, Prompt
from elearn.core.word_diff import likeness, plain_text

SAME, TEXT, KEY, STRUCTURE, NEW, REMOVED = "=", "T", "C", "S", "N", "R"
CLASSES = (TEXT, KEY, STRUCTURE, NEW, REMOVED)
KEEP, REMARK, CANCEL = "keep", "remark", "cancel"
DECISIONS = (KEEP, REMARK, CANCEL)
"""What may be decided for the answers given before a key changed."""

REWRITTEN = 0.5
"""Likeness under which a question's own words count as mostly rewritten."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text that differs. `part`: title, stem, item, target, hint, feedback, explanation, sample, accepted, piece,
    menu, step, prose or summary, and what counts: right, points, must_pass, partial, bounds, leads, worth, of a unit
    exam and sittings. `number` from 1 where there are several, else 0. Plain words, no HTML."""

    part: str
    number: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A question, or the prose of a section (`question` empty), in two editions.

    `section` is empty for what stands before the first one, with the unit's title. `retired`: gone, but by decision
    (`retire=oui`, now or already before, or a shared pool that is no longer drawn from). `seen`: its unit is published
    in both editions, so that people answered it. `words`: every text that differs.
    """

    kind: str
    course: str
    unit: str
    section: str
    question: str = ""
    before: Prompt | None = None
    after: Prompt | None = None
    retired: bool = False
    seen: bool = True
    words: tuple[Words, ...] = ()

    @property
    def key(self) -> str:
        """The global key of a question: course/unit/question."""
        return f"{self.course}/{self.unit}/{self.question}"


def changes(before: Iterable[Unit], after: Iterable[Unit]) -> tuple[Change, ...]:
    """Every question and section of two editions' units (source language), in the order of the new one; what has gone
    comes last in its unit. A unit that has gone whole gives its questions as removed and not as `seen`."""
    old = {(unit.course, unit.id): unit for unit in before}
    new = {(unit.course, unit.id): unit for unit in after}
    moved = _moved(old, new)
    found: list[Change] = []
    for where, unit in new.items():
        found += _of_unit(old.get(where), unit, moved)
    for where, unit in old.items():
        if where not in new:
            found += [_gone(unit, section.id, prompt, False) for section, prompt in _asked(unit)]
    return tuple(found)


def refused(found: Iterable[Change]) -> tuple[Change, ...]:
    """What may not be published: a question that people answered removed without `retire=oui`, or of another kind; a
    unit that has turned into an exam, or from one."""
    return tuple(one for one in found if one.seen and (_lost(one) if one.question else one.kind == STRUCTURE))


def needing_decision(found: Iterable[Change]) -> tuple[Change, ...]:
    """Questions whose key changed and whose answers count: keep, remark or cancel must be said for each."""
    return tuple(
        one
        for one in found
        if one.kind == KEY
        and one.seen
        and one.before
        and one.after
        and KINDS[one.after.kind].scored
        and (one.before.points > 0 or one.after.points > 0)
    )


def compared(before: tuple[Prompt, Key], after: tuple[Prompt, Key]) -> str:
    """The class of one question in two editions: "=", "T", "C" or "S"."""
    if before == after:
        return SAME
    (old, old_key), (new, new_key) = before, after
    if _shape(old, old_key) != _shape(new, new_key) or _rewritten(old, new):
        return STRUCTURE
    items, targets = moves(old.items, new.items), moves(old.targets, new.targets)
    menus = [moves(one, other) for one, other in zip(old.menus, new.menus, strict=True)]
    stayed = _stays(items) and _stays(targets) and all(_stays(menu) for menu in menus)
    told = _told(old, old_key) == _told(new, new_key)
    if stayed:
        return TEXT if told and old_key.solution == new_key.solution else KEY
    follows = _moved_solution(old, old_key.solution, items, targets, menus) == _sorted(new, new_key.solution)
    return STRUCTURE if told and follows else KEY


def moves(before: Sequence[Html], after: Sequence[Html]) -> tuple[int, ...]:
    """For each former position, where its text stands now. The same number of texts on both sides.

    The closest pairs first; between equals, a text stays where it was. What resembles nothing takes what is left.
    """
    count = len(before)
    if tuple(before) == tuple(after):
        return tuple(range(count))
    old, new = [plain_text(text) for text in before], [plain_text(text) for text in after]
    pairs = [(likeness(a, b), n == m, n, m) for n, a in enumerate(old) for m, b in enumerate(new)]
    pairs.sort(key=lambda pair: (-pair[0], not pair[1], pair[2], pair[3]))
    place: dict[int, int] = {}
    for _, _, n, m in (pair for pair in pairs if pair[0] >= REWRITTEN):
        if n not in place and m not in place.values():
            place[n] = m
    left = [n for n in range(count) if n not in place]
    free = [m for m in range(count) if m not in place.values()]
    for n in [n for n in left if n in free]:
        place[n] = n
        left.remove(n)
        free.remove(n)
    place.update(zip(left, free, strict=True))
    return tuple(place[n] for n in range(count))


def _of_unit(old: Unit | None, new: Unit, moved: Mapping[str, tuple[Unit, str]]) -> list[Change]:
    seen = old is not None and _shown(old) and _shown(new)
    found = [one for one in [_opening(old, new)] if one]
    asked = {prompt.id: (section.id, prompt) for section, prompt in _asked(old)} if old else {}
    here: set[str] = set()
    for section in new.sections:
        found.append(_prose(old.section(section.id) if old else None, section, new, seen))
        for prompt in section.questions:
            here.add(prompt.id)
            place = f"{new.course}/{new.id}/{prompt.id}"
            if place in moved:
                other, name = moved[place]
                former = next(one for _, one in _asked(other) if one.id == name)
                found.append(_question((other, former), new, section.id, prompt, _shown(other) and _shown(new)))
            else:
                former_here = asked.get(prompt.id)
                pair = (old, former_here[1]) if old and former_here else None
                found.append(_question(pair, new, section.id, prompt, seen))
    if old:
        left = {(unit.course, unit.id, name) for unit, name in moved.values()}
        pooled = _no_longer_drawn(old, new)
        known = {section.id for section in new.sections}
        found += [
            _gone(old, section, prompt, seen, prompt.id in pooled)
            for section, prompt in asked.values()
            if prompt.id not in here and (old.course, old.id, prompt.id) not in left
        ]
        found += [
            Change(REMOVED, new.course, new.id, section.id, seen=seen, words=_different("prose", _said(section), ""))
            for section in old.sections
            if section.id not in known
        ]
    return found


def _question(former: tuple[Unit, Prompt] | None, unit: Unit, section: str, prompt: Prompt, seen: bool) -> Change:
    where = (unit.course, unit.id, section, prompt.id)
    if former is None:
        return Change(NEW, *where, None, prompt, seen=seen)
    other, before = former
    old, new = (before, other.keys[before.id]), (prompt, unit.keys[prompt.id])
    kind = compared(old, new)
    if before.kind == prompt.kind and before.retired != prompt.retired:
        kind = REMOVED if prompt.retired else NEW
    words = () if kind == SAME else _texts(old, new)
    return Change(kind, *where, before, prompt, prompt.retired and kind == REMOVED, seen, words)


def _gone(unit: Unit, section: str, prompt: Prompt, seen: bool, pooled: bool = False) -> Change:
    return Change(REMOVED, unit.course, unit.id, section, prompt.id, prompt, None, prompt.retired or pooled, seen)


def _no_longer_drawn(old: Unit, new: Unit) -> set[str]:
    """Questions of shared pools that a unit has ceased to draw from: they go on living in their pool."""
    drawn = {pool.source for section in new.sections for pool in section.pools}
    left = [pool for section in old.sections for pool in section.pools if pool.source and pool.source not in drawn]
    return {prompt.id for pool in left for prompt in pool.prompts if prompt.id.startswith(pool.source + "--")}


def _opening(old: Unit | None, new: Unit) -> Change | None:
    """The unit itself: its title, its summary, what stands before the first section, and whether it is an exam: of
    another structure where that differs, since answers to one say nothing in the other."""
    if old is None:
        return Change(NEW, new.course, new.id, "", seen=False)
    words = [*_different("title", old.title, new.title), *_different("summary", old.summary, new.summary)]
    words += _different("prose", plain_text(old.opening), plain_text(new.opening))
    words += _different("sittings", str(old.sittings or ""), str(new.sittings or ""))
    words += _different("exam", _truth(old.exam), _truth(new.exam))
    same = not words and old.opening == new.opening
    kind = STRUCTURE if old.exam != new.exam else SAME if same else TEXT
    return Change(kind, new.course, new.id, "", seen=_shown(old) and _shown(new), words=tuple(words))


def _prose(old: Section | None, new: Section, unit: Unit, seen: bool) -> Change:
    where = (unit.course, unit.id, new.id)
    if old is None:
        return Change(NEW, *where, seen=seen)
    if old.title == new.title and _html_of(old) == _html_of(new):
        return Change(SAME, *where, seen=seen)
    words = (*_different("title", old.title, new.title), *_different("prose", _said(old), _said(new)))
    return Change(TEXT, *where, seen=seen, words=words)


def _moved(old: Mapping[tuple[str, str], Unit], new: Mapping[tuple[str, str], Unit]) -> dict[str, tuple[Unit, str]]:
    """Where a question says where it stood before (`ancien=unite/id`) and did: its new key -> unit and id it had."""
    found = {}
    for unit in new.values():
        for _, prompt in _asked(unit):
            former_unit, _, name = prompt.formerly.partition("/")
            other = old.get((unit.course, former_unit))
            mine = old.get((unit.course, unit.id))
            if other is None or (mine and any(one.id == prompt.id for _, one in _asked(mine))):
                continue
            if any(one.id == name for _, one in _asked(other)):
                found[f"{unit.course}/{unit.id}/{prompt.id}"] = (other, name)
    return found


def _asked(unit: Unit) -> list[tuple[Section, Prompt]]:
    """Every question, the retired ones too, with its section."""
    return [(section, prompt) for section in unit.sections for prompt in section.questions]


def _shown(unit: Unit) -> bool:
    return unit.status == "published"


def _lost(one: Change) -> bool:
    return (one.kind == REMOVED and not one.retired) or (one.kind == STRUCTURE and _other_kind(one))


def _other_kind(one: Change) -> bool:
    return bool(one.before and one.after and one.before.kind != one.after.kind)


def _html_of(section: Section) -> list[Html]:
    """Its prose, the words of its pools among it."""
    return [block.html for block in section.blocks if not isinstance(block, Prompt)]


def _said(section: Section) -> str:
    return " ".join(plain_text(html) for html in _html_of(section))


# --- one question


def _shape(prompt: Prompt, key: Key) -> tuple[object, ...]:
    """Kind, and how many of everything: what must stay for an answer to keep its meaning."""
    steps = tuple((step.id, len(step.choices)) for step in prompt.steps)
    counts = (len(prompt.items), len(prompt.targets), len(prompt.pieces), tuple(len(menu) for menu in prompt.menus))
    return (prompt.kind, counts, prompt.several, steps, tuple(bool(accepted) for accepted in key.accepted))


def _rewritten(old: Prompt, new: Prompt) -> bool:
    return likeness(_asking(old), _asking(new)) < REWRITTEN


def _asking(prompt: Prompt) -> str:
    """The question's own words; for a text with gaps these are what stands between them."""
    return " ".join(plain_text(html) for html in (prompt.title, prompt.stem, *prompt.pieces) if html)


def _told(prompt: Prompt, key: Key) -> tuple[object, ...]:
    """What makes an answer count, but for the right positions."""
    accepted = tuple(frozenset(words) for words in key.accepted)
    return (prompt.points, prompt.must_pass, key.partial, accepted, key.bounds, key.leads, key.worth)


def _stays(places: Sequence[int]) -> bool:
    return tuple(places) == tuple(range(len(places)))


def _moved_solution(
    prompt: Prompt,
    solution: tuple[int, ...],
    items: tuple[int, ...],
    targets: tuple[int, ...],
    menus: Sequence[tuple[int, ...]],
) -> tuple[int, ...]:
    """What was right before, in the positions of now."""
    return _sorted(prompt, tuple(follow(prompt.kind, list(solution), items, targets, menus)))


def follow(
    kind: str,
    response: list[int],
    items: Sequence[int],
    targets: Sequence[int] = (),
    menus: Sequence[Sequence[int]] = (),
) -> list[int]:
    """Positions of a former edition in those of the new one; an answer keeps its meaning where texts changed place."""
    if kind == "matching":
        pairs = {items[n]: _at(targets, target) for n, target in enumerate(response) if n < len(items)}
        return [pairs.get(n, -1) for n in range(len(response))]
    if menus:
        return [_at(menus[n], place) if n < len(menus) else place for n, place in enumerate(response)]
    return [_at(items, place) for place in response] if items else list(response)


def _at(places: Sequence[int], place: int) -> int:
    return places[place] if 0 <= place < len(places) else place


def _sorted(prompt: Prompt, solution: tuple[int, ...]) -> tuple[int, ...]:
    """In a choice the right positions have no order; elsewhere they do."""
    return tuple(sorted(solution)) if prompt.kind.endswith("_choice") else solution


def _texts(old: tuple[Prompt, Key], new: tuple[Prompt, Key]) -> tuple[Words, ...]:
    """Every text that differs, each beside the one at its own position; what there is more or less of is empty."""
    before, after = _parts(*old), _parts(*new)
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        words
        for part, number in names
        for words in _different(part, before.get((part, number), ""), after.get((part, number), ""), number)
    )


def _different(part: str, before: str, after: str, number: int = 0) -> tuple[Words, ...]:
    return (Words(part, number, before, after),) if before != after else ()


def _parts(prompt: Prompt, key: Key) -> dict[tuple[str, int], str]:
    lone = {"title": prompt.title, "stem": prompt.stem, "explanation": key.explanation, "sample": key.sample}
    listed = {
        "piece": prompt.pieces,
        "menu": tuple(option for menu in prompt.menus for option in menu),
        "item": prompt.items,
        "target": prompt.targets,
        "step": tuple(html for step in prompt.steps for html in (step.title, step.html, *step.choices)),
        "hint": prompt.hints,
        "feedback": key.feedback,
    }
    parts = {(name, 0): plain_text(html) for name, html in lone.items()}
    for name, texts in listed.items():
        parts |= {(name, n): plain_text(html) for n, html in enumerate(texts, 1)}
    accepted = {("accepted", n): " | ".join(words) for n, words in enumerate(key.accepted, 1) if words}
    return parts | accepted | {(name, 0): value for name, value in _counts(prompt, key).items()}


def _counts(prompt: Prompt, key: Key) -> dict[str, str]:
    """What makes an answer count, for people to see what changed: words of the unit, numbers, "true" or "false"."""
    right = [plain_text(prompt.items[n]) for n in key.solution if 0 <= n < len(prompt.items)]
    truth = _truth(key.solution == (1,)) if prompt.kind == "true_false" else ""
    return {
        "right": " | ".join(right) if prompt.kind.endswith("_choice") else truth,
        "points": f"{prompt.points:g}",
        "must_pass": _truth(prompt.must_pass),
        "partial": _truth(key.partial),
        "bounds": " – ".join(key.bounds),
        "leads": " / ".join(",".join(str(n + 1) for n in step) for step in key.leads),
        "worth": " / ".join(f"{points:g}" for points in key.worth),
    }


def _truth(value: bool) -> str:
    return "true" if value else "false"
