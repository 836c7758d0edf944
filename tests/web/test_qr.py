"""An address as a QR code in a page."""

import re
from xml.etree import ElementTree

from flask import Flask

from elearn.web.qr import qr_svg

ADDRESS = "https://formation.example/accounts/links/0123456789ABCDEFGHJKMNPQRS"


def test_it_works(app: Flask) -> None:
    with app.test_request_context():
        svg = qr_svg(ADDRESS)
    tree = ElementTree.fromstring(svg)
    assert tree.get("role") == "img"
    assert tree.findtext("title") == "Code QR"
    ground, modules = tree.findall("path")
    assert (ground.get("fill"), modules.get("stroke")) == ("#fff", "#000"), "dark on white, whatever the page's colours"
    side = int((tree.get("viewBox") or "").split()[2])
    assert ground.get("d") == f"M0 0h{side}v{side}h-{side}z"
    assert (modules.get("d") or "").startswith("M4 4.5h7"), "four modules of quiet zone"


def test_nothing_is_inline_but_the_drawing(app: Flask) -> None:
    with app.test_request_context():
        svg = qr_svg('https://formation.example/"><script>')
    assert not re.search(r"style=|<script|on\w+=", svg)
