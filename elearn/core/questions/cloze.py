"""Cloze: a text with gaps, some to type, some to choose from a menu. All or nothing, or the share that is right."""

from elearn.core.questions.base import (
    Arrangement,
    Given,
    Key,
    Mark,
    Posted,
    Prompt,
    Remark,
    Response,
    Review,
    UnreadableResponse,
    option,
    posted_place,
    twins,
)
from elearn.core.questions.blocks import Block, Gap
from elearn.core.questions.kind import Kind
from elearn.core.questions.typed import LIMIT as LONGEST
from elearn.core.questions.typed import read_words, same

LIMIT, MOST_OPTIONS = 12, 20
TYPED = -1
"""In a solution, the place of a gap that is typed; in a menu it is the position of the right option."""


class Cloze(Kind):
    name, words = "cloze", ("texte-a-trous", "cloze")
    body = "gaps"
    options = ("scoring",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key. A translation has words of its own; which option of a menu is right comes from `source`."""
        _check_words(block)
        if source and not _same_shape(block, *source):
            return None
        if not source:
            _check(block)
        solution = source[1].solution if source else tuple(next(iter(gap.marked), TYPED) for gap in block.gaps)
        both = list(zip(block.gaps, solution, strict=True))
        prompt = Prompt(
            id=block.id,
            kind=self.name,
            lang=block.lang,
            title=block.title.html,
            stem=block.stem,
            hints=block.hints,
            pieces=block.pieces,
            menus=tuple(tuple(one.html for one in gap.options) if right >= 0 else () for gap, right in both),
        )
        accepted = tuple(() if right >= 0 else tuple(one.text for one in gap.options) for gap, right in both)
        return prompt, Key(self.name, solution, explanation=block.said("explanation"), accepted=accepted)

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """For each gap, from `gap-N`: the words typed, empty where there are none; or the source position of the option
        chosen, -1 for none. UnreadableResponse: gaps_empty, too_many, unknown_position, too_long_answer, bad_text.
        """
        response: Response = []
        for n, menu in enumerate(prompt.menus):
            if menu:
                shown = posted_place(posted, f"gap-{n}", len(menu))
                response.append(arrangement.menus[n][shown] if shown >= 0 else -1)
            else:
                response.append(read_words(posted, f"gap-{n}"))
        if all(given in ("", -1) for given in response):
            raise UnreadableResponse("gaps_empty")
        return response

    def left_empty(self, response: Response) -> int:
        return sum(given in ("", -1) for given in response)

    def mark(self, key: Key, response: Response) -> Mark:
        """Partial: right gaps / gaps."""
        gaps = zip(response, key.solution, key.accepted, strict=False)
        parts = tuple(
            given == right if right >= 0 else same(str(given)) in map(same, accepted) for given, right, accepted in gaps
        )
        right = bool(parts) and all(parts) and len(parts) == len(key.solution)
        return Mark(sum(parts) / len(key.solution) if key.partial and key.solution else float(right), parts)

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        gaps = enumerate(zip(prompt.menus, response, strict=False), 1)
        return tuple(
            Given(number=n, words=option(menu, one)) if menu else Given(number=n, typed=str(one))
            for n, (menu, one) in gaps
        )

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """One remark a gap: which are right, never what is missing until all are."""
        remarks = tuple(Remark(n, response[n] not in ("", -1), right) for n, right in enumerate(mark.parts))
        if not mark.right:
            return Review(remarks)
        return Review(remarks, key.explanation, key.solution, key.accepted)


def _same_shape(block: Block, prompt: Prompt, key: Key) -> bool:
    """As many gaps, and menus of as many options? A `=` that contradicts the source is told (T304)."""
    if len(block.gaps) != len(prompt.menus):
        block.problem("T302", id=block.id, variant="gaps", source=len(prompt.menus), found=len(block.gaps))
        return False
    for gap, menu, right in zip(block.gaps, prompt.menus, key.solution, strict=True):
        if (gap.marked and not menu) or (menu and len(gap.options) != len(menu)):
            block.problem("T302", gap.words, id=block.id, variant="menu")
            return False
        if gap.marked and gap.marked != (right,):
            block.problem("T304", gap.words)
    return True


def _check_words(block: Block) -> None:
    for gap in block.gaps:
        if any(not same(option.text) or len(option.text) > LONGEST for option in gap.options):
            block.problem("E208", gap.words, variant="empty", found=gap.words.text)
        if len(gap.options) > MOST_OPTIONS:
            block.problem("E215", gap.words, variant="many", limit=MOST_OPTIONS)


def _check(block: Block) -> None:
    if not block.gaps:
        block.problem("E208")
    if len(block.gaps) > LIMIT:
        block.problem("E215", block.gaps[LIMIT].words, variant="gaps", limit=LIMIT)
    for gap in block.gaps:
        _check_menu(block, gap)
    if block.gaps and not block.said("explanation"):
        block.problem("W220")


def _check_menu(block: Block, gap: Gap) -> None:
    if not gap.marked:
        return
    if len(gap.marked) > 1 or len(gap.options) < 2:
        block.problem("E209", gap.words, found=gap.words.text)
    if pair := twins([option.text for option in gap.options]):
        block.problem("W203", gap.words, first=pair[0], second=pair[1])
