"""Markdown to cleaned HTML: what is shown, and what never survives."""

import re
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

import pytest

from elearn.core.check import SiteBuild
from elearn.core.course import Prose
from elearn.core.markup import clean, french_spaces
from tests.core.sample import GOOD, UNIT, build

SUITE = "courses/reperes/02-suite/fr.md"


def shown(text: str, lang: str = "fr") -> str:
    """HTML of a unit's only section; English through a translation."""
    source = GOOD[SUITE].replace("Un mot.", text)
    changes = {SUITE: source}
    if lang == "en":
        changes = {SUITE.replace("fr.md", "en.md"): f"---\ntitle: And then\n---\n\n## The end {{#fin}}\n\n{text}\n"}
    unit = build(changes).units["reperes", "suite", lang]
    return b"".join(getattr(block, "html", b"") for block in unit.sections[0].blocks).decode()


def prose(made: SiteBuild) -> str:
    """HTML of the first words of the first section of the good unit."""
    first = made.units["reperes", "parler", "fr"].sections[0].blocks[0]
    assert isinstance(first, Prose)
    return first.html.decode()


@pytest.mark.parametrize(
    ("plain", "spaced"),
    [
        ("Quoi ?", "Quoi\u202f?"),
        ("Oh ! Oui ; non : si", "Oh\u202f! Oui\u202f; non\u00a0: si"),
        ("« Oui »", "«\u00a0Oui\u00a0»"),
        ("« Ça va ? »", "«\u00a0Ça va\u202f?\u00a0»"),
        ("50 % de 10 $", "50\u00a0% de 10\u00a0$"),
        ("Quoi? https://a.example/b?c=1", "Quoi? https://a.example/b?c=1"),
        ("12:30", "12:30"),
        ("", ""),
    ],
)
def test_french_spaces(plain: str, spaced: str) -> None:
    assert french_spaces(plain) == spaced
    assert french_spaces(spaced) == spaced


def test_french_spaces_stay_out_of_code_and_of_english() -> None:
    assert "<code>a : b</code>" in shown("`a : b`")
    assert "why ?" in shown("why ?", "en")


def test_a_callout_says_its_name_in_the_language_of_the_file() -> None:
    text = "> [!CAUTION]\n> Un **mot**."

    assert shown(text) == (
        '<div class="callout caution" role="note">\n<p class="callout-label"><strong>Prudence</strong></p>\n'
        "<p>Un <strong>mot</strong>.</p>\n</div>"
    )
    assert "<strong>Caution</strong>" in shown(text, "en")
    assert shown("> [!TIP] Un mot.").count("Un mot.") == 1


def test_a_callout_with_a_title_of_its_own_is_called_by_it() -> None:
    assert shown("> [!IMPORTANT]\n> **L'essentiel**\n>\n> - Un mot.").startswith(
        '<div class="callout important" role="note">\n<p class="callout-label"><strong>L\'essentiel</strong></p>\n<ul>'
    )
    for text in ("**Un mot** et la suite.", "**Un** et **deux**"):
        assert '<p class="callout-label"><strong>Important</strong></p>' in shown(f"> [!IMPORTANT]\n> {text}")


@pytest.mark.parametrize("text", ["- [@leamy2011]: in English.", "[@leamy2011]: article"])
def test_a_source_followed_by_a_colon_is_cited(text: str) -> None:
    html = shown(text, "en")
    assert "Leamy et al., 2011</a>): " + text.split("]: ")[1] in html and "[@" not in html


def test_asvs_1_2_2_links_lead_where_they_should() -> None:
    html = prose(build())

    assert '<a href="/learning/reperes/suite/fin">' in html
    assert '<a href="/learning/reperes/parler/fin-de-parcours#ordre">' in html
    outward = shown("[a](https://a.example) [b](mailto:a@b.example) [c](/help)")
    assert outward.count("rel=") == 1 and 'rel="noopener noreferrer"' in outward


def test_citations_and_terms_are_listed_at_the_foot() -> None:
    unit = build().units["reperes", "parler", "fr"]
    opening = unit.opening.decode()

    assert '(<a class="citation" href="#ref-leamy2011">Leamy et al., 2011</a>, p.' in opening
    assert (
        unit.references[0]
        .decode()
        .startswith('<span class="reference" id="ref-leamy2011">Leamy, M., Bird, V., Slade, M.')
    )
    assert "445–452" in unit.references[0].decode()
    assert [entry.id for entry in unit.glossary] == ["retablissement", "espoir"]
    assert b"Une note." in unit.footnotes and b'aria-label="Retour au texte"' in unit.footnotes


def test_asvs_5_3_2_an_image_is_named_by_its_content() -> None:
    made = build({UNIT: GOOD[UNIT].replace("Un texte simple.", "![Un chemin](media/x.png)")})
    html = prose(made)

    (name,) = made.media
    assert made.media[name] == "courses/reperes/01-parler/media/x.png"
    assert f'<img src="/media/{name}" alt="Un chemin" loading="lazy">' in html


def test_comments_are_dropped() -> None:
    assert shown("Un <!-- secret --> mot.") == "<p>Un  mot.</p>"
    assert shown("<!-- secret -->\n\nUn mot.") == "<p>Un mot.</p>"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<script>alert(1)</script>a", "a"),
        ('<p style="color:red" onclick="x()" id="main">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<h3 id="ici">a</h3>', '<h3 id="ici">a</h3>'),
        ('<div class="callout evil" role="dialog">a</div>', '<div class="callout">a</div>'),
        ('<img src="https://evil.example/a.png" alt="a">', '<img alt="a">'),
        ("<iframe src=x></iframe><form><input></form>a", "a"),
        ("<!-- a -->b", "b"),
    ],
)
def test_asvs_1_3_5_the_cleaner_has_the_last_word(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](\u00a0javascript:alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    '![a](media/x.png "x" onerror=alert(1))',
    '[a](https://a.example "\\" onmouseover=\\"alert(1)")',
    "[a]: javascript:alert(1)\n\n[a]",
    '<a href="javascript:alert(1)">x</a>',
    "<iframe src=//evil.example></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<style>*{background:url(//evil.example)}</style>",
    "<base href=//evil.example>",
    "<p style='position:fixed' id=x class=y>z",
    "```html onclick=alert(1)\n<script>alert(1)</script>\n```",
    "[@leamy2011, <script>alert(1)</script>]",
    "[a](glossaire:<script>)",
    '[a](unite:"onclick=alert(1))',
    "<!--><script>alert(1)</script>-->",
    "| <script> | a |\n| --- | --- |\n| [x](javascript:1) | <b onclick=1> |",
    "> [!NOTE]<script>alert(1)</script>\n> <img src=x onerror=alert(1)>",
    "[^<script>]: a\n\nb[^<script>]",
    "[<img src=x onerror=alert(1)>](media/k.mp3)",
    "[a](media/k.mp3?onerror=alert(1))",
    '[a](javascript:alert(1)/k.mp3 "x")',
    "[a](//evil.example/k.mp3)",
    "[a](https://evil.example/k.webm)",
    '![a](media/x.png "<script>alert(1)</script>")',
    '![a](//evil.example/x.png "x")',
    "> **Témoignage :** <script>alert(1)</script>\n>\n> — [<b onclick=x>](media/k.yaml)",
    "> **Témoignage :** a\n>\n> — [a](javascript:alert(1)/k.yaml)",
]
TAGS = {
    *("a", "br", "cite", "code", "em", "img", "s", "span", "strong", "sub", "sup"),
    *("blockquote", "div", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
    *("audio", "details", "figcaption", "figure", "summary", "track", "video"),
}
ATTRIBUTES = {
    *("controls", "default", "download", "height", "kind", "label", "loading", "preload", "srclang", "width"),
    "alt",
    "aria-label",
    "class",
    "href",
    "id",
    "lang",
    "rel",
    "role",
    "scope",
    "src",
    "start",
    "tabindex",
    "title",
}


class Watch(HTMLParser):
    """Fails on a tag, an attribute or an address that no unit may show."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES
            if name == "href":
                assert re.match(r"(?:https?://|mailto:|tel:|sms:|/(?!/)|#)", value or "")
            if name == "src":
                assert re.fullmatch(r"/media/[0-9a-f]{64}\.(?:png|mp3|webm)", value or "")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


@pytest.mark.parametrize("text", HOSTILE)
def test_asvs_1_3_1_hostile_text_never_survives(text: str) -> None:
    places = [
        text,
        f"## {text} {{#x}}",
        f"### {text} {{.choix-unique #q}}\n\n{text}\n\n- ( ) {text}\n  > {text}\n- (x) b\n\n> **Indice :** {text}",
        f"### A {{.appariement #r}}\n\n| a | b |\n| --- | --- |\n| {text} | c |\n| d | {text} |",
        f"### A {{.ordre #s}}\n\n1. {text}\n2. b\n3. c\n\n> **Explication :** {text}",
    ]
    spoiled = GOOD[SUITE].replace("Un mot.", "\n\n".join(places))
    made = build({SUITE: spoiled, "glossary/fr.md": f"## A {{#a}}\n\n{text}\n"})
    shown = every_html(made.units["reperes", "suite", "fr"])

    assert shown
    for html in shown:
        Watch().feed(html.decode())


def every_html(value: object) -> list[bytes]:
    if isinstance(value, bytes):
        return [value]
    if isinstance(value, dict):
        return [html for item in value.values() for html in every_html(item)]
    if isinstance(value, list | tuple):
        return [html for item in value for html in every_html(item)]
    parts = fields(value) if is_dataclass(value) else ()
    return [html for part in parts for html in every_html(getattr(value, part.name))]
