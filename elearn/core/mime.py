"""A letter as it travels: headers, a plain part and an HTML part in one language. It fetches and tracks nothing.

Pure. Made with EmailMessage only, which refuses a line break in a header. Whatever could not be sent as meant, such as
two addresses in one or a link that is none, is a ValueError.
"""

import datetime as dt
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from urllib.parse import urlsplit

from elearn.core.mail import DIGEST, FOOTER, LETTERS
from elearn.core.typography import french_spaces

WIDTH = 72
"""Columns of a plain line: quoted once or twice, it stays within the 78 of RFC 5322, 2.1.1."""
ADDRESS_PAGE = "/accounts/recovery/address"
ACCOUNT_PAGE = "/accounts/"

_LINK = re.compile(r"https?://[!-~]+")
_BUTTON = "display:inline-block;padding:12px 20px;border:2px solid;border-radius:8px;color:inherit;font-weight:bold"
_SMALL = "font-size:15px;overflow-wrap:anywhere"
_TARGET = "display:inline-block;padding:12px 0;color:inherit"
_BODY = "margin:0 auto;padding:16px;max-width:36em;font:18px/1.5 sans-serif"


@dataclass(frozen=True, slots=True)
class Envelope:
    """`uid` names the message, also when it is sent again. `site`: what the site's own addresses begin with."""

    uid: str
    sender: str
    to: str
    at: dt.datetime
    site: str


@dataclass(frozen=True, slots=True)
class _Page:
    """What both parts show, in order; `off`: where to stop such messages."""

    subject: str
    lines: tuple[str, ...]
    items: tuple[str, ...] = ()
    button: str = ""
    link: str = ""
    off: tuple[str, str] = ("", "")


def letter(kind: str, locale: str, words: Mapping[str, str], envelope: Envelope) -> EmailMessage:
    """The message of one letter (core.mail.LETTERS). `words["link"]`: where its button leads; without it none is shown.

    KeyError for an unknown kind, ValueError for words or an address that cannot be sent.
    """
    found, lang = LETTERS[kind], _language(locale)
    link = words.get("link", "")
    button = found.button[lang] if found.button and link else ""
    return _message(_Page(found.subject[lang], found.lines[lang], (), button, link if button else ""), lang, envelope)


def digest(kinds: Iterable[str], locale: str, envelope: Envelope) -> EmailMessage:
    """One message for several letters that waited: the subject of each, how often, and how to receive no more."""
    lang = _language(locale)
    items = tuple(
        LETTERS[kind].subject[lang] + (f" ({count})" if count > 1 else "") for kind, count in Counter(kinds).items()
    )
    first, last = DIGEST.lines[lang]
    button = DIGEST.button[lang] if DIGEST.button else ""
    off = (last, envelope.site + ADDRESS_PAGE)
    page = _Page(DIGEST.subject[lang], (first,), items, button, envelope.site + ACCOUNT_PAGE, off)
    message = _message(page, lang, envelope)
    message["List-Unsubscribe"] = f"<{off[1]}>"
    return message


def sender_for(site: str, chosen: str) -> str:
    """The address that mail comes from: the one that was set, else one at the site's own host."""
    host = urlsplit(site).hostname or ""
    named = "." in host and not host.replace(".", "").isdigit()
    return chosen or f"site@{host if named else 'localhost'}"


def _language(locale: str) -> str:
    return locale if locale in FOOTER else "fr"


def _message(page: _Page, lang: str, envelope: Envelope) -> EmailMessage:
    for link in filter(None, (page.link, page.off[1])):
        if not _LINK.fullmatch(link):
            raise ValueError("not a link")
    sender, to = _address(envelope.sender), _address(envelope.to)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, page.subject
    message["Date"] = envelope.at
    message["Message-ID"] = f"<{envelope.uid}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    footer = FOOTER[lang].format(host=urlsplit(envelope.site).netloc)
    message.set_content(_plain(page, footer, lang), cte="quoted-printable")
    message.add_alternative(_html(page, footer, lang), subtype="html", cte="quoted-printable")
    message["Content-Language"] = lang
    return message


def _address(text: str) -> Address:
    """One address, without a name beside it. ValueError for anything else: two of them, a line break, other letters."""
    try:
        made = Address(addr_spec=text)
    except Exception as error:  # the parser of the standard library fails in many ways on odd text
        raise ValueError("not an address") from error
    if not text.isascii() or not text.isprintable() or made.addr_spec != text or not made.domain or not made.username:
        raise ValueError("not an address")
    return made


def _spaced(text: str, lang: str) -> str:
    return french_spaces(text) if lang == "fr" else text


def _plain(page: _Page, footer: str, lang: str) -> str:
    def wrapped(text: str, first: str = "", later: str = "") -> str:
        return textwrap.fill(
            _spaced(text, lang),
            WIDTH,
            initial_indent=first,
            subsequent_indent=later,
            break_long_words=False,
            break_on_hyphens=False,
        )

    blocks = [wrapped(line) for line in page.lines]
    if page.items:
        blocks.append("\n".join(wrapped(item, "- ", "  ") for item in page.items))
    if page.button:
        blocks.append(f"{_spaced(page.button + (' :' if lang == 'fr' else ':'), lang)}\n{page.link}")
    if page.off[1]:
        blocks.append(f"{wrapped(page.off[0])}\n{page.off[1]}")
    return "\n\n".join([*blocks, wrapped(footer)]) + "\n"


def _html(page: _Page, footer: str, lang: str) -> str:
    """No colour is set, so that light and dark readers each use their own; no image, script or sheet is fetched."""

    def text(words: str) -> str:
        return escape(_spaced(words, lang))

    body = [f"<p>{text(line)}</p>" for line in page.lines]
    if page.items:
        body.append("<ul>" + "".join(f"<li>{text(item)}</li>" for item in page.items) + "</ul>")
    if page.button:
        link = escape(page.link)
        body.append(f'<p><a href="{link}" style="{_BUTTON}">{text(page.button)}</a></p>')
        body.append(f'<p style="{_SMALL}">{link}</p>')
    if page.off[1]:
        link = escape(page.off[1])
        body.append(f'<p style="{_SMALL}">{text(page.off[0])} <a href="{link}" style="{_TARGET}">{link}</a></p>')
    body.append(f'<p style="{_SMALL}">{text(footer)}</p>')
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n'
        f'<title>{text(page.subject)}</title>\n</head>\n<body style="{_BODY}">\n'
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )
