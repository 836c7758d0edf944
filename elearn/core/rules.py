"""Every rule of the checker in one table, and the record of one problem found.

Codes are those of the authoring format. `E` and some `T` block publishing, `W` and the other `T` warn. Each message
says what to type, in French and in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ERROR, WARNING = "error", "warning"
NEAR = {"fr": " ; vouliez-vous « {near} » ?", "en": "; did you mean “{near}”?"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`fr`, `en`: format strings over a problem's params. `variants`: other words for the same rule, by name."""

    severity: str
    fr: str
    en: str
    fixable: bool = False
    variants: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. Line and column count from 1, in code points. `params["variant"]` picks other words."""

    path: str
    line: int
    column: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        return RULES[self.code].severity

    @property
    def fixable(self) -> bool:
        return RULES[self.code].fixable

    @property
    def place(self) -> tuple[str, int, int, str]:
        return (self.path, self.line, self.column, self.code)

    def message(self, lang: str = "fr") -> str:
        """The sentence in French or English, with the nearest known word where there is one."""
        rule = RULES[self.code]
        words = rule.variants.get(str(self.params.get("variant", "")), (rule.fr, rule.en))
        text = words[0] if lang == "fr" else words[1]
        near = NEAR["fr" if lang == "fr" else "en"] if self.params.get("near") else ""
        return (text + near).format_map({name: _one_line(value) for name, value in self.params.items()})


def _one_line(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else text[:79] + "…"


def _error(fr: str, en: str, fixable: bool = False, **variants: tuple[str, str]) -> Rule:
    return Rule(ERROR, fr, en, fixable, variants)


def _warning(fr: str, en: str, fixable: bool = False, **variants: tuple[str, str]) -> Rule:
    return Rule(WARNING, fr, en, fixable, variants)


_LATER = (
    "« {key} » : cette version ne sait pas encore tenir cette règle ; retirez la ligne",
    "“{key}”: this version cannot keep this rule yet; remove the line",
)

RULES: Mapping[str, Rule] = {
    # --- the file itself
    "E090": _error(
        "ce fichier n'est pas du texte UTF-8 ; enregistrez-le en UTF-8",
        "this file is not UTF-8 text; save it as UTF-8",
        nul=("caractère nul dans le texte ; retirez-le", "null character in the text; remove it"),
    ),
    "E091": _error(
        "fichier de plus de {limit} ko ; coupez-le en plusieurs unités",
        "file over {limit} kB; split it into several units",
    ),
    # --- front matter and YAML
    "E100": _error(
        "en-tête illisible : {why}",
        "unreadable YAML: {why}",
        fixable=True,
        tab=("en-tête illisible : tabulation ; utilisez des espaces", "unreadable YAML: tab; use spaces"),
        open=(
            "l'en-tête n'est pas fermé ; ajoutez une ligne --- après la dernière clé",
            "the front matter is not closed; add a --- line after the last key",
        ),
        quote=("guillemet jamais refermé ; fermez le texte par un guillemet", "quote never closed; close it"),
        deep=("imbrication trop profonde ; simplifiez", "nesting too deep; simplify"),
        shape=("écrivez des lignes « clé: valeur »", "write lines of the form “key: value”"),
        character=("caractère de contrôle interdit ; retirez-le", "control character not allowed; remove it"),
        unreadable=(
            "en-tête illisible à partir d'ici ; vérifiez les crochets, les guillemets et le retrait",
            "unreadable YAML from here; check brackets, quotes and indentation",
        ),
    ),
    "E101": _error(
        'le texte de « {key} » contient « : » ; écrivez {key}: "{value}"',
        'the text of “{key}” contains “:”; write {key}: "{value}"',
        fixable=True,
    ),
    "E102": _error("clé inconnue « {key} »", "unknown key “{key}”", later=_LATER),
    "E103": _error(
        "clé obligatoire absente : « {key} »",
        "required key missing: “{key}”",
        file=("fichier obligatoire absent : {key}", "required file missing: {key}"),
        words=(
            '« {key} » : il manque le texte en « {lang} » ; écrivez {key}: {{{lang}: "…"}}',
            '“{key}”: the text in “{lang}” is missing; write {key}: {{{lang}: "…"}}',
        ),
    ),
    "E104": _error(
        "durée « {value} » : écrivez par exemple « 30 min » ou « 1 h 30 »",
        "duration “{value}”: write for example “30 min” or “1 h 30”",
    ),
    "E105": _error(
        "clé « {key} » écrite deux fois ; gardez-en une",
        "key “{key}” written twice; keep one",
        alias=("« {key} » : ancre ou renvoi YAML refusé ; recopiez le texte", "“{key}”: YAML anchor or alias refused"),
        tag=(
            "« {key} » : étiquette YAML refusée ; écrivez le texte seul",
            "“{key}”: YAML tag refused; write plain text",
        ),
        nested=("« {key} » : un texte simple est attendu ici", "“{key}”: plain text is expected here"),
        table=("« {key} » : des lignes « clé: valeur » sont attendues", "“{key}”: lines “key: value” are expected"),
        sequence=("« {key} » : une liste est attendue ; écrivez [a, b]", "“{key}”: a list is expected; write [a, b]"),
    ),
    "E106": _error(
        "« {key} » : valeur « {value} » refusée",
        "“{key}”: value “{value}” refused",
        choice=("« {key} » : « {value} » ; écrivez {expected}", "“{key}”: “{value}”; write {expected}"),
        date=("« {key} » : « {value} » ; écrivez une date comme 2026-11-22", "“{key}”: “{value}”; write 2026-11-22"),
        licence=(
            "licence « {value} » ; écrivez un nom SPDX comme CC-BY-SA-4.0, ou LicenseRef-…",
            "licence “{value}”; write an SPDX name such as CC-BY-SA-4.0, or LicenseRef-…",
        ),
        number=(
            "« {key} » : « {value} » ; écrivez un nombre de {low} à {high}",
            "“{key}”: “{value}”; write a number from {low} to {high}",
        ),
        boolean=("« {key} » : « {value} » ; écrivez oui ou non", "“{key}”: “{value}”; write yes or no"),
        contradicts=(
            "« {key} » contredit la source ({source}) ; retirez la ligne de la traduction",
            "“{key}” contradicts the source ({source}); remove the line from the translation",
        ),
        later=(
            "« {key} » : « {value} » n'existe pas encore dans cette version ; écrivez {expected}",
            "“{key}”: “{value}” does not exist in this version yet; write {expected}",
        ),
        link=(
            "« {key} » : « {value} » ; écrivez une adresse https://…",
            "“{key}”: “{value}”; write an https://… address",
        ),
    ),
    "W107": _warning(
        "relecture du {value} : plus de 24 mois ; relisez l'unité et changez la date",
        "review of {value}: over 24 months ago; review the unit and change the date",
    ),
    # --- prose
    "E110": _error(
        "cette ligne de tirets transforme le texte du dessus en titre ; laissez une ligne vide ou utilisez ***",
        "this line of dashes turns the text above into a heading; leave an empty line or use ***",
        fixable=True,
    ),
    "E111": _error("balise HTML refusée : {tag}", "HTML tag refused: {tag}"),
    "E112": _error("deux titres de niveau 1 ; gardez-en un", "two level 1 headings; keep one"),
    "E113": _error(
        "bloc « ::: » non reconnu ; pour un encadré : > [!NOTE]", "“:::” block not known; for a callout: > [!NOTE]"
    ),
    "W114": _warning(
        "encadré [!{kind}] dans une liste : GitHub le montre comme simple citation ; sortez-le de la liste",
        "callout [!{kind}] in a list: GitHub shows it as a plain quote; take it out of the list",
    ),
    "E115": _error(
        "ce titre diffère de « titre: {title} » dans l'en-tête ; écrivez les mêmes mots",
        "this heading differs from “title: {title}” in the front matter; write the same words",
    ),
    "W116": _warning(
        "titre de niveau {found} après un niveau {before} ; écrivez {hashes}",
        "level {found} heading after level {before}; write {hashes}",
    ),
    "W117": _warning(
        "note [^{label}] sans texte ; ajoutez une ligne [^{label}]: …",
        "footnote [^{label}] has no text; add a line [^{label}]: …",
        transcript=(
            "une transcription n'a pas de notes ; écrivez ces mots dans le texte",
            "a transcript has no footnotes; write these words in the text",
        ),
    ),
    "E118": _error(
        "lien « {target} » refusé ; écrivez https://…, mailto:…, tel:…, unite:… ou glossaire:…",
        "link “{target}” refused; write https://…, mailto:…, tel:…, unit:… or glossary:…",
    ),
    "E119": _error(
        "image « {target} » refusée ; mettez le fichier dans media/ et écrivez media/nom.png",
        "image “{target}” refused; put the file in media/ and write media/name.png",
        kind=(
            "image « {target} » refusée ; enregistrez-la en .png, .jpg, .gif ou .webp",
            "image “{target}” refused; save it as .png, .jpg, .gif or .webp",
        ),
        played=(
            "« {target} » refusé ; mettez le fichier dans media/ et écrivez media/nom.mp3",
            "“{target}” refused; put the file in media/ and write media/name.mp3",
        ),
    ),
    # --- question headings
    "E120": _error(
        "« {token} » : attendu .genre, #identifiant ou clé=valeur",
        "“{token}”: expected .kind, #id or key=value",
        empty=(
            "titre vide ; écrivez des mots après {token}",
            "empty heading; write words after {token}",
        ),
        open=(
            "accolades mal fermées ou parenthèses à leur place ; finissez le titre par {{.genre #identifiant}}",
            "braces not closed, or parentheses in their place; end the heading with {{.kind #id}}",
        ),
        twice=(
            "« {token} » : déjà écrit dans ces accolades ; gardez-en un",
            "“{token}”: already in these braces; keep one",
        ),
    ),
    "E121": _error(
        "option inconnue « {token} »",
        "unknown option “{token}”",
        kind=(
            "l'option « {token} » ne s'applique pas à {kind} ; retirez-la",
            "“{token}” does not apply to {kind}; remove it",
        ),
        later=(
            "l'option « {token} » n'existe pas encore dans cette version ; retirez-la",
            "“{token}” does not exist yet; remove it",
        ),
        region=(
            "« {token} » dans ce qui est pour une région : cela ne compte pour personne ; retirez l'option",
            "“{token}” in what is for one region: it counts for nobody; remove the option",
        ),
    ),
    "E122": _error(
        "genre inconnu « {kind} »",
        "unknown kind “{kind}”",
        later=(
            "le genre « {kind} » n'existe pas encore dans cette version ; existent : {known}",
            "the kind “{kind}” does not exist in this version yet; there are: {known}",
        ),
    ),
    "E130": _error(
        "identifiant « {id} » : minuscules sans accent, chiffres, tirets, une lettre d'abord",
        "id “{id}”: lower case without accents, digits, hyphens, a letter first",
        reserved=(
            "identifiant « {id} » réservé au site ; choisissez-en un autre",
            "id “{id}” is kept by the site; choose another",
        ),
    ),
    "E131": _error(
        "identifiant « {id} » déjà employé ligne {other}", "id “{id}” already used on line {other}", fixable=True
    ),
    "E132": _error(
        "question sans identifiant ; ajoutez #un-nom-court",
        "question without an id; add #a-short-name",
        fixable=True,
        section=(
            "section sans identifiant ; ajoutez {{#un-nom-court}}",
            "section without an id; add {{#a-short-name}}",
        ),
        none=(
            "unité sans section ; ajoutez au moins un titre « ## Titre {{#un-nom-court}} »",
            "unit without a section; add at least one heading “## Title {{#a-short-name}}”",
        ),
        term=("entrée sans identifiant ; ajoutez {{#un-nom-court}}", "entry without an id; add {{#a-short-name}}"),
    ),
    "E133": _error(
        "« {id} » (publié) a disparu ; remettez la question, avec retire=oui si elle ne doit plus servir",
        "“{id}” (published) has gone; put the question back, with retired=yes if it should not be used",
    ),
    "E134": _error(
        "« {id} » était {before}, il devient {now} ; donnez un nouvel identifiant",
        "“{id}” was {before}, it becomes {now}; give it a new id",
    ),
    "E135": _error(
        "identifiant « {id} » déjà employé par {other} ; choisissez-en un autre",
        "id “{id}” already used by {other}; choose another",
    ),
    "W140": _warning(
        "ce titre ressemble à une question mais n'a pas de {{.genre #identifiant}}",
        "this heading looks like a question but has no {{.kind #id}}",
        fixable=True,
    ),
    "E141": _error(
        "cases à cocher hors d'une question ; ajoutez {{.choix-unique #identifiant}} au titre, ou retirez {mark}",
        "tick boxes outside a question; add {{.single-choice #id}} to the heading, or remove {mark}",
        answer=(
            "réponse écrite hors d'une question, que tout le monde lirait ; "
            "finissez le titre au-dessus par {{.vrai-faux #identifiant}}",
            "answer written outside a question, for everybody to read; end the heading above with {{.true-false #id}}",
        ),
    ),
    # --- the body of a question
    "E150": _error(
        "réponse mal formée « {found} » : écrivez « {wanted} »",
        "malformed answer “{found}”: write “{wanted}”",
        fixable=True,
        unmarked=(
            "réponse sans case « {found} » : écrivez « {wanted} »",
            "answer without a box “{found}”: write “{wanted}”",
        ),
        empty=("réponse vide ; écrivez du texte après la case", "empty answer; write text after the box"),
    ),
    "E151": _error(
        "question à {kind} : utilisez {wanted} et non {found}",
        "{kind} question: use {wanted}, not {found}",
        fixable=True,
    ),
    "E152": _error(
        "étiquette inconnue « {label} » : Indice, Explication, Réponse, Exemple de réponse",
        "unknown label “{label}”: Hint, Explanation, Answer, Sample answer",
        kind=(
            "l'étiquette « {label} » ne s'applique pas à {kind} ; retirez-la",
            "the label “{label}” does not apply to {kind}; remove it",
        ),
    ),
    "E153": _error(
        "ce retour n'est attaché à aucune réponse ; décalez « > » de deux espaces",
        "this feedback belongs to no answer; indent “>” by two spaces",
        fixable=True,
    ),
    "W154": _warning(
        "texte après les réponses : écrivez > **Explication :** … ou fermez la question par ***",
        "text after the answers: write > **Explanation:** … or close the question with ***",
    ),
    "E161": _error(
        "sous-titre dans une question qui n'est pas une situation ; fermez la question par *** ou remontez le titre",
        "sub-heading in a question that is not a scenario; close the question with *** or raise the heading",
    ),
    "E162": _error(
        "question dans une liste ou une citation ; sortez-la",
        "question inside a list or a quote; take it out",
        opening=(
            "question avant la première section ; ajoutez un titre ## au-dessus",
            "question before the first section; add a ## heading above",
        ),
        level=(
            "question à un titre de niveau {level} ; utilisez ###, #### ou #####",
            "question on a level {level} heading; use ###, #### or #####",
        ),
    ),
    "E164": _error("imbrication trop profonde pour être lue ; simplifiez", "nesting too deep to be read; simplify"),
    "W165": _warning(
        "encadré écrit sur une ligne ; écrivez > [!{kind}] seul, puis le texte à la ligne",
        "callout written on one line; write > [!{kind}] alone, then the text on the next line",
        fixable=True,
    ),
    "E166": _error(
        "toutes les sections sont pour une région ; laissez-en une sans region=",
        "every section is for a region; leave one without region=",
    ),
    # --- keys
    "E200": _error(
        "choix unique : il faut une seule réponse (x), trouvé {found}",
        "single choice: exactly one answer (x) is needed, found {found}",
    ),
    "E201": _error("aucune bonne réponse [x] ; marquez-en au moins une", "no right answer [x]; mark at least one"),
    "E202": _error(
        "il faut au moins deux réponses : « {wanted} texte »", "at least two answers are needed: “{wanted} text”"
    ),
    "W203": _warning("réponses {first} et {second} identiques", "answers {first} and {second} are the same"),
    "E206": _error(
        "ordre : au moins trois éléments numérotés (1. 2. 3.), trouvé {found}",
        "ordering: at least three numbered items (1. 2. 3.), found {found}",
    ),
    "E207": _error(
        "appariement : tableau à deux colonnes, deux lignes complètes au moins",
        "matching: a table of two columns with at least two full rows",
        right=(
            "appariement : case de droite vide ; écrivez la réponse",
            "matching: empty right cell; write the answer",
        ),
    ),
    "E215": _error(
        "vrai-faux : écrivez > **Réponse :** vrai, ou faux",
        "true/false: write > **Answer:** true, or false",
        many=("plus de {limit} réponses ; gardez-en {limit}", "over {limit} answers; keep {limit}"),
        items=("plus de {limit} éléments à ordonner ; gardez-en {limit}", "over {limit} items to order; keep {limit}"),
        twins=(
            "cases de droite {first} et {second} identiques ; elles doivent différer",
            "right cells {first} and {second} are the same; they must differ",
        ),
    ),
    "W220": _warning(
        "aucune explication ni retour : la personne ne saura pas pourquoi ; ajoutez > **Explication :** …",
        "no explanation nor feedback: people will not know why; add > **Explanation:** …",
    ),
    "W221": _warning(
        "la bonne réponse est deux fois plus longue que les autres ; rapprochez les longueurs",
        "the right answer is twice as long as the others; make the lengths alike",
    ),
    # --- translations
    "T301": _warning(
        "question « {id} » absente de la traduction ; elle se montre en langue source",
        "question “{id}” missing from the translation; it is shown in the source language",
        section=(
            "section « {id} » absente de la traduction ; elle se montre en langue source",
            "section “{id}” missing from the translation; it is shown in the source language",
        ),
    ),
    "T302": _warning(
        "« {id} » : {source} réponses dans la source, {found} ici ; la question se montre en langue source",
        "“{id}”: {source} answers in the source, {found} here; the question is shown in the source language",
        kind=(
            "« {id} » est {source} dans la source, {found} ici ; la question se montre en langue source",
            "“{id}” is {source} in the source, {found} here; the question is shown in the source language",
        ),
        order=(
            "section « {id} » : questions dans un autre ordre que la source ; la section se montre en langue source",
            "section “{id}”: questions in another order than the source; the section is shown in the source language",
        ),
        rows=(
            "« {id} » : lignes complètes et lignes en trop dans un autre ordre que la source",
            "“{id}”: full rows and extra rows in another order than the source",
        ),
    ),
    "T303": _error(
        "identifiant « {id} » inconnu de la source ; ne traduisez pas après #",
        "id “{id}” unknown in the source; do not translate after #",
    ),
    "T304": _error(
        "réponse marquée juste ici, fausse dans la source",
        "answer marked right here, wrong in the source",
        unmarked=(
            "réponse juste dans la source, non marquée ici ; marquez-la ou retirez toutes les marques",
            "answer right in the source, not marked here; mark it or remove all marks",
        ),
    ),
    # --- links between files
    "E401": _error(
        "image sans description ; écrivez ![description](…) ou ajoutez {{.decoratif}}",
        "image without a description; write ![description](…) or add {{.decorative}}",
    ),
    "E402": _error(
        "{media} : transcription absente ; écrivez {transcript} à côté du fichier",
        "{media}: no transcript; write {transcript} beside the file",
    ),
    "W402": _warning(
        "{media} : transcription absente dans cette langue ; écrivez {transcript} à côté du fichier",
        "{media}: no transcript in this language; write {transcript} beside the file",
    ),
    "E403": _error(
        "consentement absent : écrivez « consentement: … » dans {sidecar}, ou « consentement: sans objet »",
        "no consent: write “consent: …” in {sidecar}, or “consent: not applicable”",
        testimony=(
            "témoignage sans consentement ; finissez-le par une ligne > — [Prénom](media/prenom.yaml)",
            "testimony without consent; end it with a line > — [First name](media/name.yaml)",
        ),
    ),
    "E404": _error("fichier introuvable {target}", "file not found {target}"),
    "E405": _error(
        "ce fichier n'est pas du {suffix} ; enregistrez-le dans ce format, ou changez son nom",
        "this file is not {suffix}; save it in that format, or rename it",
        captions=(
            "ces sous-titres ne se lisent pas : la première ligne est WEBVTT, et le fichier est en UTF-8",
            "these captions cannot be read: the first line is WEBVTT, and the file is UTF-8",
        ),
    ),
    "W406": _warning(
        "{media} : sous-titres absents ; écrivez {captions} à côté du fichier",
        "{media}: no captions; write {captions} beside the file",
    ),
    "E410": _error("référence « {key} » inconnue de references.yaml", "reference “{key}” is not in references.yaml"),
    "E411": _error("entrée de glossaire « {id} » inconnue", "unknown glossary entry “{id}”"),
    "W412": _warning("référence « {key} » jamais citée", "reference “{key}” is never cited"),
    "E413": _error(
        "unité « {id} » inconnue",
        "unknown unit “{id}”",
        anchor=("ancre « {id} » inconnue dans cette unité", "unknown anchor “{id}” in that unit"),
    ),
    "W414": _warning(
        "compétence « {id} » inconnue de competencies.yaml", "competency “{id}” is not in competencies.yaml"
    ),
    "W420": _warning(
        "l'unité aborde « {word} » sans « avertissement » en en-tête ; ajoutez-en un",
        "the unit speaks of “{word}” without “content_note” in its front matter; add one",
    ),
    # --- courses and the site
    "E510": _error(
        "unité « {id} » inconnue dans ce cours",
        "unknown unit “{id}” in this course",
        twice=("« {id} » écrit deux fois ; gardez-en un", "“{id}” written twice; keep one"),
        course=("cours « {id} » inconnu", "unknown course “{id}”"),
    ),
    "W511": _warning(
        "l'unité « {id} » n'est dans aucun cours ; ajoutez-la à « unites » de course.yaml",
        "unit “{id}” is in no course; add it to “units” in course.yaml",
        course=(
            "le cours « {id} » n'est pas dans site.yaml ; ajoutez-le à « cours »",
            "course “{id}” is not in site.yaml",
        ),
    ),
    "E512": _error("prérequis « {id} » inconnu", "unknown prerequisite “{id}”"),
    "E513": _error("les prérequis tournent en rond : {cycle}", "prerequisites go round in a circle: {cycle}"),
    "E520": _error(
        "traduction sans source ; il manque {source}",
        "translation without its source; {source} is missing",
        language=("langue « {lang} » absente de « langues » dans site.yaml", "language “{lang}” is not in site.yaml"),
    ),
}
