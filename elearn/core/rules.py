"""Every rule of the checker in one table, and the record of one problem found.

Codes are those of the authoring format. `E` and some `T` block publishing, `W` and the other `T` warn, `I` informs.
Each message says what to type, in French and in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ERROR, WARNING, INFO = "error", "warning", "info"
NEAR = {"fr": " ; vouliez-vous « {near} » ?", "en": "; did you mean “{near}”?"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`fr`, `en`: format strings over a problem's params. `variants`: other words for the same rule, by name.

    `fixable`: does `elearn fix` repair it? `by_hand`: the variants that it leaves, "" for the rule's own words.
    """

    severity: str
    fr: str
    en: str
    fixable: bool = False
    variants: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()


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
        """Does `elearn fix` repair it? What somebody said, in a transcript, is left to its author."""
        rule = RULES[self.code]
        said = self.path.endswith(".md") and "/media/" in self.path
        return rule.fixable and str(self.params.get("variant", "")) not in rule.by_hand and not said

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


def _error(fr: str, en: str, fixable: bool = False, by_hand: tuple[str, ...] = (), **variants: tuple[str, str]) -> Rule:
    return Rule(ERROR, fr, en, fixable, variants, frozenset(by_hand))


def _warning(
    fr: str, en: str, fixable: bool = False, by_hand: tuple[str, ...] = (), **variants: tuple[str, str]
) -> Rule:
    return Rule(WARNING, fr, en, fixable, variants, frozenset(by_hand))


def _information(fr: str, en: str, **variants: tuple[str, str]) -> Rule:
    return Rule(INFO, fr, en, False, variants)


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
    "W092": _warning(
        "{count} autres problèmes dans ce fichier ne sont pas montrés ; corrigez d'abord ceux-ci",
        "{count} more problems in this file are not shown; mend these first",
    ),
    "W093": _warning(
        "« {word} » : mots du modèle, à {many} endroits de ce fichier ; mettez les vôtres à leur place",
        "“{word}”: words of the model, in {many} places of this file; put yours in their stead",
        one=(
            "« {word} » : mots du modèle ; mettez les vôtres à leur place",
            "“{word}”: words of the model; put yours in their stead",
        ),
    ),
    # --- front matter and YAML
    "E100": _error(
        "en-tête illisible à partir d'ici ; vérifiez les crochets, les guillemets et le retrait",
        "unreadable YAML from here; check brackets, quotes and indentation",
        fixable=True,
        by_hand=("", "open", "quote", "deep", "shape", "character", "unreadable"),
        tab=("en-tête illisible : tabulation ; utilisez des espaces", "unreadable YAML: tab; use spaces"),
        open=(
            "l'en-tête n'est pas fermé ; ajoutez une ligne --- après la dernière clé",
            "the front matter is not closed; add a --- line after the last key",
        ),
        space=(
            "espace manquante après les deux-points ; écrivez {key}: {value}",
            "a space is missing after the colon; write {key}: {value}",
        ),
        quote=("guillemet jamais refermé ; fermez le texte par un guillemet", "quote never closed; close it"),
        deep=("imbrication trop profonde ; simplifiez", "nesting too deep; simplify"),
        shape=("écrivez des lignes « clé: valeur »", "write lines of the form “key: value”"),
        character=("caractère de contrôle interdit ; retirez-le", "control character not allowed; remove it"),
    ),
    "E101": _error(
        'le texte de « {key} » contient « : » ; écrivez {key}: "{value}"',
        'the text of “{key}” contains “:”; write {key}: "{value}"',
        fixable=True,
    ),
    "E102": _error("clé inconnue « {key} »", "unknown key “{key}”", later=_LATER),
    "E103": _error(
        "clé obligatoire absente : « {key} » ; ajoutez une ligne comme {example}",
        "required key missing: “{key}”; add a line such as {example}",
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
        alias=(
            "« {key} » : ancre ou renvoi YAML refusé ; recopiez le texte",
            "“{key}”: YAML anchor or alias refused; write the text again",
        ),
        tag=(
            "« {key} » : étiquette YAML refusée ; écrivez le texte seul",
            "“{key}”: YAML tag refused; write plain text",
        ),
        nested=(
            "« {key} » : un texte simple est attendu ici ; écrivez {key}: un texte",
            "“{key}”: plain text is expected here; write {key}: some text",
        ),
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
        exam=(
            "« {key} » ne va que dans un examen ; ajoutez « examen: oui », ou retirez cette ligne",
            "“{key}” only goes in an exam; add “exam: yes”, or remove this line",
        ),
        section=(
            "« {key} » : « {value} » ; écrivez le nom court d'une section, ou unite#section",
            "“{key}”: “{value}”; write the short name of a section, or unit#section",
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
    "E111": _error(
        "balise HTML refusée : {tag} ; écrivez en Markdown, ou `{tag}` pour la montrer",
        "HTML tag refused: {tag}; write Markdown, or `{tag}` to show it",
    ),
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
        pool=(
            "« {token} » dans une banque : chaque personne en reçoit autant ; retirez l'option",
            "“{token}” in a pool: everyone is asked as many questions; remove the option",
        ),
        region=(
            "« {token} » dans ce qui est pour une région : cela ne compte pour personne ; retirez l'option",
            "“{token}” in what is for one region: it counts for nobody; remove the option",
        ),
        exam=(
            "« {token} » dans un examen : il est le même pour tout le monde ; retirez l'option",
            "“{token}” in an exam: it is the same for everyone; remove the option",
        ),
    ),
    "E122": _error(
        "genre inconnu « {kind} »",
        "unknown kind “{kind}”",
        end=(
            "« .{kind} » ne va qu'au titre d'une étape, un niveau sous sa situation",
            "“.{kind}” only goes on the heading of a step, one level below its scenario",
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
        "question sans identifiant ; la réparation en écrit un, ou ajoutez #un-nom-court",
        "question without an id; the repair writes one, or add #a-short-name",
        fixable=True,
        by_hand=("none",),
        section=(
            "section sans identifiant ; la réparation en écrit un, ou ajoutez {{#un-nom-court}}",
            "section without an id; the repair writes one, or add {{#a-short-name}}",
        ),
        none=(
            "unité sans section ; ajoutez au moins un titre « ## Titre {{#un-nom-court}} »",
            "unit without a section; add at least one heading “## Title {{#a-short-name}}”",
        ),
        pool=("banque sans identifiant ; ajoutez #un-nom-court", "pool without an id; add #a-short-name"),
        term=("entrée sans identifiant ; ajoutez {{#un-nom-court}}", "entry without an id; add {{#a-short-name}}"),
    ),
    "E133": _error(
        "« {id} » (publié) a disparu ; remettez la question, avec retire=oui si elle ne doit plus servir",
        "“{id}” (published) has gone; put the question back, with retired=yes if it should not be used",
    ),
    "E134": _error(
        "« {id} » était {before}, il devient {now} ; donnez un nouvel identifiant",
        "“{id}” was {before}, it becomes {now}; give it a new id",
        exam=(
            "« {id} » était un exercice, il devient un examen : les réponses données perdraient leur sens ; "
            "faites-en une nouvelle unité, avec un autre id",
            "“{id}” was practice, it becomes an exam: answers already given would lose their meaning; "
            "make a new unit of it, with another id",
        ),
        practice=(
            "« {id} » était un examen, il devient un exercice : les réponses données perdraient leur sens ; "
            "faites-en une nouvelle unité, avec un autre id",
            "“{id}” was an exam, it becomes practice: answers already given would lose their meaning; "
            "make a new unit of it, with another id",
        ),
    ),
    "E135": _error(
        "identifiant « {id} » déjà employé par {other} ; choisissez-en un autre",
        "id “{id}” already used by {other}; choose another",
    ),
    "W140": _warning(
        "ce titre ressemble à une question sans {{.genre #identifiant}} ; écrivez le genre, comme .reflexion, "
        "ou changez ses premiers mots",
        "this heading looks like a question without {{.kind #id}}; write a kind, such as .reflection, or change "
        "the first words of the heading",
    ),
    "E141": _error(
        "cases à cocher hors d'une question ; ajoutez {{.choix-unique #identifiant}} au titre, ou retirez {mark}",
        "tick boxes outside a question; add {{.single-choice #id}} to the heading, or remove {mark}",
        fixable=True,
        by_hand=("", "answer", "gap"),
        heading=(
            "cases à cocher hors d'une question ; finissez le titre au-dessus par {{.{kind} #identifiant}}",
            "tick boxes outside a question; end the heading above with {{.{kind} #id}}",
        ),
        answer=(
            "réponse écrite hors d'une question, que tout le monde lirait ; "
            "finissez le titre au-dessus par {{.vrai-faux #identifiant}}",
            "answer written outside a question, for everybody to read; end the heading above with {{.true-false #id}}",
        ),
        gap=(
            "trou [[…]] hors d'un texte à trous ; finissez le titre au-dessus par {{.texte-a-trous #identifiant}}, "
            "ou retirez les crochets",
            "gap [[…]] outside a cloze; end the heading above with {{.cloze #id}}, or remove the brackets",
        ),
        cloze=(
            "trou [[…]] hors d'un texte à trous ; finissez le titre au-dessus par {{.{kind} #identifiant}}",
            "gap [[…]] outside a cloze; end the heading above with {{.cloze #id}}",
        ),
    ),
    # --- the body of a question
    "E150": _error(
        "réponse mal formée « {found} » : écrivez « {wanted} »",
        "malformed answer “{found}”: write “{wanted}”",
        fixable=True,
        by_hand=("unmarked", "empty", "choice"),
        unmarked=(
            "réponse sans case « {found} » : écrivez « {wanted} »",
            "answer without a box “{found}”: write “{wanted}”",
        ),
        empty=("réponse vide ; écrivez du texte après la case", "empty answer; write text after the box"),
        dash=(
            "« {found} » : tiret ou puce de traitement de texte ; écrivez « {wanted} » avec le tiret du clavier",
            "“{found}”: a dash or bullet of a word processor; write “{wanted}” with the hyphen of the keyboard",
        ),
        bare=(
            "réponse sans tiret « {found} » : écrivez « {wanted} »",
            "answer without a hyphen “{found}”: write “{wanted}”",
        ),
        space=(
            "espace insécable dans « {found} » : écrivez « {wanted} » avec une espace ordinaire",
            "a no-break space in “{found}”: write “{wanted}” with a plain space",
        ),
        lead=(
            "réponse collée à la ligne du dessus : effacez les espaces du début (insécables aussi) et écrivez "
            "« {wanted} »",
            "answer glued to the line above: delete the spaces at its start (no-break ones too) and write “{wanted}”",
        ),
        choice=(
            "choix « {found} » : écrivez le lien seul, « - [mots](#etape) »",
            "choice “{found}”: write the link alone, “- [words](#step)”",
        ),
    ),
    "E151": _error(
        "question à {kind} : utilisez {wanted} et non {found}",
        "{kind} question: use {wanted}, not {found}",
        fixable=True,
        by_hand=("many",),
        many=(
            "plusieurs réponses marquées {found} : écrivez .choix-multiple, ou gardez une seule {wanted}",
            "several answers marked {found}: write .multiple-choice, or keep a single {wanted}",
        ),
    ),
    "E152": _error(
        "étiquette inconnue « {label} » : Indice, Explication, Réponse, Réponses acceptées, Exemple de réponse",
        "unknown label “{label}”: Hint, Explanation, Answer, Accepted answers, Sample answer",
        kind=(
            "l'étiquette « {label} » ne s'applique pas à {kind} ; retirez-la",
            "the label “{label}” does not apply to {kind}; remove it",
        ),
        step=(
            "l'étiquette « {label} » n'a pas sa place dans une étape ; écrivez > **Explication :** …",
            "the label “{label}” has no place in a step; write > **Explanation:** …",
        ),
    ),
    "E153": _error(
        "ce retour n'est attaché à aucune réponse ; décalez « > » de deux espaces",
        "this feedback belongs to no answer; indent “>” by two spaces",
        fixable=True,
        by_hand=("apart",),
        apart=(
            "ce retour est loin de sa réponse ; mettez-le juste dessous, « > » décalé de deux espaces",
            "this feedback is far from its answer; put it just below, “>” indented by two spaces",
        ),
    ),
    "W154": _warning(
        "texte après les réponses : écrivez > **Explication :** … ou fermez la question par ***",
        "text after the answers: write > **Explanation:** … or close the question with ***",
        pool=(
            "texte entre les questions d'une banque : il se lit avant elles ; mettez-le au-dessus de la première",
            "text between the questions of a pool: it is read before them; put it above the first one",
        ),
    ),
    "E160": _error(
        "étape sans identifiant ; ajoutez {{#un-nom-court}}",
        "step without an id; add {{#a-short-name}}",
        fixable=True,
    ),
    "E161": _error(
        "sous-titre dans une question qui n'est pas une situation ; fermez la question par *** ou remontez le titre",
        "sub-heading in a question that is not a scenario; close the question with *** or raise the heading",
        deep=(
            "sous-titre dans une étape ; écrivez {hashes} pour une étape, ou retirez les dièses",
            "sub-heading inside a step; write {hashes} for a step, or remove the number signs",
        ),
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
        pool=(
            "question d'une banque : écrivez {hashes}, un niveau sous la banque",
            "question of a pool: write {hashes}, one level below the pool",
        ),
        pool_level=(
            "banque à un titre de niveau {level} ; utilisez ### ou ####",
            "pool on a level {level} heading; use ### or ####",
        ),
    ),
    "E163": _error(
        "question dans une situation ; fermez la situation par *** ou remontez le titre",
        "question inside a scenario; close the scenario with *** or raise the heading",
        pool=(
            "banque dans une situation ; fermez la situation par *** ou remontez le titre",
            "pool inside a scenario; close the scenario with *** or raise the heading",
        ),
        twice=(
            "banque dans une banque ; remontez le titre",
            "pool inside a pool; raise the heading",
        ),
    ),
    "E164": _error(
        "imbrication trop profonde pour être lue ; simplifiez",
        "nesting too deep to be read; simplify",
        long=(
            "trop de lignes, de cases ou de liens pour être lu ; coupez ce fichier en plusieurs unités",
            "too many lines, cells or links to be read; cut this file into several units",
        ),
    ),
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
    "W203": _warning(
        "réponses {first} et {second} identiques ; changez l'une des deux",
        "answers {first} and {second} are the same; change one of them",
    ),
    "E204": _error(
        "nombre : écrivez « 5 », « 5 ± 1 » ou « 4 à 6 » (trouvé « {found} »)",
        "number: write “5”, “5 ± 1” or “4 to 6” (found “{found}”)",
        missing=(
            "nombre : il manque la réponse ; ajoutez > **Réponse :** 5, ou 5 ± 1, ou 4 à 6",
            "number: the answer is missing; add > **Answer:** 5, or 5 ± 1, or 4 to 6",
        ),
    ),
    "E205": _error(
        "réponse courte : écrivez > **Réponses acceptées :** puis une ligne > - mot pour chacune",
        "short answer: write > **Accepted answers:** then a line > - word for each",
        words=(
            "réponse acceptée vide ou de plus de {limit} signes ; écrivez quelques mots",
            "accepted answer empty or over {limit} characters; write a few words",
        ),
    ),
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
    "E208": _error(
        "texte à trous : aucun trou ; écrivez [[mot]] à la place du mot à trouver",
        "cloze: no gap; write [[word]] in place of the word to find",
        open=(
            "« [[ » sans trou lisible ; écrivez [[mot]], sans gras, lien ni code dedans",
            "“[[” without a readable gap; write [[word]], with no bold, link or code inside",
        ),
        empty=(
            "trou « {found} » : un choix est vide ou trop long ; écrivez [[mot]] ou [[mot|autre]]",
            "gap “{found}”: a choice is empty or too long; write [[word]] or [[word|other]]",
        ),
    ),
    "E209": _error(
        "menu « {found} » : marquez par « = » une seule réponse, parmi deux au moins : [[=juste|autre]]",
        "menu “{found}”: mark with “=” a single answer, among two at least: [[=right|other]]",
    ),
    "E211": _error("l'étape « {id} » n'existe pas", "there is no step “{id}”"),
    "E212": _error(
        "l'étape « {id} » ne mène nulle part : ajoutez un choix ou {{.fin}}",
        "step “{id}” leads nowhere: add a choice or {{.end}}",
        loop=(
            "de l'étape « {id} », aucun choix ne conduit à une fin ; ajoutez-en un",
            "from step “{id}” no choice ever leads to an end; add one",
        ),
        both=(
            "l'étape « {id} » est une fin et propose des choix ; retirez {{.fin}} ou les choix",
            "step “{id}” is an end and offers choices; remove {{.end}} or the choices",
        ),
        begin=(
            "la première étape est déjà une fin ; ajoutez une étape et ses choix avant elle",
            "the first step is an end already; add a step with choices before it",
        ),
        none=(
            "situation sans étape ; ajoutez un titre un niveau plus bas, « Étape {{#un-nom-court}} »",
            "scenario without a step; add a heading one level down, “Step {{#a-short-name}}”",
        ),
    ),
    "E213": _error("aucun choix ne conduit à « {id} »", "no choice leads to “{id}”"),
    "E214": _error(
        "tirage={draw} mais la banque n'a que {found} questions",
        "draw={draw} but the pool has only {found} questions",
        none=(
            "banque sans question ; écrivez-les un niveau sous son titre, ou ajoutez source=nom-de-banque",
            "pool without a question; write them one level below its heading, or add source=pool-name",
        ),
    ),
    "E215": _error(
        "vrai-faux : écrivez > **Réponse :** vrai, ou faux, avec les étoiles",
        "true/false: write > **Answer:** true, or false, with the stars",
        many=("plus de {limit} réponses ; gardez-en {limit}", "over {limit} answers; keep {limit}"),
        questions=(
            "plus de {limit} questions dans ce fichier ; faites-en plusieurs unités",
            "over {limit} questions in this file; make several units of it",
        ),
        marked=(
            "sondage : aucune réponse n'est juste ; retirez le x de la case",
            "survey: no answer is right; remove the x from the box",
        ),
        scale=(
            "échelle : de {low} à {high} lignes numérotées, de bas en haut (trouvé {found})",
            "scale: from {low} to {high} numbered lines, from low to high (found {found})",
        ),
        gaps=("plus de {limit} trous ; gardez-en {limit}", "over {limit} gaps; keep {limit}"),
        place=(
            "trou dans un tableau, un lien ou un titre ; mettez-le dans une phrase",
            "gap in a table, a link or a heading; put it in a sentence",
        ),
        items=("plus de {limit} éléments à ordonner ; gardez-en {limit}", "over {limit} items to order; keep {limit}"),
        steps=(
            "plus de {limit} étapes ; coupez la situation en deux",
            "over {limit} steps; cut the scenario in two",
        ),
        twins=(
            "cases de droite {first} et {second} identiques ; elles doivent différer",
            "right cells {first} and {second} are the same; they must differ",
        ),
    ),
    "E216": _error(
        "banque « {id} » inconnue du dossier pools",
        "pool “{id}” is not in the pools folder",
        twice=(
            "banque « {id} » déjà tirée plus haut dans cette unité",
            "pool “{id}” is drawn from already, further up in this unit",
        ),
        long=(
            "« {id} » a plus de 60 signes ; raccourcissez le nom de la banque ou de la question",
            "“{id}” has over 60 characters; shorten the name of the pool or of the question",
        ),
    ),
    "E217": _error(
        "note de bas de page dans une banque partagée ; écrivez le texte dans la question",
        "footnote in a shared pool; write its text in the question",
        pool=(
            "banque dans une banque partagée ; laissez les questions seules",
            "pool inside a shared pool; leave the questions alone",
        ),
        region=(
            "section pour une région dans une banque partagée ; retirez region=",
            "section for one region in a shared pool; remove region=",
        ),
        exam=(
            "« {key} » dans une banque partagée : elle n'est pas un examen ; écrivez-le dans l'unité qui y tire",
            "“{key}” in a shared pool: it is no exam; write it in the unit that draws from it",
        ),
        reread=(
            "« {key} » dans une banque partagée : ses questions servent dans plusieurs unités ; retirez l'option",
            "“{key}” in a shared pool: its questions serve in several units; remove the option",
        ),
    ),
    "E218": _error(
        "« .{kind} » dans un examen, où tout se note en une fois ; mettez cette question dans une autre unité",
        "“.{kind}” in an exam, where all is marked at once; put this question in another unit",
        pool=(
            "banque « {source} » dans un examen : sa question « {id} » est du genre .{kind} ; mettez-la dans une "
            "autre banque",
            "pool “{source}” in an exam: its question “{id}” is of the kind .{kind}; put it in another pool",
        ),
        none=(
            "examen sans question qui compte ; ajoutez-en une, ou retirez cette ligne",
            "exam without a question that counts; add one, or remove this line",
        ),
    ),
    "W219": _warning(
        "{found} questions pour {draw} tirées : passer l'examen une deuxième fois remontrerait les mêmes ; "
        "écrivez-en {wanted} au moins",
        "{found} questions and {draw} drawn: sitting the exam a second time would show the same ones; "
        "write {wanted} or more",
        competency=(
            "question sans compétence dans un examen : on ne saura pas quoi revoir ; ajoutez competence=… "
            "(première de {many})",
            "question without a competency in an exam: people will not know what to review; add competency=… "
            "(first of {many})",
        ),
        must=(
            "tirage={draw}, mais « indispensable » à {must} : toujours posé, donc jamais le reste de la banque ; "
            "écrivez ces questions hors de la banque, ou augmentez le tirage",
            "draw={draw}, but must_pass on {must}: always asked, so that the rest of the pool never is; "
            "write these questions outside the pool, or draw more",
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
        pool=(
            "banque « {id} » absente de la traduction ; elle se montre en langue source",
            "pool “{id}” missing from the translation; it is shown in the source language",
        ),
        copied=(
            "« {id} » : encore les mots de la source ; traduisez-les (ce bloc se montre en langue source)",
            "“{id}”: still the words of the source; translate them (this block is shown in the source language)",
        ),
    ),
    "T302": _warning(
        "« {id} » : {source} réponses dans la source, {found} ici ; la question se montre en langue source",
        "“{id}”: {source} answers in the source, {found} here; the question is shown in the source language",
        kind=(
            "« {id} » est {source} dans la source, {found} ici ; la question se montre en langue source",
            "“{id}” is {source} in the source, {found} here; the question is shown in the source language",
        ),
        gaps=(
            "« {id} » : {source} trous dans la source, {found} ici ; la question se montre en langue source",
            "“{id}”: {source} gaps in the source, {found} here; the question is shown in the source language",
        ),
        menu=(
            "« {id} » : ce trou est un menu ici et pas dans la source, ou n'a pas autant de choix qu'elle ; "
            "la question se montre en langue source",
            "“{id}”: this gap is a menu here and not in the source, or has another number of choices; "
            "the question is shown in the source language",
        ),
        order=(
            "section « {id} » : questions dans un autre ordre que la source ; la section se montre en langue source",
            "section “{id}”: questions in another order than the source; the section is shown in the source language",
        ),
        steps=(
            "« {id} » : {source} étapes dans la source, {found} ici, ou dans un autre ordre",
            "“{id}”: {source} steps in the source, {found} here, or in another order",
        ),
        choices=(
            "« {id} », étape « {step} » : {source} choix dans la source, {found} ici",
            "“{id}”, step “{step}”: {source} choices in the source, {found} here",
        ),
        leads=(
            "« {id} » : ce choix conduit à « {source} » dans la source, à « {found} » ici",
            "“{id}”: this choice leads to “{source}” in the source, to “{found}” here",
        ),
        moved=(
            "« {id} » : des réponses ont changé de place dans la source ; déplacez-les ici, puis elearn translate "
            "--reviewed (la question se montre en langue source)",
            "“{id}”: answers have changed places in the source; move them here too, then elearn translate --reviewed "
            "(the question is shown in the source language)",
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
        number=(
            "ce nombre n'est pas celui de la source ; écrivez le même, ou retirez la ligne",
            "this number is not that of the source; write the same, or remove the line",
        ),
        unmarked=(
            "réponse juste dans la source, non marquée ici ; marquez-la ou retirez toutes les marques",
            "answer right in the source, not marked here; mark it or remove all marks",
        ),
    ),
    "T305": _warning(
        "texte modifié dans la source depuis la relecture ; traduisez ce changement, puis elearn translate --reviewed",
        "text changed in the source since the review; translate that change, then elearn translate --reviewed",
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
    "E404": _error(
        "fichier introuvable {target} ; mettez-le à cette place ou corrigez son nom",
        "file not found {target}; put it there or correct its name",
        other=("fichier introuvable {target} ; existe : {there}", "file not found {target}; there is: {there}"),
    ),
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
    "E410": _error(
        "référence « {key} » inconnue ; corrigez-la ou ajoutez-la à references.yaml",
        "unknown reference “{key}”; correct it or add it to references.yaml",
    ),
    "E411": _error(
        "entrée de glossaire « {id} » inconnue ; corrigez-la ou ajoutez « ## Terme {{#{id}}} » au glossaire",
        "unknown glossary entry “{id}”; correct it or add “## Term {{#{id}}}” to the glossary",
    ),
    "W412": _warning(
        "référence « {key} » jamais citée ; écrivez [@{key}] dans une unité, ou retirez-la",
        "reference “{key}” is never cited; write [@{key}] in a unit, or remove it",
    ),
    "E413": _error(
        "unité « {id} » inconnue ; écrivez l'id d'une unité du site",
        "unknown unit “{id}”; write the id of a unit of the site",
        anchor=(
            "ancre « {id} » inconnue dans cette unité ; écrivez le #nom d'une de ses sections ou questions",
            "unknown anchor “{id}” in that unit; write the #name of one of its sections or questions",
        ),
        section=(
            "section « {id} » inconnue dans l'unité « {unit} » ; écrivez le nom court d'une de ses sections",
            "unknown section “{id}” in unit “{unit}”; write the short name of one of its sections",
        ),
        course=(
            "unité « {id} » inconnue dans ce cours ; écrivez l'id d'une de ses unités",
            "unknown unit “{id}” in this course; write the id of one of its units",
        ),
    ),
    "W414": _warning(
        "compétence « {id} » inconnue ; corrigez-la ou ajoutez-la à competencies.yaml",
        "unknown competency “{id}”; correct it or add it to competencies.yaml",
    ),
    "W420": _warning(
        "l'unité aborde « {word} » sans « avertissement » en en-tête ; ajoutez-en un",
        "the unit speaks of “{word}” without “content_note” in its front matter; add one",
    ),
    "W421": _warning(
        "« {word} » : ces mots peuvent blesser ou laisser croire à une réussite ou à un échec ; écrivez « {better} »",
        "“{word}”: these words may hurt, or tell of success or failure; write “{better}”",
        method=(
            "« {word} » : ni moyen, ni lieu, ni lettre ; retirez ces mots, dites « {better} » et où trouver de l'aide",
            "“{word}”: no method, no place, no note; take these words out, say “{better}” and where to find help",
        ),
    ),
    "W422": _warning(
        "« {word} » : la personne d'abord ; écrivez « {better} »",
        "“{word}”: the person first; write “{better}”",
    ),
    "I430": _information(
        "phrases longues en moyenne ({words} mots) ; visez 15 à 20 (lisibilité {ease} sur 100)",
        "long sentences on average ({words} words); aim at 15 to 20 (reading ease {ease} of 100)",
        words=(
            "mots longs en moyenne (lisibilité {ease} sur 100, phrases de {words} mots) ; visez 40 ou plus, "
            "avec des mots plus courants",
            "long words on average (reading ease {ease} of 100, sentences of {words} words); aim at 40 or more, "
            "with plainer words",
        ),
    ),
    # --- courses and the site
    "E510": _error(
        "unité « {id} » inconnue dans ce cours ; écrivez l'id d'une de ses unités",
        "unknown unit “{id}” in this course; write the id of one of its units",
        twice=("« {id} » écrit deux fois ; gardez-en un", "“{id}” written twice; keep one"),
        course=(
            "cours « {id} » inconnu ; écrivez l'id d'un cours du site",
            "unknown course “{id}”; write the id of a course of the site",
        ),
    ),
    "W511": _warning(
        "l'unité « {id} » n'est dans aucun cours ; ajoutez-la à « unites » de course.yaml",
        "unit “{id}” is in no course; add it to “units” in course.yaml",
        course=(
            "le cours « {id} » n'est pas dans site.yaml ; ajoutez-le à « cours »",
            "course “{id}” is not in site.yaml; add it to “courses”",
        ),
    ),
    "E512": _error(
        "prérequis « {id} » inconnu ; écrivez un id du site ou retirez-le",
        "unknown prerequisite “{id}”; write an id of the site or remove it",
    ),
    "E513": _error(
        "les prérequis tournent en rond : {cycle} ; retirez-en un",
        "prerequisites go round in a circle: {cycle}; remove one",
    ),
    "E514": _error(
        "l'unité « {id} » n'est pas un examen ; écrivez « examen: oui » dans son en-tête, ou retirez cette ligne",
        "unit “{id}” is not an exam; write “exam: yes” in its front matter, or remove this line",
    ),
    "W515": _warning(
        "l'examen « {id} » est encore un brouillon : le cours se termine sans lui ; publiez-le avec les autres unités",
        "the exam “{id}” is still a draft: the course is completed without it; publish it with the other units",
    ),
    "E520": _error(
        "traduction sans source ; écrivez {source}",
        "translation without its source; write {source}",
        language=(
            "langue « {lang} » absente de site.yaml ; ajoutez-la à « langues »",
            "language “{lang}” is not in site.yaml; add it to “languages”",
        ),
    ),
}

FAMILIES: Mapping[str, tuple[str, str]] = {
    "09": ("Le fichier", "The file"),
    "10": ("L'en-tête et les fichiers YAML", "Front matter and YAML files"),
    "11": ("Le texte", "Prose"),
    "12": ("Le titre d'une question", "Headings of questions"),
    "13": ("Les noms courts", "Short names"),
    "14": ("Ce qui ressemble à une question", "What looks like a question"),
    "15": ("Les réponses et les étiquettes", "Answers and labels"),
    "16": ("La place d'une question", "Where a question stands"),
    "2": ("La clé d'une question", "The key of a question"),
    "3": ("La traduction", "Translations"),
    "40": ("Images et médias", "Images and media"),
    "41": ("Liens et sources", "Links and sources"),
    "42": ("Mots sensibles", "Words that may hurt"),
    "43": ("Lisibilité", "Reading ease"),
    "5": ("Cours et site", "Courses and the site"),
}
"""What the digits of a code speak of, by their beginning."""


def family(code: str) -> str:
    """The beginning of FAMILIES that a code belongs to."""
    return next(start for start in FAMILIES if code[1:].startswith(start))
