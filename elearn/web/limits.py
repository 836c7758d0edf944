"""How often a network or a name may try something. Keyed hashes only; shared by all workers; short-lived."""

import hashlib
import hmac
import ipaddress
import time

from flask import current_app, request

from elearn.core.passwords import sign_in_key
from elearn.store.limits import Limits

TEN_MINUTES, HOUR, TEN_YEARS = 600, 3600, 315_360_000
TRIES_NETWORK, TRIES_NAME, TRIES_EVERYWHERE, TRIES_ATTACKED = 100, 10, 30, 2


def allow(deed: str, name: str | None = None, *, limit: int, seconds: int) -> bool:
    """Count one more try of `deed` by this network, or for this `name` from this network. False where that is too many.

    A name is counted together with its network: nobody can lock its owner out from elsewhere.
    """
    return limits().hit(_key(deed, name), limit, seconds, time.time())


def allow_account(deed: str, uid: str, *, limit: int, seconds: int) -> bool:
    """Count one more try of `deed` for this account, from wherever: for tries that only its password opens."""
    return limits().hit(_keyed(f"{deed}|account|{uid}"), limit, seconds, time.time())


def account_was_right(deed: str, uid: str, *, seconds: int) -> None:
    """A try that turned out well does not count among those of its account."""
    limits().take_back(_keyed(f"{deed}|account|{uid}"), seconds, time.time())


def count_opening(code: str) -> None:
    """One more time that an address was opened: a number, and nothing of who or when.

    It is kept with the counters, so that looking at a page writes nothing into the database; a counter may be lost.
    """
    limits().hit(_keyed(f"opened|{code}"), 0, TEN_YEARS, time.time())


def openings(code: str) -> int:
    """At least so many times."""
    return limits().hits(_keyed(f"opened|{code}"), TEN_YEARS, time.time())


def is_slowed(deed: str, name: str | None = None, *, limit: int, seconds: int) -> bool:
    """Were there too many already? Counts nothing: a class that signs in together must not stand in its own way."""
    return limits().hits(_key(deed, name), seconds, time.time()) >= limit


def count(deed: str, name: str | None = None, *, seconds: int) -> None:
    limits().hit(_key(deed, name), 1, seconds, time.time())


def try_password(name: str) -> bool:
    """Count one more password tried for `name`, before it is looked at: of many sent at once none slips by.

    False where that is too many: 100 by a network, or 10 by a network for one name, in ten minutes. A name that was
    tried in vain 30 times in an hour over all networks leaves each of them 2: it is never closed to its owner, who gets
    in from elsewhere (ASVS 5.0, 6.1.1).
    """
    at, found = time.time(), limits()
    attacked = found.hits(_key("password", name, "everywhere"), HOUR, at) >= TRIES_EVERYWHERE
    if not found.hit(_key("password", name), TRIES_ATTACKED if attacked else TRIES_NAME, TEN_MINUTES, at):
        return False
    if not found.hit(_key("password", None), TRIES_NETWORK, TEN_MINUTES, at):
        found.take_back(_key("password", name), TEN_MINUTES, at)
        return False
    found.hit(_key("password", name, "everywhere"), TRIES_EVERYWHERE, HOUR, at)
    return True


def password_was_right(name: str) -> None:
    """A class that signs in together must not stand in its own way: what turned out well does not count."""
    at, found = time.time(), limits()
    found.take_back(_key("password", name), TEN_MINUTES, at)
    found.take_back(_key("password", None), TEN_MINUTES, at)
    found.take_back(_key("password", name, "everywhere"), HOUR, at)


def _key(deed: str, name: str | None, where: str = "") -> str:
    return _keyed(f"{deed}|{where or network()}|{sign_in_key(name) if name else ''}")


def _keyed(about: str) -> str:
    secret: bytes = current_app.config["ELEARN_SECRET"]
    return hmac.new(secret, about.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()


def network() -> str:
    """The visitor's network: an IPv4 address, or the /48 of an IPv6 one, since one line may have a whole /48."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    prefix = 32 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))


def keyed_network() -> str:
    """16 hex digits for the visitor's network: the same for a day, so that a log shows who does too much."""
    return _keyed(f"log|{network()}|{int(time.time()) // 86_400}")[:16]


def limits() -> Limits:
    if "limits" not in current_app.extensions:
        current_app.extensions["limits"] = Limits(current_app.config["ELEARN"].instance / "limits.sqlite")
    found: Limits = current_app.extensions["limits"]
    return found
