"""The issuing desk: who is ready, many at once, a second press issues nothing, papers, corrections, revocations."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from elearn.services import lifecycle
from elearn.store.attestations import Attestation, Holding
from elearn.store.audit import AuditEntry
from elearn.store.base import db, now
from elearn.store.learning import Enrolment, Progress
from tests import world
from tests.browse import Browser, Page
from tests.people import Member, member
from tests.web.groups import group, invitation, join
from tests.web.papers import NAME, address, issued
from tests.web.test_cost import counting

DESK = "/issuing/reperes"


@pytest.fixture
def dalia(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Dalia")


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


@pytest.fixture
def approving(site: Flask) -> None:
    """The course as its trainer set it: attestations are issued after somebody has looked."""
    from elearn.services.publishing import publish_files

    course = world.COURSE.replace("delivrance: automatique", "delivrance: approbation")
    with site.app_context():
        files = world.site({"courses/reperes/course.yaml": course})
        assert publish_files(files, site.config["ELEARN"].instance, now()).number


def class_of(site: Flask, count: int, named: bool = True) -> list[Member]:
    """People who have completed the course; their rows are copied from one who did so by hand."""
    from tests.services.test_learning import finish

    people = [member(site, f"Personne {number:02}") for number in range(count)]
    with site.app_context():
        edition = site.extensions["shelf"].current()
        from elearn.services.learning import Asker

        for one in people:
            finish(Asker(one.id, "fr", now(), "form-0001", site.config["ELEARN_SECRET"]), edition)
            if named:
                lifecycle.confirm_name(one.id, "reperes", f"{one.name} Nom", now())
    return people


def count(site: Flask) -> int:
    with site.app_context(), db.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(Attestation)).scalar_one())


def press(page: Page, where: str = "/issues", **data: Any) -> Page:
    ticked = [
        one.get("value") for one in page.all("input") if one.get("name") == "person" and one.get("checked") is not None
    ]
    return page.browser.send("post", f"{DESK}{where}", {"csrf_token": token_of(page), "person": ticked, **data})


def token_of(page: Page) -> str:
    return page.form("/issues").values()["csrf_token"][0]


def test_it_works(emile: Browser, site: Flask, approving: None) -> None:
    people = class_of(site, 3)
    page = emile.get("/issuing/").follow("Premiers repères")
    assert "3 personnes" in page.text and page.text.count("Prête à délivrer") == 3
    page = press(page)
    assert "3 attestations délivrées." in page.text and count(site) == 3
    again = press(page)
    assert "Rien de nouveau à délivrer." in again.text and "3 personnes avaient déjà la leur." in again.text
    assert count(site) == 3
    assert ("attestation issued", True) in people[0].deeds()


def test_what_is_missing_is_said(emile: Browser, site: Flask, benoit: Browser) -> None:
    benoit.get("/learning/reperes/ecouter/se-taire").form("/readings").submit()
    class_of(site, 1, named=False)
    page = emile.get(DESK)
    assert "pas encore : 0 unités sur 2" in page.text and "pas encore confirmé" in page.text
    assert "Personne n'est prêt ou prête" in page.text
    boxes = [one for one in page.all("input") if one.get("name") == "person"]
    assert len(boxes) == 2 and all(one.get("disabled") is not None for one in boxes)
    sent = press(page)
    assert sent.status == 422 and "Cochez d'abord" in sent.text and count(site) == 0


def test_who_lacks_something_is_left_out_and_told(emile: Browser, site: Flask) -> None:
    ready, behind = class_of(site, 1)[0], member(site, "En route")
    page = emile.get(DESK)
    token = token_of(page)
    done = emile.send("post", f"{DESK}/issues", {"csrf_token": token, "person": [ready.uid, behind.uid]})
    assert "1 attestation délivrée." in done.text and count(site) == 1


def test_the_name_waits_for_the_desk(benoit: Browser, emile: Browser, site: Flask, approving: None) -> None:
    from tests.web.test_course import finish

    finish(benoit)
    page = benoit.get("/attestations/new?course=reperes").form("/attestations/").submit(printed_name=NAME)
    assert "Votre nom est confirmé : « Benoît Roy »" in page.text and count(site) == 0
    assert "Benoît Roy" in emile.get(DESK).text
    press(emile.get(DESK))
    assert "Attestation de réussite" in benoit.get("/attestations/").text


def test_one_file_to_print(emile: Browser, site: Flask) -> None:
    class_of(site, 3)
    page = press(emile.get(DESK))
    answer = press(page, "/papers", how="print").response
    assert answer.mimetype == "application/pdf" and answer.headers["Cache-Control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.get_data())) as paper:
        assert len(paper.pages) == 6 and not paper.attachments
        assert str(paper.docinfo["/Title"]) == "Attestations à imprimer"


def test_an_archive_with_a_file_a_person(emile: Browser, site: Flask) -> None:
    class_of(site, 2)
    page = press(emile.get(DESK))
    answer = press(page, "/papers", how="archive").response
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.namelist() == ["01-personne-00.pdf", "02-personne-01.pdf"]
        assert all(archive.read(name).startswith(b"%PDF-") for name in archive.namelist())


def test_whose_addresses_are_all_closed_is_not_printed(emile: Browser, site: Flask, benoit: Browser) -> None:
    page = issued(benoit)
    benoit.get(page.path).form("/closure").submit()
    with site.app_context(), db.engine.connect() as connection:
        uid = connection.execute(
            text("SELECT uid FROM person JOIN holding ON holding.person_id = person.id")
        ).scalar_one()
    token = token_of(emile.get(DESK))
    sent = emile.send("post", f"{DESK}/papers", {"csrf_token": token, "person": [uid], "how": "print"})
    assert sent.status == 422 and "Aucune des personnes cochées" in sent.text


def test_a_trainer_sees_the_people_of_their_own_cohorts(
    dalia: Browser, benoit: Browser, site: Flask, signed_in: Callable[[str], Browser]
) -> None:
    other = class_of(site, 1)[0]
    assert "Personne de vos groupes" in dalia.get(DESK).text
    sheet = invitation(group(dalia))
    join(benoit, sheet)
    page = dalia.get(DESK)
    assert "Benoît" in page.text and other.name not in page.text
    token = token_of(page)
    dalia.send("post", f"{DESK}/issues", {"csrf_token": token, "person": [other.uid]})
    assert count(site) == 0, "somebody else's trainee is passed over as if they were not there"
    for deed in ("correction", "revocation"):
        assert (
            dalia.send("post", f"{DESK}/{other.uid}/{deed}", {"csrf_token": token, "reason": "mistake"}).status == 404
        )


def test_a_correction_is_agreed_to(emile: Browser, benoit: Browser, site: Flask, visitor: Browser) -> None:
    page = issued(benoit)
    path = address(page)
    asked = page.form("/name").submit(printed_name="Béatrice Roy")
    assert "Vous avez demandé « Béatrice Roy »" in asked.text
    desk = emile.get(DESK)
    assert "Imprimé : « Benoît Roy ». Demandé : « Béatrice Roy »" in desk.text
    desk.form("/correction").submit(decision="agree")
    assert "Béatrice Roy" in benoit.get(page.path).text
    compared = visitor.get(path).form(path).submit(name="Béatrice Roy")
    assert "Oui : c'est le nom" in compared.text
    assert "Non : ce n'est pas le nom" in visitor.get(path).form(path).submit(name=NAME).text


def test_a_correction_is_declined(emile: Browser, benoit: Browser) -> None:
    page = issued(benoit)
    page.form("/name").submit(printed_name="Quelqu'un d'autre")
    emile.get(DESK).form("/correction").submit(decision="decline")
    shown = benoit.get(page.path).text
    assert "Benoît Roy" in shown and "Quelqu'un d'autre" not in shown
    assert not [form for form in emile.get(DESK).forms if form.action.endswith("/correction")]


def test_a_revocation_is_announced_and_given_up(emile: Browser, benoit: Browser, site: Flask, visitor: Browser) -> None:
    page = issued(benoit)
    emile.get(DESK).form("/revocation").submit(reason="other-person")
    told = benoit.get(page.path).text
    assert "L'organisme révoquera cette attestation le" in told and "Elle porte le nom d'une autre personne." in told
    assert visitor.get(address(page)).heading() == "Valide", "nothing is said in public before its day"
    emile.get(DESK).form("/revocation").submit(reason="none")
    assert "révoquera" not in benoit.get(page.path).text
    emile.get(DESK).form("/revocation").submit(reason="not-earned")
    with site.app_context():
        lifecycle.daily(now() + lifecycle.NOTICE)
    public = visitor.get(address(page))
    assert public.heading() == "Révoquée par l'organisme" and "pas été obtenue" not in public.text
    assert "Depuis le" in public.text
    assert emile.get(DESK).text.count("Révoquée") == 1


def test_only_an_admin_revokes(dalia: Browser, benoit: Browser) -> None:
    sheet = invitation(group(dalia))
    join(benoit, sheet)
    issued(benoit)
    page = dalia.get(DESK)
    assert "Révoquer une attestation" not in page.text
    uid = next(one.get("value") for one in page.all("input") if one.get("name") == "person")
    token = token_of(page)
    assert dalia.send("post", f"{DESK}/{uid}/revocation", {"csrf_token": token, "reason": "mistake"}).status == 404


def test_an_unknown_course_and_a_long_list(emile: Browser, site: Flask) -> None:
    assert emile.get("/issuing/ailleurs").status == 404
    class_of(site, 1)
    token = token_of(emile.get(DESK))
    many = [f"{number:026}" for number in range(101)]
    assert emile.send("post", f"{DESK}/issues", {"csrf_token": token, "person": many}).status == 400


def test_what_was_printed_is_logged(emile: Browser, site: Flask) -> None:
    class_of(site, 2)
    press(press(emile.get(DESK)), "/papers", how="print")
    with site.app_context(), db.engine.connect() as connection:
        facts = connection.execute(
            select(AuditEntry.facts).where(AuditEntry.deed == "attestations printed")
        ).scalar_one()
    assert (facts["course"], facts["count"]) == ("reperes", 2)


def test_the_list_costs_the_same_for_one_and_for_twenty(emile: Browser, site: Flask) -> None:
    class_of(site, 1)
    emile.get(DESK)
    with counting(site) as few:
        emile.get(DESK)
    class_of_more = [member(site, f"Autre {number}") for number in range(20)]
    with site.app_context(), db.engine.begin() as connection:
        row = connection.execute(select(Enrolment.__table__)).mappings().first()
        progress = connection.execute(select(Progress.__table__)).mappings().first()
        assert row is not None and progress is not None
        kept = {name: value for name, value in row.items() if name != "id"}
        for one in class_of_more:
            made = connection.execute(
                Enrolment.__table__.insert().values(**{**kept, "person_id": one.id}).returning(Enrolment.id)
            ).scalar_one()
            connection.execute(Progress.__table__.insert().values(**{**progress, "enrolment_id": made}))
    with counting(site) as many:
        assert "21 personnes" in emile.get(DESK).text
    assert len(many) == len(few)


def test_in_english(emile: Browser, site: Flask) -> None:
    class_of(site, 1)
    emile.get("/").form("/language").submit(language="en")
    assert "Ready to issue" in emile.get(DESK).text
    assert re.search(r"Issue \(1 ready\)", emile.get(DESK).text)


def test_no_holding_is_doubled(emile: Browser, site: Flask) -> None:
    class_of(site, 2)
    for _ in range(3):
        press(emile.get(DESK))
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Holding)).scalar_one() == 2


def test_an_identity_that_was_checked_is_on_the_paper(emile: Browser, site: Flask, visitor: Browser) -> None:
    class_of(site, 2)
    page = emile.get(DESK)
    first = next(one.get("value") for one in page.all("input") if one.get("name") == "person")
    path = f"{DESK}/{first}/identity"
    assert [form for form in page.forms if form.action == path]
    token = token_of(page)
    page = emile.send("post", path, {"csrf_token": token, "identity": "checked"})
    assert page.text.count("identité vérifiée par Émile") == 1
    page = emile.send("post", path, {"csrf_token": token, "identity": ""})
    assert "identité vérifiée par" not in page.text
    emile.send("post", path, {"csrf_token": token, "identity": "checked"})
    press(emile.get(DESK))
    with site.app_context(), db.engine.connect() as connection:
        codes = connection.execute(text("SELECT code FROM share_link")).scalars().all()
    shown = [visitor.get(f"/V/{code}").text for code in codes]
    checked = [one for one in shown if "Identité vérifiée par Émile, le" in one]
    assert len(checked) == 1 and "Elle ne prouve pas l'identité" not in checked[0]
    assert sum("Identité non vérifiée" in one for one in shown) == 1
    assert not [form for form in emile.get(DESK).forms if form.action == path], "what is issued no longer changes"
