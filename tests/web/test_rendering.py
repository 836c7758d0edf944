"""Templates are compiled once a language: fixed words and icons are part of the text, and each page is in its own."""

import pytest
from flask import Flask

from tests.browse import Browser
from tests.web.test_section import SECTION


@pytest.mark.parametrize(("lang", "words"), [("fr", "Toutes les sections"), ("en", "All sections")])
def test_words_icons_and_addresses_are_fixed_when_a_template_is_compiled(app: Flask, lang: str, words: str) -> None:
    with app.test_request_context("/"):
        templates = app.jinja_env.in_language(lang)  # type: ignore[attr-defined]
        source = templates.loader.get_source(templates, "learning/section.html")[0]
        code = templates.compile(source, "learning/section.html", "section.html", raw=True)
        frame = templates.loader.get_source(templates, "base.html")[0]
        assert "/static/css/base." in templates.compile(frame, "base.html", "base.html", raw=True)
    assert words in code
    assert "icon-print" in code
    assert "Toutes les sections" not in code or lang == "fr"


def test_a_page_is_in_the_language_of_who_reads_it(visitor: Browser) -> None:
    assert "Toutes les sections" in visitor.get(SECTION).text
    visitor.get("/").form("/language").submit(language="en")
    page = visitor.get(SECTION)
    assert "All sections" in page.text and "Toutes les sections" not in page.text


def test_words_with_marks_of_html_are_escaped_once(app: Flask) -> None:
    with app.test_request_context("/"):
        made = app.jinja_env.in_language("fr").from_string('{{ _("Besoin d\'aide maintenant ?") }}')  # type: ignore[attr-defined]
        assert made.render() == "Besoin d'aide maintenant\u202f?"
