"""Cohorts: the list, making one, its page and members, its settings."""

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from elearn.services import accounts, cohorts
from elearn.services.publishing import publish_files
from elearn.store.base import db, now
from elearn.store.cohorts import TRAINEE, CohortMember
from tests import world
from tests.browse import FORGED, Browser, Page
from tests.web.groups import group, invitation, join, member
from tests.web.test_cost import counting, crowd
from tests.web.test_course import choose, finish

Enter = Callable[[str], Browser]


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser, benoit: Browser) -> None:
    page = group(ada)
    for words in ("Mardi soir", "Premiers repères", "Animé par", "Ada", "Personne n'est encore là"):
        assert words in page.text
    finish(benoit)
    join(benoit, invitation(page))
    page = ada.get(page.path)
    assert "Benoît" in page.text and "Cours terminé 2 sur 2" in page.text
    assert "1 personne" in ada.get("/cohorts/").text


def test_an_empty_list_says_what_to_do(ada: Browser) -> None:
    assert "Pas encore de groupe" in ada.get("/learning/").follow("Groupes").text


@pytest.mark.parametrize(
    ("name", "words"), [("", "À remplir"), ("x" * 121, "Au plus 120 signes"), ("a\u202eb", "signe invisible")]
)
def test_a_name_that_cannot_be_taken(ada: Browser, name: str, words: str) -> None:
    page = ada.get("/cohorts/new").form("/cohorts/").submit(name=name)
    assert page.status == 422
    assert words in page.text and page.title.startswith("Erreur")
    path = group(ada).path
    page = ada.get(f"{path}/settings").form("/name").submit(name=name)
    assert page.status == 422 and words in page.text


def test_a_course_or_an_organisation_that_is_not_offered(ada: Browser) -> None:
    form = ada.get("/cohorts/new").form("/cohorts/")
    for changes in ({"course": "inconnu"}, {"organisation": "inconnu"}):
        page = form.submit(name="Jeudi", **changes)
        assert page.status == 422 and "Choisissez dans la liste" in page.text


def test_the_same_form_makes_one_cohort(ada: Browser) -> None:
    form = ada.get("/cohorts/new").form("/cohorts/")
    assert form.submit(name="Jeudi").path == form.submit(name="Jeudi").path
    assert ada.get("/cohorts/").text.count("Jeudi") == 1


def test_rename_close_and_open_again(ada: Browser) -> None:
    page = group(ada)
    page = page.follow("Réglages").form("/name").submit(name="Mercredi <b>soir</b>")
    assert page.heading() == "Mercredi <b>soir</b>"
    page = page.follow("Réglages").form("/closure").submit()
    assert "Ce groupe est fermé" in page.text
    assert not any("new?cohort" in link for link in page.links)
    page = page.follow("Réglages").form("/reopening").submit()
    assert "Ce groupe est fermé" not in page.text


def test_another_trainer_joins_in(ada: Browser, signed_in: Enter) -> None:
    dalia = signed_in("Dalia")
    page = group(ada)
    assert dalia.get(page.path).status == 404
    page = page.follow("Réglages").form("/trainers").submit(trainer_name="dalia")
    assert page.status == 200 and "Dalia" in page.text
    assert "Mardi soir" in dalia.get("/cohorts/").text
    assert dalia.get(page.path).status == 200


@pytest.mark.parametrize("name", ["Benoît", "personne de ce nom", "", "x" * 500])
def test_only_people_who_train_can_lead_and_nobody_learns_who_exists(ada: Browser, benoit: Browser, name: str) -> None:
    page = group(ada).follow("Réglages").form("/trainers").submit(trainer_name=name)
    assert page.status == 422
    assert "Aucune personne qui forme n'a ce nom" in page.text
    assert "Animé par Ada" in ada.get(page.path.removesuffix("/trainers")).text


def test_an_admin_sees_every_cohort(ada: Browser, signed_in: Enter) -> None:
    page = group(ada)
    emile = signed_in("Émile")
    assert emile.get("/cohorts/").follow("Mardi soir").path == page.path


def test_a_member_is_removed_and_keeps_what_they_did(ada: Browser, benoit: Browser) -> None:
    page = group(ada)
    join(benoit, invitation(page))
    after = member(ada, page, "Benoît").form("/removal").submit()
    assert after.path == page.path and "Benoît" not in after.text
    assert "Premiers repères" in benoit.get("/learning/").text
    with benoit.client.application.app_context(), db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT deed, told FROM audit_entry ORDER BY id DESC LIMIT 1").all()
    assert [tuple(row) for row in rows] == [("left cohort", 1)]


def many(site: Flask, page: str, names: list[str]) -> None:
    """Members by the dozen, without their sign-in."""
    with site.app_context():
        uid = page.rpartition("/")[2]
        with db.engine.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT id FROM cohort WHERE uid = '{uid}'").scalar_one()
        for number, name in enumerate(names):
            person = accounts.sign_up(f"secret-{number}", name, "lampe ronde tabouret", now(), method="scrypt:1024:8:1")
            cohorts.transaction.run(
                lambda tx, person=person: tx.add(  # type: ignore[misc]
                    CohortMember(cohort_id=found, person_id=person, part=TRAINEE, joined_at=now())
                )
            )


def test_members_are_paged_and_searched_without_accents(ada: Browser, site: Flask) -> None:
    page = group(ada)
    many(site, page.path, [f"Personne {number:02}" for number in range(40)] + ["Zoé Ménard"])
    page = ada.get(page.path)
    assert "41 personnes" in page.text and "Page 1 sur 2" in page.text and "Zoé" not in page.text
    assert "Zoé" in page.follow("Page suivante").text
    found = page.form(page.path).submit(q="MENARD")
    assert "1 réponse" in found.text and "Zoé Ménard" in found.text and "Personne 01" not in found.text
    for beyond in ("99", "0", "-1", "x", "9" * 30):
        assert ada.get(f"{page.path}?page={beyond}").status == 200


@pytest.mark.parametrize("query", ["secret-40", "%", "_", "'; --", "\x00", "é" * 5000])
def test_a_search_never_finds_by_sign_in_name_nor_breaks(ada: Browser, site: Flask, query: str) -> None:
    page = group(ada)
    many(site, page.path, ["Zoé Ménard"])
    found = ada.send("get", page.path, {"q": query})
    assert found.status == 200
    assert "0 réponse" in found.text


def test_a_trainer_sees_nothing_of_what_was_answered_or_written(ada: Browser, benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    page.form("/une-fois/attempts").submit(text="le canari chante à minuit")
    group_page = group(ada)
    join(benoit, invitation(group_page))
    for page in (ada.get(group_page.path), member(ada, group_page, "Benoît")):
        assert "canari" not in page.response.get_data(as_text=True)
        assert not any(link.startswith("/learning/reperes/") for link in page.links)


def test_the_number_of_statements_does_not_grow(ada: Browser, site: Flask) -> None:
    from sqlalchemy import event

    page = group(ada)
    counts = []
    for names in (["Un"], []):
        many(site, page.path, names)
        if not names:
            with site.app_context(), db.engine.connect():
                many_more(site, page.path)
        said: list[str] = []
        with site.app_context():
            engine = db.engine

        def note(_c: object, _cursor: object, statement: str, *_rest: object, said: list[str] = said) -> None:
            said.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert ada.get(page.path).status == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len([one for one in said if one.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 6


def many_more(site: Flask, page: str) -> None:
    with site.app_context():
        from sqlalchemy import insert, select

        from elearn.store.accounts import Person
        from elearn.store.cohorts import Cohort

        def work(tx):  # type: ignore[no-untyped-def]
            found = tx.execute(select(Cohort.id).where(Cohort.uid == page.rpartition("/")[2])).scalar_one()
            for number in range(300):
                name = f"nombre-{number}"
                values = {"sign_in_name": name, "sign_in_key": name, "chosen_name": name, "password_hash": "x"}
                person = tx.execute(
                    insert(Person).values(**values, role="trainee", locale="fr", created_at=now()).returning(Person.id)
                ).scalar_one()
                tx.add(CohortMember(cohort_id=found, person_id=person, part=TRAINEE, joined_at=now()))

        cohorts.transaction.run(work)


def test_a_trainee_finds_no_such_page(ada: Browser, benoit: Browser) -> None:
    page = group(ada)
    for path in ("/cohorts/", "/cohorts/new", "/cohorts/invitations", page.path, f"{page.path}/settings"):
        assert benoit.get(path).status == 404
    assert "Groupes" not in benoit.get("/learning/").text


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/cohorts/").path.startswith("/accounts/sign-in")


def test_a_form_without_its_token_is_refused(ada: Browser) -> None:
    page = group(ada)
    for path in ("/cohorts/", f"{page.path}/closure", f"{page.path}/trainers", "/cohorts/invitations"):
        assert ada.client.post(path, data={"name": "x"}, headers=FORGED).status_code == 400
    assert "Ce groupe est fermé" not in ada.get(page.path).text


def cells(page: Page) -> dict[str, list[str]]:
    """Name -> the words of its row, of the table of who is where."""
    found = {}
    for row in page.all("tr")[1:]:
        name, *rest = [" ".join("".join(one.itertext()).split()) for one in row]
        found[name] = rest
    return found


def test_who_is_where(ada: Browser, benoit: Browser, chloe: Browser) -> None:
    page = group(ada)
    sheet = invitation(page)
    for browser in (chloe, benoit):
        join(browser, sheet)
    benoit.get("/learning/reperes/ecouter/se-taire").form("/readings").submit()
    finish(chloe)
    page = ada.get(page.path).follow("Où chaque personne en est")
    assert page.path.endswith("/progress")
    heads = [" ".join("".join(one.itertext()).split()) for one in page.all("th", scope="col")]
    assert heads == ["Nom affiché", "Écouter", "Parler", "Unités terminées"]
    assert list(cells(page).items()) == [
        ("Benoît", ["commencée", "pas commencée", "0 sur 2"]),
        ("Chloé", ["terminée", "terminée", "Cours terminé 2 sur 2"]),
    ]
    assert page.follow("Chloé").heading() == "Chloé"


def test_who_is_where_is_true_after_a_new_edition(site: Flask, ada: Browser, benoit: Browser) -> None:
    """Rows of progress are brought up to date by the next deed of a person only."""
    page = group(ada)
    join(benoit, invitation(page))
    finish(benoit)
    listed = world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, encore]")
    more = (
        world.PARLER_FR.replace("id: parler", "id: encore").replace("# Parler", "# Encore").replace("Parler", "Encore")
    )
    files = world.site({"courses/reperes/course.yaml": listed, "courses/reperes/03-encore/fr.md": more})
    with site.app_context():
        assert publish_files(files, site.config["ELEARN"].instance, world.AT).problems == ()
    assert "Cours terminé 2 sur 3" in ada.get(page.path).text
    assert "2 sur 3" in member(ada, page, "Benoît").text
    table = ada.get(f"{page.path}/progress")
    assert cells(table) == {"Benoît": ["terminée", "terminée", "pas commencée", "Cours terminé 2 sur 3"]}


def test_names_come_in_order_whoever_joined_first(ada: Browser, site: Flask) -> None:
    page = group(ada)
    many(site, page.path, ["Zoé", "élise", "Ana", "Étienne", "Dov"])
    for path in (page.path, f"{page.path}/progress"):
        assert list(cells(ada.get(path))) == ["Ana", "Dov", "élise", "Étienne", "Zoé"]


def test_a_file_for_a_spreadsheet_that_runs_nothing(ada: Browser, benoit: Browser, site: Flask) -> None:
    page = group(ada)
    join(benoit, invitation(page))
    finish(benoit)
    many(site, page.path, ['=HYPERLINK("x")', "+1", "@a", "-2", 'Guil"lemet'])
    answer = ada.client.get(f"{page.path}/progress.csv")
    assert answer.mimetype == "text/csv" and "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="progress.csv"'
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["Nom affiché", "Là depuis", "Écouter", "Parler", "Unités terminées", "Terminé le"]
    day = now().date().isoformat()
    assert ["Benoît", day, "terminée", "terminée", "2", day] in rows
    assert ['\'=HYPERLINK("x")', day, "pas commencée", "pas commencée", "0", ""] in rows
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert len(rows) == 7


def test_a_trainer_learns_nothing_but_states(ada: Browser, benoit: Browser, site: Flask) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    page.form("/une-fois/attempts").submit(text="le canari chante à minuit", consent="yes")
    choose(benoit.get("/learning/reperes/ecouter/se-taire"), "qui-decide", "Moi")
    group_page = group(ada)
    join(benoit, invitation(group_page))
    for path in ("/progress", "/progress.csv", ""):
        served = ada.client.get(f"{group_page.path}{path}").get_data(as_text=True)
        for word in ("canari", "Moi.", "qui-decide", "se-taire", "Qui décide", "\u202f%"):
            assert word not in served, (path, word)


def test_who_is_where_costs_the_same_in_any_crowd(ada: Browser, site: Flask) -> None:
    page = group(ada)
    many(site, page.path, ["Un"])
    counts = []
    for _ in range(2):
        ada.get(f"{page.path}/progress")
        with counting(site) as statements:
            ada.get(f"{page.path}/progress")
        counts.append(len(statements))
        if len(counts) == 1:
            crowd(site, 300)
            with site.app_context():
                many_more(site, page.path)
    assert counts == [4, 4]
    assert not any(" step" in one or " reflection" in one for one in statements)


def test_only_ones_own_cohorts(ada: Browser, signed_in: Enter, benoit: Browser) -> None:
    page = group(ada)
    for path in (f"{page.path}/progress", f"{page.path}/progress.csv"):
        assert signed_in("Dalia").get(path).status == 404
        assert benoit.get(path).status == 404
        assert signed_in("Émile").get(path).status == 200
