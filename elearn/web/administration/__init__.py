"""For admins: people, organisations, help lines, readings, outbox, audit log, backups. Never what anyone wrote.

A module a page; each registers its views on the one blueprint, which stands in parts.py.
"""

from elearn.web.administration import audit, backups, help_lines, home, organisations, outbox, people, person, readings
from elearn.web.administration.parts import bp

__all__ = ["audit", "backups", "bp", "help_lines", "home", "organisations", "outbox", "people", "person", "readings"]
