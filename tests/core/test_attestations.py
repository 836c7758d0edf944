"""The document: facts from an edition, the same bytes for the same facts, states that follow from dates."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elearn.core.attestations import (
    Attested,
    ExamFact,
    Holder,
    Issuer,
    Snapshot,
    add_months,
    build,
    canonical,
    digest,
    load,
    state,
)
from elearn.core.check import SiteBuild, check_site
from elearn.core.completion import Facts, course_progress
from elearn.core.course import Rule
from tests import world
from tests.core.papers import snapshot

DAY = dt.date(2026, 11, 21)
HOLDER = Holder("Chloé Tremblay", "fr", dt.date(2026, 9, 8), dt.date(2026, 11, 20), DAY)


def issuer(checked: SiteBuild) -> Issuer:
    assert checked.site is not None
    return Issuer("site", dict(checked.site.issuer.name), checked.site.issuer.url)


def attested(changes: dict[str, str] | None = None) -> Attested:
    checked = check_site(world.site(changes), world.AT.date())
    assert checked.ok and checked.site is not None
    course = checked.courses[0]
    units: dict[str, dict[str, object]] = {}
    for (_course, unit, lang), one in checked.units.items():
        units.setdefault(unit, {})[lang] = one
    source = {unit: languages["fr"] for unit, languages in units.items()}
    progress = course_progress(course, source, Facts())  # type: ignore[arg-type]
    return Attested(checked.site, course, units, progress, 7, issuer(checked))  # type: ignore[arg-type]


def test_it_works() -> None:
    made = build(attested(), HOLDER, b"\x01" * 16)
    assert (made.kind, made.printed_name, made.edition, made.rule) == ("success", "Chloé Tremblay", 7, "2026-1")
    assert made.title == {"fr": "Premiers repères", "en": "First landmarks"}
    assert made.discreet_title == {"fr": "Relations et écoute", "en": "Relating and listening"}
    assert made.issuer == {"fr": "Association Exemple", "en": "Example Association"}
    assert made.minutes == {"theory": 60}
    assert [(one.id, one.questions, one.pass_mark, one.must_pass) for one in made.units] == [
        ("ecouter", 4, 75, 1),
        ("parler", 1, 80, 0),
    ]
    assert made.units[0].title == {"fr": "Écouter", "en": "Listening"}
    assert [one.done for one in made.reviews] == [False]
    assert made.earned.online and made.earned.open_book and made.earned.questions_public
    assert not (made.earned.supervised or made.earned.tries_limited or made.earned.identity_checked)


def test_units_without_questions_that_count_are_followed_not_passed() -> None:
    head, _mark, _quiz = world.PARLER_FR.partition("### Reliez")
    course = world.COURSE.replace("unites: [ecouter, parler]", "unites: [parler]")
    files = {"courses/reperes/course.yaml": course, "courses/reperes/02-parler/fr.md": head + "On demande d'abord.\n"}
    checked = check_site({**world.site(), **{path: text.encode() for path, text in files.items()}}, world.AT.date())
    unit = checked.units["reperes", "parler", "fr"]
    course_read = dataclasses.replace(checked.courses[0], rule=Rule("1", ("parler",), 80), units=("parler",))
    progress = course_progress(course_read, {"parler": unit}, Facts())
    assert checked.site is not None
    made = build(
        Attested(checked.site, course_read, {"parler": {"fr": unit}}, progress, 1, issuer(checked)), HOLDER, bytes(16)
    )
    assert made.kind == "follow-up"
    assert made.units[0].pass_mark is None


def test_the_same_facts_give_the_same_bytes() -> None:
    one, other = snapshot(), snapshot(title=dict(reversed(snapshot().title.items())))
    assert canonical(one) == canonical(other)
    assert digest(canonical(one)) == digest(canonical(other))
    assert canonical(load(canonical(one))) == canonical(one)
    assert load(canonical(one)) == one


def test_bytes_are_sorted_compact_and_without_fractions() -> None:
    body = canonical(snapshot())
    facts = json.loads(body)
    assert list(facts) == sorted(facts)
    assert b'": ' not in body and "Chloé".encode() in body
    assert not any(isinstance(one, float) for one in _leaves(facts))


@pytest.mark.parametrize("change", [{"printed_name": "Chloé Tremblai"}, {"salt": "01" * 16}, {"edition": 4}])
def test_another_fact_gives_another_digest(change: dict[str, object]) -> None:
    assert digest(canonical(snapshot(**change))) != digest(canonical(snapshot()))


def test_nothing_but_facts_is_in_it() -> None:
    """No score, no birth date, no row of a person: a new field is a decision, so it must change this list."""
    known = """
        kind locale printed_name course title discreet_title issuer issuer_site signatory minutes started_on
        completed_on issued_on valid_until units competencies reviews edition rule salt earned exam role identity format
    """
    assert {field.name for field in dataclasses.fields(Snapshot)} == set(known.split())


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", canonical(snapshot())[:-1]])
def test_bytes_of_another_shape_are_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        load(body)


@pytest.mark.parametrize(
    ("stored", "until", "shown"),
    [
        ("active", None, "active"),
        ("active", 1, "active"),
        ("active", 0, "expired"),
        ("active", -1, "expired"),
        ("revoked", -1, "revoked"),
        ("superseded", 1, "superseded"),
        ("suspended", -1, "suspended"),
        ("provisional", None, "provisional"),
    ],
)
def test_states(stored: str, until: int | None, shown: str) -> None:
    end = None if until is None else world.AT + dt.timedelta(seconds=until)
    assert state(stored, end, world.AT) == shown


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2026-11-21", 36, "2029-11-21"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-08-31", 3, "2026-11-30"),
    ],
)
def test_months(day: str, months: int, end: str) -> None:
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(end)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2200, 1, 1)), st.integers(1, 240))
def test_months_never_go_astray(day: dt.date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day <= day.day


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def test_what_was_issued_before_there_were_exams_is_still_read() -> None:
    made = snapshot()
    assert b'"exam"' not in canonical(made)
    assert load(canonical(made)) == made
    sat = dataclasses.replace(made, exam=ExamFact(2, True))
    assert load(canonical(sat)) == sat and canonical(sat) != canonical(made)
