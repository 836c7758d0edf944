"""docs/security.md is what the tests prove. ELEARN_UPDATE=1 writes it anew."""

import os

from elearn.config import ROOT
from tests.house import asvs, checks

PAGE = ROOT / "docs" / "security.md"
ONE = (asvs.line("1.2.4", "No statement from pieces."),)
PROOF = {"tests/test_x.py": "def test_asvs_1_2_4_no_pieces() -> None: ...\n"}


def found() -> asvs.Tests:
    return asvs.tests_in(checks.python_sources(ROOT, "tests"))


def test_there_are_sixty_eight_lines() -> None:
    assert len(asvs.LINES) == 68
    items = [item for one in asvs.LINES for item in one.items]
    assert len(items) == len(set(items))


def test_each_line_has_a_test_or_a_reason() -> None:
    lacking = asvs.gaps(asvs.LINES, found())
    assert not lacking, "\n".join(lacking)


def test_the_statement_is_current() -> None:
    wanted = asvs.page(asvs.LINES, found())
    if os.environ.get("ELEARN_UPDATE"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == wanted


def test_the_check_speaks() -> None:
    assert asvs.gaps(ONE, asvs.tests_in(PROOF)) == []
    assert "no test test_asvs_1_2_4_…" in asvs.gaps(ONE, {})[0]
    assert "stands in no line" in asvs.gaps((), asvs.tests_in(PROOF))[0]
    assert "no pieces (`tests/test_x.py`)" in asvs.page(ONE, asvs.tests_in(PROOF))
