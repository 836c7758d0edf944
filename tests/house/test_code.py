"""What the code may not do, read from its syntax tree; each check is shown a line that it refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

import pytest

from elearn.config import ROOT
from tests.house import checks

Sources = Mapping[str, str]
RUNS_SQL = {"execute", "executemany", "executescript", "exec_driver_sql", "text", "scalar", "scalars"}
WRITTEN_THERE = {
    "elearn/store/base.py": {"PRAGMA"},
    "elearn/store/health.py": {"PRAGMA", "SHOW"},
    "elearn/store/dump.py": {"SELECT count(*)"},
    "elearn/services/erasure.py": {"VACUUM"},
}
"""Files that put words of their own (names of settings and of tables), and none of anybody else's, into a statement."""
READERS = {"pickle", "marshal", "shelve", "dill", "jsonpickle"}
RUNS_CODE = {"eval", "exec", "compile", "__import__"}
FULL_YAML = {"unsafe_load", "full_load", "unsafe_load_all", "full_load_all", "load", "load_all"}
FETCHES = {"urllib.request", "urllib3", "http.client", "requests", "httpx", "aiohttp", "ftplib", "socket", "telnetlib"}
CIPHERS = {"Crypto", "Cryptodome", "nacl", "OpenSSL", "rsa", "pyaes", "ecdsa"}
WEAK = {"md5", "sha1", "DES", "TripleDES", "ARC4", "ECB", "CBC", "RC4"}
VISITORS = ("elearn/web/", "elearn/services/", "elearn/store/", "elearn/core/", "elearn/app.py")


def nodes(sources: Sources) -> Iterator[tuple[str, ast.AST]]:
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            yield f"{path}:{getattr(node, 'lineno', 0)}", node


def called(node: ast.AST) -> str:
    """The last word of what is called; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {one.name for one in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return set()


def pieced_together(sources: Sources) -> list[str]:
    """Statements made of pieces of text."""
    found = []
    for where, node in nodes(sources):
        if called(node) in RUNS_SQL and isinstance(node, ast.Call) and node.args and _pieces(node.args[0]):
            allowed = WRITTEN_THERE.get(where.partition(":")[0], set())
            if not any(word in ast.unparse(node.args[0]) for word in allowed):
                found.append(where)
    return found


def _pieces(word: ast.expr) -> bool:
    if isinstance(word, ast.Call):
        return called(word) in {"format", "join", "replace"} and isinstance(word.func, ast.Attribute)
    mixed = isinstance(word, ast.BinOp) and isinstance(word.op, ast.Add | ast.Mod)
    return isinstance(word, ast.JoinedStr) or mixed


def unsafe_readers(sources: Sources) -> list[str]:
    found = []
    for where, node in nodes(sources):
        run = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS_CODE
        attribute = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        of_yaml = attribute is not None and attribute.attr in FULL_YAML and ast.unparse(attribute.value) == "yaml"
        if run or of_yaml or imported(node) & READERS:
            found.append(where)
    return found


def templates_from_text(sources: Sources) -> list[str]:
    return [
        where for where, node in nodes(sources) if called(node) in {"render_template_string", "from_string", "Template"}
    ]


def fetchers(sources: Sources) -> list[str]:
    """Where a part that serves visitors could open a line to elsewhere."""
    return [where for where, node in nodes(sources) if where.startswith(VISITORS) and imported(node) & FETCHES]


def other_ciphers(sources: Sources) -> list[str]:
    return [
        where
        for where, node in nodes(sources)
        if {name.partition(".")[0] for name in imported(node)} & CIPHERS or called(node) in WEAK
    ]


def uploads(sources: Sources) -> list[str]:
    return [
        where
        for where, node in nodes(sources)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "request.files"
    ]


def whole_forms(sources: Sources) -> list[str]:
    """Where every field that was posted is taken at once."""
    words = ("request.form.items", "request.form.to_dict", "request.values", "**request.form", "populate_obj")
    return [
        where
        for where, node in nodes(sources)
        if isinstance(node, ast.Call) and any(w in ast.unparse(node) for w in words)
    ]


@pytest.fixture(scope="module")
def sources() -> Sources:
    return checks.python_sources(ROOT)


def test_asvs_1_2_4_no_statement_is_put_together_from_text(sources: Sources) -> None:
    assert pieced_together(sources) == []


def test_asvs_1_5_2_nothing_makes_objects_or_code_from_bytes(sources: Sources) -> None:
    assert unsafe_readers(sources) == []


def test_asvs_1_3_7_no_template_is_made_from_text(sources: Sources) -> None:
    assert templates_from_text(sources) == []


def test_asvs_1_3_6_what_serves_visitors_opens_no_line_elsewhere(sources: Sources) -> None:
    assert fetchers(sources) == []


def test_asvs_11_2_1_ciphers_come_from_one_library_and_none_is_broken(sources: Sources) -> None:
    assert other_ciphers(sources) == []
    users = [path for path, text in sources.items() if "from cryptography" in text]
    assert users, "a check that finds no cipher at all has not looked"


def test_asvs_3_2_1_files_are_sent_on_known_pages_only(sources: Sources) -> None:
    """By trainers, as drafts of texts and media (tests/web/test_authoring_transfer.py); by anyone, to be verified and
    forgotten (test_verify_file.py); by admins, a logo or a signature (test_administration_organisations.py)."""
    known = {"authoring/transfer.py", "verifying.py", "administration/organisations.py"}
    assert {where.partition(":")[0].removeprefix("elearn/web/") for where in uploads(sources)} == known
    templates = (ROOT / "elearn/web/templates").rglob("*.html")
    sending = {path.name for path in templates if "multipart" in path.read_text("utf-8")}
    assert sending == {"upload.html", "file.html", "organisation.html"}


def test_asvs_15_3_3_no_form_is_taken_whole(sources: Sources) -> None:
    assert whole_forms(sources) == []


CASES: dict[str, tuple[Callable[[Sources], list[str]], str]] = {
    "an f-string": (pieced_together, 'tx.execute(f"SELECT {name}")'),
    "a sum": (pieced_together, 'tx.execute(text("SELECT " + name))'),
    "a per cent": (pieced_together, 'connection.exec_driver_sql("SELECT %s" % name)'),
    "a format": (pieced_together, 'tx.execute("SELECT {}".format(name))'),
    "pickle": (unsafe_readers, "import pickle"),
    "from pickle": (unsafe_readers, "from pickle import loads"),
    "full yaml": (unsafe_readers, "yaml.load(text)"),
    "eval": (unsafe_readers, "eval(text)"),
    "a template from text": (templates_from_text, "render_template_string(name)"),
    "a template of jinja": (templates_from_text, "environment.from_string(name)"),
    "a fetch": (fetchers, "import urllib.request"),
    "a socket": (fetchers, "from socket import create_connection"),
    "another cipher": (other_ciphers, "from Crypto.Cipher import AES"),
    "an old hash": (other_ciphers, "hashlib.md5(text)"),
    "an upload": (uploads, 'request.files["x"]'),
    "a whole form": (whole_forms, "Person(**request.form)"),
    "a dictionary": (whole_forms, "values.update(request.form.to_dict())"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_check_speaks(name: str) -> None:
    check, faulty = CASES[name]
    assert check({"elearn/web/x.py": "tx.execute(select(Person))\nyaml.parse(text)\nrequest.form.get('a')"}) == []
    assert check({"elearn/web/x.py": faulty}) != []
