"""What is said of a unit that comes from another system or goes to one: each loss, each guess, with its place.

One table of words in French and in English. Knows no format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LOST, GUESSED, KEPT = "lost", "guessed", "kept"
SEVERITIES = {LOST: ("perdu", "lost"), GUESSED: ("deviné", "guessed"), KEPT: ("à savoir", "note")}

NOTES: Mapping[str, tuple[str, str, str]] = {
    # --- coming in
    "encoding": (
        GUESSED,
        "ce fichier n'est pas en UTF-8 : lu comme {name} ; vérifiez les accents",
        "this file is not UTF-8: read as {name}; check the accents",
    ),
    "characters": (LOST, "signes illisibles retirés : {count}", "unreadable characters removed: {count}"),
    "too_large": (
        LOST,
        "fichier de plus de {limit} ko : coupez-le en plusieurs",
        "file larger than {limit} kB: cut it into several",
    ),
    "too_many": (
        LOST,
        "plus de {limit} questions : celles qui suivent ne sont pas reprises",
        "more than {limit} questions: those that follow are not taken",
    ),
    "too_long": (
        LOST,
        "question de plus de {limit} signes : non reprise",
        "question of more than {limit} characters: not taken",
    ),
    "empty": (LOST, "aucune question dans ce fichier", "no question in this file"),
    "header": (
        GUESSED,
        "auteurs, licence et durée ne sont pas dans ce format : complétez l'en-tête",
        "authors, license and duration are not in this format: complete the front matter",
    ),
    "category": (KEPT, "catégorie « {path} » : section « {title} »", "category “{path}”: section “{title}”"),
    "name": (KEPT, "nom « {name} » : ici #{id}", "name “{name}”: here #{id}"),
    "foreign_id": (KEPT, "identifiant d'origine « {foreign} » : ici #{id}", "original id “{foreign}”: here #{id}"),
    "tag": (LOST, "étiquette « {tag} » non reprise", "tag “{tag}” not taken"),
    "comment": (LOST, "commentaire non repris", "comment not taken"),
    "format": (
        GUESSED,
        "mise en forme « {format} » non gardée : le texte reste, sans elle",
        "“{format}” formatting not kept: the words stay without it",
    ),
    "element": (LOST, "balise <{tag}> retirée, ses mots gardés", "tag <{tag}> removed, its words kept"),
    "script": (LOST, "contenu de <{tag}> retiré", "content of <{tag}> removed"),
    "image": (LOST, "image « {source} » retirée ; mettez-la dans media/", "image “{source}” removed; put it in media/"),
    "link": (LOST, "lien « {target} » retiré, ses mots gardés", "link “{target}” removed, its words kept"),
    "no_text": (GUESSED, "question sans texte : appelée « {title} »", "question without text: called “{title}”"),
    "unclosed": (
        GUESSED,
        "accolade « {{ » jamais fermée : lue jusqu'à la fin de la question",
        "brace “{{” never closed: read to the end of the question",
    ),
    "blank": (
        GUESSED,
        "ligne vide entre les accolades : la question continue",
        "blank line between the braces: the question goes on",
    ),
    "unescaped": (
        GUESSED,
        "« {sign} » sans barre oblique devant : lu comme du texte",
        "“{sign}” without a backslash: read as text",
    ),
    "bare_answer": (
        GUESSED,
        "« {{{text}}} » sans « = » : lu comme la réponse attendue",
        "“{{{text}}}” without “=”: read as the expected answer",
    ),
    "weights": (
        GUESSED,
        "fractions inégales ({weights}) : chaque réponse juste compte autant, avec bareme=partiel",
        "unequal fractions ({weights}): each right answer counts the same, with scoring=partial",
    ),
    "partial_answer": (
        LOST,
        "réponse « {text} » à {weight} % : écartée, seule la meilleure est gardée",
        "answer “{text}” at {weight}%: left out, only the best one is kept",
    ),
    "no_right": (
        GUESSED,
        "aucune réponse juste : devenue un sondage",
        "no right answer: made a survey",
    ),
    "moved_feedback": (
        GUESSED,
        "retour d'une réponse placé dans l'explication",
        "feedback of an answer put in the explanation",
    ),
    "gaps": (GUESSED, "plusieurs accolades : lues comme un texte à trous", "several braces: read as a cloze"),
    "shape": (
        LOST,
        "réponses non reprises ({why}) : le texte de la question est gardé, sans elles",
        "answers not taken ({why}): the words of the question are kept without them",
    ),
    "refused": (LOST, "texte non repris : {why}", "text not taken: {why}"),
    # --- going out
    "draw": (
        LOST,
        "tirage au hasard non exporté : toutes les questions de la banque le sont",
        "random draw not exported: all questions of the pool are",
    ),
    "prose": (
        LOST,
        "le texte de l'unité (sections, références, glossaire) n'est pas exporté : seules le sont les questions",
        "the unit's prose (sections, references, glossary) is not exported: only its questions are",
    ),
    "kind": (
        LOST,
        "genre « {kind} » sans équivalent : question non exportée",
        "no such kind as “{kind}”: not exported",
    ),
    "retired": (LOST, "question retirée : non exportée", "retired question: not exported"),
    "hint": (LOST, "indices non exportés : {count}", "hints not exported: {count}"),
    "points": (LOST, "points={value} non exporté", "points={value} not exported"),
    "option": (LOST, "option « {name} » non exportée", "option “{name}” not exported"),
    "all_or_nothing": (
        LOST,
        "tout ou rien devient un compte partiel",
        "all or nothing becomes partial scoring",
    ),
    "ordering": (
        GUESSED,
        "ordre exporté comme un appariement de rangs et d'éléments",
        "ordering exported as a matching of ranks and items",
    ),
    "split": (
        GUESSED,
        "texte à {count} trous exporté comme {count} questions d'un trou",
        "cloze of {count} gaps exported as {count} questions of one gap",
    ),
    "distractor": (LOST, "élément en trop « {text} » non exporté", "distractor “{text}” not exported"),
    "sample": (
        GUESSED,
        "exemple de réponse exporté comme retour général",
        "sample answer exported as general feedback",
    ),
    "header_out": (
        LOST,
        "l'en-tête (titre, auteurs, licence, compétences…) n'est pas exporté",
        "the front matter (title, authors, license, competencies…) is not exported",
    ),
}
"""Code -> severity, French, English."""


@dataclass(frozen=True, slots=True)
class Note:
    """`line` and `column` from 1 in the foreign file; line 0 where it is about a question named by `question`.

    A param that is a pair of texts is said in French or in English.
    """

    code: str
    line: int = 0
    column: int = 0
    question: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        return NOTES[self.code][0]

    def message(self, lang: str = "fr") -> str:
        tongue = int(lang != "fr")
        spoken = {name: value[tongue] if isinstance(value, tuple) else value for name, value in self.params.items()}
        return NOTES[self.code][1 + tongue].format_map({name: _short(value) for name, value in spoken.items()})


def as_text(path: str, notes: tuple[Note, ...], lang: str = "fr") -> str:
    """One line a note: where, how grave, and what."""
    lines = []
    for note in notes:
        place = f"{path}:{note.line}:{note.column}" if note.line else path + (f"#{note.question}" * bool(note.question))
        lines.append(f"{place}: {SEVERITIES[note.severity][lang != 'fr']}: {note.message(lang)}")
    return "\n".join(lines)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
