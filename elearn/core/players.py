"""HTML of figures, players and testimonies, from pieces that are HTML already. The cleaner sees it all afterwards."""

from collections.abc import Sequence
from html import escape

from elearn.core.media import SOUNDS, Sidecar, suffix_of

NAMES = {"fr": "Français", "en": "English"}
WORDS = {
    "transcript": {"fr": "Transcription", "en": "Transcript"},
    "download": {"fr": "Télécharger", "en": "Download"},
    "consent": {"fr": "Consentement enregistré", "en": "Consent recorded"},
    "testimony": {"fr": "Témoignage", "en": "Testimony"},
    "licence": {"fr": "Licence", "en": "Licence"},
}


def word(name: str, lang: str) -> str:
    return WORDS[name].get(lang, WORDS[name]["en"])


def figure(picture: str, caption: str) -> str:
    """An image with its caption, both HTML."""
    return f'<figure class="picture">{picture}<figcaption>{caption}</figcaption></figure>\n'


def player(
    address: str,
    name: str,
    size: int,
    words: str,
    label: str,
    sidecar: Sidecar,
    tracks: Sequence[tuple[str, str]],
    transcript: tuple[str, str],
    lang: str,
) -> str:
    """A sound or a video that loads nothing until it is asked to. `name`: of the file as it was given; `words`: HTML;
    `label`: the same as plain text; `tracks`: (language, address); `transcript`: (language, HTML), empty where there is
    none."""
    kind = "audio" if suffix_of(address) in SOUNDS else "video"
    said = f'<br><span class="media-said">{_said(sidecar, lang)}</span>' if _said(sidecar, lang) else ""
    return (
        f'<figure class="player"><figcaption>{words}{said}</figcaption>'
        f'<{kind} controls preload="none" src="{address}" aria-label="{escape(label)}">'
        f"{''.join(_track(*track, first=n == 0) for n, track in enumerate(tracks))}</{kind}>"
        f'<p class="download"><a href="{address}" download="{escape(name)}">{word("download", lang)} '
        f"({suffix_of(address)[1:]}, {_size(size, lang)})</a></p>"
        f"{_transcript(*transcript, lang) if transcript[1] else ''}</figure>\n"
    )


def testimony_opening(lang: str) -> str:
    """The beginning of a testimony; a `</div>` ends it."""
    label = word("testimony", lang)
    return f'<div class="callout testimony" role="note">\n<p class="callout-label"><strong>{label}</strong></p>\n'


def speaker(words: str, sidecar: Sidecar, lang: str) -> str:
    """Who speaks in a testimony, in the author's words, and that consent is recorded where it is."""
    consent = f" · {word('consent', lang)}" if sidecar.consent else ""
    return f'<p class="speaker">— {words}{consent}</p>\n'


def _said(sidecar: Sidecar, lang: str) -> str:
    licence = f"{word('licence', lang)} {sidecar.licence}" if sidecar.licence else ""
    consent = word("consent", lang) if sidecar.consent else ""
    return " · ".join(escape(part) for part in (sidecar.author, sidecar.duration, licence, consent) if part)


def _track(lang: str, address: str, first: bool) -> str:
    default = " default" if first else ""
    return f'<track kind="captions" src="{address}" srclang="{lang}" label="{NAMES.get(lang, lang)}"{default}>'


def _transcript(spoken: str, html: str, lang: str) -> str:
    summary = word("transcript", lang) + ("" if spoken == lang else f" ({NAMES.get(spoken, spoken)})")
    return f'<details><summary>{summary}</summary><div lang="{spoken}">{html}</div></details>'


def _size(size: int, lang: str) -> str:
    """In thousands or millions of bytes, as people read it."""
    amount, unit = (f"{size / 1e6:.1f}", "M") if size >= 1_000_000 else (str(max(1, round(size / 1000))), "k")
    return f"{amount.replace('.', ',')}\u00a0{unit}o" if lang == "fr" else f"{amount}\u00a0{unit}B"
