"""Templates, compiled once a language: words that need no filling in and icons become part of the page's fixed text.

A page says some sixty messages and forty icons; looked up and escaped at each view they cost more than all the rest
(`python -m bench`). A template is written as ever: `_("…")`, `m.icon("…")`.
"""

from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from elearn.web.addresses import page_url
from elearn.web.i18n import language, whole


class Templates(Environment):
    """Flask's environment, of which there is one a language. This one finds the one for the page."""

    lang = ""

    def get_template(
        self, name: Any, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if self.lang:
            return super().get_template(name, parent, globals)
        return self.in_language(language()).get_template(name, parent, globals)

    def in_language(self, lang: str) -> "Templates":
        """The environment of one language; made when it is first asked for, so that it has all that was registered."""
        kept: dict[str, Templates] = self.__dict__.setdefault("kept", {})
        if lang not in kept:
            kept[lang] = self.overlay()
            kept[lang].lang = lang
        return kept[lang]

    def _generate(self, source: nodes.Template, *rest: Any, **more: Any) -> str:
        """An undocumented step of jinja's `compile`; tests/web/test_rendering.py keeps it honest."""
        fixed = _Fixed(self.lang).visit(source) if self.lang else source
        return super()._generate(fixed, *rest, **more)


class _Fixed(NodeTransformer):
    """Replaces what is the same on every page of a language by its text."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if isinstance(node.node, nodes.Name) and node.node.name == "language" and not node.args:
            return nodes.Const(self.lang, lineno=node.lineno)
        if len(node.args) == 1 and isinstance(node.args[0], nodes.Const) and not (node.kwargs or node.dyn_args):
            said, word = node.node, node.args[0].value
            if isinstance(said, nodes.Name) and said.name == "_" and isinstance(word, str):
                return nodes.TemplateData(str(whole(word, self.lang)), lineno=node.lineno)
            if _is_icon(said) and word in ICONS:
                return nodes.TemplateData(str(icon(word)), lineno=node.lineno)
        if isinstance(node.node, nodes.Name) and node.node.name == "url_for" and _all_known(node):
            values = {one.key: one.value.as_const() for one in node.kwargs}
            with suppress(RuntimeError):  # no request, no address: it is then made at each view
                return nodes.TemplateData(str(escape(page_url(node.args[0].as_const(), **values))), lineno=node.lineno)
        return node


def _all_known(node: nodes.Call) -> bool:
    values = [*node.args, *(one.value for one in node.kwargs)]
    return all(isinstance(one, nodes.Const) for one in values) and not (node.dyn_args or node.dyn_kwargs)


def _is_icon(said: nodes.Expr) -> bool:
    if isinstance(said, nodes.Getattr):
        return said.attr == "icon" and isinstance(said.node, nodes.Name) and said.node.name == "m"
    return isinstance(said, nodes.Name) and said.name == "icon"


def icon(name: str) -> Markup:
    """A sign drawn by us, of one line's height; hidden from screen readers, since words stand beside it."""
    return _DRAWN[name]


ICONS = {
    "pair": (
        '<circle cx="9" cy="12" r="6.5"/><circle cx="15" cy="12" r="6.5"/>'
        '<path class="lens" d="M12 6.24a6.5 6.5 0 0 1 0 11.52 6.5 6.5 0 0 1 0-11.52Z"/>'
    ),
    "care": '<path d="M12 20.5c-5-3.6-8.5-6.8-8.5-11A4.6 4.6 0 0 1 12 7a4.6 4.6 0 0 1 8.5 2.5c0 4.2-3.5 7.4-8.5 11Z"/>',
    "phone": (
        '<path d="M6.5 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2.5 2.5 0 0 1-2.7 2.5C10.5 '
        '19.5 4.5 13.5 4 6.2a2.5 2.5 0 0 1 2.5-2.7Z"/>'
    ),
    "message": '<path d="M4 5h16v11H10l-4.5 3.5V16H4Z"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.6-6 7.5-6s6.7 2 7.5 6"/>',
    "book": (
        '<path d="M12 6.5C9.5 4.7 6.5 4.3 3.5 4.5v13.5c3-.2 6 .2 8.5 2 2.5-1.8 5.5-2.2 8.5-2V4.5c-3-.2-6 '
        '.2-8.5 2Zm0 0V20"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.3 2"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "done": '<circle cx="12" cy="12" r="8.8"/><path d="m8 12.3 2.9 2.9L16 9.3"/>',
    "begun": '<circle cx="12" cy="12" r="8.8"/><path d="M12 3.2a8.8 8.8 0 0 1 0 17.6Z" fill="currentColor"/>',
    "open": '<circle cx="12" cy="12" r="8.8"/>',
    "again": '<path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4.3h-4.3"/>',
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11v5.5M12 7.5v.2"/>',
    "warning": '<path d="M12 4 2.8 20h18.4ZM12 10v4.5M12 17.2v.2"/>',
    "next": '<path d="M5 12h14m-5.5-5.5L19 12l-5.5 5.5"/>',
    "previous": '<path d="M19 12H5m5.5-5.5L5 12l5.5 5.5"/>',
    "up": '<path d="M12 19V5m-5.5 5.5L12 5l5.5 5.5"/>',
    "down": '<path d="M12 5v14m-5.5-5.5L12 19l5.5-5.5"/>',
    "grip": '<path d="M9 6.5v.2M15 6.5v.2M9 12v.2M15 12v.2M9 17.5v.2M15 17.5v.2"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "print": '<path d="M7 8V3.5h10V8M7 16.5H3.5V8h17v8.5H17M7 13.5h10v7H7Z"/>',
    "seal": '<circle cx="12" cy="9.5" r="6"/><path d="m8.5 14.5-1.5 6.5 5-2.5 5 2.5-1.5-6.5M9.5 9.7l1.8 1.8 3.2-3.5"/>',
    "out": '<path d="M14 4H5v16h9M10 12h10.5m-4-4 4 4-4 4"/>',
    "pen": '<path d="m4 20 1-4.5L16 4.5 19.5 8 8.5 19Zm9.5-13L17 10.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "leaf": '<path d="M20 4C9 4 5 9 5 16c8 1 15-2 15-12ZM4 20.5c1.5-5 5-8.5 10-11"/>',
}
"""Name -> what is drawn in a square of 24."""

_DRAWN = {
    name: Markup(  # noqa: S704 - our own drawings
        f'<svg class="icon icon-{name}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawn}</svg>'
    )
    for name, drawn in ICONS.items()
}
