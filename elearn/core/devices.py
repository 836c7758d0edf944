"""A device in words, from what its browser says of itself: "Firefox, Android". Enough to tell one's devices apart, and
no more: neither versions nor models are kept. Pure."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Trident/", "Internet Explorer"),
    ("MSIE ", "Internet Explorer"),
    ("Safari/", "Safari"),
)
"""The first that is found: most browsers also claim to be Chrome and Safari."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("KAIOS", "KaiOS"),
    ("Linux", "Linux"),
)
"""Android says that it is Linux too."""


def device_words(user_agent: str) -> str:
    """Browser and system, or the one of the two that is known; empty where neither is. At most 40 signs."""
    said = user_agent[:1000]
    found = (next((name for mark, name in known if mark in said), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))
