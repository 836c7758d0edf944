"""Commands on mail: what lies sealed in the instance, and sending what is due."""

import argparse

from elearn import usage
from elearn.commands.common import open_site, read_settings, refuse
from elearn.terminal import DIM, RED, paint, say, tell


def mail_list(_given: argparse.Namespace) -> int:
    from elearn.core.sealing import BrokenSeal
    from elearn.services.keys import keyring
    from elearn.services.transports import FolderTransport
    from elearn.store.base import db
    from elearn.store.mail import counts

    settings = read_settings()
    with open_site(settings):
        folder = FolderTransport(settings, keyring())
        for uid in folder.names():
            try:
                message = folder.read(uid)
                tell(f"{uid}  {message['Date'].datetime:%Y-%m-%d %H:%M}  {message['Subject']}")
            except BrokenSeal:
                tell(f"{uid}  " + paint(say("ne s'ouvre pas", "does not open"), RED))
        with db.engine.connect() as connection:
            tell(paint(say(*usage.outbox_counts(counts(connection))), DIM))
    return 0


def mail_show(given: argparse.Namespace) -> int:
    from elearn.core.sealing import BrokenSeal
    from elearn.services.keys import keyring
    from elearn.services.transports import FolderTransport

    settings = read_settings()
    with open_site(settings):
        try:
            message = FolderTransport(settings, keyring()).read(given.uid)
        except LookupError:
            return refuse(f"Aucun message {given.uid} ici.", f"No message {given.uid} here.")
        except BrokenSeal:
            return refuse(
                f"Le message {given.uid} ne s'ouvre pas avec la clé « secret » de ce site.",
                f"Message {given.uid} does not open with this site's key “secret”.",
            )
    for name in ("From", "To", "Date", "Subject"):
        tell(f"{name}: {message[name]}")
    plain = message.get_body(("plain",))
    tell("\n" + (plain.get_content() if plain else ""))
    return 0


def mail_send(_given: argparse.Namespace) -> int:
    from elearn.services import posting
    from elearn.services.keys import keyring
    from elearn.services.transports import transport_for
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        counts = posting.drain(now, transport_for(settings, keyring()), most=1000)
    tell(say(*usage.posted(counts.sent, counts.later, counts.failed, counts.dropped)))
    return 1 if counts.later or counts.failed else 0
