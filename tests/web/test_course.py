"""The catalogue and the page of a course."""

import pytest
from flask import Flask

from tests import world
from tests.browse import Browser, Page


def test_it_works(visitor: Browser) -> None:
    page = visitor.get("/").follow("cours")
    assert page.path == "/learning/"
    page = page.follow("Premiers repères")
    assert page.path == "/learning/reperes"
    assert page.heading() == "Premiers repères"
    for words in ("Écouter", "Parler", "20 min", "deux pairs aidants"):
        assert words in page.text


def test_a_trainee_enrols_and_sees_why_it_is_not_complete(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes").form("/learning/reperes/enrolments").submit()
    assert page.path.startswith("/learning/reperes/ecouter/")
    page = benoit.get("/learning/reperes")
    assert "section pas encore lue" in page.text
    assert "question de sécurité" in page.text
    assert page.follow("question de sécurité").path == "/learning/reperes/ecouter/se-taire"


def test_what_was_never_read_never_tried_and_to_take_up_again_are_told_apart(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/se-taire")
    choose(page, "qui-decide", "Moi")
    choose(page, "gestes", "Conseiller")
    page = benoit.get("/learning/reperes")
    assert "2 sections à lire · 1 question de sécurité à réussir · 0 % pour l'instant, 75 % pour terminer" in page.text
    assert "question de sécurité, à reprendre" in page.text
    assert page.text.count("question pas encore essayée") == 3  # one of them in the other unit
    finish_section(benoit, "ecouter", "se-taire")
    page = benoit.get("/learning/reperes")
    assert "1 section à lire · 50 % pour l'instant, 75 % pour terminer" in page.text
    assert "0 unité terminée sur 2" in page.text


def test_each_section_says_what_is_right_in_it_once_something_was_tried(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/se-taire")
    assert "question juste sur 2" not in page.text
    page = choose(page, "qui-decide", "La personne")
    assert "Pourquoi se taire ? 1 question juste sur 2" in page.text


def test_it_resumes_where_one_stopped(benoit: Browser) -> None:
    benoit.get("/learning/reperes/ecouter").form("/se-taire/readings").submit()
    page = benoit.get("/learning/").follow("Reprendre")
    assert page.path == "/learning/reperes/ecouter/verifier"


def test_progress_moves_with_each_step_and_ends_with_an_attestation(benoit: Browser) -> None:
    finish(benoit)
    page = benoit.get("/learning/reperes")
    assert "section pas encore lue" not in page.text
    assert any(link.startswith("/attestations/new") for link in page.links)
    assert "100" in page.text


def test_a_course_that_does_not_exist(visitor: Browser) -> None:
    assert visitor.get("/learning/nulle-part").status == 404


def test_the_courses_one_follows_come_first_and_only_to_oneself(benoit: Browser, chloe: Browser) -> None:
    benoit.get("/learning/reperes/ecouter").form("/se-taire/readings").submit()
    assert "Reprendre" in benoit.get("/learning/").text
    assert "Reprendre" not in chloe.get("/learning/").text


def choose(page: Page, question: str, words: str) -> Page:
    form = page.form(f"/{question}/attempts")
    return form.submit(answer=next(value for label, value in form.choices("answer").items() if words in label))


def test_a_wrong_first_answer_has_begun_the_unit(benoit: Browser) -> None:
    choose(benoit.get("/learning/reperes/ecouter/se-taire"), "gestes", "Conseiller")
    page = benoit.get("/learning/reperes")
    assert page.text.count("Pas encore commencée") == 1
    assert page.follow("Mes réponses").path == "/learning/reperes/ecouter/answers"


def test_the_end_of_a_unit_says_what_it_lacks_and_what_comes_next(benoit: Browser, visitor: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier").form("/readings").submit()
    assert "Vous êtes au bout de l'unité : Écouter Pour la terminer, il reste :" in page.text
    assert page.follow("Unité suivante : Parler").path == "/learning/reperes/parler/que-dire"
    finish_section(benoit, "ecouter", "se-taire")
    finish_section(benoit, "ecouter", "verifier")
    page = benoit.get("/learning/reperes/ecouter/verifier").form("/readings").submit()
    assert "Unité terminée : Écouter Prenez une pause" in page.text and "Unité suivante : Parler" in page.text
    page = visitor.get("/learning/reperes/ecouter/verifier").form("/readings").submit()
    assert "Vous êtes au bout de l'unité : Écouter Sans compte, rien n'est enregistré" in page.text
    page = page.follow("Unité suivante").form("/readings").submit()
    assert "au bout de l'unité : Parler" in page.text and "Unité suivante" not in page.text


@pytest.mark.parametrize(
    "query", ["told=unit", "told=unit&unit=nulle-part", f"told=unit&unit={'x' * 5000}", "unit=ecouter"]
)
def test_an_end_of_nothing_is_not_told(benoit: Browser, query: str) -> None:
    page = benoit.get(f"/learning/reperes?{query}")
    assert page.status == 200 and "au bout de l'unité" not in page.text


def test_once_issued_the_attestation_is_shown_not_offered(benoit: Browser) -> None:
    finish(benoit)
    page = benoit.get("/learning/reperes").follow("Recevoir mon attestation")
    made = page.form("/attestations/").submit(printed_name="Benoît Roy")
    page = benoit.get("/learning/reperes")
    assert "Recevoir" not in page.text
    assert page.follow("Voir mon attestation").path == made.path
    assert benoit.get("/learning/").follow("Mon attestation").path == made.path


def test_completion_stays_when_the_course_grows(benoit: Browser, site: Flask) -> None:
    from elearn.services.publishing import publish_files

    finish(benoit)
    more = (
        world.PARLER_FR.replace("id: parler", "id: encore").replace("# Parler", "# Encore").replace("Parler", "Encore")
    )
    listed = world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, encore]")
    files = world.site({"courses/reperes/course.yaml": listed, "courses/reperes/03-encore/fr.md": more})
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert outcome.problems == ()
    page = benoit.get("/learning/reperes")
    assert "Cours terminé" in page.text and "Le cours a grandi depuis" in page.text and "100 %" in page.text
    assert page.link("Recevoir mon attestation")
    assert page.follow("Reprendre").path == "/learning/reperes/encore/que-dire"
    assert "Cours terminé" in benoit.get("/learning/").text


def test_the_units_asked_for_are_counted_and_credits_are_in_the_language_read(visitor: Browser, site: Flask) -> None:
    from elearn.services.publishing import publish_files

    said = "credits: [{nom: Aline Roy, role: {fr: rédaction, en: writing}, chapeaux: {fr: paire, en: peer}}]\n"
    course = world.COURSE.replace("unites: toutes", "unites: [ecouter]") + said
    with site.app_context():
        outcome = publish_files(
            world.site({"courses/reperes/course.yaml": course}), site.config["ELEARN"].instance, world.AT
        )
    assert outcome.problems == ()
    page = visitor.get("/learning/reperes")
    assert "1 unité " in page.text and "Aline Roy, rédaction, paire" in page.text
    visitor.get("/").form("/language").submit(language="en")
    assert "Aline Roy, writing, peer" in visitor.get("/learning/reperes").text


def test_who_must_still_read_is_told_before_each_unit_as_it_was_written(visitor: Browser, site: Flask) -> None:
    from elearn.services.publishing import publish_files

    course = world.COURSE.replace("deux pairs aidants", "\"Un organisme d'entraide & d'écoute\"")
    with site.app_context():
        outcome = publish_files(
            world.site({"courses/reperes/course.yaml": course}), site.config["ELEARN"].instance, world.AT
        )
    assert outcome.problems == ()
    for path in ("/learning/reperes", "/learning/reperes/ecouter"):
        assert "pas encore relu par : Un organisme d'entraide & d'écoute" in visitor.get(path).text, path


def test_durations_are_said_as_planned(benoit: Browser) -> None:
    finish(benoit)
    for path in ("/", "/learning/", "/learning/reperes", "/learning/reperes/ecouter/se-taire"):
        text = benoit.get(path).text
        assert "durée prévue : " in text and " environ" not in text, path


def finish_section(browser: Browser, unit: str, section: str) -> None:
    path = f"/learning/reperes/{unit}/{section}"
    for question in world.RIGHT[section]:
        form = browser.get(path).form(f"/{question}/attempts")
        page = form.submit(**right(form))
        assert page.status == 200, page.text
    browser.get(path).form(f"/{section}/readings").submit()


def finish(browser: Browser) -> None:
    """Answer everything right and read every section, as forms allow."""
    for unit, sections in (("ecouter", ("se-taire", "verifier")), ("parler", ("que-dire",))):
        for section in sections:
            finish_section(browser, unit, section)


WORDS = {
    "qui-decide": ["La personne"],
    "gestes": ["Attendre", "Reformuler"],
    "ordre": ["Accueillir", "Écouter", "Reformuler"],
    "relier": {"Avant": "Demander", "Pendant": "Partager", "Après": "Demander encore"},
}


def right(form) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """The right answer to a question of the small site, found by its words."""
    name = form.action.split("/")[-2]
    if name == "taire-ecouter":
        return {"answer": "0"}
    labels = [" ".join("".join(one.itertext()).split()) for one in form.element.iter("label")]
    if name in ("qui-decide", "gestes"):
        choices = form.choices("answer")
        return {"answer": [next(value for label, value in choices.items() if word in label) for word in WORDS[name]]}
    if name == "ordre":
        return {
            f"place-{shown}": str(next(n for n, word in enumerate(WORDS[name]) if word in label))
            for shown, label in enumerate(labels)
        }
    pairs: dict[str, str] = WORDS[name]  # type: ignore[assignment]
    return {
        f"pair-{shown}": form.choices(f"pair-{shown}")[next(r for left, r in pairs.items() if left in label)]
        for shown, label in enumerate(labels)
    }
