"""What keeps the house in order: each check is a function over its input that returns what is wrong, empty when all is
well. `test_house.py` gives them the real tree; `test_mutations.py` gives them a broken one and sees that they speak.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

Sources = Mapping[str, str]
"""Path from the root -> text."""

CARE = ("topic", "purpose", "klass", "basis", "retention", "export", "erasure")
CLASSES = {"open", "internal", "personal", "sensitive", "secret"}
WEB_PARTS = ("flask", "flask_login", "flask_sqlalchemy", "sqlalchemy", "wtforms", "jinja2", "granian")
MAY_COMMIT = ("elearn/services/", "elearn/store/limits.py")
"""limits.py keeps counters in a file of its own, which hold nothing that was promised (docs/adr/0006)."""


def python_sources(root: Path, folder: str = "elearn") -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in (root / folder).rglob("*.py")}


# --- commits


def commits_elsewhere(sources: Sources) -> list[str]:
    """Calls that commit outside the services: `.commit()`, `with engine.begin()`, or the word COMMIT in SQL."""
    found = []
    for path, text in sources.items():
        if not path.startswith(MAY_COMMIT):
            found += [f"{path}:{node.lineno}" for node in ast.walk(ast.parse(text)) if _commits(node)]
    return found


def _commits(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("commit", "begin"):
        return True
    return any(isinstance(word, ast.Constant) and str(word.value).strip().upper() == "COMMIT" for word in node.args)


# --- the core


def files_opened(sources: Sources) -> list[str]:
    """Places in the core that open a file or read one."""
    return [
        f"{path}:{node.lineno}"
        for path, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _opens(node)
    ]


def _opens(call: ast.Call) -> bool:
    """`open(…)`, or what a path offers. A kind's own `read_text` is told apart: it is given what was posted."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("open", "read_bytes", "write_text", "write_bytes") or (name == "read_text" and not call.args)


def loaded_in_vain(modules: Iterable[str]) -> list[str]:
    """Parts of the web that a command of the content should not have loaded."""
    return sorted({name.partition(".")[0] for name in modules} & set(WEB_PARTS))


# --- question kinds


def kind_gaps(kinds: Collection[str], words: Mapping[str, Collection[str]], there: Sources) -> list[str]:
    """What lacks of the six places of a question kind. `words`: spellings of each kind; `there`: path -> text."""
    registry = there.get("elearn/core/questions/__init__.py", "")
    manual = there.get("docs/writing-units.md", "")
    demo = "".join(text for path, text in there.items() if path.startswith("content/courses/ecrire-une-unite/"))
    gaps = []
    for kind in kinds:
        for path in (f"elearn/core/questions/{kind}.py", f"elearn/web/templates/questions/{kind}.html"):
            if path not in there:
                gaps.append(f"{kind}: no {path}")
        if not any(path.startswith("tests/core/") and Path(path).name == f"test_{kind}.py" for path in there):
            gaps.append(f"{kind}: no test file tests/core/…/test_{kind}.py")
        if f'"{kind}"' not in registry:
            gaps.append(f"{kind}: no line in KINDS")
        if not any(re.search(rf"^#+ .*\.{word}\b", manual, re.MULTILINE) for word in words.get(kind, ())):
            gaps.append(f"{kind}: no section in docs/writing-units.md")
        if not any(re.search(rf"\{{\.{word}\b", demo) for word in words.get(kind, ())):
            gaps.append(f"{kind}: no question in the demo course")
    return gaps


def kinds_in(there: Sources) -> set[str]:
    """Kinds that have a file, in the registry or not: modules of questions/ that offer a Kind."""
    return _modules(there, "elearn/core/questions", r"^class \w+\(Kind\):")


def _modules(there: Sources, folder: str, saying: str) -> set[str]:
    """Modules right in a folder whose text has a line like `saying`."""
    return {
        Path(path).stem
        for path, text in there.items()
        if re.fullmatch(rf"{folder}/\w+\.py", path) and re.search(saying, text, re.MULTILINE)
    }


# --- contracts of the floors


def contract_gaps(pyproject: Mapping[str, Any], there: Sources) -> list[str]:
    """Blueprints and kinds that no contract keeps apart from their siblings."""
    contracts = {one["id"]: one for one in pyproject["tool"]["importlinter"]["contracts"]}
    pages = _modules(there, "elearn/web", r"^bp = Blueprint\(")
    gaps = [f"contract {name} is gone" for name in ("floors", "core-is-pure") if name not in contracts]
    for contract, package, names in (
        ("blueprints-apart", "elearn.web", pages),
        ("kinds-apart", "elearn.core.questions", kinds_in(there)),
    ):
        kept = set(contracts.get(contract, {}).get("modules", ()))
        gaps += [
            f"{contract}: {package}.{name} is not in it" for name in sorted(names) if f"{package}.{name}" not in kept
        ]
    return gaps


# --- settings


def settings_gaps(page: str, settings: Mapping[str, Any]) -> list[str]:
    """Where the table of docs/running.md and the settings of config.py differ."""
    told = dict(re.findall(r"^\| `ELEARN_([A-Z_]+)` \| (.+) \|$", page, re.MULTILINE))
    gaps = [f"{name} is not in the table" for name in settings if name.upper() not in told]
    gaps += [f"{name} is not a setting" for name in told if name.lower() not in settings]
    for name, setting in settings.items():
        default = f"`{setting.default}`" if setting.default else "–"
        row = told.get(name.upper())
        if row is not None and row != f"{default} | {setting.why}":
            gaps.append(f"{name}: the table says “{row}”, config.py “{default} | {setting.why}”")
    return gaps


# --- tables


def careless_columns(metadata: MetaData) -> list[str]:
    """Columns of which nobody has said what they are for, how long they are kept and what erasure does to them."""
    return [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if any(not column.info.get(word) for word in CARE) or column.info["klass"] not in CLASSES
    ]


def inventory_gaps(metadata: MetaData, topics: Mapping[str, Any], rules: Collection[str]) -> list[str]:
    """Where what columns declare is not what pages say and retention does. `topics`: their words, by code; `rules`:
    tables that have a rule of retention."""
    gaps = []
    used: dict[str, set[int | None]] = {}
    taken = set()
    for table in metadata.tables.values():
        days = {column.info["keep_days"] for column in table.columns} - {None}
        if len(days) > 1:
            gaps.append(f"{table.name}: several times to keep a row")
        if days and table.name not in rules:
            gaps.append(f"{table.name}: no rule of retention")
        if table.name in rules and not days:
            gaps.append(f"{table.name}: a rule of retention, and no number of days")
        for column in table.columns:
            info = column.info
            used.setdefault(info["topic"], set()).add(info["keep_days"])
            if info["export"] == "yes":
                taken.add(info["topic"])
            elif not info["export"].startswith("no: "):
                gaps.append(f"{table.name}.{column.name}: export is neither yes nor why not")
            if (info["keep_days"] is not None) != ("{keep}" in info["retention"]):
                gaps.append(
                    f"{table.name}.{column.name}: its number of days is not in its words, or the other way round"
                )
    return gaps + [gap for topic, days in used.items() for gap in _topic_gaps(topic, days, topic in taken, topics)]


def _topic_gaps(name: str, days: set[int | None], taken: bool, topics: Mapping[str, Any]) -> Iterator[str]:
    words = topics.get(name)
    if words is None:
        yield f"{name}: a topic without words"
        return
    for text in (words.what, words.why, words.kept, words.erased):
        if not {"fr", "en"} <= {lang for lang, said in text.items() if said}:
            yield f"{name}: words in one language only"
        if text is not words.kept and "{keep}" in "".join(text.values()):
            yield f"{name}: a time to keep among other words"
    if len(days - {None}) > 1:
        yield f"{name}: several times to keep under one topic"
    if any(("{keep}" in said) != bool(days - {None}) for said in words.kept.values()):
        yield f"{name}: the page does not say the number of days that retention uses"
    if taken != (words.stays is None):
        yield f"{name}: the page and the export differ on what can be taken along"


def exports_of_nobody(metadata: MetaData, is_owned: Callable[[Any], bool]) -> list[str]:
    """Tables with something to take along, of which nothing says whose a row is: an export would leave them out."""
    return [
        table.name
        for table in metadata.tables.values()
        if any(column.info["export"] == "yes" for column in table.columns) and not is_owned(table)
    ]


def word_gaps(wanted: Collection[str], words: Collection[str]) -> list[str]:
    """Names without words, and words of what is no more."""
    return [f"no words: {name}" for name in sorted(set(wanted) - set(words))] + [
        f"words of nothing: {name}" for name in sorted(set(words) - set(wanted))
    ]


# --- routes


def route_lines(app: Any) -> list[str]:
    """One line a route: methods, address, endpoint and who may open it."""
    lines = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        door = getattr(app.view_functions[rule.endpoint], "door", "CLOSED")
        lines.append(f"{methods:<9}{rule.rule:<70}{rule.endpoint:<36}{door}")
    return sorted(lines, key=lambda line: [*line.split()[1:2], line])


def route_changes(recorded: Collection[str], found: Collection[str]) -> list[str]:
    gone = [f"gone: {line}" for line in recorded if line not in set(found)]
    return gone + [f"new: {line}" for line in found if line not in set(recorded)]


# --- the map


def map_gaps(page: str, there: Collection[str]) -> list[str]:
    """Where the map of docs/house.md and the tree differ. What it shows must be there; folders, and the modules that
    stand above the floors, must be on it."""
    drawn = set(_drawn(page))
    files = set(there)
    folders = {str(parent) for path in files for parent in Path(path).parents if str(parent) != "."}
    gaps = [f"{path} is on the map and not in the tree" for path in sorted(drawn) if path not in files | folders]
    return gaps + [f"{path} is not on the map" for path in sorted(_must_be_drawn(files, folders)) if path not in drawn]


def _must_be_drawn(files: Collection[str], folders: Collection[str]) -> Iterator[str]:
    for path in files:
        if re.fullmatch(r"elearn/(?!__init__)\w+\.py", path):
            yield path
    for path in folders:
        if re.fullmatch(r"(elearn|tests|content|docs)(/\w+)?", path) or re.fullmatch(r"[^./]\w*", path):
            yield path


def _drawn(page: str) -> Iterator[str]:
    """Paths of the map: the first fenced block, a name a line, two more spaces a folder deeper."""
    block = re.search(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    above: list[str] = []
    for line in block[1].splitlines() if block else ():
        found = re.match(r"( *)([\w.<>-]+/?)(?:\s|$)", line)
        if found:
            above[len(found[1]) // 2 :] = [found[2].rstrip("/")]
            yield "/".join(above)


# --- messages


def message_gaps(wanted: Iterable[Any], translated: Mapping[str, Any]) -> list[str]:
    """Messages without a translation, or with one that nobody has confirmed. Babel messages, by id."""
    gaps = []
    for message in wanted:
        name = message.id if isinstance(message.id, str) else message.id[0]
        found = translated.get(name)
        words = () if found is None else found.string if isinstance(found.string, tuple | list) else (found.string,)
        if not name:
            continue
        if found is None or not all(words):
            gaps.append(f"no translation: {name}")
        elif found.fuzzy:
            gaps.append(f"to be confirmed: {name}")
    return gaps


# --- lists of packages


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if "://" in line or line.lstrip().startswith("-")]


# --- migrations


def table_differences(connection: Connection, metadata: MetaData) -> list[str]:
    """What alembic would still change in a database to make it the declared tables."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(change) for change in compare_metadata(context, metadata)]
