"""Papers as PDF, by typst: tagged (PDF/UA-1) and made to last (PDF/A-3a), the same bytes for the same facts.

Data reaches the template as JSON, never as source: a name made of typst code is printed as it stands. Opens nothing but
its own template and the fonts of two packages.
"""

import base64
import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible as atkinson
import segno
import typst
from babel.dates import format_date

from elearn.core import credentials as core
from elearn.core import pictures
from elearn.core.attestations import Issuer, Snapshot, Title
from elearn.core.codes import grouped
from elearn.core.paper import Paper, Words, paper

TEMPLATE = Path(__file__).resolve().parent.parent / "print" / "attestation.typ"
FONTS = (str(atkinson.FAMILY), "Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
"""The first covers Latin; the others (in the typst wheel) Greek, Cyrillic, Hebrew, Arabic, Armenian and Georgian."""
STANDARDS: Any = ["ua-1", "a-3a"]
QUIET_ZONE = 4
MISSING = "\N{WHITE SQUARE}"
INK = "#0b4a54"
"""The colour of a paper whose issuer has none of its own: 9.6:1 on white."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an organisation may change of its paper. `logo`, `signature`: PNG files that core.pictures let in."""

    colour: str = INK
    logo: bytes | None = None
    signature: bytes | None = None


PLAIN = Look()
PROBE = b"""
#set document(title: "probe")
#set text(font: json(bytes(sys.inputs.fonts)), fallback: false)
#par(sys.inputs.text)
#par(strong(sys.inputs.text))
#box(sys.inputs.text)
"""
WORDS = (
    "to", "units", "competencies", "rule", "earned", "limits", "signatory", "check", "check how", "check code",
    "check why", "details", "turn over", "attached", "logo", "drawn", "many",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper: what it says, under which title, with which code, in whose look."""

    snapshot: Snapshot
    title: Title
    code: str
    look: Look = PLAIN


def attestation(
    snapshot: Snapshot, title: Title, code: str, base_url: str, look: Look = PLAIN, credential: bytes = b""
) -> bytes:
    """The paper that a link shows. `base_url`: the site's address, without a final slash. `credential`: the signed file
    to attach; none for an attestation that was issued before there were any."""
    return _papers([Sheet(snapshot, title, code, look)], base_url, credential)


def attestations(sheets: Sequence[Sheet], base_url: str) -> bytes:
    """Many papers in one file, to be printed; nothing is attached."""
    return _papers(sheets, base_url, b"")


def sample(issuer: Issuer, look: Look) -> bytes:
    """A paper with invented facts that say so, to see the look of an issuer."""
    day = dt.date(2026, 1, 15)
    snapshot = Snapshot(
        kind="success",
        locale="fr",
        printed_name="Prénom Nom",
        course="",
        title={"fr": "Exemple, sans valeur"},
        discreet_title={"fr": "Exemple, sans valeur"},
        issuer=issuer.name,
        issuer_site=issuer.web,
        signatory=issuer.signatory,
        minutes={"theory": 60},
        started_on=day,
        completed_on=day,
        issued_on=day,
        valid_until=None,
        units=(),
        competencies=(),
        reviews=(),
        edition=1,
        rule="0",
        salt="",
        role=issuer.role,
    )
    return _papers([Sheet(snapshot, "real", "0" * 26, look)], "https://example.org", b"")


def _papers(sheets: Sequence[Sheet], base_url: str, credential: bytes) -> bytes:
    pictures: dict[str, str] = {}
    papers = [_paper(one, base_url, pictures) for one in sheets]
    newest = max(one.snapshot.issued_on for one in sheets)
    return _compile(
        TEMPLATE,
        {
            "papers": json.dumps(papers, ensure_ascii=False, sort_keys=True),
            "pictures": json.dumps(pictures, sort_keys=True),
            "credential": credential.decode(),
            "attached": core.ATTACHED,
        },
        int(dt.datetime.combine(newest, dt.time(), dt.UTC).timestamp()),
    )


def _paper(sheet: Sheet, base_url: str, pictures: dict[str, str]) -> dict[str, Any]:
    lang, code = sheet.snapshot.locale, sheet.code
    said = paper(sheet.snapshot, sheet.title, lang, lambda day: day_in_words(day, lang))
    qr = segno.make_qr(f"{base_url}/V/{code}".upper(), error="m", boost_error=False)
    drawn: dict[str, Any] = _drawable(asdict(said))
    return drawn | {
        "words": _words(said, code, base_url),
        "address": f"{base_url.split('://', 1)[-1]}/V/",
        "code": (grouped(code[:16]), grouped(code[16:])),
        "fonts": FONTS,
        "name_font": next((font for font in FONTS if covers(said.name, (font,))), FONTS[0]),
        "colour": sheet.look.colour,
        "qr": qr.svg_inline(border=QUIET_ZONE, omitsize=True),
        "modules": qr.symbol_size(1, 0)[0],
        "logo": _image(sheet.look.logo, pictures),
        "signature": _image(sheet.look.signature, pictures),
    }


def _image(png: bytes | None, known: dict[str, str]) -> str:
    """The name of a picture among the `known` ones, which are SVG, since inputs of typst are text."""
    if not png:
        return ""
    name = hashlib.sha256(png).hexdigest()
    if name not in known:
        known[name] = _svg(png)
    return name


def _svg(png: bytes) -> str:
    found = pictures.read(png)
    size = f'width="{found.width}" height="{found.height}"'
    source = f"data:image/png;base64,{base64.b64encode(found.body).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{source}"/></svg>'


def day_in_words(day: dt.date, lang: str) -> str:
    """22 novembre 2026, 22 November 2026: the same on paper and on the page, whatever the reader's country."""
    return format_date(day, "long", locale="en_GB" if lang == "en" else lang)


def _words(said: Paper, code: str, base_url: str) -> dict[str, str]:
    words = Words(said.lang)
    return {name: words(name) for name in WORDS} | {"qr": words("qr", address=f"{base_url}/V/{code}")}


@lru_cache(maxsize=4096)
def covers(text: str, fonts: tuple[str, ...] = FONTS) -> bool:
    """Can every sign of this text be drawn, plain and bold? Asked of typst itself, which refuses what no font has.

    A private sign is refused here: a font draws whatever it likes for it.
    """
    if any(unicodedata.category(sign) in ("Co", "Cn") for sign in text):
        return False
    try:
        _compile(PROBE, {"text": text, "fonts": json.dumps(fonts)}, 0, ["ua-1"])
    except typst.TypstError:
        return False
    return True


def _drawable(value: Any) -> Any:
    """Words of trainers with a sign that no font has would refuse the whole paper: that sign is shown as missing."""
    if isinstance(value, dict):
        return {name: _drawable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(one) for one in value]
    if not isinstance(value, str) or not value or covers(value):
        return value
    return "".join(sign if covers(sign) else MISSING for sign in value)


def _compile(source: Any, inputs: dict[str, str], timestamp: int, standards: Any = None) -> bytes:
    found = typst.compile(
        source,
        format="pdf",
        font_paths=_fonts(),
        sys_inputs=inputs,
        pdf_standards=standards or STANDARDS,
        timestamp=timestamp,
    )
    if not isinstance(found, bytes):
        raise TypeError("one document was asked for")
    return found


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[Path(atkinson.ROOT)])
