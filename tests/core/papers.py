"""A snapshot that tests know by heart, with a title and units that say the field."""

import datetime as dt
from typing import Any

from elearn.core.attestations import CompetencyFact, ReviewFact, Snapshot, UnitFact

CODE = "7ZZZ0123456789ABCDEFGHJKMN"
BASE = "https://formation.example.org"
ISSUED = dt.date(2026, 11, 21)

FACTS: dict[str, Any] = {
    "kind": "success",
    "locale": "fr",
    "printed_name": "Chloé Tremblay",
    "course": "premiers-reperes",
    "title": {"fr": "Pair-aidance : premiers repères", "en": "Peer support: first landmarks"},
    "discreet_title": {"fr": "Relation et écoute", "en": "Relating and listening"},
    "issuer": {"fr": "Association Exemple", "en": "Example Association"},
    "issuer_site": "https://asso.example.org/qui",
    "signatory": "",
    "minutes": {"theory": 90},
    "started_on": dt.date(2026, 9, 8),
    "completed_on": dt.date(2026, 11, 20),
    "issued_on": ISSUED,
    "valid_until": None,
    "units": (
        UnitFact("le-role", {"fr": "Le rôle de pair aidant", "en": "The peer supporter"}, 5, 80, 1),
        UnitFact("etapes", {"fr": "Les étapes du rétablissement"}, 6, 75, 0),
    ),
    "competencies": (CompetencyFact("k1", {"fr": "Rôle et mutualité", "en": "Role and mutuality"}),),
    "reviews": (ReviewFact({"fr": "deux pairs aidants", "en": "two peer supporters"}),),
    "edition": 3,
    "rule": "2026-1",
    "salt": "00" * 16,
}

REVEALING = ("pair", "peer", "rétablissement", "mutual", "aidant", "rôle", "premiers-reperes")
"""Words of the real title, units, competencies and readers: none may stand on a discreet paper."""


def snapshot(**changes: Any) -> Snapshot:
    return Snapshot(**(FACTS | changes))
