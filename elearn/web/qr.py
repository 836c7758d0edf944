"""An address as a QR code, drawn as SVG inside the page: no file, no script, no other host."""

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""White modules around it, as ISO/IEC 18004 asks."""


def qr_svg(address: str) -> Markup:
    """Black on white in light and dark alike; its size comes from the class `segno` in the stylesheet."""
    drawn = segno.make_qr(address, error="m", boost_error=False)
    return Markup(drawn.svg_inline(border=QUIET_ZONE, omitsize=True, light="#fff"))  # noqa: S704 - drawn by segno
