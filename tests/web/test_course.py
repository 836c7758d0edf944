"""The catalogue and the page of a course."""

from tests import world
from tests.browse import Browser


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


def finish(browser: Browser) -> None:
    """Answer everything right and read every section, as forms allow."""
    for unit, sections in (("ecouter", ("se-taire", "verifier")), ("parler", ("que-dire",))):
        for section in sections:
            path = f"/learning/reperes/{unit}/{section}"
            for question in world.RIGHT[section]:
                form = browser.get(path).form(f"/{question}/attempts")
                page = form.submit(**right(form))
                assert page.status == 200, page.text
            browser.get(path).form(f"/{section}/readings").submit()


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
