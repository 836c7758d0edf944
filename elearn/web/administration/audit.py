"""The audit log in words: newest first, by deed or by person; and whether its chain still holds."""

from typing import Any

from flask import abort, render_template, request

from elearn.core.audit import LOGGED
from elearn.core.codes import normal_code
from elearn.core.listing import MOST, search_words, typed
from elearn.services import audit as chain
from elearn.store import audit, people
from elearn.store.base import db
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp
from elearn.web.deeds import words
from elearn.web.limits import allow

FOUND_MOST = 10


@bp.get("/audit")
@doors.allowed_to("read the audit log")
def audit_log() -> str:
    return _page()


@bp.post("/audit")
@doors.allowed_to("read the audit log")
def check_chain() -> Any:
    """It reads the whole log, so not more often than twenty times in ten minutes."""
    if not allow("check the audit chain", limit=20, seconds=600):
        abort(429)
    return _page(checked=True, broken=chain.broken())


def _page(**more: Any) -> str:
    """`q`: a name, which leads to one person's entries where it is one's alone, else to a choice of people."""
    asked = request.args
    q = typed(asked.get("q", ""))
    deed = asked.get("deed", "") if asked.get("deed") in LOGGED else ""
    person = normal_code(asked.get("person", "")) or ""
    with db.engine.connect() as connection:
        found = people.page(connection, search_words(q), "", "", 0, FOUND_MOST) if q and not person else []
        if len(found) == 1:
            person, found = found[0].uid, []
        lost = bool(q) and not person
        sheet = asked_sheet(0 if lost else audit.count(connection, deed, person))
        rows = [] if lost else audit.page(connection, deed, person, sheet.offset, MOST)
        names = people.names(connection, [uid for row in rows for uid in (row.actor, row.subject) if uid] + [person])
    return render_template(
        "administration/audit.html",
        rows=rows,
        sheet=sheet,
        names=names,
        words=words,
        deeds=sorted(((words(name, {}), name) for name in LOGGED), key=lambda one: one[0].casefold()),
        q=q,
        about=person,
        deed=deed,
        found=found,
        chosen={"deed": deed or None, "person": person or None},
        **{"checked": False, "broken": None, **more},
    )
