"""What single and multiple choice share: reading boxes, posted positions, and what is said of each option."""

from elearn.core.questions.base import (
    Arrangement,
    Key,
    Mark,
    Posted,
    Prompt,
    Remark,
    Response,
    Review,
    UnreadableResponse,
    posted_position,
    twins,
)
from elearn.core.questions.blocks import Block, Choice

LIMIT = 10
_BOXES = {"(": ("- ( )", "- (x)"), "[": ("- [ ]", "- [x]")}


def parse(block: Block, name: str, box: str, source: tuple[Prompt, Key] | None) -> tuple[Prompt, Key] | None:
    """Prompt and key of boxed answers, as marked, or as the source marks them."""
    listed = block.choices
    unique = "unique" if block.lang == "fr" else "single"
    check_boxes(block, box, "choix " + (unique if box == "(" else "multiple"))
    if source and not _same_marks(block, *source):
        return None
    solution = source[1].solution if source else tuple(n for n, choice in enumerate(listed) if choice.marked)
    prompt = Prompt(
        id=block.id,
        kind=name,
        lang=block.lang,
        title=block.title.html,
        stem=block.stem,
        items=tuple(choice.words.html for choice in listed),
        hints=block.hints,
        fixed=source[0].fixed if source else tuple(n for n, choice in enumerate(listed) if choice.fixed),
    )
    key = Key(name, solution, tuple(choice.feedback for choice in listed), block.said("explanation"))
    if source:
        _check_lengths(block, key)
    else:
        _check_words(block, key)
    return prompt, key


def read(prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
    """Source positions of the shown positions posted as `answer`, sorted, each once."""
    values = posted.get("answer", ())
    if not values:
        raise UnreadableResponse("empty")
    if len(values) > len(prompt.items):
        raise UnreadableResponse("too_many")
    shown = {posted_position(value, len(prompt.items)) for value in values}
    return sorted(arrangement.items[position] for position in shown)


def explain(key: Key, response: Response, mark: Mark) -> Review:
    """Until all is right, only what was chosen is spoken of; then every option, the explanation and the solution."""
    spoken = range(len(key.feedback)) if mark.right else response
    remarks = tuple(
        Remark(n, n in response, n in key.solution, key.feedback[n]) for n in spoken if 0 <= n < len(key.feedback)
    )
    return Review(remarks, key.explanation, key.solution) if mark.right else Review(remarks)


def check_boxes(block: Block, box: str, kind: str) -> None:
    """Is every box of this shape, and is there a fair number of them? `kind`: words for the message."""
    wanted, listed = _BOXES[box], block.choices
    for choice in listed:
        if choice.box and choice.box != box:
            found = _BOXES[choice.box][choice.marked][2:]
            block.problem("E151", choice.words, kind=kind, wanted=wanted[choice.marked][2:], found=found)
            break
    if len(listed) < 2:
        block.problem("E202", wanted=wanted[0])
    if len(listed) > LIMIT:
        block.problem("E215", listed[LIMIT].words, variant="many", limit=LIMIT)


def check_twins(block: Block) -> None:
    if same := twins([choice.words.text for choice in block.choices]):
        block.problem("W203", first=same[0], second=same[1])


def _same_marks(block: Block, prompt: Prompt, key: Key) -> bool:
    """Is this translation of the same shape? A mark that contradicts the source is told (T304)."""
    if len(block.choices) != len(prompt.items):
        block.problem("T302", id=block.id, source=len(prompt.items), found=len(block.choices))
        return False
    if any(choice.marked for choice in block.choices):
        for n, choice in enumerate(block.choices):
            if choice.marked and n not in key.solution:
                block.problem("T304", choice.words)
            elif not choice.marked and n in key.solution:
                block.problem("T304", choice.words, variant="unmarked")
    return True


def _check_words(block: Block, key: Key) -> None:
    check_twins(block)
    wrong = [choice for n, choice in enumerate(block.choices) if n not in key.solution]
    if not key.explanation and any(not choice.feedback for choice in wrong):
        block.problem("W220")
    _check_lengths(block, key)


def _check_lengths(block: Block, key: Key) -> None:
    """W221, in each language: a translation may give the answer away where its source does not."""
    wrong = [choice for n, choice in enumerate(block.choices) if n not in key.solution]
    right = [choice for n, choice in enumerate(block.choices) if n in key.solution]
    if right and wrong and _too_long(right, wrong):
        block.problem("W221")


def _too_long(right: list[Choice], wrong: list[Choice]) -> bool:
    shortest = min(len(choice.words.text) for choice in right)
    return shortest > 20 and shortest >= 2 * max(len(choice.words.text) for choice in wrong)
