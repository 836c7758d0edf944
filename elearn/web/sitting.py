"""The pages of an exam, whoever opens them: the trainee, or a trainer who writes down spoken answers.

No view stands here: learning/sittings.py and aloud.py say who may, and hand over a `Seat`. Before a sitting is handed
in, no page holds a key or a word of feedback; after, the marks shown are those that were stored.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, current_app, redirect, render_template, request
from sqlalchemy.exc import DBAPIError

from elearn.core.begun import fields_of, posted_of
from elearn.core.course import Course, Pool, Prose, Section, Unit, in_language
from elearn.core.drawing import sitting as drawn
from elearn.core.questions import KINDS
from elearn.core.questions.base import Mark, Prompt, Review, Shown, UnreadableResponse
from elearn.core.sittings import answered, asked, whole
from elearn.services import drafts, learning, sittings
from elearn.store import sittings as store
from elearn.store.base import db, now
from elearn.store.cohorts import trainers_of
from elearn.store.editions import Published, Shelf
from elearn.web import doors
from elearn.web.i18n import _, language

FORM_KEY = re.compile(r"[\w-]{8,64}")
TRIES_BEFORE_A_TALK = 3


@dataclass(frozen=True)
class Seat:
    """Who sits which exam, and from whose pages. `person`: Person.id, None for a visitor; `text`: the exam in the
    language of the page; `address`: word of a page (cover, sitting, asked, keep, hand_in) and its values -> address.
    `aloud`, `name`: where a trainer writes down the answers of someone else."""

    person: int | None
    exam: sittings.Exam
    text: Unit
    address: Callable[..., str]
    aloud: sittings.Aloud | None = None
    name: str = ""

    @property
    def course(self) -> Course:
        return self.exam.course

    def ours(self, row: Any) -> bool:
        """Whoever sits sees all of their own sittings; a trainer those that they hold."""
        return self.aloud is None or row.held_by == self.aloud.by.id


@dataclass(frozen=True)
class Line:
    """A question of a sitting. `state`: given, begun (not whole) or none; `kept`: its draft."""

    number: int
    prompt: Prompt
    section: Section
    state: str
    kept: drafts.Begun | None
    url: str


@dataclass(frozen=True)
class Sheet:
    """A sitting as it stands. `document`: of the exam in the language of the page, by hash."""

    seat: Seat
    row: Any
    pinned: sittings.Pinned
    text: Unit
    document: str
    lines: tuple[Line, ...]

    @property
    def seen(self) -> int:
        return sittings.state_of(line.kept.revision for line in self.lines if line.kept)

    def line(self, question: str) -> Line:
        return next((line for line in self.lines if line.prompt.id == question), None) or abort(404)


@dataclass(frozen=True)
class Corrected:
    """A question that was handed in: as it was asked and answered, with the mark that was stored."""

    number: int
    shown: Shown
    section: Section
    fraction: float | None
    blank: bool
    reread: list[tuple[str, str, str]] = field(default_factory=list)


def cover(seat: Seat, told: str = "", status: int = 200) -> Any:
    """What the exam is, where one stands in it, and what to review before another sitting."""
    rows = _rows(seat)
    ours = [row for row in rows if seat.ours(row)]
    done = [row for row in rows if row.closed_at is not None]
    passed = any(row.passed for row in done)
    last = next((row for row in reversed(done) if seat.ours(row)), None)
    sample = drawn(seat.exam.unit, "")
    talk = not passed and len(done) >= TRIES_BEFORE_A_TALK and seat.aloud is None
    page = render_template(
        "learning/exam.html",
        seat=seat,
        course=seat.course,
        course_title=in_language(seat.course.title, language()),
        unit=seat.text,
        questions=len(sample.prompts),
        must=sum(prompt.must_pass for prompt in sample.prompts),
        pass_mark=pass_mark(seat.exam),
        opened=next((row for row in rows if row.closed_at is None), None),
        done=[(number, row) for number, row in enumerate(done, 1) if row in ours],
        passed=passed,
        left=None if seat.exam.unit.sittings is None else max(0, seat.exam.unit.sittings - len(rows)),
        review=_review_first(seat, last) if last is not None and not passed else [],
        talk=talk,
        trainers=_trainers(seat) if talk and not seat.course.contact else [],
        told=told,
    )
    return (page, status) if status != 200 else page


def start(seat: Seat) -> Any:
    """Open a sitting, or go on with the one that is open, at the first question without an answer."""
    try:
        number = sittings.start(asker(seat), seat.exam, seat.aloud)
    except sittings.NoMore:
        return cover(seat, "no_more", 409)
    except sittings.Elsewhere:
        return cover(seat, "elsewhere", 409)
    except sittings.NotAsked:
        return cover(seat, "empty", 409)
    sheet = sheet_of(seat, number)
    first = next((line for line in sheet.lines if line.state != "given"), None)
    return redirect(first.url if first else seat.address("sitting", number=number), 303)


def sitting(seat: Seat, number: int, told: str = "", status: int = 200) -> Any:
    """Open: what is answered and what not yet, before it is handed in. Closed: the correction."""
    sheet = sheet_of(seat, number)
    if sheet.row.closed_at is not None:
        return _correction(sheet, told, status)
    if sheet.row.held_aloud and seat.aloud is None:
        return cover(seat, "aloud", 409)
    page = render_template(
        "learning/exam_review.html",
        **_around(sheet),
        lines=sheet.lines,
        blank=sum(line.state == "none" for line in sheet.lines),
        begun=sum(line.state == "begun" for line in sheet.lines),
        seen=sheet.seen,
        told=told,
    )
    return (page, status) if status != 200 else page


def question(seat: Seat, number: int, name: str) -> Any:
    """One question a screen, with the answer that was saved."""
    sheet = sheet_of(seat, number)
    line = sheet.line(name)
    if sheet.row.closed_at is not None:
        return redirect(seat.address("sitting", number=number), 302)
    if sheet.row.held_aloud and seat.aloud is None:
        return cover(seat, "aloud", 409)
    return _question(sheet, line, _shown(sheet, line))


def keep(seat: Seat, number: int, name: str) -> Any:
    """Save the answer of a question; it can be changed until the sitting is handed in. `quiet`: sent by a script."""
    quiet = bool(request.form.get("quiet"))
    if doors.stale_form() or seat.person is None:
        return ("", 401) if quiet else _send_again()
    sheet = sheet_of(seat, number)
    line = sheet.line(name)
    if sheet.row.closed_at is not None:
        return ("", 410) if quiet else sitting(seat, number, "closed", 409)
    document = request.form.get("document", "")
    if document not in sheet.pinned.hashes.values():
        abort(400, "document")
    posted = {field: request.form.getlist(field) for field in request.form}
    shown = replace(_shown(sheet, line), posted=posted)
    try:
        fields = fields_of(posted)
        saved = sittings.keep(asker(seat), seat.exam, number, name, fields, document, _revision(), seat.aloud)
        if quiet:
            return "", 204, {"Draft-Base": f"0.{saved}"}
        if not fields:
            return redirect(_after(sheet, line), 303)
        if not whole(answered(line.prompt, fields, shown.arrangement)):
            raise UnreadableResponse("unfinished")
        return redirect(_after(sheet, line), 303)
    except drafts.StaleDraft:
        if quiet:
            return "", 409
        return _question(sheet, line, replace(shown, error=_refusal("stale")), both=True), 409
    except sittings.HandedIn:
        return ("", 410) if quiet else sitting(seat, number, "closed", 409)
    except sittings.Elsewhere:
        return ("", 409) if quiet else cover(seat, "elsewhere" if seat.aloud else "aloud", 409)
    except UnreadableResponse as problem:
        if quiet:
            return "", 422
        kept = sheet_of(seat, number).line(name)
        return _question(sheet, kept, replace(shown, error=_refusal(problem.code))), 422
    except DBAPIError:
        if quiet:
            return "", 503
        return _question(sheet, line, replace(shown, error=_refusal("away"))), 503


def hand_in(seat: Seat, number: int) -> Any:
    """Close the sitting and mark it; a page that had not seen the last answers shows them first."""
    sheet = sheet_of(seat, number)
    try:
        sittings.hand_in(asker(seat), seat.exam, sheet.pinned, number, _number("seen"), seat.aloud)
    except sittings.Moved:
        return sitting(seat, number, "moved", 409)
    except sittings.Elsewhere:
        return cover(seat, "elsewhere" if seat.aloud else "aloud", 409)
    except DBAPIError:
        return sitting(seat, number, "away", 503)
    return redirect(seat.address("sitting", number=number), 303)


def sheet_of(seat: Seat, number: int) -> Sheet:
    """A sitting of this seat; 404 where there is none."""
    if seat.person is None:
        abort(404)
    with db.engine.connect() as connection:
        rows = store.sitting(connection, seat.person, seat.course.id, seat.text.id, number)
        if not rows or not seat.ours(rows[0]):
            abort(404)
        pinned = _pinned(connection, seat, rows[0].edition)
    text = pinned.units.get(language()) or pinned.unit
    begun = drafts.begun(rows)
    known = {prompt.id: section for section in text.sections for prompt in section.questions}
    lines = []
    for place, prompt in enumerate(asked(text, rows[0].questions), 1):
        kept = begun.get(prompt.id)
        state = _state(prompt, kept, rows[0].seed)
        url = seat.address("asked", number=number, question=prompt.id)
        lines.append(Line(place, prompt, known[prompt.id], state, kept, url))
    return Sheet(seat, rows[0], pinned, text, pinned.hashes[text.lang], tuple(lines))


def asker(seat: Seat) -> learning.Asker:
    form = request.form.get("idempotency_key", "")
    if not FORM_KEY.fullmatch(form) or seat.person is None:
        abort(400, "form")
    return learning.Asker(seat.person, language(), now(), form, current_app.config["ELEARN_SECRET"])


def pass_mark(exam: sittings.Exam) -> int:
    return exam.course.rule.pass_mark if exam.unit.pass_mark is None else exam.unit.pass_mark


def exam_named(edition: Published, course: Course, name: str) -> tuple[sittings.Exam, Unit]:
    """A published exam of a course: as it is marked, and in the language of the page. 404 for anything else."""
    text = edition.unit(course.id, name, language()) if name in course.units else None
    drafts_too = bool(current_app.config["ELEARN_PREVIEW"])
    if text is None or not text.exam or (text.status != "published" and not drafts_too):
        abort(404)
    source = edition.unit(course.id, name, edition.site.source_language) or text
    return sittings.Exam(edition, course, source), text


def _rows(seat: Seat) -> list[Any]:
    if seat.person is None:
        return []
    with db.engine.connect() as connection:
        return store.sittings(connection, seat.person, seat.course.id, seat.text.id)


def _trainers(seat: Seat) -> list[str]:
    if seat.person is None:
        return []
    with db.engine.connect() as connection:
        return trainers_of(connection, seat.person, seat.course.id)


def _pinned(connection: Any, seat: Seat, number: int) -> sittings.Pinned:
    """The exam as edition `number` has it, from memory where it is the current one."""
    edition, course, unit = seat.exam.edition, seat.course, seat.text.id
    source = edition.site.source_language
    if number == edition.number:
        mine = {lang: one for (where, name, lang), one in edition.units.items() if (where, name) == (course.id, unit)}
        hashes = {lang: edition.hashes[course.id, unit, lang] for lang in mine}
        return sittings.Pinned(number, source, mine, hashes, pass_mark(seat.exam))
    shelf: Shelf = current_app.extensions["shelf"]
    hashes = store.documents(connection, number, course.id, unit)
    units = {lang: one for lang, digest in hashes.items() if (one := shelf.unit_document(digest)) is not None}
    then = store.exam_then(connection, number, course.id, unit)
    if not units:
        abort(404)
    return sittings.Pinned(number, source, units, hashes, then[1] if then else pass_mark(seat.exam))


def _state(prompt: Prompt, kept: drafts.Begun | None, seed: str) -> str:
    if kept is None or not kept.response:
        return "none"
    try:
        response = answered(prompt, kept.response, learning.arrangement(prompt, seed))
    except UnreadableResponse as problem:
        return "none" if problem.code == "empty" else "begun"
    return "given" if whole(response) else "begun"


def _shown(sheet: Sheet, line: Line) -> Shown:
    shown = Shown(line.prompt, learning.arrangement(line.prompt, sheet.row.seed))
    return replace(shown, posted=posted_of(line.kept.response)) if line.kept else shown


def _around(sheet: Sheet) -> dict[str, Any]:
    """What every page of a sitting shows."""
    seat = sheet.seat
    return {
        "seat": seat,
        "sitting": sheet.row,
        "course": seat.course,
        "course_title": in_language(seat.course.title, language()),
        "unit": sheet.text,
    }


def _question(sheet: Sheet, line: Line, shown: Shown, both: bool = False) -> str:
    """`both`: what was saved elsewhere is shown beside what was just sent."""
    before, after = (sheet.lines[line.number - 2] if line.number > 1 else None), _after(sheet, line)
    other = None
    if both:
        kept = _shown(sheet, line)
        other = replace(kept, prompt=replace(line.prompt, id=f"{line.prompt.id}--kept"))
    return render_template(
        "learning/exam_question.html",
        **_around(sheet),
        line=line,
        total=len(sheet.lines),
        one=shown,
        other=other,
        document=sheet.document,
        prose=_prose(line),
        first=before is None or before.section.id != line.section.id,
        previous_url=before.url if before else None,
        next_url=after,
        review_url=sheet.seat.address("sitting", number=sheet.row.number),
        attempt_url=lambda name: sheet.seat.address("keep", number=sheet.row.number, question=line.prompt.id),
        base=f"0.{line.kept.revision if line.kept else 0}",
    )


def _prose(line: Line) -> list[Prose]:
    """What stands before a question in its part of the exam, and the heading of its pool."""
    found: list[Prose] = []
    for block in line.section.blocks:
        if isinstance(block, Prose):
            found.append(block)
        elif isinstance(block, Pool) and line.prompt in block.prompts:
            return [*found, Prose(block.html, block.lang)] if block.html else found
        elif block == line.prompt:
            return found
    return found


def _after(sheet: Sheet, line: Line) -> str:
    after = sheet.lines[line.number : line.number + 1]
    return after[0].url if after else sheet.seat.address("sitting", number=sheet.row.number)


def _correction(sheet: Sheet, told: str, status: int) -> Any:
    corrected = _corrected(sheet)
    now_worth = _as_stored(sheet, corrected)
    page = render_template(
        "learning/exam_result.html",
        **_around(sheet),
        corrected=corrected,
        right=sum(one.fraction is not None and one.fraction >= 1 for one in corrected),
        counted=sum(one.fraction is not None for one in corrected),
        unsafe=[one for one in corrected if one.shown.prompt.must_pass and (one.fraction or 0) < 1],
        pass_mark=sheet.pinned.pass_mark,
        raised=now_worth,
        attempt_url=lambda name: sheet.seat.address("sitting", number=sheet.row.number),
        document=sheet.document,
        told=told,
    )
    return (page, status) if status != 200 else page


def _corrected(sheet: Sheet) -> list[Corrected]:
    with db.engine.connect() as connection:
        steps = store.answers(connection, sheet.row.id)
    sections = {prompt.id: section for section in sheet.text.sections for prompt in section.questions}
    found = []
    for number, step in enumerate(steps, 1):
        unit = next((one for one in sheet.pinned.units.values() if one.lang == step.locale), sheet.pinned.unit)
        shown = _review(sheet, unit if step.question in unit.keys else sheet.pinned.unit, step)
        missed = step.fraction is not None and step.fraction < 1
        links = _reread(sheet.seat, shown.prompt) if missed else []
        section = sections.get(step.question) or sheet.text.sections[0]
        found.append(Corrected(number, shown, section, step.fraction, not step.response, links))
    return found


def _review(sheet: Sheet, unit: Unit, step: Any) -> Shown:
    """What is said of an answer, with the mark that was stored."""
    prompt, key = asked(unit, [step.question])[0], unit.keys[step.question]
    shown = Shown(prompt, learning.arrangement(prompt, sheet.row.seed), response=step.response)
    kind = KINDS[prompt.kind]
    parts = kind.mark(key, step.response).parts if step.response else ()
    mark = Mark(step.fraction if step.fraction is not None else 0.0, parts)
    review = kind.explain(key, step.response, mark) if step.response else Review()
    return replace(shown, mark=mark, review=replace(review, explanation=key.explanation))


def _as_stored(sheet: Sheet, corrected: list[Corrected]) -> bool:
    """Is the sitting worth more than its answers were marked, because a question was corrected since?"""
    counted = [one for one in corrected if one.fraction is not None and one.shown.prompt.points > 0]
    total = sum(one.shown.prompt.points for one in counted)
    won = sum(one.shown.prompt.points * (one.fraction or 0) for one in counted)
    return bool(total) and sheet.row.score > int(100 * won / total + 1e-9)


def _review_first(seat: Seat, row: Any) -> list[tuple[str, str, str]]:
    """(words, language, address) of what to reread, from the questions that were missed; each once."""
    with db.engine.connect() as connection:
        steps = store.answers(connection, row.id)
        pinned = _pinned(connection, seat, row.edition)
    text = pinned.units.get(language()) or pinned.unit
    missed = [step.question for step in steps if step.fraction is not None and step.fraction < 1]
    found: dict[tuple[str, str, str], None] = {}
    for prompt in asked(text, missed):
        found |= dict.fromkeys(_reread(seat, prompt))
    return list(found)


def _reread(seat: Seat, prompt: Prompt) -> list[tuple[str, str, str]]:
    """Where a question says so; else the units of the course with a competency of it; else the course."""
    units = seat.exam.edition.shown_units(seat.course, language())
    found = [place for name in prompt.reread if (place := _place(seat, units, name))]
    if not found:
        alike = [one for one in units if not one.exam and set(one.competencies) & set(prompt.competencies)]
        found = [(one.title, one.lang, seat.address("unit", unit=one.id)) for one in alike]
    return found or [(in_language(seat.course.title, language()), language(), seat.address("course"))]


def _place(seat: Seat, units: Iterable[Unit], name: str) -> tuple[str, str, str] | None:
    unit_name, _mark, section_name = name.rpartition("#")
    unit = next((one for one in units if one.id == (unit_name or seat.text.id)), None)
    section = unit.section(section_name) if unit and not unit.exam else None
    if unit is None or section is None:
        return None
    address = seat.address("section", unit=unit.id, section=section.id)
    return f"{unit.title} – {section.title}", section.lang, address


def _revision() -> int:
    """Of the answer that the page showed: `0.<revision>`."""
    return _digits(request.form.get("base", "").rpartition(".")[2])


def _number(name: str) -> int:
    return _digits(request.form.get(name, ""))


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _send_again() -> Any:
    """The session has ended, or changed: what was sent stands in a form that sends it again, and nothing is lost."""
    ours = ("csrf_token", "idempotency_key")
    fields = [(name, value) for name in request.form if name not in ours for value in request.form.getlist(name)]
    return render_template("learning/exam_again.html", fields=fields, address=request.path), 422


def _refusal(code: str) -> str:
    messages = {
        "stale": _(
            "Une autre réponse a été enregistrée ailleurs (autre onglet, autre appareil). Les deux sont ci-dessous : "
            "enregistrez celle que vous gardez."
        ),
        "not_a_number": _("Écrivez un nombre en chiffres, par exemple 12 ou 2,5. Votre réponse est enregistrée ainsi."),
        "place_taken_twice": _("La même place est donnée deux fois. Votre réponse est enregistrée ainsi."),
        "too_long_answer": _("La réponse est trop longue : elle n'est pas enregistrée, mais reste affichée ici."),
        "too_many": _("La réponse est trop longue : elle n'est pas enregistrée, mais reste affichée ici."),
        "bad_text": _("Le texte contient un signe qui ne peut pas être gardé. Il reste affiché ici."),
        "unknown_position": _("Cette réponse ne correspond pas à la question affichée : choisissez à nouveau."),
        "away": _("Ce n'est pas encore enregistré : le site est occupé. Votre réponse est toujours là, réessayez."),
    }
    incomplete = _(
        "Cette réponse n'est pas complète. Elle est enregistrée ainsi : complétez-la, ou passez à la suite et revenez."
    )
    return messages.get(code, incomplete)
