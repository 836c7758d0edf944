"""A unit as one HTML file: valid, whole, readable in order, nothing loaded from elsewhere, no key unless asked."""

import re
from base64 import b64encode
from itertools import pairwise

import html5lib
import pytest

from elearn.core.check import check_site
from elearn.core.course import Unit
from elearn.core.printed_unit import printed_unit
from elearn.store.content_folder import read_folder
from tests import shipped
from tests.core.sample import GOOD, TODAY, UNIT, build

SITE = check_site(read_folder(shipped.some()), TODAY)
PNG = b"\x89PNG\r\n\x1a\n an image"


@pytest.fixture(scope="module")
def unit() -> Unit:
    text = GOOD[UNIT].replace("Un texte simple.", "Un texte simple. ![Deux mains](media/x.png)")
    made = build({UNIT: text, UNIT.replace("fr.md", "media/x.png"): PNG})
    assert made.ok
    return made.units["reperes", "parler", "fr"]


def images(unit: Unit) -> dict[str, bytes]:
    return dict.fromkeys(re.findall(r"[0-9a-f]{64}\.png", printed_unit_raw(unit)), PNG)


def printed_unit_raw(unit: Unit) -> str:
    return "".join(block.html.decode() for s in unit.sections for block in s.blocks if hasattr(block, "html"))


def test_it_works(unit: Unit) -> None:
    page = printed_unit(unit, images(unit))

    for words in ("<h1>Parler de soi", "Qui décide de ce qui est partagé", "Associez", "Une note.", "Leamy", "Croire"):
        assert words in page
    assert f"data:image/png;base64,{b64encode(PNG).decode()}" in page


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("where", SITE.units, ids="-".join)
def test_every_unit_of_the_site_is_valid_and_alone(where: tuple[str, str, str], key: bool) -> None:
    page = printed_unit(SITE.units[where], {}, key)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)

    assert tree.get("lang") == where[2]
    levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.iter():
        assert element.tag not in ("script", "link", "iframe", "object", "form", "input")
        assert not any(name.startswith("on") for name in element.keys())  # noqa: SIM118
        assert (element.get("src") or "data:").startswith("data:")
        if (target := element.get("href")) is not None:
            assert target.startswith(("https://", "http://", "mailto:", "#")), target
            assert target[0] != "#" or target[1:] in ids, target
    assert "url(" not in page and "@import" not in page


SECRETS = (
    "le consentement reste révocable",
    "la divulgation sert le lien",
    "un soir, j'ai attendu",
    "vous choisissez.",
)


def test_the_key_is_there_only_when_asked(unit: Unit) -> None:
    without, with_key = printed_unit(unit, {}), printed_unit(unit, {}, key=True)

    for secret in SECRETS:
        assert secret not in without
        assert secret in with_key
    assert "Corrigé" in with_key and "Corrigé" not in without
    assert re.search(r"Espoir : [A-C]", with_key)


def test_the_order_shown_is_not_the_right_one_for_every_question(unit: Unit) -> None:
    page = printed_unit(unit, {})
    listed = [page.index(f"<div>{words}</div>") for words in ("Demander", "Raconter", "Demander encore")]
    targets = [page.index(f"<li>{words}</li>") for words in ("Croire", "Vouloir", "Obéir")]

    assert listed != sorted(listed) or targets != sorted(targets)


def test_what_is_shown_in_another_language_says_so() -> None:
    made = build({UNIT.replace("fr.md", "en.md"): GOOD[UNIT.replace("fr.md", "en.md")].split("## To end")[0]})
    page = printed_unit(made.units["reperes", "parler", "en"], {})

    assert '<html lang="en">' in page
    assert re.search(r'<section lang="fr"><h2 id="fin-de-parcours">Pour finir', page)
