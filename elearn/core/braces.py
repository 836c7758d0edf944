"""The braces that end a heading, `{.kind #id key=value}`: from their text to a kind, an id and checked options."""

import re
from dataclasses import dataclass, field

from elearn.core.fields import BOOLEANS, RESERVED
from elearn.core.questions import BY_WORD
from elearn.core.questions.kind import Kind
from elearn.core.regions import REGIONS
from elearn.core.source import Source
from elearn.core.typography import fold, nearest

OPTIONS = {
    "points": ("points",),
    "competencies": ("competence", "competency"),
    "retired": ("retire", "retired"),
    "must_pass": ("indispensable", "must_pass"),
    "shuffle": ("melanger", "shuffle"),
    "scoring": ("bareme", "scoring"),
    "visible": ("visible",),
    "confidence": ("confiance", "confidence"),
    "formerly": ("ancien", "formerly"),
    "draw": ("tirage", "draw"),
    "source": ("source",),
    "regions": ("region",),
    "reread": ("relire", "reread"),
}
"""French and English spelling of each option."""

COMMON = ("retired", "competencies", "formerly")
COMMON_SCORED = ("points", "must_pass", "confidence", "reread")
"""Options of every kind, and of every scored one."""

POOL = ("banque", "pool")
"""A heading of this class holds questions to draw from; it is no question itself."""
END = ("fin", "end")
"""The class of a step where a scenario ends."""

ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
PLACE = re.compile(r"(?:[a-z][a-z0-9-]{1,59}#)?[a-z][a-z0-9-]{0,59}")
"""A section of the same unit, or `unit#section`."""
FORMERLY = re.compile(r"[a-z][a-z0-9-]{1,59}/[a-z][a-z0-9-]{0,59}")
_SCORING = {"partiel": True, "partial": True, "tout-ou-rien": False, "all-or-nothing": False}
_ANCHORS = re.compile(r"(?:ref|glossary)-.*|fn(?:ref)?\d.*")
_SPELLINGS = {spelling: name for name, spellings in OPTIONS.items() for spelling in spellings}


@dataclass(slots=True)
class Braces:
    """`classes` and `settings` keep the place of each token; `options` hold what was understood."""

    line: int
    column: int
    end: int
    written: bool = False
    kind: Kind | None = None
    kind_word: str = ""
    kind_column: int = 1
    id: str = ""
    id_column: int = 1
    settings: dict[str, tuple[str, str, int]] = field(default_factory=dict)

    @property
    def pool(self) -> bool:
        return fold(self.kind_word) in POOL

    @property
    def ending(self) -> bool:
        return fold(self.kind_word) in END


def read_braces(source: Source, line: int, text: str | None) -> Braces:
    """What stands between the braces of the heading on a line (from 0); `text` is None where it has none."""
    raw = source.raw(line)
    start = raw.rfind("{" + text + "}") if text is not None else -1
    if text is None or start < 0:
        return Braces(line + 1, len(raw.rstrip()) + 1, len(raw.rstrip()) + 1)
    braces = Braces(line + 1, start + 1, start + len(text) + 2, written=True)
    for found in re.finditer(r"\S+", text):
        _token(source, braces, found[0], start + 2 + found.start())
    return braces


def _token(source: Source, braces: Braces, token: str, column: int) -> None:
    here = (braces.line, column)
    if token[0] == "." and len(token) > 1:
        if braces.kind_word:
            source.report("E120", *here, variant="twice", token=token)
            return
        braces.kind_word, braces.kind_column = token[1:], column
        braces.kind = BY_WORD.get(fold(token[1:]))
    elif token[0] == "#":
        if braces.id:
            source.report("E120", *here, variant="twice", token=token)
        elif not ID.fullmatch(token[1:]):
            source.report("E130", *here, id=token[1:])
        elif token[1:] in RESERVED or _ANCHORS.fullmatch(token[1:]):
            source.report("E130", *here, variant="reserved", id=token[1:])
        braces.id, braces.id_column = braces.id or token[1:], column if not braces.id else braces.id_column
    elif re.fullmatch(r"[\w-]+=\S+", token):
        _setting(source, braces, token, column)
    else:
        source.report("E120", *here, token=token)


def _setting(source: Source, braces: Braces, token: str, column: int) -> None:
    key, _, value = token.partition("=")
    name = _SPELLINGS.get(fold(key))
    if name is None:
        source.report("E121", braces.line, column, token=key, near=nearest(fold(key), _SPELLINGS))
    elif name in braces.settings:
        source.report("E120", braces.line, column, variant="twice", token=key)
    else:
        braces.settings[name] = (key, value, column)


def unknown_kind(source: Source, braces: Braces) -> None:
    """E122, with the nearest kind or a word that it is still to come."""
    here = (braces.line, braces.kind_column)
    if braces.ending:
        source.report("E122", *here, variant="end", kind=braces.kind_word)
    else:
        source.report("E122", *here, kind=braces.kind_word, near=nearest(fold(braces.kind_word), (*BY_WORD, *POOL)))


def regions(source: Source, braces: Braces) -> tuple[str, ...]:
    """The regions that a section or a question is meant for; empty for everyone."""
    if "regions" not in braces.settings:
        return ()
    key, value, column = braces.settings["regions"]
    named = tuple(dict.fromkeys(part for part in fold(value).split(",") if part))
    unknown = next((name for name in named if name not in REGIONS), None)
    if unknown or not named:
        shown = {"key": key, "value": unknown or value, "expected": ", ".join(REGIONS)}
        source.report("E106", braces.line, column, variant="choice", **shown)
        return ()
    return named


def options(source: Source, braces: Braces, kind: Kind) -> dict[str, object]:
    """The options of a question, typed: points (float), competencies and reread (tuples), formerly (text), the others
    booleans."""
    found: dict[str, object] = {}
    for name, (key, value, column) in braces.settings.items():
        here = (braces.line, column)
        if name == "regions":
            found[name] = regions(source, braces)
            continue
        if name in ("points", "must_pass") and "regions" in braces.settings:
            source.report("E121", *here, variant="region", token=key)
            continue
        # What a scenario is worth is said by its endings.
        weighed = kind.scored and name in COMMON_SCORED and (name != "points" or kind.body != "steps")
        common = name in COMMON or weighed
        if not common and name not in kind.options:
            source.report("E121", *here, variant="kind", token=key, kind="." + braces.kind_word)
            continue
        known = {"scoring": _SCORING, "visible": {"moi": True, "me": True}}.get(name, BOOLEANS)
        if name == "points":
            found[name] = points(source, braces)
        elif name == "formerly":
            if FORMERLY.fullmatch(value):
                found[name] = value
            else:
                source.report("E106", *here, variant="choice", key=key, value=value, expected=key + "=unite/question")
        elif name == "reread":
            named = tuple(dict.fromkeys(part for part in value.split(",") if part))
            wrong = next((part for part in named if not PLACE.fullmatch(part)), "" if named else value)
            if wrong:
                source.report("E106", *here, variant="section", key=key, value=wrong)
            else:
                found[name] = named
        elif name == "competencies":
            found[name] = tuple(part for part in value.split(",") if part)
        elif fold(value) in known:
            found[name] = known[fold(value)]
        elif name == "visible" and fold(value) in ("formateur", "trainer"):
            source.report("E106", *here, variant="later", key=key, value=value, expected="moi")
        else:
            variant = "boolean" if known is BOOLEANS else "choice"
            source.report("E106", *here, variant=variant, key=key, value=value, expected=", ".join(known))
    return found


def points(source: Source, braces: Braces, default: float = 1.0) -> float:
    """How many points a heading is worth, from 0 to 99; `default` where it does not say."""
    if "points" not in braces.settings:
        return default
    key, value, column = braces.settings["points"]
    if re.fullmatch(r"[0-9]{1,2}([.,][0-9]{1,2})?", value):
        return float(value.replace(",", "."))
    source.report("E106", braces.line, column, variant="number", key=key, value=value, low=0, high=99)
    return default


def only(source: Source, braces: Braces, kind: str, *allowed: str) -> None:
    """E121 for each option that does not apply to this heading."""
    for name, (key, _, column) in braces.settings.items():
        if name not in allowed:
            source.report("E121", braces.line, column, variant="kind", token=key, kind=kind)


def draw(source: Source, braces: Braces) -> int:
    """How many questions of a pool are drawn; 0 where it does not say."""
    if "draw" not in braces.settings:
        return 0
    key, value, column = braces.settings["draw"]
    if re.fullmatch(r"[1-9][0-9]?", value):
        return int(value)
    source.report("E106", braces.line, column, variant="number", key=key, value=value, low=1, high=99)
    return 0
