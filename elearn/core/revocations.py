"""Why an attestation may be revoked: a code that stays inside. Nothing about health, and no free text. Pure."""

import datetime as dt

REASONS = ("mistake", "other-person", "not-earned", "asked")
"""Issued by mistake; bears another person's name; not earned as it says; at its holder's own request."""

NOTICE = dt.timedelta(days=14)
"""So long its holder is told before it takes effect, and may answer. At once where they asked for it themselves."""

REMINDERS = (90, 30, 7)
"""Days before its end on which the holder is reminded, unless they chose not to be."""


def reminder_due(ends: dt.datetime, reminded: int | None, at: dt.datetime) -> int | None:
    """Which reminder is due: of several that were missed, the latest alone. None where none is."""
    left = ends - at
    due = [days for days in REMINDERS if dt.timedelta() < left <= dt.timedelta(days=days)]
    found = min(due, default=None)
    return found if found is not None and (reminded is None or found < reminded) else None
