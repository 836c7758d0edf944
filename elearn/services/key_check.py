"""Are the keys of the folder those of this database? Fingerprints are noted at the first start and compared at each.

Called where the command starts, before anything is served: with the wrong folder of keys nothing may be written.
"""

import datetime as dt
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from elearn.config import SettingsError
from elearn.keyring import NEXT_SECRET, Keyring, file_of, fingerprint, retire
from elearn.services import transaction
from elearn.services.notes import put_note
from elearn.store.learning import DataKey
from elearn.store.upkeep import SiteNote, note

PREFIX = "key:"


def check_keys(ring: Keyring, engine: Engine, at: dt.datetime) -> None:
    """SettingsError where a key is not the one this database was made with, or, on a real site, where one that still
    wraps something is missing. A key seen for the first time is noted."""
    wrong = foreign(ring, engine)
    if wrong is not None:
        raise wrong_key(wrong)
    lost = missing(ring, engine) if ring.strict else None
    if lost is not None:
        raise missing_key(lost)
    known = _known(engine)
    new = {name: ring.fingerprint(name) for name in ring.names() if name not in known}
    if new:
        transaction.run(lambda tx: _note(tx, new, at), engine)


def foreign(ring: Keyring, engine: Engine) -> Path | None:
    """The first key that is not the one this database was made with."""
    known = _known(engine)
    for name in ring.names():
        if known.get(name, ring.fingerprint(name)) != ring.fingerprint(name):
            return ring.folder / file_of(name)
    return None


def missing(ring: Keyring, engine: Engine) -> Path | None:
    """The first outer key that still wraps something and is not in the folder."""
    with engine.connect() as connection:
        needed = set(connection.execute(select(DataKey.wrapped_by).distinct()).scalars())
    lost = sorted(needed - set(ring.labels()))
    return ring.folder / file_of(lost[0]) if lost else None


def finish_secret(folder: Path, engine: Engine, at: dt.datetime) -> bool:
    """Put `secret-next` in its place where the database has moved to it already. True where that was so."""
    coming = folder / NEXT_SECRET
    if not coming.exists():
        return False
    with engine.connect() as connection:
        noted = note(connection, f"{PREFIX}secret")
    if noted is None or noted[0] != fingerprint(Keyring(folder).key(NEXT_SECRET)):
        return False
    if (folder / "secret").exists():
        retire(folder / "secret", at)
    coming.replace(folder / "secret")
    return True


def wrong_key(path: Path) -> SettingsError:
    return SettingsError(
        f"La clé {path} n'est pas celle de ce site : "
        "vérifiez ELEARN_KEYS, ou remettez la bonne clé. Rien n'est changé.",
        f"The key {path} is not this site's: check ELEARN_KEYS, or put the right key back. Nothing was changed.",
    )


def missing_key(path: Path) -> SettingsError:
    return SettingsError(
        f"La clé {path} manque, et des textes privés en ont besoin : remettez-la depuis votre copie des clés. "
        "Rien n'est changé.",
        f"The key {path} is missing, and private texts need it: put it back from your copy of the keys. "
        "Nothing was changed.",
    )


def _known(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(SiteNote.name, SiteNote.value).where(SiteNote.name.startswith(PREFIX)))
        return {str(name).removeprefix(PREFIX): str(value) for name, value in rows}


def _note(tx: Session, new: dict[str, str], at: dt.datetime) -> None:
    for name, found in new.items():
        put_note(tx, PREFIX + name, found, at)
