"""For admins: people, organisations, help lines, outbox, audit log, backups. Never what anyone wrote.

A module a page; each registers its views on the one blueprint, which stands in parts.py.
"""

from elearn.web.administration import audit, backups, help_lines, home, organisations, outbox, people, person
from elearn.web.administration.parts import bp

__all__ = ["audit", "backups", "bp", "help_lines", "home", "organisations", "outbox", "people", "person"]
