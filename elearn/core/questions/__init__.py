"""The registry of question kinds: one line a kind."""

from collections.abc import Mapping

from elearn.core.questions.cloze import Cloze
from elearn.core.questions.kind import Kind
from elearn.core.questions.matching import Matching
from elearn.core.questions.multiple_choice import MultipleChoice
from elearn.core.questions.number import Number
from elearn.core.questions.ordering import Ordering
from elearn.core.questions.reflection import Reflection
from elearn.core.questions.scale import Scale
from elearn.core.questions.scenario import Scenario
from elearn.core.questions.short_answer import ShortAnswer
from elearn.core.questions.single_choice import SingleChoice
from elearn.core.questions.survey import Survey
from elearn.core.questions.true_false import TrueFalse

KINDS: Mapping[str, Kind] = {
    "single_choice": SingleChoice(),
    "multiple_choice": MultipleChoice(),
    "true_false": TrueFalse(),
    "number": Number(),
    "short_answer": ShortAnswer(),
    "ordering": Ordering(),
    "matching": Matching(),
    "cloze": Cloze(),
    "reflection": Reflection(),
    "survey": Survey(),
    "scale": Scale(),
    "scenario": Scenario(),
}

BY_WORD: Mapping[str, Kind] = {word: kind for kind in KINDS.values() for word in kind.words}
"""Each spelling a trainer may write, French or English -> its kind."""
