"""An exam held aloud: a trainer opens it in the place of a member of a cohort they lead, and writes down the answers.

The pages belong to the blueprint of cohorts.py. The trainer sees the sittings that they hold and nothing else of what
the person answered; the person sees in their own log that it was done.
"""

from typing import Any

from elearn.services.sittings import Aloud
from elearn.store import cohorts as store
from elearn.store.base import db
from elearn.web import doors, sitting
from elearn.web.addresses import page_url
from elearn.web.cohorts import bp as bp
from elearn.web.cohorts import current_edition, here, leader, theirs

AT = "/<string(length=26):cohort>/members/<string(length=26):person>/exams/<unit>"
LEARNING = ("unit", "section", "course")


@bp.get(AT)
@doors.allowed_to("lead cohorts")
def cover(cohort: str, person: str, unit: str) -> Any:
    return sitting.cover(_seat(cohort, person, unit))


@bp.post(AT)
@doors.allowed_to("lead cohorts")
def begin(cohort: str, person: str, unit: str) -> Any:
    with theirs("member"):
        return sitting.start(_seat(cohort, person, unit))


@bp.get(f"{AT}/<int:number>")
@doors.allowed_to("lead cohorts")
def sitting_page(cohort: str, person: str, unit: str, number: int) -> Any:
    return sitting.sitting(_seat(cohort, person, unit), number)


@bp.get(f"{AT}/<int:number>/<question>")
@doors.allowed_to("lead cohorts")
def asked(cohort: str, person: str, unit: str, number: int, question: str) -> Any:
    return sitting.question(_seat(cohort, person, unit), number, question)


@bp.post(f"{AT}/<int:number>/<question>/drafts")
@doors.allowed_to("lead cohorts")
@doors.keeps_what_was_typed
def keep(cohort: str, person: str, unit: str, number: int, question: str) -> Any:
    with theirs("member"):
        return sitting.keep(_seat(cohort, person, unit), number, question)


@bp.post(f"{AT}/<int:number>/submissions")
@doors.allowed_to("lead cohorts")
def hand_in(cohort: str, person: str, unit: str, number: int) -> Any:
    with theirs("member"):
        return sitting.hand_in(_seat(cohort, person, unit), number)


def _seat(cohort: str, person: str, unit: str) -> sitting.Seat:
    with db.engine.connect() as connection:
        member = here(store.member(connection, leader(), cohort, person), "member")
    edition = current_edition()
    course = edition.courses.get(member.course) or doors.missing("course")
    exam, text = sitting.exam_named(edition, course, unit)

    def address(word: str, **values: Any) -> str:
        if word == "member":
            return page_url("cohorts.member", cohort=cohort, person=person)
        if word in LEARNING:
            return page_url(f"learning.{word}", course=course.id, **values)
        endpoint = "sitting_page" if word == "sitting" else word
        return page_url(f"cohorts.{endpoint}", cohort=cohort, person=person, unit=text.id, **values)

    aloud = Aloud(doors.require_viewer(), cohort, person)
    return sitting.Seat(member.id, exam, text, address, aloud, member.chosen_name)
