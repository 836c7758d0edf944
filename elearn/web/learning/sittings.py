"""The final exam as its trainee takes it: cover, one question a screen, review, handing in, correction."""

from typing import Any

from flask import request

from elearn.web import doors, sitting
from elearn.web.addresses import page_url
from elearn.web.learning.parts import bp, course_named, current_edition

ENDPOINTS = {"unit": "learning.unit", "section": "learning.section", "course": "learning.course"}


@bp.get("/<course>/<unit>/sittings")
@doors.public
def cover(course: str, unit: str) -> Any:
    told = request.args.get("told", "")
    return sitting.cover(_seat(course, unit), told if told == "nothing" else "")


@bp.post("/<course>/<unit>/sittings")
@doors.allowed_to("learn")
def begin(course: str, unit: str) -> Any:
    return sitting.start(_seat(course, unit))


@bp.get("/<course>/<unit>/sittings/<int:number>")
@doors.allowed_to("learn")
def sitting_page(course: str, unit: str, number: int) -> Any:
    return sitting.sitting(_seat(course, unit), number)


@bp.get("/<course>/<unit>/sittings/<int:number>/<question>")
@doors.allowed_to("learn")
def asked(course: str, unit: str, number: int, question: str) -> Any:
    return sitting.question(_seat(course, unit), number, question)


@bp.post("/<course>/<unit>/sittings/<int:number>/<question>/drafts")
@doors.public
@doors.keeps_what_was_typed
def keep(course: str, unit: str, number: int, question: str) -> Any:
    return sitting.keep(_seat(course, unit), number, question)


@bp.post("/<course>/<unit>/sittings/<int:number>/submissions")
@doors.allowed_to("learn")
def hand_in(course: str, unit: str, number: int) -> Any:
    return sitting.hand_in(_seat(course, unit), number)


def _seat(course: str, unit: str) -> sitting.Seat:
    edition = current_edition()
    found = course_named(edition, course)
    exam, text = sitting.exam_named(edition, found, unit)
    who = doors.viewer()

    def address(word: str, **values: Any) -> str:
        if word == "course":
            return page_url("learning.course", course=found.id)
        if word in ENDPOINTS:
            return page_url(ENDPOINTS[word], course=found.id, **values)
        endpoint = "sitting_page" if word == "sitting" else word
        return page_url(f"learning.{endpoint}", course=found.id, unit=text.id, **values)

    return sitting.Seat(who.id if who else None, exam, text, address)
