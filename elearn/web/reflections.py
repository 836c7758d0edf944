"""« Mes textes personnels »: one's own private texts on one page, taken along, shared with one trainer, deleted; and
for a trainer, those that were shared with them. No other page of another person leads to a text."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from elearn.core.sealing import BrokenSeal
from elearn.services import consents, own_texts, reflections
from elearn.services.audit import By
from elearn.services.export import note_texts_taken
from elearn.services.reflections import PrivateText, StaleBase
from elearn.store import reflections as store
from elearn.store.accounts import Viewer
from elearn.store.base import db, now
from elearn.store.editions import Published
from elearn.web import doors
from elearn.web.asked import Asked, found_again
from elearn.web.i18n import _, day, language, ngettext
from elearn.web.limits import allow

bp = Blueprint("reflections", __name__, url_prefix="/reflections")

STAYS_OPEN = dt.timedelta(minutes=30)
"""How long a shared text stays readable after the press that left a trace of it."""

REFUSALS: dict[type[Exception], Callable[[], str]] = {
    StaleBase: lambda: _("Ce texte a changé ailleurs (autre onglet, autre appareil). Relisez-le, puis choisissez."),
    own_texts.NoTrainer: lambda: _("Choisissez une personne dans la liste."),
    consents.NotGiven: lambda: _(
        "Vous avez retiré votre consentement aux textes privés : rien ne se partage. "
        "Il se redonne dans « Mes données »."
    ),
    BrokenSeal: lambda: _("Ce texte est illisible pour l'instant : il ne peut pas être partagé."),
}
"""Why a text was not shared."""


@dataclass(frozen=True)
class Listed:
    """A private text as a page shows it. `sharing`: nobody, open (its trainer may read it), changed (a later wording is
    not shared), asleep (whom it is shared with may not read it now). `read_at`: when it was last opened."""

    id: str
    asked: Asked
    text: PrivateText
    who: str
    sharing: str = "nobody"
    shared_at: dt.datetime | None = None
    read_at: dt.datetime | None = None


@bp.get("/")
@doors.allowed_to("keep private texts")
def index() -> str:
    return render_template("reflections/index.html", listed=_mine(), told=request.args.get("told", ""))


@bp.get("/download")
@doors.allowed_to("keep private texts")
@doors.recent
def download() -> str:
    return render_template("reflections/download.html", count=len(_rows()))


@bp.post("/download")
@doors.allowed_to("keep private texts")
@doors.recent
def take() -> Any:
    """A file to read, made while it is sent: it lies nowhere on the server."""
    if not allow("export", limit=20, seconds=3600):
        abort(429)
    listed, at = _mine(), now()
    note_texts_taken(_by(), len(listed))
    body = "\n".join(_lines(listed, at)) + "\n"
    answer: Response = current_app.response_class(body.encode("utf-8-sig"), mimetype="text/plain")
    name = _("mes-textes")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{at:%Y-%m-%d}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/whole-erasure", endpoint="erasure")
@doors.allowed_to("keep private texts")
def erasure_page() -> str:
    return render_template("reflections/erase_all.html", count=len(_rows()))


@bp.post("/whole-erasure")
@doors.allowed_to("keep private texts")
def erase_all() -> Answer:
    own_texts.erase_all(doors.require_viewer(), now())
    return redirect(url_for(".index", told="all"), 303)


@bp.get("/<string(length=36):text>/erasure")
@doors.allowed_to("keep private texts")
def erase_page(text: str) -> str:
    return render_template("reflections/erase.html", one=_one(text))


@bp.post("/<string(length=36):text>/erasure")
@doors.allowed_to("keep private texts")
def erase(text: str) -> Any:
    try:
        with theirs():
            own_texts.erase(doors.require_viewer(), text, _revision(), _form_key(), now())
    except StaleBase as stale:
        return render_template("reflections/erase.html", one=_one(text), error=REFUSALS[type(stale)]()), 409
    return redirect(url_for(".index", told="erased"), 303)


@bp.get("/<string(length=36):text>/sharing")
@doors.allowed_to("keep private texts")
def sharing(text: str) -> str:
    return _sharing(text)


@bp.post("/<string(length=36):text>/sharing")
@doors.allowed_to("keep private texts")
def share(text: str) -> Any:
    chosen, sure = request.form.get("trainer", ""), request.form.get("sure") == "yes"
    with theirs():
        if not chosen:
            return _sharing(text, trainer_error=REFUSALS[own_texts.NoTrainer]()), 422
        if not sure:
            return _sharing(text, chosen, sure_error=_("Cochez la case pour dire que c'est bien votre choix.")), 422
        try:
            own_texts.share(doors.require_viewer(), text, chosen, _revision(), now())
        except own_texts.NoTrainer as refused:
            return _sharing(text, trainer_error=REFUSALS[type(refused)]()), 422
        except (StaleBase, consents.NotGiven, BrokenSeal) as refused:
            return _sharing(text, chosen, error=REFUSALS[type(refused)]()), 409
    return redirect(url_for(".index", told="shared", _anchor=f"text-{text}"), 303)


@bp.post("/<string(length=36):text>/end-of-sharing")
@doors.allowed_to("keep private texts")
def take_back(text: str) -> Answer:
    with theirs():
        own_texts.take_back(doors.require_viewer(), text, now())
    return redirect(url_for(".index", told="taken-back", _anchor=f"text-{text}"), 303)


@bp.get("/shared")
@doors.allowed_to("read shared texts")
def shared() -> str:
    """What is shared with a trainer, without a word of it: each text is opened by a press that leaves a trace."""
    with db.engine.connect() as connection:
        rows = store.shared_with(connection, doors.require_viewer().id)
        asked = found_again(connection, _edition(), [_place(row) for row in rows], language())
    return render_template("reflections/shared.html", listed=[(row, asked[_place(row)]) for row in rows])


@bp.post("/shared/<string(length=36):text>/readings")
@doors.allowed_to("read shared texts")
def read(text: str) -> Answer:
    with theirs():
        own_texts.read(doors.require_viewer(), text, now())
    return redirect(url_for(".shared_text", text=text), 303)


@bp.get("/shared/<string(length=36):text>")
@doors.allowed_to("read shared texts")
def shared_text(text: str) -> Any:
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        row = next(iter(store.shared_with(connection, who.id, text)), None) or doors.missing("text")
        if row.revision != row.shared_revision:
            return redirect(url_for(".shared", _anchor=f"text-{text}"), 303)
        if not store.opened(connection, who.uid, row.owner, text, now() - STAYS_OPEN):
            return redirect(url_for(".shared", _anchor=f"text-{text}"), 303)
        asked = found_again(connection, _edition(), [_place(row)], language())[_place(row)]
    opened = reflections.opened(row, row.person_id)
    return render_template("reflections/shared_text.html", row=row, asked=asked, opened=opened)


@contextmanager
def theirs() -> Iterator[None]:
    """A deed that finds no text of theirs answers 404 and leaves a line in the log."""
    try:
        yield
    except own_texts.NotTheirs:
        doors.missing("text")


def _sharing(text: str, chosen: str = "", error: str = "", trainer_error: str = "", sure_error: str = "") -> str:
    who, one = doors.require_viewer(), _one(text)
    with db.engine.connect() as connection:
        [row] = store.own(connection, who.id, text)
        trainers = store.trainers(connection, who.id, row.course)
    return render_template(
        "reflections/share.html",
        one=one,
        trainers=trainers,
        chosen=chosen or (trainers[0].uid if len(trainers) == 1 else ""),
        error=error,
        trainer_error=trainer_error,
        sure_error=sure_error,
    )


def _rows(text: str = "") -> list[Any]:
    with db.engine.connect() as connection:
        return store.own(connection, doors.require_viewer().id, text)


def _one(text: str) -> Listed:
    return next(iter(_mine(text)), None) or doors.missing("text")


def _mine(text: str = "") -> list[Listed]:
    """One's own texts, opened, in the order of the site."""
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        rows = store.own(connection, who.id, text)
        asked = found_again(connection, _edition(), [_place(row) for row in rows], language())
        readings = store.readings(connection, who.uid) if any(row.trainer for row in rows) else {}
    listed = [_listed(row, asked[_place(row)], who, readings) for row in rows]
    return sorted(listed, key=lambda one: one.asked.order)


def _listed(row: Any, asked: Asked, who: Viewer, readings: dict[str, dt.datetime]) -> Listed:
    opened = reflections.opened(row, who.id)
    if row.trainer is None or row.shared_revision is None:
        return Listed(row.reflection_id, asked, opened, "")
    sharing = "asleep" if not row.reaches else "open" if row.shared_revision == row.revision else "changed"
    read_at = readings.get(row.reflection_id)
    seen = read_at if read_at is not None and read_at >= row.shared_at else None
    return Listed(row.reflection_id, asked, opened, row.trainer_name, sharing, row.shared_at, seen)


def _lines(listed: Sequence[Listed], at: dt.datetime) -> Iterator[str]:
    """The file: titles, questions, dates and texts, in plain words."""
    yield _("Mes textes personnels")
    yield ngettext("%(num)d texte, tiré de elearn le %(day)s.", "%(num)d textes, tirés de elearn le %(day)s.",
                   len(listed), day=day(at))  # fmt: skip
    course = None
    for one in listed:
        if one.asked.course != course:
            course = one.asked.course
            yield from ("", "", f"# {course}")
        yield from ("", f"## {one.asked.unit} – {one.asked.words}", "")
        if one.asked.more:
            yield from (one.asked.more, "")
        yield _("Gardé le %(day)s.", day=day(one.text.saved_at))
        yield ""
        yield one.text.text if one.text.text is not None else _("(Illisible pour l'instant.)")


def _place(row: Any) -> tuple[str, str, str]:
    return row.course, row.unit, row.reflection_question


def _edition() -> Published | None:
    person = doors.viewer()
    found = current_app.extensions["shelf"].current(person.edition if person else None)
    return found if isinstance(found, Published) else None


def _revision() -> int:
    """Of the text that the page showed."""
    posted = request.form.get("revision", "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 9 else 0


def _form_key() -> str:
    key = request.form.get("idempotency_key", "")
    if not (8 <= len(key) <= 64 and key.isascii()):
        abort(400)
    return key


def _by() -> By:
    who = doors.require_viewer()
    return By(now(), who.uid, who.role)
