"""What of a translation is shown when it lacks something or is late: whole blocks, each in a language that is told."""

from xml.etree.ElementTree import Element

from flask import Flask

from elearn.core.translating import all_digests
from elearn.services.publishing import publish_files
from tests import world
from tests.browse import Browser, Page
from tests.core.test_translating import draft

FR, EN, SYNC = (f"courses/reperes/01-ecouter/{name}" for name in ("fr.md", "en.md", "en.sync.yaml"))
LATE = "This text has changed in its original language; the translation is behind."
QUESTION = "### Who decides what is said?"


def page(site: Flask, section: str, fr: str = world.ECOUTER_FR, en: str = world.ECOUTER_EN) -> Page:
    """The English page of a section, once the two texts are published and the first French one was noted."""
    noted = "".join(f"{name}: {value}\n" for name, value in all_digests(draft(world.ECOUTER_FR)).items())
    with site.app_context():
        files = world.site({FR: fr, EN: en, SYNC: noted})
        assert publish_files(files, site.config["ELEARN"].instance, world.AT).changed
    browser = Browser(site)
    browser.get("/").form("/language").submit(language="en")
    return browser.get(f"/learning/reperes/ecouter/{section}")


def french(within: Element) -> str:
    """All that is said to be in French, but for the names of languages."""
    said = [one for one in within.iter() if one.get("lang") == "fr" and one.tag not in ("html", "button", "a")]
    return " ".join("".join(one.itertext()) for one in said)


def question(found: Page, name: str) -> Element:
    return next(one for one in found.all("div") if one.get("id") == name)


def test_a_translation_that_keeps_up_has_no_note(site: Flask) -> None:
    found = page(site, "se-taire")
    assert LATE not in found.text and french(found.tree) == ""


def test_a_late_question_is_shown_translated_with_a_note(site: Flask) -> None:
    found = page(site, "se-taire", world.ECOUTER_FR.replace("elle décide, et peut", "elle décide et peut"))
    assert found.text.count(LATE) == 1 and "Who decides what is said?" in found.text
    assert french(found.tree) == ""


def test_late_prose_is_shown_translated_with_a_note(site: Flask) -> None:
    found = page(site, "se-taire", world.ECOUTER_FR.replace("Le silence laisse", "Le silence donne"))
    assert found.text.count(LATE) == 1 and "Silence leaves room." in found.text


def test_a_late_opening_is_shown_with_a_note_on_paper_too(site: Flask) -> None:
    changed = world.ECOUTER_FR.replace("On écoute avant de parler", "On écoute, puis on parle")
    found = page(site, "se-taire", changed)
    assert found.text.count(LATE) == 1 and "Listen before you speak." in found.text
    assert found.browser.get("/learning/reperes/ecouter/print").text.count(LATE) == 1


def test_a_question_of_another_shape_is_whole_in_french_and_marked_by_the_source(site: Flask) -> None:
    cut = world.ECOUTER_EN.replace("- ( ) Me.\n  > Not yet: it is not my story.\n", "")
    found = page(site, "se-taire", en=cut)
    one = question(found, "qui-decide")
    words = french(one)
    for said in ("Qui décide de ce qui est dit", "L'équipe.", "La personne.", "Moi.", "De qui est l'histoire"):
        assert said in words, said
    assert "The team" not in found.text and LATE not in found.text
    form = found.form("/qui-decide/attempts")
    right = next(value for label, value in form.choices("answer").items() if "La personne." in label)
    assert "L'histoire appartient à qui l'a vécue" in french(question(form.submit(answer=right), "qui-decide"))


def test_a_block_still_in_the_words_of_the_source_is_said_to_be_in_french(site: Flask) -> None:
    his = world.ECOUTER_FR[world.ECOUTER_FR.index("### Qui décide") : world.ECOUTER_FR.index("### Quels gestes")]
    hers = world.ECOUTER_EN[world.ECOUTER_EN.index(QUESTION) : world.ECOUTER_EN.index("### Which acts")]
    found = page(site, "se-taire", en=world.ECOUTER_EN.replace(hers, his))
    assert "Qui décide de ce qui est dit" in french(question(found, "qui-decide"))
    assert french(question(found, "gestes")) == ""
