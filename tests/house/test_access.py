"""docs/access.md says what the routes and the deeds say. ELEARN_UPDATE=1 writes it anew."""

import os

from flask import Flask

from elearn.config import ROOT
from elearn.web import doors
from tests.house import access

PAGE = ROOT / "docs" / "access.md"


def test_asvs_8_1_1_the_access_matrix_is_written_and_current(app: Flask) -> None:
    wanted = access.page(app)
    if os.environ.get("ELEARN_UPDATE"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == wanted


def test_a_door_that_opens_is_seen(app: Flask) -> None:
    before = access.page(app)
    app.view_functions["cohorts.index"] = doors.public(lambda: "")
    changed = set(access.page(app).splitlines()) - set(before.splitlines())
    assert changed == {"| `/cohorts/` | GET | anyone | yes | yes | yes | yes |  |"}
