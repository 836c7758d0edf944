"""Every module that declares tables, so that the metadata is whole. A test compares the list with the folder."""

from elearn.store import (
    accounts,
    adoptions,
    attestations,
    audit,
    cohorts,
    credentials,
    editions,
    learning,
    mail,
    privacy,
    upkeep,
)

TABLES = (accounts, adoptions, attestations, audit, cohorts, credentials, editions, learning, mail, privacy, upkeep)
