"""What a button inserts into a text: the smallest good example of each thing, to write over. Ids are left to the
writer: the checker asks for them where they lack."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """`name`: what the button says; `text`: what it inserts."""

    name: str
    text: str


PIECES: Mapping[str, tuple[Piece, ...]] = {
    "fr": (
        Piece("Section", "## Titre de la section {#nom-de-la-section}\n\nUne idée, pas deux.\n"),
        Piece(
            "Une réponse",
            "### Question : l'énoncé {.choix-unique #nom-court}\n\n- ( ) Une réponse.\n  > Pas encore : pourquoi.\n"
            "- (x) La bonne réponse.\n  > Oui : pourquoi.\n\n> **Explication :** ce qu'il faut comprendre.\n",
        ),
        Piece(
            "Plusieurs réponses",
            "### Question : l'énoncé {.choix-multiple #nom-court}\n\n- [x] Une bonne réponse.\n  > Oui : pourquoi.\n"
            "- [x] Une autre.\n  > Oui : pourquoi.\n- [ ] Une réponse.\n  > Pas encore : pourquoi.\n\n"
            "> **Explication :** ce qu'il faut comprendre.\n",
        ),
        Piece(
            "Vrai ou faux",
            "### Une affirmation. {.vrai-faux #nom-court}\n\n> **Réponse :** faux\n\n"
            "> **Explication :** ce qu'il faut comprendre.\n",
        ),
        Piece(
            "Ordre",
            "### Dans quel ordre ? {.ordre #nom-court}\n\n1. D'abord\n2. Ensuite\n3. Enfin\n\n"
            "> **Explication :** ce qu'il faut comprendre.\n",
        ),
        Piece(
            "À relier",
            "### Reliez {.appariement #nom-court}\n\n| Situation | Geste |\n| --- | --- |\n| Avant | Demander |\n"
            "| Après | Remercier |\n\n> **Explication :** ce qu'il faut comprendre.\n",
        ),
        Piece("Réflexion", "### Une fois où… {.reflexion #nom-court}\n\nQue s'est-il passé ?\n"),
        Piece("Encadré", "> [!NOTE]\n> Ce qu'il est bon de savoir.\n"),
        Piece("Image", '![Ce que montre l\'image](media/nom.png "Légende")\n'),
    ),
    "en": (
        Piece("Section", "## Title of the section {#name-of-the-section}\n\nOne idea, not two.\n"),
        Piece(
            "One answer",
            "### Question: the words {.single-choice #short-name}\n\n- ( ) An answer.\n  > Not yet: why.\n"
            "- (x) The right answer.\n  > Yes: why.\n\n> **Explanation:** what there is to understand.\n",
        ),
        Piece(
            "Several answers",
            "### Question: the words {.multiple-choice #short-name}\n\n- [x] A right answer.\n  > Yes: why.\n"
            "- [x] Another.\n  > Yes: why.\n- [ ] An answer.\n  > Not yet: why.\n\n"
            "> **Explanation:** what there is to understand.\n",
        ),
        Piece(
            "True or false",
            "### A statement. {.true-false #short-name}\n\n> **Answer:** false\n\n"
            "> **Explanation:** what there is to understand.\n",
        ),
        Piece(
            "Ordering",
            "### In which order? {.ordering #short-name}\n\n1. First\n2. Then\n3. Last\n\n"
            "> **Explanation:** what there is to understand.\n",
        ),
        Piece(
            "Matching",
            "### Match {.matching #short-name}\n\n| Situation | Act |\n| --- | --- |\n| Before | Ask |\n"
            "| After | Thank |\n\n> **Explanation:** what there is to understand.\n",
        ),
        Piece("Reflection", "### A time when… {.reflection #short-name}\n\nWhat happened?\n"),
        Piece("Callout", "> [!NOTE]\n> What is good to know.\n"),
        Piece("Image", '![What the image shows](media/name.png "Caption")\n'),
    ),
}
