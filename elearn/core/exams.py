"""What an exam may ask: questions that are marked, the same ones for everyone. Told in its source; nothing else.

It is handed in whole and marked once, so that nothing in it waits for a reader or goes on after an answer.
"""

from collections.abc import Iterator, Mapping

from elearn.core.outline import Asked, Pool
from elearn.core.parse import Draft
from elearn.core.questions.kind import Kind
from elearn.core.scan import find

RETAKE = 2
"""Questions of a pool for each that is drawn, so that a second sitting asks others."""


def check_exam(draft: Draft, shared: Mapping[str, Draft]) -> None:
    """E218, E121, W219 in a unit that says it is an exam. `shared`: the shared pools, by id."""
    for screen in draft.outline.screens:
        if screen.regions:
            said = {"variant": "exam", "token": "region"}
            draft.source.report("E121", screen.line, find(draft.source, screen.line - 1, "region="), **said)
        for asked in screen.questions:
            _check_question(draft, asked)
        for pool in screen.pools:
            _check_pool(draft, pool, shared.get(pool.source))
    every = list(_asked(draft, shared))
    # What is of a wrong kind was told by itself.
    if all(_fits(asked.kind) and not _counts(asked) for _, asked, _ in every):
        draft.source.report("E218", *draft.front.places["exam"], variant="none")
    bare = [line for line, asked, front in every if _counts(asked) and not (front or asked.options.get("competencies"))]
    if bare:
        draft.source.report("W219", bare[0], 1, variant="competency", many=len(bare))


def _check_question(draft: Draft, asked: Asked) -> None:
    if not _fits(asked.kind):
        draft.source.report("E218", asked.line, asked.braces.kind_column, kind=asked.braces.kind_word)
    elif asked.options.get("regions"):
        key, _, column = asked.braces.settings["regions"]
        draft.source.report("E121", asked.line, column, variant="exam", token=key)


def _check_pool(draft: Draft, pool: Pool, lent: Draft | None) -> None:
    questions = [*(lent.outline.questions if lent else ()), *pool.questions]
    found = sum(not asked.options.get("retired") for asked in questions)
    draw = pool.draw or found
    must = sum(bool(asked.options.get("must_pass")) and not asked.options.get("retired") for asked in questions)
    if draw <= must and draw < found:
        draft.source.report("W219", pool.line, 1, variant="must", draw=draw, must=must)
    elif draft.front.sittings != 1 and draw <= found < RETAKE * draw:
        draft.source.report("W219", pool.line, 1, found=found, draw=draw, wanted=RETAKE * draw)
    unfit = next((asked for asked in lent.outline.questions if not _fits(asked.kind)), None) if lent else None
    if unfit:
        column = pool.braces.settings["source"][2]
        said = {"source": pool.source, "id": unfit.id, "kind": unfit.braces.kind_word}
        draft.source.report("E218", pool.line, column, variant="pool", **said)


def _asked(draft: Draft, shared: Mapping[str, Draft]) -> Iterator[tuple[int, Asked, tuple[str, ...]]]:
    """Every question, those of shared pools too: where it is told of, and the competencies it has from its file."""
    for screen in draft.outline.screens:
        yield from ((asked.line, asked, draft.front.competencies) for asked in screen.questions)
        for pool in screen.pools:
            lent = shared.get(pool.source)
            if lent:
                yield from ((pool.line, asked, lent.front.competencies) for asked in lent.outline.questions)


def _fits(kind: Kind) -> bool:
    return kind.scored and kind.body != "steps"


def _counts(asked: Asked) -> bool:
    return _fits(asked.kind) and not asked.options.get("retired") and asked.options.get("points", 1.0) != 0.0
