"""What a button inserts into a text: a section, a callout, an image and a question of each kind, to write over."""

from collections.abc import Mapping
from dataclasses import dataclass

from elearn.core import skeletons
from elearn.core.new_ids import NewIds


@dataclass(frozen=True, slots=True)
class Piece:
    """`name`: what the button says; `text`: what it inserts."""

    name: str
    text: str


NAMES: Mapping[str, tuple[str, str]] = {
    "single_choice": ("Une réponse à choisir", "One answer to choose"),
    "multiple_choice": ("Plusieurs réponses à choisir", "Several answers to choose"),
    "true_false": ("Vrai ou faux", "True or false"),
    "number": ("Un nombre", "A number"),
    "short_answer": ("Réponse courte", "Short answer"),
    "ordering": ("À mettre dans l'ordre", "To put in order"),
    "matching": ("À relier", "To match"),
    "cloze": ("Texte à trous", "Text with gaps"),
    "reflection": ("Réflexion, pour soi", "Reflection, for oneself"),
    "survey": ("Sondage", "Survey"),
    "scale": ("Échelle", "Scale"),
    "scenario": ("Situation à étapes", "Scenario in steps"),
    "pool": ("Banque de questions", "Pool of questions"),
}
_SECTION = (
    ("Section", "## Titre de la section {#s-1}\n\nUne idée, pas deux.\n"),
    ("Section", "## Title of the section {#s-1}\n\nOne idea, not two.\n"),
)
_CALLOUT = (
    ("Encadré", "> [!NOTE]\n> Ce qu'il est bon de savoir.\n"),
    ("Callout", "> [!NOTE]\n> What is good to know.\n"),
)
_IMAGE = (
    ("Image", '![Ce que montre l\'image](media/nom.png "Légende")\n'),
    ("Image", '![What the image shows](media/name.png "Caption")\n'),
)


def pieces(lang: str, ids: NewIds) -> list[Piece]:
    """In French or English, each with ids of its own."""
    at = 0 if lang == "fr" else 1
    found = [Piece(_SECTION[at][0], skeletons.with_ids(_SECTION[at][1], ids))]
    for kind in skeletons.QUESTIONS:
        found.append(Piece(NAMES[kind][at], skeletons.question(kind, lang, ids)))
    return [*found, Piece(*_CALLOUT[at]), Piece(*_IMAGE[at])]
