"""Every French message of the interface has an English one, and the compiled catalogue is really found."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from elearn.config import ROOT
from elearn.web.i18n import COOKIE, gettext
from tests.house import checks

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
ENGLISH = ROOT / "elearn/translations/en/LC_MESSAGES/messages.po"


def wanted() -> Catalog:
    catalog = Catalog()
    for _file, _line, message, comments, _context in extract_from_dir(str(ROOT / "elearn"), METHODS, keywords=KEYWORDS):
        catalog.add(message, None, auto_comments=comments)
    return catalog


def translated() -> dict[str, object]:
    catalog = read_po(BytesIO(ENGLISH.read_bytes()), locale="en")
    return {(one.id if isinstance(one.id, str) else one.id[0]): one for one in catalog if one.id}


def test_messages_are_found() -> None:
    """`pybabel extract` with wrong patterns finds nothing and is content: so count, and look for one."""
    found = {one.id for one in wanted()}
    assert len(found) > 100
    assert any("aide" in name for name in found if isinstance(name, str))


def test_english_is_complete_and_confirmed() -> None:
    assert checks.message_gaps((one for one in wanted() if one.id), translated()) == []


@pytest.mark.parametrize(("lang", "same"), [("fr", True), ("en", False)])
def test_catalogue_is_compiled_and_found(app: Flask, lang: str, same: bool) -> None:
    """A missing .mo is silent French."""
    assert Path(ENGLISH).with_suffix(".mo").exists(), "run: make test"
    message = next(name for name, one in translated().items() if isinstance(one.string, str) and one.string != name)
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={lang}"}):
        plain = gettext(message).replace("\u00a0", " ").replace("\u202f", " ")
    assert (plain == message) is same
