"""Commands on the secret keys: new, list, rotate, forget. No key is ever shown."""

import argparse

from elearn import usage
from elearn.commands.common import done, open_site, read_settings, refuse
from elearn.config import Settings
from elearn.keyring import OUTER, Keyring, file_of, is_there, make_key, retire
from elearn.terminal import DIM, GREEN, RED, Bar, paint, say, tell


def keys_new(_given: argparse.Namespace) -> int:
    settings = read_settings()
    settings.make_folders()
    some = False
    for name in Keyring(settings.keys).names():
        path = settings.keys / file_of(name)
        made = make_key(path) if not is_there(path) else False
        some = some or made
        tell(f"{paint('+' if made else '=', GREEN)} {path}  {paint(say(*usage.KEY_USES[_kind(name)]), DIM)}")
    return done(*(usage.keys_made(settings.keys) if some else usage.ALL_KEYS_THERE))


def keys_list(_given: argparse.Namespace) -> int:
    """Names, modes and uses; for outer keys, how many people's keys each still wraps. Never a key."""
    from elearn.services.rotation import wrapped_by

    settings = read_settings()
    with open_site(settings):
        wraps = wrapped_by()
    for name in Keyring(settings.keys).names():
        path = settings.keys / file_of(name)
        kept = say(f" ; enveloppe {wraps.get(name, 0)} clés", f"; wraps {wraps.get(name, 0)} keys")
        use = say(*usage.KEY_USES[_kind(name)]) + (kept if _kind(name) == OUTER else "")
        tell(f"{name:<16}{path.stat().st_mode & 0o777:04o}  {path}  {paint(use, DIM)}")
    for label in sorted(set(wraps) - set(Keyring(settings.keys).labels())):
        tell(
            paint(
                say(f"{label} manque et enveloppe {wraps[label]} clés", f"{label} is missing, wraps {wraps[label]}"),
                RED,
            )
        )
    return 0


def keys_rotate(given: argparse.Namespace) -> int:
    from elearn.services import rotation
    from elearn.store.base import now

    settings = read_settings()
    if given.secret:
        return _rotate_secret(settings, given.yes)
    with open_site(settings):
        if not given.again and not rotation.is_due(now()):
            return done(*usage.NOTHING_TO_ROTATE)
        outcome = rotation.rotate(now(), Bar(say("rotation", "rotation")))
    tell(say(*usage.rotated(outcome.label, outcome.people)))
    return refuse(*usage.left_behind(outcome.left)) if outcome.left else 0


def _rotate_secret(settings: Settings, yes: bool) -> int:
    from elearn.services import key_check, rotation
    from elearn.serving import hold, refuse_while_serving
    from elearn.store.base import db, now

    if not yes:
        return refuse(*usage.SECRET_ENDS)
    refuse_while_serving(settings)
    with open_site(settings):
        hold(settings.instance, alone=True)
        addresses = rotation.rotate_secret(now())
        key_check.finish_secret(settings.keys, db.engine, now())
    return done(*usage.secret_rotated(addresses))


def keys_forget(given: argparse.Namespace) -> int:
    from elearn.services import backup as archives
    from elearn.services.rotation import wrapped_by
    from elearn.store.base import now

    settings = read_settings()
    ring = Keyring(settings.keys)
    with open_site(settings):
        wraps = wrapped_by()
    if given.key not in ring.labels():
        return refuse(*usage.no_such_key(given.key, ring.labels()))
    if given.key == ring.current() or wraps.get(given.key):
        return refuse(*usage.key_in_use(given.key))
    needing = archives.needing(settings.backups, given.key)
    if needing:
        return refuse(*usage.key_in_backups(given.key, needing[-1]))
    if not given.yes:
        return refuse(*usage.confirm_forget(given.key))
    path = settings.keys / file_of(given.key)
    aside = retire(path, now())
    path.unlink()
    return done(f"La clé est mise de côté : {aside}", f"The key is put aside: {aside}")


def _kind(name: str) -> str:
    return OUTER if name.startswith(OUTER) else name
