"""Moodle's GIFT -> a unit as written, with a located report of all that was dropped or guessed. Any bytes are read.

The format: https://docs.moodle.org/en/GIFT_format. What our format cannot hold is kept as plain words and told.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from elearn.core.as_written import Answer, Pair, Question, Section, Unit
from elearn.core.compile import compile_source
from elearn.core.exchange import Note
from elearn.core.fields import RESERVED
from elearn.core.foreign_text import Converted, one_line, plain_words, to_markdown
from elearn.core.frontmatter import FrontMatter
from elearn.core.gift_blocks import Braced, Given, Raw, answers, blocks, cut, format_of, mask, unescape
from elearn.core.links import Linked, Target
from elearn.core.parse import parse_unit
from elearn.core.rules import ERROR
from elearn.core.typography import fold
from elearn.core.writing import write

LIMIT = 1_000_000
MOST = 300
"""Questions of one file."""
LONGEST = 20_000
"""Characters of one question."""
GAPS = 12
TITLE = 200
_GAP = "\ue000"
_ANY_DAY = datetime.date(2000, 1, 1)
_DOUBLED = re.compile(r"(\\?\[)(?=\\?\[)")
_TRUTH = {"t": "true", "true": "true", "vrai": "true", "v": "true", "f": "false", "false": "false", "faux": "false"}
_WORDS = {
    "fr": {"author": "à compléter", "section": "Questions", "cloze": "Complétez", "question": "Question {n}"},
    "en": {"author": "to be completed", "section": "Questions", "cloze": "Complete", "question": "Question {n}"},
}
_START = re.compile(r"\s*::")
_BLOCK = re.compile(r"(?:[-+*] |\d{1,9}[.)] |#|>|`{3}|~{3}|\|)")
_BLOCK_LINE = re.compile(rf"(?m)^{_BLOCK.pattern}")
_NUMBER = r"[+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,2})?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_AROUND = re.compile(rf"({_NUMBER})(?:\s*:\s*({_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Imported:
    """`unit` is None where the file holds no question."""

    unit: Unit | None
    notes: tuple[Note, ...] = ()


class _Unusable(Exception):
    """Answers that our format cannot hold. `why` in French and in English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.why = (fr, en)


@dataclass(slots=True)
class _Reader:
    lang: str
    notes: list[Note] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    count: int = 0
    here: tuple[int, int] = (1, 1)

    def tell(self, code: str, line: int = 0, column: int = 0, /, **params: object) -> None:
        if len(self.notes) < 2000:
            note = Note(code, *((line, column) if line else self.here), params=params)
            if note not in self.notes[-30:]:
                self.notes.append(note)


def read_gift(body: bytes, unit: str, title: str, lang: str = "fr") -> Imported:
    """The questions of a GIFT file as a draft unit of that id and title."""
    reader = _Reader(lang)
    text = _decoded(reader, body)
    sections: list[tuple[str, list[str | Question]]] = []
    for raw in blocks(text, reader.tell):
        if reader.count >= MOST:
            reader.tell("too_many", raw.numbers[0], 1, limit=MOST)
            break
        if not sections or sections[-1][0] != raw.category:
            sections.append((raw.category, []))
        part = _Asked(reader, raw).read()
        if part:
            sections[-1][1].append(part)
    named = [(category, parts) for category, parts in sections if parts]
    if not named:
        reader.tell("empty", 1, 1)
        return Imported(None, tuple(reader.notes))
    reader.tell("header", 1, 1)
    made = tuple(_section(reader, n, category, parts) for n, (category, parts) in enumerate(named, 1))
    minutes = max(5, 2 * reader.count)
    author = _WORDS[lang]["author"]
    front = FrontMatter(id=unit, title=title, minutes=minutes, authors=(author,), licence="LicenseRef-a-completer")
    notes = sorted(reader.notes, key=lambda note: (note.line, note.column))
    return Imported(Unit(front, "", made), tuple(notes))


def slug(text: str, longest: int = 60) -> str:
    """A short name made of some words, or nothing where they have no letter to begin with."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
    plain = re.sub(r"\A[^a-z]+", "", plain)[:longest]
    return plain.rsplit("-", 1)[0] if len(plain) == longest and "-" in plain else plain.strip("-")


def _decoded(reader: _Reader, body: bytes) -> str:
    if len(body) > LIMIT:
        reader.tell("too_large", 1, 1, limit=LIMIT // 1000)
        return ""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-16", "replace")
        reader.tell("encoding", 1, 1, name="UTF-16")
    else:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("cp1252", "replace")
            reader.tell("encoding", 1, 1, name="Windows-1252")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")))
    kept = kept.replace("\ufffd", "")
    if len(kept) < len(text):
        reader.tell("characters", 1, 1, count=len(text) - len(kept))
    return unicodedata.normalize("NFC", kept)


def _section(reader: _Reader, n: int, category: str, parts: list[str | Question]) -> Section:
    words = [word.strip() for word in unescape(category).split("/") if word.strip() not in ("", "top", "$course$")]
    shown = " ".join(plain_words(words[-1]).split())[:TITLE] if words else ""
    title = to_markdown(shown, "plain").text.replace("\n", " ") or _WORDS[reader.lang]["section"]
    first = next((part for part in parts if isinstance(part, Question)), None)
    if category:
        reader.tell("category", 1, 1, path=category, title=shown or title)
    return Section(_identity(reader, slug(shown) or (f"section-{n}" if first else f"texte-{n}")), title, tuple(parts))


def _identity(reader: _Reader, wanted: str) -> str:
    """An id that nothing else in the unit has."""
    wanted = wanted or "question"
    if wanted in RESERVED or re.match(r"(?:ref|glossary)-|fn(?:ref)?\d", wanted):
        wanted = "q-" + wanted
    found, n = wanted, 2
    while found in reader.ids:
        found, n = f"{wanted}-{n}", n + 1
    reader.ids.add(found)
    return found


class _Asked:
    """One question of the file."""

    def __init__(self, reader: _Reader, raw: Raw) -> None:
        self.reader, self.raw = reader, raw
        self.name, self.form = "", "moodle"
        self.said: list[str] = []
        reader.here = raw.at(len(raw.text) - len(raw.text.lstrip()))
        reader.count += 1

    def read(self) -> str | Question | None:
        if len(self.raw.text) > LONGEST:
            self.reader.tell("too_long", limit=LONGEST)
            return None
        text, base = self._named()
        pieces, braced = cut(self.raw, text, base, self.reader.tell)
        if not braced:
            return self._description(pieces[0])
        try:
            made = self._question(pieces, braced)
            if refused := self._refused(made):
                raise _Unusable(*refused)
            return made
        except _Unusable as reason:
            self.reader.tell("shape", why=reason.why)
            return self._description(" ".join(piece.strip() for piece in pieces))

    def _named(self) -> tuple[str, int]:
        """The text after its name and format, and where it begins."""
        text, base, hidden = self.raw.text, 0, mask(self.raw.text)
        if found := _START.match(hidden):
            end = hidden.find("::", found.end())
            if end >= 0:
                self.name = " ".join(unescape(text[found.end() : end]).split())
                base = end + 2
            else:
                base = found.end()
        rest, form = format_of(text[base:], "moodle")
        self.form = form
        return rest, len(text) - len(rest)

    def _description(self, text: str) -> str | None:
        self.reader.count -= 1
        if self.raw.foreign:
            self.reader.tell("foreign_id", foreign=self.raw.foreign, id="-")
        self._tags()
        made = self._markdown(text, self.form)
        if made and self._refused(made) and _DOUBLED.search(made):
            self.reader.tell("unescaped", sign="[[")
            made = _DOUBLED.sub(r"\1 ", made)
        if made and (refused := self._refused(made)):
            self.reader.tell("refused", why=refused)
            return None
        return made or None

    def _refused(self, part: str | Question) -> tuple[str, str] | None:
        """What the checker holds against a part, in French and in English; None where it holds nothing."""
        front = FrontMatter(id="unite", title="Titre", minutes=1, authors=("a",), licence="MIT")
        text = write(Unit(front, "", (Section("une-section", "Titre", (part,)),)), self.reader.lang)
        draft = parse_unit("unite/fr.md", text.encode(), self.reader.lang, _ANY_DAY)
        if draft.sound:
            compile_source(draft, Linked({}), Target("", {}))
        wrong = next((problem for problem in draft.source.problems if problem.severity == ERROR), None)
        return (wrong.message("fr"), wrong.message("en")) if wrong else None

    def _tags(self) -> None:
        for tag in self.raw.tags:
            self.reader.tell("tag", tag=tag)

    def _markdown(self, text: str, form: str, line: bool = False) -> str:
        if form != "markdown":
            text = re.sub(r"[ \t]*\n[ \t]*", " ", text)
        converted = self._kept(to_markdown(unescape(text), form))
        return one_line(converted) if line else converted.text

    def _kept(self, converted: Converted) -> Converted:
        for code, params in converted.dropped:
            self.reader.tell(code, **params)
        return converted

    def _words(self, text: str, form: str) -> str:
        return plain_words(unescape(text), form)

    # --- which kind

    def _question(self, pieces: list[str], braced: list[Braced]) -> Question:
        if len(braced) > GAPS:
            raise _Unusable(f"plus de {GAPS} trous", f"more than {GAPS} gaps")
        bodies = [part.body.strip() for part in braced]
        for part in braced:
            general = self._general(part)
            if general:
                self.said.append(general)
        if len(braced) > 1:
            self.reader.tell("gaps")
            return self._cloze(pieces, [self._given(part) for part in braced])
        part, body = braced[0], bodies[0]
        if not body:
            return self._made("reflection", pieces)
        if body.startswith("#"):
            return self._number(pieces, part)
        if truth := self._truth(body):
            return self._true_false(pieces, part, truth)
        given = self._given(part)
        if any(one.mark == "=" and "->" in mask(one.text) for one in given) and not any(
            one.mark == "~" for one in given
        ):
            return self._matching(pieces, given)
        if any(one.mark == "~" for one in given):
            return self._choice(pieces, given)
        if self._after(pieces):
            return self._cloze(pieces, [given])
        return self._short(pieces, given)

    def _given(self, part: Braced) -> list[Given]:
        given = answers(self.raw, part, self.form, self.reader.tell)
        if given and not given[0].mark:
            first = given[0]
            if len(given) == 1:
                self.reader.tell("bare_answer", *self.raw.at(first.offset), text=first.text)
                return [replace(first, mark="=")]
            self.reader.tell("unescaped", *self.raw.at(first.offset), sign=first.text[:20])
            given = given[1:]
        return given

    def _general(self, part: Braced) -> str:
        text, form = format_of(part.general, self.form)
        return self._markdown(text, form)

    def _after(self, pieces: list[str]) -> bool:
        return any(re.search(r"\w", self._words(piece, self.form)) for piece in pieces[1:])

    @staticmethod
    def _truth(body: str) -> str:
        at = mask(body).find("#")
        return _TRUTH.get(fold(body[:at] if at >= 0 else body), "")

    # --- kinds

    def _true_false(self, pieces: list[str], part: Braced, truth: str) -> Question:
        body = part.body
        cuts = [n for n, sign in enumerate(mask(body)) if sign == "#"]
        for start, end in pairwise([*cuts, len(body)]):
            self._moved(*format_of(body[start + 1 : end].strip(), self.form), offset=part.offset + start)
        return self._made("true_false", pieces, answer=truth)

    def _choice(self, pieces: list[str], given: list[Given]) -> Question:
        weights = [one.weight if one.weight is not None else 100.0 * (one.mark == "=") for one in given]
        right = [weight > 0 for weight in weights]
        # Without any « = », the format itself takes several answers.
        several = sum(right) > 1 or (any(right) and all(one.mark == "~" for one in given))
        if not several and any(right) and max(weights) < 100:
            self._uneven(weights)
        if several:
            equal = {round(weight, 1) for weight in weights if weight > 0}
            wrong = {round(weight, 1) for weight in weights if weight <= 0}
            share = round(100 / sum(right), 1)
            if equal != {share} or not wrong <= {-share}:
                self._uneven(weights)
        if self._after(pieces) and not several and any(right) and self._can_be_a_menu(given):
            return self._cloze(pieces, [given])
        if not 2 <= len(given) <= 10:
            raise _Unusable(
                f"{len(given)} réponses, il en faut de 2 à 10", f"{len(given)} answers, from 2 to 10 wanted"
            )
        listed = tuple(self._answer(one, mark) for one, mark in zip(given, right, strict=True))
        if not any(right):
            self.reader.tell("no_right")
            for answer in listed:
                self.said.append(answer.feedback)
            return self._made("survey", pieces, answers=tuple(replace(answer, feedback="") for answer in listed))
        options = {"scoring": True} if several else {}
        kind = "multiple_choice" if several else "single_choice"
        return self._made(kind, pieces, answers=listed, options=options)

    def _uneven(self, weights: Iterable[float]) -> None:
        self.reader.tell("weights", weights=", ".join(f"{weight:g} %" for weight in weights))

    def _can_be_a_menu(self, given: list[Given]) -> bool:
        words = [self._words(one.text, one.form) for one in given]
        return len(given) <= 10 and all(_gap_word(word) for word in words)

    def _answer(self, one: Given, right: bool) -> Answer:
        self._here(one)
        text = self._markdown(one.text, one.form, line=True)
        if not text:
            raise _Unusable("réponse vide", "empty answer")
        return Answer(text, right, self._markdown(one.feedback, one.feedback_form))

    def _here(self, one: Given) -> None:
        self.reader.here = self.raw.at(min(one.offset, len(self.raw.text)))

    def _short(self, pieces: list[str], given: list[Given]) -> Question:
        return self._made("short_answer", pieces, accepted=self._accepted(given))

    def _accepted(self, given: list[Given]) -> tuple[str, ...]:
        """The words taken as right: those of the greatest weight."""
        best = max((100.0 if one.weight is None else one.weight for one in given), default=0.0)
        words: list[str] = []
        for one in given:
            self._here(one)
            weight = 100.0 if one.weight is None else one.weight
            text = self._words(one.text, one.form)
            self._moved(one.feedback, one.feedback_form)
            if weight < best or weight <= 0:
                self.reader.tell("partial_answer", text=text, weight=f"{weight:g}")
            elif text and text not in words:
                words.append(text)
        if not words:
            raise _Unusable("aucune réponse acceptée", "no accepted answer")
        return tuple(words)

    def _moved(self, feedback: str, form: str, offset: int | None = None) -> None:
        said = self._markdown(feedback, form)
        if said:
            if offset is not None:
                self.reader.tell("moved_feedback", *self.raw.at(offset))
            else:
                self.reader.tell("moved_feedback")
            self.said.append(said)

    def _matching(self, pieces: list[str], given: list[Given]) -> Question:
        pairs = []
        for one in given:
            self._here(one)
            at = mask(one.text).find("->")
            if at < 0:
                raise _Unusable("paire sans « -> »", "pair without “->”")
            left = self._markdown(one.text[:at], one.form, line=True)
            right = self._markdown(one.text[at + 2 :].strip(), one.form, line=True)
            self._moved(one.feedback, one.feedback_form)
            if not right:
                raise _Unusable("paire sans partie droite", "pair without a right part")
            pairs.append(Pair(left, right))
        rights = [fold(pair.right) for pair in pairs]
        if len(set(rights)) < len(rights):
            raise _Unusable("deux parties droites identiques", "two right parts are the same")
        if not (sum(bool(pair.left) for pair in pairs) >= 2 and len(pairs) <= 10):
            raise _Unusable("il faut de 2 à 10 paires", "from 2 to 10 pairs wanted")
        head = ("Élément", "Va avec") if self.reader.lang == "fr" else ("Item", "Goes with")
        return self._made("matching", pieces, pairs=tuple(pairs), head=head, options={"scoring": True})

    def _number(self, pieces: list[str], part: Braced) -> Question:
        lead = part.body.index("#") + 1
        body = Braced(part.body[lead:], part.general, part.offset + lead)
        given = answers(self.raw, body, self.form, self.reader.tell)
        given = [one for one in given if one.text]
        best = max((100.0 if one.weight is None else one.weight for one in given), default=0.0)
        found = ""
        for one in given:
            self._here(one)
            self._moved(one.feedback, one.feedback_form)
            weight = 100.0 if one.weight is None else one.weight
            if weight == best and not found:
                found = self._amount(one.text)
            else:
                self.reader.tell("partial_answer", text=one.text, weight=f"{weight:g}")
        if not found:
            raise _Unusable("nombre illisible", "number that cannot be read")
        return self._made("number", pieces, answer=found)

    def _amount(self, text: str) -> str:
        text = self._words(text, "plain")
        try:
            if found := _RANGE.fullmatch(text):
                low, high = sorted((_decimal(found[1]), _decimal(found[2])))
                return f"{self._digits(low)} {'à' if self.reader.lang == 'fr' else 'to'} {self._digits(high)}"
            if found := _AROUND.fullmatch(text):
                around = _decimal(found[2] or "0").copy_abs()
                return self._digits(_decimal(found[1])) + (f" ± {self._digits(around)}" if around else "")
        except InvalidOperation:
            pass
        return ""

    def _digits(self, number: Decimal) -> str:
        text = format(number.normalize(), "f") if number else "0"
        return text.replace(".", ",") if self.reader.lang == "fr" else text

    def _cloze(self, pieces: list[str], gaps: list[list[Given]]) -> Question:
        made = [self._gap(given) for given in gaps]
        text = pieces[0]
        for piece in pieces[1:]:
            text += _GAP + piece
        stem = self._markdown(text, self.form)
        if stem.count(_GAP) != len(gaps) or _BLOCK_LINE.search(stem) or "[[" in stem:
            raise _Unusable("trou dans une mise en forme", "gap inside formatting")
        first, _, rest = stem.partition("\n\n")
        title = ""
        if rest and _GAP not in first and len(first) <= TITLE:
            title, stem = first, rest
        for gap in made:
            stem = stem.replace(_GAP, gap, 1)
        return self._made("cloze", [], title=title or _WORDS[self.reader.lang]["cloze"], stem=stem)

    def _gap(self, given: list[Given]) -> str:
        if not any(one.mark == "~" for one in given):
            words = self._accepted(given)
        else:
            weights = [one.weight if one.weight is not None else 100.0 * (one.mark == "=") for one in given]
            if len(given) < 2 or max(weights) <= 0:
                raise _Unusable("menu sans bonne réponse", "menu without a right answer")
            right = weights.index(max(weights))
            found = []
            for n, one in enumerate(given):
                self._here(one)
                self._moved(one.feedback, one.feedback_form)
                found.append("=" * (n == right) + self._words(one.text, one.form))
            words = tuple(found)
        if not all(_gap_word(word.removeprefix("=") if n or word[:1] == "=" else word) for n, word in enumerate(words)):
            raise _Unusable("signe | = ou ] dans un trou", "sign | = or ] in a gap")
        return "[[" + "|".join("=" * (w[:1] == "=") + _escaped_gap(w.removeprefix("=")) for w in words) + "]]"

    # --- the rest of the question

    def _made(self, kind: str, pieces: list[str], **parts: object) -> Question:
        title, stem = str(parts.pop("title", "")), str(parts.pop("stem", ""))
        if pieces:
            text = " _____ ".join(piece.strip() for piece in pieces) if self._after(pieces) else pieces[0]
            title, stem = _title_and_stem(self._markdown(text, self.form))
        fallback = self.name or _WORDS[self.reader.lang]["question"].format(n=self.reader.count)
        if not title:
            title = to_markdown(" ".join(fallback.split())[:TITLE], "plain").text
            if not stem:
                self.reader.tell("no_text", title=fallback)
        id = _identity(self.reader, slug(self.name) or f"question-{self.reader.count}")
        place = self.raw.at(len(self.raw.text) - len(self.raw.text.lstrip()))
        self.reader.here = place
        if self.name and self.name != id:
            self.reader.tell("name", name=self.name, id=id)
        if self.raw.foreign:
            self.reader.tell("foreign_id", foreign=self.raw.foreign, id=id)
        self._tags()
        explanation = "\n\n".join(dict.fromkeys(said for said in self.said if said))
        return Question(kind, id, title, stem, explanation=explanation, **parts)  # type: ignore[arg-type]


def _title_and_stem(text: str) -> tuple[str, str]:
    """The first paragraph as the heading where it is short, the rest below."""
    first, _, rest = text.partition("\n\n")
    if not first or len(first) > TITLE or _BLOCK.match(first):
        return "", text
    return " ".join(first.split()), rest


def _gap_word(word: str) -> bool:
    return bool(word) and not re.search(r"[|\[\]=]", word)


def _escaped_gap(word: str) -> str:
    return to_markdown(word, "plain").text.replace("\n", " ")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
