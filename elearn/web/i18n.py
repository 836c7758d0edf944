"""Languages of the interface. French is the source: a message id is the French text itself, with plain spaces.

Babel reads the catalogues and writes dates; here are the visitor's choice (a cookie), French plurals and French
no-break spaces. Each message is made ready once a language and kept: a page says some forty of them.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from markupsafe import Markup

from elearn.core.typography import french_spaces
from elearn.services.pdf import day_in_words

COOKIE = "elearn-lang"
LANGUAGES = {"fr": "Français", "en": "English"}
YEAR = 365 * 24 * 3600
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def register(app: Flask) -> None:
    app.jinja_env.globals.update({"_": _message, "ngettext": _counted, "language": language, "languages": LANGUAGES})
    app.jinja_env.filters.update(day=day, typographic=typographic)


def language() -> str:
    """The language of this page: the visitor's choice, else the page's own, else French."""
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "")
        g.language = chosen if chosen in LANGUAGES else "fr"
    return str(g.language)


def speak(lang: str) -> None:
    """The language of this page for a visitor who has chosen none: a paper's own, for instance."""
    if request.cookies.get(COOKIE) not in LANGUAGES and lang in LANGUAGES:
        g.language = lang


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Another language for a part of the page: a paper for someone who reads that one."""
    before = language()
    g.language = lang if lang in LANGUAGES else before
    try:
        yield
    finally:
        g.language = before


def gettext(message: str, **values: Any) -> str:
    text = _translated(message, language())
    return text % values if values else text


def ngettext(singular: str, plural: str, num: float, **values: Any) -> str:
    """In French, 0 and 1.5 are singular."""
    return _plural(singular, plural, num) % {"num": num, **values}


_ = gettext


def _message(message: str, **values: Any) -> Markup:
    """In a template: our own words are safe, what fills them is escaped; `%%` is a per cent sign."""
    lang = language()
    return _ready(message, lang) % values if values else whole(message, lang)


def _counted(singular: str, plural: str, num: float, **values: Any) -> Markup:
    return Markup(_plural(singular, plural, num)) % {"num": num, **values}  # noqa: S704 - our own words


def _plural(singular: str, plural: str, num: float) -> str:
    lang = language()
    if lang == "fr":
        return _translated(singular if abs(num) < 2 else plural, lang)
    return _catalogue(lang).ungettext(singular, plural, int(num))


def day(moment: dt.date | dt.datetime) -> str:
    """A date in words: 22 novembre 2026."""
    return day_in_words(moment, language())


def typographic(text: str, lang: str) -> str:
    return _typeset(text, lang)


@lru_cache(maxsize=8192)
def _ready(message: str, lang: str) -> Markup:
    return Markup(_translated(message, lang))  # noqa: S704 - our own words


@lru_cache(maxsize=8192)
def whole(message: str, lang: str) -> Markup:
    """A message that nothing fills."""
    return _ready(message, lang).replace("%%", "%")


@lru_cache(maxsize=8192)
def _translated(message: str, lang: str) -> str:
    return _typeset(message if lang == "fr" else _catalogue(lang).ugettext(message), lang)


@lru_cache(maxsize=4096)
def _typeset(message: str, lang: str) -> str:
    return french_spaces(message) if lang == "fr" else message


@lru_cache(maxsize=8)
def _catalogue(lang: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [lang])
