"""Learning: catalogue, course, unit by sections, answers. Visitors read and try with nothing stored.

A module a page; each registers its views on the one blueprint, which stands in parts.py. A page is a GET that writes
nothing: one statement tells who asks, one where they stand, the rest is in memory.
"""

from elearn.web.learning import answers, courses, drafts, own_answers, record, review, sections, sittings
from elearn.web.learning.parts import bp

__all__ = ["answers", "bp", "courses", "drafts", "own_answers", "record", "review", "sections", "sittings"]
