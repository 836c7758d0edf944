"""Writing one text: saved as a draft and checked, and nobody's work written over."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browse import FORGED, Browser
from tests.web.desk import AFTER, BEFORE, COURSE, EN, FR, save, text, written

Enter = Callable[[str], Browser]


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser, site: Flask) -> None:
    page = ada.get("/authoring/").follow("Écouter")
    assert page.status == 200 and page.heading() == "Écouter"
    assert "Rien à corriger" in page.text and "Comme en ligne" in page.text
    page = save(ada)
    assert page.status == 200 and AFTER in written(page)
    assert "Enregistré comme brouillon" in page.text and "Brouillon, pas encore publié" in page.text
    assert BEFORE in Browser(site).get("/learning/reperes/ecouter/se-taire").text
    drafts = site.config["ELEARN"].drafts
    assert AFTER in (drafts / FR).read_text("utf-8")
    assert not site.config["ELEARN"].own_content.exists()


def test_a_problem_is_told_with_its_line(ada: Browser) -> None:
    page = save(ada, "- (x) La personne.", "- ( ) La personne.")
    number = written(page).splitlines().index("### Qui décide de ce qui est dit ? {.choix-unique #qui-decide}") + 1
    assert "1 point à corriger" in page.text and "E200" in page.text
    assert [one.get("data-line") for one in page.all("a") if one.get("data-line")] == [str(number)]
    assert "Qui décide de ce qui est dit" in page.all("ol", **{"class": "problems"})[0].find(".//code").text  # type: ignore


def test_problems_of_other_texts_are_counted(ada: Browser) -> None:
    save(ada, "- (x) La personne.", "- ( ) La personne.")
    page = ada.get(text("courses/reperes/02-parler/fr.md"))
    assert "Rien à corriger" in page.text and "1 autre fichier est à corriger aussi" in page.text
    page = page.follow("1 autre fichier")
    assert "E200" in page.text and "Écouter" in page.text


def test_who_saves_after_someone_else_loses_nothing(ada: Browser, signed_in: Enter) -> None:
    page = ada.get(text())
    dalia = signed_in("Dalia")
    save(dalia, BEFORE, "Le silence de Dalia.")
    answer = page.form(FR).submit(text=written(page).replace(BEFORE, "Le silence d'Ada."))
    assert answer.status == 409 and answer.title.startswith("Erreur")
    assert "Le silence d'Ada." in written(answer)
    assert any("Le silence de Dalia." in (one.text or "") for one in answer.all("pre", **{"class": "theirs"}))
    assert "Le silence de Dalia." in written(dalia.get(text()))
    page = answer.form(FR).submit()
    assert page.status == 200 and "Le silence d'Ada." in written(page)


def test_the_same_text_saved_by_two_is_no_clash(ada: Browser, signed_in: Enter) -> None:
    page = ada.get(text())
    save(signed_in("Dalia"))
    assert page.form(FR).submit(text=written(page).replace(BEFORE, AFTER)).status == 200


def test_a_form_sent_twice_is_saved_once(ada: Browser) -> None:
    form = ada.get(text()).form(FR)
    changed = form.values()["text"][0].replace(BEFORE, AFTER)
    assert form.submit(text=changed).status == form.submit(text=changed).status == 200


def test_what_is_as_published_is_no_draft(ada: Browser, site: Flask) -> None:
    save(ada)
    page = save(ada, AFTER, BEFORE)
    assert "c'est exactement ce qui est en ligne" in page.text
    assert not (site.config["ELEARN"].drafts / FR).exists()


def test_lines_of_a_browser_are_kept_as_lines(ada: Browser, site: Flask) -> None:
    page = ada.get(text())
    page.form(FR).submit(text=written(page).replace(BEFORE, AFTER).replace("\n", "\r\n") + "\r\n\r\n")
    body = (site.config["ELEARN"].drafts / FR).read_bytes()
    assert b"\r" not in body and body.endswith(b"?\n") and not body.endswith(b"\n\n")


def test_a_draft_is_given_up(ada: Browser) -> None:
    page = save(ada).form("/removal").submit()
    assert BEFORE in written(page) and "Comme en ligne" in page.text


def test_a_translation_begins_with_the_source(ada: Browser, site: Flask) -> None:
    path = "courses/reperes/02-parler/en.md"
    page = ada.get("/authoring/").follow("Traduire : English")
    assert page.path == text(path) and "Pas encore enregistré" in page.text
    assert written(page).startswith('---\ntitle: "Parler"\n') and "{.appariement #relier}" in written(page)
    page = page.form(path).submit(text=written(page).replace('"Parler"', '"Speaking"').replace("# Parler", ""))
    assert page.status == 200 and page.heading() == "Speaking"
    drafts = site.config["ELEARN"].drafts
    assert (drafts / path).exists() and "relier:" in (drafts / path).with_suffix(".sync.yaml").read_text("utf-8")


def test_a_translation_that_was_read_again_is_no_longer_behind(ada: Browser) -> None:
    page = ada.get(text(EN))
    page = page.form(EN).submit(read="yes")
    save(ada, "- (x) La personne.", "- (x) La personne elle-même.")
    page = ada.get(text(EN))
    assert "T305" in page.text and "qui-decide" in page.text
    page = page.form(EN).submit()
    assert "T305" in page.text
    page = page.form(EN).submit(read="yes")
    assert "T305" not in page.text


ELSEWHERE = (
    "../keys/secret.md",
    "courses/reperes/../../secret.md",
    "courses/reperes/01-ecouter/../fr.md",
    "courses/reperes/01-ecouter/de.md",
    "courses/reperes/99-rien/fr.md",
    "courses/autre/01-ecouter/fr.md",
    "courses/reperes/01-ecouter/media/x.png",
    "courses/reperes/01-ecouter/.fr.md",
    "README.md",
    "site.yaml",
    "help-lines.yaml",
    "x" * 2000 + ".md",
)


def test_asvs_5_3_2_other_places_cannot_be_written(ada: Browser, site: Flask) -> None:
    token = ada.get(text()).form(FR).values()["csrf_token"][0]
    for path in ELSEWHERE:
        assert ada.get(text(path)).status == 404, path
        answer = ada.client.post(text(path), data={"csrf_token": token, "text": "x", "base": ""}, headers=FORGED)
        assert answer.status_code == 404, path
    assert not site.config["ELEARN"].drafts.exists()


def test_only_an_admin_writes_what_rules_the_site(ada: Browser, signed_in: Enter) -> None:
    assert not any("site.yaml" in link for link in ada.get("/authoring/").links)
    page = signed_in("Émile").get("/authoring/").follow("Le site : langues")
    assert page.status == 200 and "langue_source" in written(page)


def test_a_text_that_is_too_long_stays_in_the_field(ada: Browser, site: Flask) -> None:
    page = ada.get(text())
    answer = page.form(FR).submit(text="é" * 100_001)
    assert answer.status == 422 and "200 ko" in answer.text
    assert written(answer) == "é" * 100_001
    assert not site.config["ELEARN"].drafts.exists()


TYPED = (
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "\x00",
    "---\n---\n---",
    "",
    "\n\n\nx",
    "\u202e",
)


def test_whatever_is_typed_is_shown_as_text(ada: Browser) -> None:
    for words in TYPED:
        page = ada.get(text()).form(FR).submit(text=words)
        assert page.status == 200, words
        assert not [one for one in page.all("script") if "alert" in "".join(one.itertext())]
        assert ada.get(f"/authoring/previews/{FR}").status == 200
        assert ada.get("/authoring/").status == 200


def test_the_rest_can_be_written_too(ada: Browser) -> None:
    page = save(ada, "Premiers repères", "Tout premiers repères", path=COURSE)
    assert page.heading() == "Tout premiers repères"
    page = save(ada, "Silence leaves room.", "Silence gives room.", path=EN)
    assert page.status == 200 and "Rien à corriger" in page.text


def test_a_form_without_its_token_is_refused(ada: Browser, site: Flask) -> None:
    for path in (text(), f"/authoring/drafts/{FR}/removal", "/authoring/publications", "/authoring/withdrawals"):
        assert ada.client.post(path, data={"text": "x"}, headers=FORGED).status_code == 400
    assert not site.config["ELEARN"].drafts.exists()


def test_what_needs_no_decision_is_repaired_at_a_press(ada: Browser, site: Flask) -> None:
    page = save(ada, "{.choix-unique #qui-decide}", "{.choix-unique}")
    assert "E132" in page.text and "Enregistrer et réparer 1 point" in page.text
    form = page.form(FR)
    typed = form.values()["text"][0].replace(BEFORE, AFTER).replace("- ( ) ", "– ( ) ", 1)
    page = form.submit(text=typed, go="mend")
    assert page.status == 200 and "2 endroits réparés" in page.text and "Enregistrer et réparer" not in page.text
    assert AFTER in written(page) and "– ( )" not in written(page) and "{.choix-unique #q-" in written(page)
    shown = page.all("dl", **{"class": "compared"})[0]
    assert "– ( )" in "".join(shown.itertext()) and "#q-" in "".join(shown.itertext())  # type: ignore[attr-defined]
    assert written(form.submit(text=typed, go="mend")) == written(page)
    assert written(page).encode() == (site.config["ELEARN"].drafts / FR).read_bytes()
    assert "Rien à réparer sans vous" in page.form(FR).submit(go="mend").text


def test_a_repair_writes_over_nobody(ada: Browser, signed_in: Enter) -> None:
    form = ada.get(text()).form(FR)
    save(signed_in("Dalia"), BEFORE, "Le silence de Dalia.")
    answer = form.submit(go="mend")
    assert answer.status == 409 and "Le silence de Dalia." in written(ada.get(text()))
