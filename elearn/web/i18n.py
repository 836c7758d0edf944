"""Languages of the interface. French is the source: a message id is the French text itself, with plain spaces.

Wraps Flask-Babel: the visitor's choice (a cookie), French plurals, French no-break spaces, dates in words.
"""

import datetime as dt
from functools import lru_cache
from typing import Any

import flask_babel
from flask import Flask, g, request

from elearn.core.typography import french_spaces

COOKIE = "elearn-lang"
LANGUAGES = {"fr": "Français", "en": "English"}
YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    flask_babel.Babel(app, default_locale="fr", locale_selector=language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, _counted, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)
    app.jinja_env.filters.update(day=day, typographic=typographic)


def language() -> str:
    """The language of this page: the visitor's choice, else French."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else str(g.get("spoken", "fr"))


def speak(lang: str) -> None:
    """The language of this page for a visitor who has chosen none: a paper's own, for instance."""
    g.spoken = lang if lang in LANGUAGES else "fr"
    flask_babel.refresh()


def gettext(message: str, **values: Any) -> str:
    text = _typeset(flask_babel.gettext(message), language())
    return text % values if values else text


def ngettext(singular: str, plural: str, num: float, **values: Any) -> str:
    """In French, 0 and 1.5 are singular."""
    return _counted(singular, plural, num) % {"num": num, **values}


def _counted(singular: str, plural: str, num: float) -> str:
    """Unfilled: Jinja fills the values itself."""
    if language() != "fr":
        return flask_babel.get_translations().ungettext(singular, plural, int(num))
    return _typeset(singular if abs(num) < 2 else plural, "fr")


_ = gettext


def day(moment: dt.date | dt.datetime) -> str:
    """A date in words: 22 novembre 2026."""
    return flask_babel.format_date(moment, "long")


def typographic(text: str, lang: str) -> str:
    return _typeset(text, lang)


@lru_cache(maxsize=4096)
def _typeset(message: str, lang: str) -> str:
    return french_spaces(message) if lang == "fr" else message
