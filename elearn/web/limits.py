"""How often a network or a name may try something. Keyed hashes only; shared by all workers; short-lived."""

import hashlib
import hmac
import ipaddress
import time

from flask import current_app, request

from elearn.core.passwords import sign_in_key
from elearn.store.limits import Limits


def allow(deed: str, name: str | None = None, *, limit: int, seconds: int) -> bool:
    """Count one more try of `deed` by this network, or for this `name` from this network. False where that is too many.

    A name is counted together with its network: nobody can lock its owner out from elsewhere.
    """
    about = f"{deed}|{network()}|{sign_in_key(name) if name else ''}"
    secret: bytes = current_app.config["ELEARN_SECRET"]
    key = hmac.new(secret, about.encode(), hashlib.sha256).hexdigest()
    return limits().hit(key, limit, seconds, time.time())


def network() -> str:
    """The visitor's network: an IPv4 address, or the /64 of an IPv6 one, since a household has a whole /64."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    prefix = 32 if address.version == 4 else 64
    return str(ipaddress.ip_network((address, prefix), strict=False))


def limits() -> Limits:
    if "limits" not in current_app.extensions:
        current_app.extensions["limits"] = Limits(current_app.config["ELEARN"].instance / "limits.sqlite")
    found: Limits = current_app.extensions["limits"]
    return found
