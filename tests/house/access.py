"""docs/access.md, made from the marks of the routes and the table of deeds: who may open what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from elearn.core.permissions import DEEDS, ROLES, SECOND_FACTOR, may, only_own

if TYPE_CHECKING:
    from flask import Flask

HEAD = """\
# Who may open what

This page is made from the marks of the routes (`web/doors.py`) and the table of deeds (`core/permissions.py`):
`ELEARN_UPDATE=1 .venv/bin/pytest tests/house/test_access.py` writes it anew. `tests/web/test_access.py` tries every
line with every role.

- **yes**: may do it. **own**: to what is their own only: their account, their papers, the cohorts that they lead.
  **–**: may not.
- A visitor who opens a page that asks for an account is led to sign in.
- A role without the right finds no such page (404). So does anybody who asks for what is somebody else's: the owner is
  in the query itself. Both leave a line in the log.
- A route that declares nothing is not served: the app refuses to start.
- On a real site {factor} must have a second factor. Whoever has one and has not given it yet is a visitor, but for the
  pages marked *before the second factor*.
- *Recent password*: asked again where it was last given more than ten minutes ago.
- Nobody's role reads what others answered or wrote: there is no such deed.
"""


def page(app: Flask) -> str:
    """The whole page, in Markdown."""
    factor = " and ".join(f"the role {role}" for role in ROLES if role in SECOND_FACTOR)
    deeds = ["| Deed | " + " | ".join(ROLES) + " |", "|---|" + "---|" * len(ROLES), *_deeds()]
    routes = [
        "| Address | Method | Deed | visitor | " + " | ".join(ROLES) + " | Also |",
        "|---|---|---|---|" + "---|" * len(ROLES) + "---|",
        *_routes(app),
    ]
    parts = [HEAD.format(factor=factor), "## Deeds", "\n".join(deeds), "", "## Routes", "\n".join(routes)]
    return "\n".join(parts) + "\n"


def _deeds() -> Iterator[str]:
    for deed in DEEDS:
        yield f"| {deed} | " + " | ".join(_cell(role, deed) for role in ROLES) + " |"


def _routes(app: Flask) -> Iterator[str]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods or ()))):
        view: Any = app.view_functions[rule.endpoint]
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        public = view.door == "public"
        cells = ["yes" if public else "–", *("yes" if public else _cell(role, view.door) for role in ROLES)]
        deed = "anyone" if public else view.door
        yield f"| `{rule.rule}` | {methods} | {deed} | {' | '.join(cells)} | {_also(view)} |"


def _cell(role: str, deed: str) -> str:
    if not may(role, deed):
        return "–"
    return "own" if only_own(role, deed) else "yes"


def _also(view: Any) -> str:
    marks = {"recent": "recent password", "half": "before the second factor", "harmless": "changes nothing"}
    return ", ".join(words for mark, words in marks.items() if getattr(view, mark, False))
