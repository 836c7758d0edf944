"""Mail addresses that someone gives: one spelling for each, or none where mail could not be sent there."""

import re
import unicodedata

LONGEST = 254
"""Octets of an address (RFC 5321, 4.5.3.1.3)."""
LOCAL_LONGEST = 64

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def normal_address(text: str) -> str | None:
    """The address as mail is sent to it: no spaces around, composed, the domain folded and in ASCII (IDNA).

    None where it is not one: control signs, two @, a local part outside RFC 5322's dot-atom, a domain without a dot.
    """
    local, sign, domain = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    if not sign or len(local) > LOCAL_LONGEST or len(domain) > LONGEST or not _LOCAL.fullmatch(local):
        return None
    try:
        plain = domain.casefold().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = plain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    address = f"{local}@{plain}"
    return address if len(address) <= LONGEST else None


def same(address: str) -> str:
    """What two spellings of one mailbox share: nobody tells mailboxes apart by case."""
    return address.casefold()


def shown(address: str) -> str:
    """The address as its owner writes it: with the letters of its domain."""
    local, _sign, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def masked(address: str) -> str:
    """Enough to know it again over one's shoulder: b…@e….org."""
    local, _sign, domain = shown(address).rpartition("@")
    return f"{local[0]}…@{domain[0]}….{domain.rpartition('.')[2]}"
