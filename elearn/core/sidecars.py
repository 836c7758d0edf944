"""`<stem>.yaml` beside a sound, a video or a testimony -> who speaks, under which licence, with whose consent."""

import re

from elearn.core.fields import Fields
from elearn.core.media import Sidecar
from elearn.core.source import Source
from elearn.core.strict_yaml import Node
from elearn.core.typography import fold

KEYS = {
    "author": ("auteur", "author"),
    "licence": ("licence", "license"),
    "duration": ("duree", "duration"),
    "consent": ("consentement", "consent"),
}
NOT_NEEDED = ("sans objet", "not applicable")
REFUSED = ("non", "no", "false")
_SECONDS = re.compile(r"\d{1,3} ?s")


def read_sidecar(source: Source, node: Node | None) -> Sidecar:
    """What the file says; its mistakes are told at their places."""
    fields = Fields(source, node, KEYS)
    if not _SECONDS.fullmatch(fields.text("duration")):
        fields.minutes("duration")
    consent = fields.text("consent")
    needed = fold(consent) not in NOT_NEEDED
    return Sidecar(
        author=fields.text("author"),
        licence=fields.licence("licence"),
        duration=fields.text("duration"),
        consent=consent if needed and fold(consent) not in REFUSED else "",
        needed=needed,
    )
