"""Files in and out: a text or an archive becomes drafts, all of it or nothing; everything leaves as one zip."""

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField, Form, SelectField

from elearn.core.rules import ERROR
from elearn.core.writable import UNIT_TEXT
from elearn.services import writing
from elearn.services.writing import Sent
from elearn.store.base import now
from elearn.store.zip_files import HostileArchive, write_zip
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import LANGUAGES, _

LARGEST = 20 * 1024 * 1024
IN_MEMORY = 16 * 1024 * 1024
CHUNK = 65_536

HOSTILE = {
    "broken": lambda: _("Cette archive ne s'ouvre pas : elle est abîmée, ou n'est pas un zip. Refaites-la."),
    "many": lambda: _("Cette archive contient trop de fichiers : deux mille au plus."),
    "large": lambda: _("Cette archive est trop lourde une fois ouverte : 60 Mo au plus, 20 Mo par fichier."),
    "bomb": lambda: _("« %(name)s » ment sur sa taille, ou gonfle trop : l'archive est refusée."),
    "outside": lambda: _("« %(name)s » sort du dossier de l'archive : elle est refusée."),
    "link": lambda: _("« %(name)s » est un lien et non un fichier : mettez le fichier lui-même."),
    "twice": lambda: _("« %(name)s » est là deux fois, ou ne diffère d'un autre nom que par des majuscules."),
    "nested": lambda: _("« %(name)s » est une archive dans l'archive : sortez-en les fichiers."),
    "sealed": lambda: _("Cette archive est protégée par un mot de passe : refaites-la sans."),
    "kind": lambda: _("« %(name)s » n'est pas d'un genre admis : textes .md et .yaml, images et sons d'une unité."),
    "name": lambda: _("« %(name)s » contient un signe qu'un nom de fichier ne peut avoir ici."),
}


class UploadForm(Form):
    file = FileField()
    course = SelectField()
    lang = SelectField()
    replace = BooleanField()


@bp.get("/upload")
@doors.allowed_to("write content")
def upload() -> str:
    return _page(_form())


@bp.post("/uploads")
@doors.allowed_to("write content")
@doors.takes_files(LARGEST)
def take_in() -> Any:
    form = _form(request.form)
    sent = request.files.get("file")
    body = sent.read(LARGEST + 1) if sent else b""
    if sent is None or not body:
        form.file.errors = [_("Choisissez un fichier qui n'est pas vide.")]
        return _page(form), 422
    asked = Sent(
        (sent.filename or "")[:120],
        body,
        form.course.data or "",
        form.lang.data if form.lang.data in dict(form.lang.choices) else "fr",
        bool(form.replace.data),
        parts.whole_site(),
    )
    try:
        taken = writing.take_in(parts.settings(), asked, now().date())
    except HostileArchive as problem:
        form.file.errors = [HOSTILE[problem.code]() % {"name": problem.name}]
        return _page(form), 422
    except writing.Refused as problem:
        form.file.errors = [parts.refusal(problem)]
        return _page(form), 409 if problem.code == "drafted" else 422
    if not taken:
        return redirect(page_url("authoring.index", told="same"), 303)
    text = next((path for path in sorted(taken) if UNIT_TEXT.fullmatch(path)), "")
    broken = any(one.severity == ERROR and one.path in taken for one in parts.desk().build.problems)
    if text and (broken or len([path for path in taken if UNIT_TEXT.fullmatch(path)]) == 1):
        return redirect(page_url("authoring.text", path=text, told="taken", _anchor="checked"), 303)
    return redirect(page_url("authoring.index", told="taken"), 303)


@bp.get("/export")
@doors.allowed_to("write content")
def export() -> Response:
    """Everything as one would put it in git: what is shipped, the site's own, and the drafts over both."""
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed once it is sent
    write_zip(writing.whole_content(parts.desk()), target)
    size = target.tell()
    target.seek(0)
    name = f"elearn-{now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return Response(_chunks(target), mimetype="application/zip", headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _form(posted: Any = None) -> UploadForm:
    there = parts.desk()
    form = UploadForm(posted)
    form.course.choices = [(one, parts.course_title(there, one)) for one in parts.courses(there)]
    spoken = there.build.site.languages if there.build.site else ("fr",)
    form.lang.choices = [(one, LANGUAGES.get(one, one)) for one in spoken]
    if form.course.data is None and request.args.get("course") in dict(form.course.choices):
        form.course.data = request.args["course"]
    return form


def _page(form: UploadForm) -> str:
    return render_template("authoring/upload.html", form=form, largest=LARGEST // (1024 * 1024))
