"""Who may do what: one table. A deed that is not here may be done by nobody."""

ROLES = ("trainee", "trainer", "admin")

DEEDS: dict[str, frozenset[str]] = {
    "learn": frozenset({"trainee", "trainer", "admin"}),
    "hold attestations": frozenset({"trainee", "trainer", "admin"}),
    "keep an account": frozenset({"trainee", "trainer", "admin"}),
    "see drafts": frozenset({"trainer", "admin"}),
    "follow publishing": frozenset({"trainer", "admin"}),
    "manage people": frozenset({"admin"}),
}


def may(role: str, deed: str) -> bool:
    """True where the table grants `deed` to `role`. KeyError for a deed that nobody declared."""
    return role in DEEDS[deed]
