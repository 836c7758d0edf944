"""For trainers: what is published, writing and trying units, publishing and withdrawing them, sending and taking files.

A module a page; each registers its views on the one blueprint, which stands in parts.py.
"""

from elearn.web.authoring import editor, history, listing, making, publication, transfer, trial
from elearn.web.authoring.parts import bp

__all__ = ["bp", "editor", "history", "listing", "making", "publication", "transfer", "trial"]
