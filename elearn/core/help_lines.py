"""What tells a help line apart, so that a check counts only as long as the line says the same. Pure."""

import hashlib
import json

from elearn.core.course import HelpLine

UNSAID = ("order", "source", "checked_on")
"""Where it stands and who noted it: a change of these does not ask for a new check."""


def fingerprint(line: HelpLine) -> str:
    """SHA-256 (hex) of all that the line tells a reader: region, kind, names, numbers, hours, languages, notes."""
    said = {name: getattr(line, name) for name in HelpLine.__dataclass_fields__ if name not in UNSAID}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def name_of(line: HelpLine) -> str:
    """A short name for logs, such as `qc 2`: region and place in its list."""
    return f"{line.region} {line.order}"[:64]
