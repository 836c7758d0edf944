"""Colours of an organisation on its paper: only those that everyone can read on white. Pure.

Contrast as WCAG 2.2 defines it (relative luminance); 7:1 is level AAA, since a paper is copied and faxed.
"""

import re

LEAST = 7.0
_HEX = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Six digits after a #, in small letters."""
    return bool(_HEX.fullmatch(text))


def on_white(colour: str) -> float:
    """Contrast of a colour on white, from 1 to 21."""
    return 1.05 / (_luminance(colour) + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
