"""An address as a QR code that stands in a page: inline SVG, so that no other request and no style is needed."""

import segno
from markupsafe import Markup

from elearn.web.i18n import _

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, 6.3.8)."""


def qr_svg(address: str) -> Markup:
    """Dark on white, also where the page is dark: readers need it. It is named for those who hear the page."""
    svg = segno.make_qr(address, error="m", boost_error=False).svg_inline(
        border=QUIET_ZONE, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None, title=_("Code QR")
    )
    return Markup(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - segno escapes what it is given
