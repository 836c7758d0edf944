"""What makes a sign-in name and a password acceptable: length and a list of common words; no rules of composition
(NIST SP 800-63B, 5.1.1.2)."""

import re
import unicodedata
from collections.abc import Collection

SHORTEST = 12
LONGEST = 200
NAME_LONGEST = 40
NAME_SHORTEST = 3


def sign_in_key(name: str) -> str:
    """One spelling for names that people take for the same: case, spaces around and compatible forms are folded.

    A zero, of which PostgreSQL cannot even be asked, becomes a sign that no name has.
    """
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold().replace("\0", "\ufffd")


def shown_name(name: str) -> str:
    """A name as it is stored and shown: composed signs, single spaces."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def name_problem(name: str) -> str | None:
    """`short`, `long` or `characters`; None where the name is fine: letters of any script, digits, space and . - _ '"""
    key = sign_in_key(name)
    if len(key) < NAME_SHORTEST:
        return "short"
    if max(len(key), len(shown_name(name))) > NAME_LONGEST:
        return "long"
    return None if re.fullmatch(r"[\w .\-']+", key) and not has_hidden_signs(name) else "characters"


def password_problem(password: str, names: Collection[str], common: Collection[str]) -> str | None:
    """`short`, `long`, `common` (on the list, or made of such words) or `names` (holds a name of the person)."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = _plain(password)
    if any(len(_plain(name)) >= 4 and _plain(name) in plain for name in names):
        return "names"
    return "common" if _is_common(plain, common) else None


def _is_common(plain: str, common: Collection[str]) -> bool:
    """On the list as it is, as a word with digits around it, or a short thing said again and again."""
    letters = re.sub(r"[^a-z]", "", plain)
    if len(set(plain)) < 5 or plain in common or (letters in common) or letters == "":
        return True
    halves = {letters[:cut] for cut in range(3, len(letters) - 2)}
    return any(half in common and letters[len(half) :] in common for half in halves)


def search_key(*names: str) -> str:
    """Names without accents, case or doubled spaces, for lists that are searched; at most 160 signs."""
    decomposed = unicodedata.normalize("NFKD", " ".join(" ".join(names).split()).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))[:160]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char) and not char.isspace())


def has_hidden_signs(text: str) -> bool:
    """Controls, direction overrides, lone surrogates and the like: nobody sees them, and databases refuse some."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in text)
