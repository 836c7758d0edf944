"""Two versions of an answer: what a page has sent, and what was kept on another tab or device meanwhile, in words."""

from dataclasses import replace

from elearn.core.begun import posted_of
from elearn.core.course import Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Given, Mark, Shown, UnreadableResponse, Version
from elearn.services import learning
from elearn.services.drafts import Begun
from elearn.web.learning.parts import Standing, seed_of


def beside(shown: Shown, text: Unit, standing: Standing, given: bool) -> Shown:
    """The question with what was posted, and beside it the answer `given` elsewhere, or begun there."""
    name = shown.prompt.id
    begun = None if given else standing.begun.get(name)
    other = version_begun(text, name, seed_of(text), begun) if begun else _version_given(text, name, standing)
    return replace(shown, other=other, base=standing.base(text.id, name))


def version_begun(asked: Unit, question: str, seed: str, begun: Begun) -> Version:
    """`asked`: the unit as it was shown when the answer was begun."""
    prompt = asked.prompt(question)
    if prompt is None:
        return Version(saved_at=begun.saved_at)
    kind, key, posted = KINDS[prompt.kind], asked.keys[question], posted_of(begun.response)
    try:
        path = kind.so_far(prompt, key, posted)
        response = path or kind.read(prompt, posted, learning.arrangement(prompt, seed))
        return Version(kind.given(prompt, key, response), saved_at=begun.saved_at)
    except UnreadableResponse:
        typed = () if prompt.items or prompt.steps else posted.get("answer", ())
        return Version(tuple(Given(typed=words) for words in typed), saved_at=begun.saved_at)


def _version_given(text: Unit, question: str, standing: Standing) -> Version:
    last, prompt = standing.facts.answers.get(text.id, {}).get(question), text.prompt(question)
    if last is None or prompt is None or last.fingerprint != text.fingerprints.get(question):
        return Version()
    kind, key = KINDS[prompt.kind], text.keys[question]
    return Version(kind.given(prompt, key, last.response), Mark(last.last) if kind.scored else None)
