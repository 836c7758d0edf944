"""Who may do what: one table. A deed that is not here may be done by nobody.

`OWN` says which deeds reach one's own things only: the query itself holds the owner, and anybody else's id answers 404.
"""

ROLES = ("trainee", "trainer", "admin")
EVERYONE = frozenset(ROLES)
STAFF = frozenset({"trainer", "admin"})
ADMIN = frozenset({"admin"})

DEEDS: dict[str, frozenset[str]] = {
    "learn": EVERYONE,
    "hold attestations": EVERYONE,
    "keep an account": EVERYONE,
    "keep private texts": EVERYONE,
    "read shared texts": frozenset({"trainer"}),
    "see drafts": STAFF,
    "follow publishing": STAFF,
    "write content": STAFF,
    "write the site's own files": ADMIN,
    "lead cohorts": STAFF,
    "hand over links": STAFF,
    "issue attestations": STAFF,
    "revoke attestations": ADMIN,
    "manage people": ADMIN,
    "manage organisations": ADMIN,
    "check help lines": ADMIN,
    "adopt courses": ADMIN,
    "read the outbox": ADMIN,
    "read the audit log": ADMIN,
    "see backups": ADMIN,
}

OWN: dict[str, frozenset[str]] = {
    "learn": EVERYONE,
    "hold attestations": EVERYONE,
    "keep an account": EVERYONE,
    "keep private texts": EVERYONE,
    "read shared texts": frozenset({"trainer"}),
    "lead cohorts": frozenset({"trainer"}),
    "hand over links": frozenset({"trainer"}),
    "issue attestations": frozenset({"trainer"}),
}
"""Deeds -> roles that do them to their own things only: an account, or the cohorts one leads."""

SECOND_FACTOR = ADMIN
"""Roles that need a second factor on a real site; everyone may have one (ASVS 5.0, 6.3.3)."""


def may(role: str, deed: str) -> bool:
    """True where the table grants `deed` to `role`. KeyError for a deed that nobody declared."""
    return role in DEEDS[deed]


def only_own(role: str, deed: str) -> bool:
    """True where `role` does `deed` to what is its own, or to the members of cohorts it leads."""
    return role in OWN.get(deed, frozenset())
