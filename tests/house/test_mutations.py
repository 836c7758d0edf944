"""Each check of the house is shown to speak: given something sound it is silent, given a named fault it is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Message
from flask import Flask

from elearn.config import Setting
from elearn.core.inventory import Topic
from elearn.store.base import Care
from elearn.web.doors import UnmarkedRoute, close_by_default, public
from tests.house import checks

KINDS = {"cloze": ("texte-a-trous", "cloze")}
KIND_FILES = {
    "elearn/core/questions/cloze.py": "",
    "elearn/core/questions/__init__.py": 'KINDS = {"cloze": cloze}',
    "elearn/web/templates/questions/cloze.html": "",
    "tests/core/questions/test_cloze.py": "",
    "docs/writing-units.md": "## Texte à trous `.texte-a-trous`\n",
    "content/courses/ecrire-une-unite/01-u/fr.md": "### Complétez {.texte-a-trous #c}\n",
}
CONTRACTS = {
    "tool": {
        "importlinter": {
            "contracts": [
                {"id": "floors"},
                {"id": "core-is-pure"},
                {"id": "blueprints-apart", "modules": ["elearn.web.site"]},
                {"id": "kinds-apart", "modules": ["elearn.core.questions.cloze"]},
            ]
        }
    }
}
BLUEPRINT, KIND = 'bp = Blueprint("x")', "class X(Kind):"
PACKAGES = {
    "elearn/web/site.py": BLUEPRINT,
    "elearn/web/doors.py": "",
    "elearn/core/questions/base.py": "",
    "elearn/core/questions/cloze.py": KIND,
}
PORT = {"port": Setting("8080", "port to listen on")}
PORT_ROW = "| `ELEARN_PORT` | `8080` | port to listen on |\n"
MAP = "# House\n\n```\nelearn/\n  app.py     makes it\n  core/      rules\n    course.py  records\ndocs/\n```\n"
TREE = ["elearn/app.py", "elearn/core/course.py", "elearn/core/__init__.py", "docs/house.md"]
CARE = Care("account", "personal", "contract", "as long as the account", "yes", "deleted")
KEPT = Care("account", "personal", "contract", "{keep} after", "yes", "deleted", keep_days=90)
BOTH = {"fr": "mots", "en": "words"}
WORDS = Topic(BOTH, BOTH, BOTH, BOTH)
SAYS_DAYS = Topic(BOTH, BOTH, {"fr": "{keep}", "en": "{keep}"}, BOTH)


def without(files: dict[str, str], path: str) -> dict[str, str]:
    return {name: text for name, text in files.items() if name != path}


def table(info: dict[str, Any]) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("person", metadata, sa.Column("name", sa.String, info=info))
    return metadata


def routes(door: str | None, address: str = "/help") -> list[str]:
    app = Flask("mutant", static_folder=None)
    app.add_url_rule(address, "help", lambda: "")
    if door:
        app.view_functions["help"].door = door  # type: ignore[attr-defined]
    return checks.route_lines(app)


def message(string: str = "Help", flags: tuple[str, ...] = ()) -> dict[str, Message]:
    return {"Aide": Message("Aide", string, flags=flags)}


WANTED = [Message("Aide")]

CASES: dict[str, tuple[Callable[..., list[str]], tuple[Any, ...], tuple[Any, ...]]] = {
    "a query commits": (
        checks.commits_elsewhere,
        ({"elearn/services/accounts.py": "tx.commit()", "elearn/store/accounts.py": "tx.flush()"},),
        ({"elearn/store/accounts.py": "def f(tx):\n    tx.commit()"},),
    ),
    "a view commits by leaving a block": (
        checks.commits_elsewhere,
        ({"elearn/web/site.py": "with engine.connect() as c:\n    c.execute(q)"},),
        ({"elearn/web/site.py": "with engine.begin() as c:\n    c.execute(q)"},),
    ),
    "a query says COMMIT in SQL": (
        checks.commits_elsewhere,
        ({"elearn/store/accounts.py": "c.exec_driver_sql('SELECT 1')"},),
        ({"elearn/store/accounts.py": "c.exec_driver_sql('commit')"},),
    ),
    "the core opens a file": (
        checks.files_opened,
        ({"elearn/core/parse.py": "text.splitlines()"},),
        ({"elearn/core/parse.py": "with open(path) as file: pass"},),
    ),
    "the core reads a path": (
        checks.files_opened,
        ({"elearn/core/parse.py": "path.name"},),
        ({"elearn/core/parse.py": "path.read_text()"},),
    ),
    "elearn check loads Flask": (
        checks.loaded_in_vain,
        (["elearn.core.check", "yaml", "flask_free"],),
        (["elearn.core.check", "flask.app"],),
    ),
    "a blueprint outside the contract": (
        checks.contract_gaps,
        (CONTRACTS, PACKAGES),
        (CONTRACTS, PACKAGES | {"elearn/web/learning.py": BLUEPRINT}),
    ),
    "a kind outside the contract": (
        checks.contract_gaps,
        (CONTRACTS, PACKAGES),
        (CONTRACTS, PACKAGES | {"elearn/core/questions/scale.py": KIND}),
    ),
    "the contract of the floors is gone": (
        checks.contract_gaps,
        (CONTRACTS, PACKAGES),
        ({"tool": {"importlinter": {"contracts": CONTRACTS["tool"]["importlinter"]["contracts"][1:]}}}, PACKAGES),
    ),
    "a setting without its row": (checks.settings_gaps, (PORT_ROW, PORT), ("", PORT)),
    "a row without its setting": (checks.settings_gaps, (PORT_ROW, PORT), (PORT_ROW, {})),
    "a default that changed": (checks.settings_gaps, (PORT_ROW, PORT), (PORT_ROW.replace("8080", "8000"), PORT)),
    "a column without care": (checks.careless_columns, (table(CARE("the name shown")),), (table({}),)),
    "a column without erasure": (
        checks.careless_columns,
        (table(CARE("the name shown")),),
        (table(CARE("the name shown") | {"erasure": ""}),),
    ),
    "a column of an unknown class": (
        checks.careless_columns,
        (table(CARE("the name shown")),),
        (table(CARE("the name shown") | {"klass": "whatever"}),),
    ),
    "a column without topic": (
        checks.careless_columns,
        (table(CARE("the name shown")),),
        (table(CARE("the name shown") | {"topic": ""}),),
    ),
    "a topic without words": (
        checks.inventory_gaps,
        (table(CARE("x")), {"account": WORDS}, ()),
        (table(CARE("x")), {}, ()),
    ),
    "a topic in one language": (
        checks.inventory_gaps,
        (table(CARE("x")), {"account": WORDS}, ()),
        (table(CARE("x")), {"account": replace(WORDS, why={"fr": "mots"})}, ()),
    ),
    "a time to keep without a rule": (
        checks.inventory_gaps,
        (table(KEPT("x")), {"account": SAYS_DAYS}, {"person"}),
        (table(KEPT("x")), {"account": SAYS_DAYS}, ()),
    ),
    "a rule without a time to keep": (
        checks.inventory_gaps,
        (table(CARE("x")), {"account": WORDS}, ()),
        (table(CARE("x")), {"account": WORDS}, {"person"}),
    ),
    "a page that does not say the time": (
        checks.inventory_gaps,
        (table(KEPT("x")), {"account": SAYS_DAYS}, {"person"}),
        (table(KEPT("x")), {"account": WORDS}, {"person"}),
    ),
    "a column whose words have a number of their own": (
        checks.inventory_gaps,
        (table(KEPT("x")), {"account": SAYS_DAYS}, {"person"}),
        (table(KEPT("x") | {"retention": "90 days"}), {"account": SAYS_DAYS}, {"person"}),
    ),
    "a page that promises an export": (
        checks.inventory_gaps,
        (table(CARE("x")), {"account": WORDS}, ()),
        (table(CARE("x") | {"export": "no: a secret"}), {"account": WORDS}, ()),
    ),
    "an export of nobody's": (
        checks.exports_of_nobody,
        (table(CARE("x")), lambda _table: True),
        (table(CARE("x")), lambda _table: False),
    ),
    "a column without words": (checks.word_gaps, (["name"], ["name"]), (["name"], [])),
    "words of no column": (checks.word_gaps, (["name"], ["name"]), ([], ["name"])),
    "an address disappears": (checks.route_changes, (routes("public"), routes("public")), (routes("public"), [])),
    "an address appears": (checks.route_changes, (routes("public"), routes("public")), ([], routes("public"))),
    "a door opens": (checks.route_changes, (routes("learn"), routes("learn")), (routes("learn"), routes("public"))),
    "a module off the map": (checks.map_gaps, (MAP, TREE), (MAP, [*TREE, "elearn/config.py"])),
    "a folder off the map": (checks.map_gaps, (MAP, TREE), (MAP, [*TREE, "extras/notes.md"])),
    "the map shows what is gone": (checks.map_gaps, (MAP, TREE), (MAP, TREE[1:])),
    "a message without English": (checks.message_gaps, (WANTED, message()), (WANTED, {})),
    "an empty translation": (checks.message_gaps, (WANTED, message()), (WANTED, message(""))),
    "a doubtful translation": (checks.message_gaps, (WANTED, message()), (WANTED, message(flags=("fuzzy",)))),
    "an address in a lock": (checks.addresses, ("flask==3.1.3",), ("flask @ https://example.org/flask.whl",)),
    "an index in a lock": (checks.addresses, ("flask==3.1.3",), ("--index-url somewhere\nflask==3.1.3",)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_check_speaks(name: str) -> None:
    check, sound, faulty = CASES[name]
    assert check(*sound) == []
    assert check(*faulty) != []


@pytest.mark.parametrize("lacking", KIND_FILES)
def test_each_of_the_six_places_of_a_kind_is_asked_for(lacking: str) -> None:
    assert checks.kind_gaps(["cloze"], KINDS, KIND_FILES) == []
    assert len(checks.kind_gaps(["cloze"], KINDS, without(KIND_FILES, lacking))) == 1


def test_a_kind_that_is_not_registered_is_seen() -> None:
    assert checks.kinds_in({"elearn/core/questions/base.py": "", "elearn/core/questions/scale.py": KIND}) == {"scale"}


def test_a_route_without_a_mark_is_refused() -> None:
    """Closed by default: the app is not made at all."""
    app = Flask("mutant", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: ""))
    close_by_default(app)
    app = Flask("mutant", static_folder=None)
    app.add_url_rule("/secret", "secret", lambda: "")
    with pytest.raises(UnmarkedRoute, match="secret"):
        close_by_default(app)


def test_a_table_that_no_migration_makes_is_seen() -> None:
    engine = sa.create_engine("sqlite://")
    declared = table(CARE("the name shown"))
    with engine.connect() as connection:
        assert checks.table_differences(connection, declared) != []
        declared.create_all(connection)
        assert checks.table_differences(connection, declared) == []
        declared.tables["person"].append_column(sa.Column("role", sa.String))
        assert checks.table_differences(connection, declared) != []
    engine.dispose()


def test_the_map_is_read_with_its_folders() -> None:
    found = checks.map_gaps(MAP.replace("  core/", "  heart/"), TREE)
    assert "elearn/heart is on the map and not in the tree" in found
    assert "elearn/core is not on the map" in found
