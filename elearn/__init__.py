"""elearn: courses, quizzes and attestations for the training of peer supporters.

Holds the version only: importing `elearn.core` must not load Flask.
"""

__version__ = "0.1.0"
