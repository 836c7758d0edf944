"""The house as it stands, given to every check. What each check would refuse: test_mutations.py."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from elearn.config import ROOT, SETTINGS
from elearn.core.column_words import COLUMN_WORDS, TABLE_WORDS
from elearn.core.inventory import NOTICE_ON, TOPICS, notice_version
from elearn.core.questions import KINDS
from elearn.core.register import BASES, markdown
from elearn.services.retention import RULES, TOLD_FIRST
from elearn.store.base import Base
from elearn.store.inventory import Whose, owned, register_lines, topic_days
from elearn.store.tables import TABLES
from tests.house import checks

NOTICE = ("2026-11-26", "1a83c97b01ef")
REGISTER = ROOT / "docs/privacy/register.md"
ROUTES = Path(__file__).with_name("routes.txt")
KEPT_TEXTS = (".py", ".html", ".md", ".yaml", ".toml", ".txt", ".css", ".js")


def tree() -> dict[str, str]:
    """Every file that belongs to the project: path -> text, where it is text."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text("utf-8") if path.endswith(KEPT_TEXTS) else "" for path in paths}


@pytest.fixture(scope="module")
def there() -> dict[str, str]:
    return tree()


def test_only_services_commit() -> None:
    assert checks.commits_elsewhere(checks.python_sources(ROOT)) == []


def test_core_opens_no_file() -> None:
    assert checks.files_opened(checks.python_sources(ROOT, "elearn/core")) == []


def test_check_loads_no_web(tmp_path: Path) -> None:
    """A trainer's `elearn check` answers fast and needs no database."""
    script = (
        "import sys; from elearn.cli import main\n"
        "status = main(['check', sys.argv[1]]); print(); print(*sorted(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "content")], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout
    assert "elearn.core.check" in done.stderr.split()
    assert checks.loaded_in_vain(done.stderr.split()) == []


def test_question_kinds_are_complete(there: dict[str, str]) -> None:
    kinds = checks.kinds_in(there) | set(KINDS)
    words = {name: kind.words for name, kind in KINDS.items()}
    assert checks.kind_gaps(kinds, words, there) == []


def test_siblings_are_kept_apart(there: dict[str, str]) -> None:
    assert checks.contract_gaps(tomllib.loads(there["pyproject.toml"]), there) == []


def test_settings_are_documented(there: dict[str, str]) -> None:
    assert checks.settings_gaps(there["docs/running.md"], SETTINGS) == []


def test_every_module_with_tables_is_listed(there: dict[str, str]) -> None:
    listed = {f"elearn/store/{module.__name__.rpartition('.')[2]}.py" for module in TABLES}
    assert listed == {path for path, text in there.items() if path.startswith("elearn/store/") and "(Model):" in text}


def test_asvs_14_1_1_every_column_is_in_the_inventory() -> None:
    assert checks.careless_columns(Base.metadata) == []


def test_asvs_14_1_1_pages_and_retention_say_what_columns_declare() -> None:
    assert checks.inventory_gaps(Base.metadata, TOPICS, {*RULES, *TOLD_FIRST}) == []


def test_whatever_can_be_taken_along_is_somebodys() -> None:
    assert checks.exports_of_nobody(Base.metadata, lambda table: owned(table, Whose(0, "")) is not None) == []


def test_every_table_and_column_has_words() -> None:
    assert checks.word_gaps(Base.metadata.tables, TABLE_WORDS) == []
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    assert checks.word_gaps(columns, COLUMN_WORDS) == []
    bases = {column.info["basis"] for table in Base.metadata.tables.values() for column in table.columns}
    assert checks.word_gaps(bases, BASES) == []


def test_the_register_is_current() -> None:
    """ELEARN_UPDATE=1 writes it anew, to be read in the commit."""
    made = markdown(register_lines(), "fr")
    if os.environ.get("ELEARN_UPDATE"):
        REGISTER.write_text(made, encoding="utf-8")
    assert REGISTER.read_text(encoding="utf-8") == made


def test_the_notice_has_a_new_day_when_its_words_change() -> None:
    """Whoever changes the words or a number of days changes both here: the day, and the version that it gives."""
    assert (NOTICE_ON, notice_version(topic_days())) == NOTICE


def test_routes_are_known(app: Flask) -> None:
    """No address disappears or opens unnoticed. ELEARN_UPDATE=1 writes the list anew, to be read in the commit."""
    found = checks.route_lines(app)
    if os.environ.get("ELEARN_UPDATE"):
        ROUTES.write_text("\n".join(found) + "\n", encoding="utf-8")
    assert checks.route_changes(ROUTES.read_text(encoding="utf-8").splitlines(), found) == []


def test_the_map_is_the_tree(there: dict[str, str]) -> None:
    assert checks.map_gaps(there["docs/house.md"], list(there)) == []


@pytest.mark.parametrize("name", ["run", "dev"])
def test_asvs_15_1_2_locks_hold_hashes_and_no_address(there: dict[str, str], name: str) -> None:
    lines = there[f"requirements/{name}.txt"].splitlines()
    assert checks.addresses("\n".join(line for line in lines if not line.startswith("    --hash="))) == []
    assert all("==" in line for line in lines if line[:1].isalpha())
