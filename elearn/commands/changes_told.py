"""Changes between two editions in words: for people at a terminal, in French or English. Decides nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence

from elearn.core.changes import CLASSES, KEY, NEW, REMOVED, SAME, STRUCTURE, TEXT, Change, Words
from elearn.core.word_diff import Piece, shortened, word_diff
from elearn.terminal import BLUE, BOLD, DIM, GREEN, RED, paint, say, tell

NAMES: dict[str, tuple[str, str]] = {
    TEXT: ("texte", "text"),
    KEY: ("ce qui est juste a changé", "what is right has changed"),
    STRUCTURE: ("structure changée", "structure changed"),
    NEW: ("nouvelle", "new"),
    REMOVED: ("retirée", "removed"),
}
COUNTS: dict[str, tuple[str, str, str, str]] = {
    TEXT: ("texte", "textes", "text", "texts"),
    KEY: ("réponse juste changée", "réponses justes changées", "key changed", "keys changed"),
    STRUCTURE: ("structure changée", "structures changées", "structure changed", "structures changed"),
    NEW: ("nouvelle", "nouvelles", "new", "new"),
    REMOVED: ("retirée", "retirées", "removed", "removed"),
}
"""One and several, in French and in English."""

PARTS: dict[str, tuple[str, str]] = {
    "title": ("titre", "title"),
    "stem": ("énoncé", "stem"),
    "summary": ("résumé", "summary"),
    "prose": ("prose", "prose"),
    "item": ("réponse", "answer"),
    "target": ("à droite", "right cell"),
    "piece": ("texte", "text"),
    "menu": ("menu", "menu"),
    "step": ("étape", "step"),
    "hint": ("indice", "hint"),
    "feedback": ("retour", "feedback"),
    "explanation": ("explication", "explanation"),
    "sample": ("exemple de réponse", "sample answer"),
    "accepted": ("réponses acceptées", "accepted answers"),
    "right": ("juste", "right"),
    "points": ("points", "points"),
    "must_pass": ("indispensable", "must pass"),
    "partial": ("barème partiel", "partial scoring"),
    "bounds": ("nombre", "number"),
    "leads": ("chemins", "paths"),
    "worth": ("points des fins", "points of endings"),
    "exam": ("examen", "exam"),
    "sittings": ("tentatives", "attempts"),
}
_COLOURS = {TEXT: BLUE, KEY: RED, STRUCTURE: RED, NEW: GREEN, REMOVED: RED}


def summary(found: Iterable[Change]) -> str:
    """`3 questions : 1 texte, 1 réponse juste changée, 1 nouvelle`, and the sections whose prose changed."""
    changed = [one for one in found if one.kind != SAME]
    asked = Counter(one.kind for one in changed if one.question)
    prose = sum(not one.question for one in changed)
    total = sum(asked.values())
    listed = ", ".join(_count(asked[kind], kind) for kind in CLASSES if asked[kind])
    head = say(f"{total} question{'s' * (total > 1)}", f"{total} question{'s' * (total != 1)}")
    head += say(f" : {listed}", f": {listed}") if listed else ""
    sections = say(f"prose : {prose} section{'s' * (prose > 1)}", f"prose: {prose} section{'s' * (prose != 1)}")
    return head + (say(" ; ", "; ") + sections if prose else "") + "."


def tell_summary(found: Sequence[Change]) -> None:
    """The summary, with each question that asks for attention by name."""
    tell("  " + summary(found))
    for one in found:
        if one.question and one.kind in (KEY, STRUCTURE, REMOVED):
            tell("  " + _line(one, one.key))


def tell_changes(found: Iterable[Change]) -> None:
    """Every change by unit and question, word by word, with a legend."""
    unit = ""
    for one in found:
        if one.kind == SAME:
            continue
        if unit != f"{one.course}/{one.unit}":
            unit = f"{one.course}/{one.unit}"
            tell(paint(unit, BOLD))
        tell("  " + _line(one, one.question or _place(one)))
        for words in one.words:
            tell_words(words)
    if unit:
        tell(paint(legend(), DIM))


def tell_words(words: Words, indent: str = "       ") -> None:
    number = f" {words.number}" if words.number else ""
    before, after = _value(words.part, words.before), _value(words.part, words.after)
    told = " ".join(_piece(piece) for piece in shortened(word_diff(before, after)))
    tell(indent + say(f"{PARTS[words.part][0]}{number} : {told}", f"{PARTS[words.part][1]}{number}: {told}"))


def _value(part: str, text: str) -> str:
    """Yes and no in the language of the terminal; everything else in the unit's own words."""
    if part not in ("right", "must_pass", "partial", "exam") or text not in ("true", "false"):
        return text
    if part == "right":
        return say("vrai", "true") if text == "true" else say("faux", "false")
    return say("oui", "yes") if text == "true" else say("non", "no")


def legend() -> str:
    named = " · ".join(f"{kind} {say(*NAMES[kind])}" for kind in CLASSES)
    return say(f"{named} ; [-avant-] {{+après+}}", f"{named}; [-before-] {{+after+}}")


def _line(one: Change, name: str) -> str:
    more = say(*NAMES[one.kind])
    if one.kind == REMOVED and one.question:
        more = say("retirée, comme l'écrit retire=oui", "removed, as retired=yes says") if one.retired else more
    if one.kind == STRUCTURE and one.question:
        more += say(" ; un nouvel identifiant est conseillé", "; a new id is advised")
    return f"{paint(one.kind, _COLOURS[one.kind])}  {name}  {paint(more, DIM)}"


def _place(one: Change) -> str:
    return f"## {one.section}" if one.section else say("ouverture", "opening")


def _count(number: int, kind: str) -> str:
    words = COUNTS[kind]
    return f"{number} " + say(words[number > 1], words[2 + (number != 1)])


def _piece(piece: Piece) -> str:
    if piece.sign == "=":
        return piece.text
    painted = paint(piece.text, RED if piece.sign == "-" else GREEN)
    if painted != piece.text:
        return painted
    return f"[-{piece.text}-]" if piece.sign == "-" else f"{{+{piece.text}+}}"
