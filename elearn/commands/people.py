"""Commands on accounts: add, list, role, deactivate, link, remove-factor."""

import argparse
import getpass
import sys

from elearn import usage
from elearn.commands.common import done, open_site, read_settings, refuse, unknown
from elearn.terminal import say, tell


def user_add(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        try:
            accounts.sign_up(given.name, given.shown or given.name, _password(given), now(), role=given.role)
        except accounts.Unacceptable as error:
            return refuse(*usage.UNACCEPTABLE.get((error.field, error.code), (str(error), str(error))))
    return done(*usage.account_made(given.name, given.role, settings.address))


def user_list(_given: argparse.Namespace) -> int:
    from elearn.services import accounts

    with open_site(read_settings()):
        for name, shown, role, active in accounts.people():
            closed = "" if active else "  " + say("(fermé)", "(closed)")
            tell(f"{name:<24}{role:<10}{shown}{closed}")
    return 0


def user_role(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    with open_site(read_settings()):
        if not accounts.change_role(given.name, given.role, By(now())):
            return unknown(given.name)
    return done(f"« {given.name} » est maintenant {given.role}.", f"“{given.name}” is now {given.role}.")


def user_deactivate(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    with open_site(read_settings()):
        if not accounts.deactivate(given.name, By(now())):
            return unknown(given.name)
    return done(
        f"« {given.name} » ne peut plus se connecter ; rien n'est effacé.",
        f"“{given.name}” can no longer sign in; nothing is erased.",
    )


def user_link(given: argparse.Namespace) -> int:
    from elearn.running import link_address
    from elearn.services import links
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        token = links.make_link(given.name, now())
    if token is None:
        return unknown(given.name)
    tell(link_address(settings, token))
    return 0


def user_remove_factor(given: argparse.Namespace) -> int:
    """For the only administrator of a site, whom nobody else can help from within."""
    from elearn.services import accounts, factor
    from elearn.services.audit import By
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        uid = accounts.uid_of(given.name)
        removed = uid is not None and factor.remove_for(uid, By(now()), f"{settings.address}/accounts/")
    if uid is None:
        return unknown(given.name)
    return done(*usage.factor_removed(given.name)) if removed else refuse(*usage.no_factor(given.name))


def _password(given: argparse.Namespace) -> str:
    if given.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return getpass.getpass(say("Mot de passe : ", "Password: "))
    except EOFError as error:
        raise usage.no_terminal() from error
