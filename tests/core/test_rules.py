"""One broken example for each rule: exactly that code, at that line and column, and words in both languages."""

from functools import cache
from string import Formatter

import pytest

from elearn.core.check import SiteBuild, check_against
from elearn.core.rules import RULES, Problem
from elearn.core.translating import digest
from tests.core.sample import GOOD, HERE, TRANSLATION, UNIT, build, marked, place

COURSE, SUITE = "courses/reperes/course.yaml", "courses/reperes/02-suite/fr.md"
SPANISH, LONE = "courses/reperes/02-suite/es.md", "courses/reperes/03-seule/en.md"
REFS, WORDS, HELP, SITE = "references.yaml", "glossary/fr.md", "help-lines.yaml", "site.yaml"
SHARED, SHARED_EN = "pools/limites/fr.md", "pools/limites/en.md"
FIRST, YES = "#### Le début {#debut}", "- [« Oui. »](#accord)"
SCENES = "### S {.situation #s}\n\n#### A {#a}\n\n- [b](#b)\n\n#### B {.fin #b}\n\nC."
WORD = "#### A word? {.single-choice #mot-a}\n\n- (x) Yes.\n- ( ) No.\n\n"
OTHER = "#### Another word? {.single-choice #mot-b}\n\n- (x) Yes.\n- ( ) No.\n"
SYNC = TRANSLATION.replace("en.md", "en.sync.yaml")
HIS = GOOD[UNIT].partition("### On doit")[2].partition("## ")[0]
HERS = GOOD[TRANSLATION].partition("### One must")[2].partition("## ")[0]
HIS, HERS = "### On doit" + HIS, "### One must" + HERS
MOVED = digest("- [ ] Merci.\n- [ ] Bonjour.")
HEAD, EXAM = "licence: CC-BY-SA-4.0\n---", "licence: CC-BY-SA-4.0\nexamen: oui\n---"
QUIZ = "### V {.vrai-faux #v competence=k1}\n\n> **Réponse :** vrai\n\n> **Explication :** oui."
DRAWN = "### B {.banque #b tirage=1}\n\n#" + QUIZ
DIRECTORY = "directory.yaml"
DIRECTED = """entrees:
  - {genre: groupe, nom: {fr: Entre nous, en: Among us}, lien: "https://a.example", region: qc, mode: en ligne,
     public: {fr: Proches, en: Families}, langues: [fr, en], verifie_le: 2026-11-01}
"""
HELLO = "- [ ] Hello.\n- [ ] Nothing at all.\n- [ ] Thank you."

# (code, file, then old and new text in pairs; HERE stands just before the place that must be told, else 1:1)
BROKEN: list[tuple[str, ...]] = [
    # --- front matter and YAML
    ("E100", UNIT, "duree: 35 min", f"{HERE}\tduree: 35 min"),
    ("E100", UNIT, "licence: CC-BY-SA-4.0\n", f'licence: {HERE}"CC-BY-SA-4.0\n'),
    ("E100", SUITE, "licence: CC-BY-SA-4.0\n---", "licence: CC-BY-SA-4.0"),
    ("E100", COURSE, 'version: "2026-1"', "version: [[[[[[[[[[" + HERE + "[x"),
    ("E100", SUITE, "titre: Et la suite", f"titre{HERE}:Et la suite"),
    ("E100", SUITE, "titre: Et la suite", f"titre{HERE}:\u00a0Et la suite"),
    ("E100", SUITE, "licence: CC", f"licence{HERE}:CC"),
    ("E100", SUITE, "licence: CC-BY-SA-4.0\n", f"licence: CC-BY-SA-4.0\nstatut: {HERE}]\n"),
    ("E100", HELP, "lines:\n", f"lines:\n  # {HERE}\x07\n"),
    ("E100", SITE, "cours: [reperes]\n", f"cours: [reperes]\n---\n{HERE}a: b\n---\n"),
    ("E101", SUITE, "titre: Et la suite", f"titre: Et la suite {HERE}: un pas"),
    ("E101", "competencies.yaml", "k1: {fr: Rôle, en: Role}", f"k1:\n  fr: Rôle {HERE}: un\n  en: Role"),
    ("E102", UNIT, "auteurs: [Nadia B.]", f"auteurs: [Nadia B.]\n{HERE}autheurs: [B.]"),
    ("E102", COURSE, "  heures:", f"  {HERE}engagement: oui\n  heures:"),
    ("E102", COURSE, "delivrance: automatique", f"{HERE}renouvellement: 24"),
    ("E103", UNIT, "licence: CC-BY-SA-4.0\n", ""),
    ("E103", TRANSLATION, 'title: "Speaking of oneself: choosing"\n', ""),
    ("E103", COURSE, "titre: {fr: Premiers repères, en", f"titre: {HERE}{{en"),
    ("E103", HELP, "{region: qc, order: 1, kind: emergency,", f"{HERE}{{region: qc, order: 1,"),
    ("E104", UNIT, "35 min", f"{HERE}trente"),
    ("E105", UNIT, "statut: publie", f"statut: publie\n{HERE}statut: publie"),
    ("E105", UNIT, "statut: publie", f"statut: {HERE}&a publie"),
    ("E105", UNIT, "[Nadia B.]", f"{HERE}!!str Nadia"),
    ("E105", SUITE, "duree: 1 h", f"duree: 1 h\nresume: {HERE}{{a: b}}"),
    (
        "E105",
        COURSE,
        'relectures:\n  - {genre: {fr: une paire aidante, en: a peer}, par: "", le: ""}',
        f"relectures: {HERE}aucune",
    ),
    ("E105", COURSE, "  heures: {theorie:", f"  heures: {HERE}trois\n", '"1,5"}', ""),
    ("E106", UNIT, "statut: publie", f"statut: {HERE}presque"),
    ("E106", UNIT, "statut: publie", f"relu_le: {HERE}hier"),
    ("E106", UNIT, "CC-BY-SA-4.0", f"{HERE}libre"),
    ("E106", UNIT, "statut: publie", f"statut: publie\nseuil: {HERE}101"),
    ("E106", UNIT, "statut: publie", f"statut: publie\nmelanger: {HERE}peut-être"),
    ("E106", UNIT, "points=2", f"{HERE}points=deux"),
    ("E106", UNIT, "bareme=partiel", f"{HERE}bareme=moitie"),
    ("E106", UNIT, "{.reflexion #se-taire}", f"{{.reflexion #se-taire {HERE}visible=formateur}}"),
    ("E106", UNIT, "ancien=suite/mot", f"{HERE}ancien=mot"),
    ("E106", UNIT, "confiance=oui", f"{HERE}confiance=fort"),
    ("E106", UNIT, "statut: publie", f"statut: publie\nconfiance: {HERE}fort"),
    ("E106", TRANSLATION, "traducteurs: [Ada]", f"traducteurs: [Ada]\nconfidence: {HERE}yes"),
    ("E106", TRANSLATION, "traducteurs: [Ada]", f"traducteurs: [Ada]\nexam: {HERE}yes"),
    ("E106", TRANSLATION, "traducteurs: [Ada]", f"traducteurs: [Ada]\nattempts: {HERE}3"),
    ("E106", UNIT, "statut: publie", f"statut: publie\ntentatives: {HERE}3"),
    ("E106", UNIT, "statut: publie", f"statut: publie\nexamen: {HERE}peut-être"),
    ("E106", SUITE, HEAD, EXAM.replace("oui\n", f"oui\ntentatives: {HERE}21\n"), "Un mot.", QUIZ),
    ("E106", UNIT, "ancien=suite/mot", f"ancien=suite/mot {HERE}relire=#autres"),
    ("E106", UNIT, "ancien=suite/mot", f"ancien=suite/mot {HERE}relire=,"),
    ("E106", TRANSLATION, "traducteurs: [Ada]", f"traducteurs: [Ada]\nduree: {HERE}50 min"),
    ("E106", COURSE, "delivrance: automatique", f"delivrance: {HERE}demain"),
    ("E106", SITE, '"https://asso.example"', f'{HERE}"javascript:alert(1)"'),
    ("W107", UNIT, "statut: publie", f"statut: publie\nrelu_le: {HERE}2024-11-01"),
    ("W093", UNIT, "Un texte simple.", f"{HERE}Remplacez par un texte court. La suite est à moi."),
    ("W093", UNIT, "  > Pas encore.", f"  > {HERE}Remplacez\u00a0: dites pourquoi, sans juger."),
    ("W093", UNIT, "Un texte simple.", f"{HERE}Remplacez par la suite.\n\nRemplacez par un texte court."),
    ("W093", COURSE, "resume: {fr: Pour commencer.", f"resume: {{fr: {HERE}Remplacez par deux phrases."),
    # --- prose
    ("E110", UNIT, "Un texte simple.[^note]", f"Un texte\n{HERE}---\n\nUn texte simple.[^note]"),
    ("E111", UNIT, "Un texte simple.", f"Un texte {HERE}<b>simple</b>."),
    ("E111", UNIT, "Un texte simple.", f"{HERE}<div>\n\nUn texte simple."),
    ("E112", UNIT, "## Pour finir", f"{HERE}# Encore\n\n## Pour finir"),
    ("E113", UNIT, "Un texte simple.", f"{HERE}:::note\nUn texte simple."),
    ("W114", UNIT, "Un texte simple.", f"- Un point.\n\n  > {HERE}[!TIP]\n  > Un conseil.\n\nUn texte simple."),
    ("E115", UNIT, "# Parler de soi : choisir", f"# {HERE}Parler de nous"),
    ("W116", UNIT, "Un texte simple.", f"{HERE}#### Un titre\n\nUn texte simple."),
    ("W117", UNIT, "Un texte simple.", f"Un texte{HERE}[^autre] simple."),
    ("E118", UNIT, "Un texte simple.", f"Un {HERE}[texte](javascript:alert(1)) simple."),
    ("E118", UNIT, "Un texte simple.", f"Un {HERE}[texte](media/karim.yaml)."),
    ("E118", UNIT, "Un texte simple.", f"Un {HERE}[texte](//evil.example/a)."),
    ("E119", UNIT, "Un texte simple.", f"Un {HERE}![a](https://evil.example/a.png)."),
    ("E119", UNIT, "Un texte simple.", f"Un {HERE}![a](../../../x.png)."),
    ("E119", UNIT, "Un texte simple.", f"Un {HERE}![a](data:image/png;base64,AAAA)."),
    ("E119", UNIT, "Un texte simple.", f"Un {HERE}![a](media/x.svg)."),
    ("E119", UNIT, "Un texte simple.", f"{HERE}[son](../x.mp3)"),
    # --- question headings
    ("E120", UNIT, "### Remettez les gestes dans l'ordre {", f"{HERE}### {{"),
    ("E120", UNIT, "points=2", f"{HERE}points:2"),
    ("E120", UNIT, "#qui-decide points=2", f"#qui-decide {HERE}#deux"),
    ("E120", SUITE, "Un mot.", f"Un mot.\n\n### Qui ? (.reflexion #qui){HERE}"),
    ("E121", UNIT, "points=2", f"{HERE}pts=2"),
    ("E121", UNIT, "{.vrai-faux #tout-dire indispensable=oui}", f"{{.vrai-faux #tout-dire {HERE}melanger=oui}}"),
    ("E121", UNIT, "{.reflexion #se-taire}", f"{{.reflexion #se-taire {HERE}confiance=oui}}"),
    ("E121", UNIT, "{.sondage #lire}", f"{{.sondage #lire {HERE}confiance=oui}}"),
    ("E121", UNIT, "{.echelle #assurance}", f"{{.echelle #assurance {HERE}points=2}}"),
    ("E121", UNIT, "{.nombre #minutes}", f"{{.nombre #minutes {HERE}bareme=partiel}}"),
    ("E106", SUITE, "{#fin}", f"{{#fin {HERE}region=qq}}"),
    ("E106", DIRECTORY, "", DIRECTED.replace("genre: groupe", f"genre: {HERE}club")),
    ("E106", DIRECTORY, "", DIRECTED.replace("region: qc", f"region: {HERE}[qc, mars]")),
    ("E106", DIRECTORY, "", DIRECTED.replace('"https://a.example"', f"{HERE}a.example")),
    ("E106", DIRECTORY, "", DIRECTED.replace("2026-11-01", f"{HERE}hier")),
    ("E102", DIRECTORY, "", DIRECTED.replace("mode:", f"{HERE}modes:")),
    ("E103", DIRECTORY, "", DIRECTED.replace("{genre: groupe, ", f"{HERE}{{")),
    ("E103", DIRECTORY, "", DIRECTED.replace("nom: {fr: Entre nous, en", f"nom: {HERE}{{en")),
    ("E121", UNIT, "#qui-decide points=2", f"#qui-decide {HERE}points=2 region=qc"),
    ("E121", UNIT, "#tout-dire indispensable=oui", f"#tout-dire {HERE}indispensable=oui region=qc"),
    (
        "E121",
        UNIT,
        "{#trois-questions}",
        "{#trois-questions region=qc}",
        " points=2",
        f" {HERE}points=2",
        " indispensable=oui",
        "",
    ),
    ("E121", UNIT, "{.reflexion #se-taire}", f"{{.reflexion #se-taire {HERE}relire=autres}}"),
    (
        "E121",
        SUITE,
        HEAD,
        EXAM,
        "Un mot.",
        QUIZ.replace("competence", f"{HERE}region=qc competence") + "\n\n#" + QUIZ.replace("#v", "#w"),
    ),
    ("E121", SUITE, HEAD, EXAM, "{#fin}", f"{{#fin {HERE}region=qc}}\n\n{QUIZ}\n\n## F {{#fini}}"),
    ("E121", WORDS, "{#espoir}", f"{{#espoir {HERE}region=qc}}"),
    ("E166", SUITE, "## La fin {#fin}", f"{HERE}## La fin {{#fin region=qc,fr}}"),
    ("E122", SUITE, "Un mot.", f"Un mot.\n\n### A ? {{{HERE}.choix-multple #a}}\n\n- [x] a"),
    ("E121", UNIT, "{.choix-unique #mot-a", f"{{.choix-unique #mot-a {HERE}region=qc"),
    ("E121", UNIT, "{.situation #confidence", f"{{.situation #confidence {HERE}points=2"),
    ("E121", UNIT, FIRST, f"#### Le début {{#debut {HERE}points=2}}"),
    ("E121", UNIT, "{.banque #au-choix", f"{{.banque #au-choix {HERE}points=2"),
    ("E121", UNIT, "#tout-dire indispensable=oui", f"#tout-dire {HERE}tirage=1"),
    ("E106", UNIT, "tirage=1", f"{HERE}tirage=0"),
    ("E106", UNIT, "#cadre points=2", f"#cadre {HERE}points=deux"),
    ("E122", SUITE, "Un mot.", f"Un mot.\n\n### A ? {{{HERE}.fin #a}}\n\nUn mot."),
    ("E122", UNIT, FIRST, f"#### Le début {{{HERE}.debut #debut}}"),
    ("E130", SUITE, "## La fin {#fin}", f"## La fin {{#fin}}\n\n## Qui ? {{{HERE}#Qui_Décide}}"),
    ("E130", SUITE, "## La fin {#fin}", f"## La fin {{#fin}}\n\n## Qui ? {{{HERE}#print}}"),
    ("E130", SUITE, "id: suite\n", f"id: {HERE}Suite_\n"),
    ("E131", SUITE, "Un mot.", f"Un mot.\n\n## Encore {{{HERE}#fin}}"),
    ("E131", WORDS, "## Espoir {#espoir}", f"## Espoir {{#espoir}}\n\n## Encore {{{HERE}#espoir}}"),
    ("E132", SUITE, "Un mot.", f"Un mot.\n\n## Encore{HERE}"),
    ("E132", SUITE, "Un mot.", f"Un mot.\n\n### A {{.reflexion{HERE}}}"),
    ("E132", WORDS, "## Espoir {#espoir}", f"## Espoir {{#espoir}}\n\n## Encore{HERE}\n\nUn mot."),
    (
        "E131",
        SUITE,
        "Un mot.",
        SCENES + f"\n\n***\n\n### C {{.reflexion {HERE}#a}}",
    ),
    ("E132", SUITE, "Un mot.", f"### Banque {{.banque{HERE}}}\n\n#### A {{.reflexion #a}}\n\nUn mot."),
    ("E132", SUITE, "## La fin {#fin}\n\nUn mot.", "Un mot."),
    (
        "E135",
        SUITE,
        "id: suite\ntitre: Et la suite\nduree: 1 h\nprerequis: [parler]",
        f"id: {HERE}parler\ntitre: Et\nduree: 1 h",
    ),
    ("W140", SUITE, "Un mot.", f"Un mot.\n\n### Question : qui ?{HERE}\n\nUn mot."),
    ("W140", SUITE, "Un mot.", f"Un mot.\n\n### Réflexion{HERE}\n\n- a"),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n### Question : qui ?\n\nUn {HERE}[[mot]].\n\nEt un [[autre]]."),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n### Qui ?\n\n- un\n- {HERE}\\[[mot|autre]]."),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n- {HERE}( ) a\n- (x) b"),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n### Qui ?\n\n- {HERE}( ) a\n- (x) b"),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n### Qui ?\n\n- {HERE}[ ] a\n- [ ] b"),
    ("E141", UNIT, "Prenez votre temps.", f"- {HERE}[ ] a\n- [x] b"),
    ("E141", SUITE, "Un mot.", f"Un mot.\n\n### Vrai ?\n\n> {HERE}**Réponse :** vrai"),
    # --- the body of a question
    ("E141", SUITE, "Un mot.", f"### Le mot ?\n\n> {HERE}**Accepted answers:**\n>\n> - a"),
    ("E141", SUITE, "Un mot.", f"Un {HERE}[[mot]]."),
    ("E141", SUITE, "Un mot.", f"Un {HERE}[[un\nmot]]."),
    ("E141", SUITE, "Un mot.", f"Un {HERE}[[un *mot*|autre]]."),
    ("E141", SUITE, "Un mot.", f"Un `[[mot]]` et\nun autre, - {HERE}\\[[=mot|mot]]."),
    ("E150", UNIT, "- (x) Moi, toujours.", f"{HERE}- (x)Moi, toujours."),
    ("E150", SUITE, "Un mot.", f"Un mot.\n\n### A {{.choix-unique #a}}\n\n{HERE}-(x) oui\n\n> **Explication :** a"),
    ("E150", UNIT, "- (x) Moi, toujours.", f"- (x) Moi, toujours.\n{HERE}- Nous."),
    ("E150", UNIT, "- [x] Bonjour.", f"- {HERE}[x]\n- [x] Bonjour."),
    ("E150", UNIT, "- (x) Moi, toujours.", f"{HERE}– (x) Moi, toujours."),
    ("E150", UNIT, "- (x) Moi, toujours.", f"{HERE}• ( ) Moi, toujours."),
    ("E150", UNIT, "- (x) Moi, toujours.", f"{HERE}\u00a0- (x) Moi, toujours."),
    ("E150", UNIT, "- (x) Moi, toujours.", f"{HERE}-\u00a0(x) Moi, toujours."),
    ("E150", UNIT, "- ( ) L'équipe, en réunion.\n  > L'employeur ne peut pas l'exiger.", f"{HERE}( ) L'équipe."),
    ("E151", UNIT, "- (x) Moi", f"- {HERE}[x] Moi"),
    ("E151", UNIT, "- [x] Bonjour", f"- {HERE}(x) Bonjour"),
    ("E151", UNIT, "- ( ) À l'écran.", f"- {HERE}[ ] À l'écran."),
    ("E152", UNIT, "> **Réponse :** 5 ± 1 min", f"> **{HERE}Réponses acceptées :** 5 ± 1 min\n\n> **Réponse :** 5"),
    ("E152", UNIT, "> **Indice :** relisez", f"> **{HERE}Astuce :** relisez"),
    ("E152", UNIT, "Une collègue vous demande de raconter.", f"> **{HERE}Indise :** relisez."),
    ("E152", UNIT, "> **Indice :** relisez", f"> **{HERE}Réponse :** relisez"),
    ("E151", UNIT, "- (x) Moi", "- [x] Moi", "- ( ) L'équipe", f"- {HERE}[x] L'équipe"),
    ("E153", UNIT, "  > Il y en a une.", f"\n{HERE}> Il y en a une."),
    ("E153", UNIT, "première question.", f"première question.\n\n{HERE}> Un mot de plus."),
    ("W154", UNIT, "> **Indice :** relisez", f"{HERE}Un mot de plus.\n\n> **Indice :** relisez"),
    ("E161", UNIT, "> **Indice :** relisez", f"{HERE}#### Un sous-titre\n\n> **Indice :** relisez"),
    ("W154", UNIT, "#### Un autre mot", f"***\n\n{HERE}Un mot de plus.\n\n#### Un autre mot"),
    ("E150", UNIT, YES, f"{HERE}- « Oui. »\n{YES}"),
    ("E150", UNIT, YES, f"{HERE}{YES} je crois.\n{YES}"),
    ("E152", UNIT, "> **Explication :** dire ses limites", f"> **{HERE}Réponse :** dire ses limites"),
    ("E152", UNIT, "> **Explication :** dire ses limites", f"> **{HERE}Explicasion :** dire ses limites"),
    ("E160", UNIT, FIRST, f"#### Avant{HERE}\n\n- [a](#debut)\n\n{FIRST}"),
    ("E161", UNIT, YES, f"{HERE}##### Plus bas\n\n{YES}"),
    ("E162", SUITE, "Un mot.", f"### A\n\n#### B\n\n##### C {{{HERE}.banque #c}}\n\nUn mot."),
    ("E162", UNIT, "#### Un autre mot ? {.choix-unique", f"##### Un autre mot ? {{{HERE}.choix-unique"),
    ("E163", UNIT, YES, f"{YES}\n\n#### Qui ? {{{HERE}.choix-unique #qui}}\n\n- (x) Moi\n- ( ) Toi"),
    ("E163", UNIT, YES, f"{YES}\n\n#### Banque {{{HERE}.banque #b}}"),
    (
        "E163",
        UNIT,
        "#### Un autre mot ? {.choix-unique #mot-b}",
        f"#### B {{{HERE}.banque #b}}\n\n#### Un autre mot ? {{.choix-unique #mot-b}}",
    ),
    ("E162", SUITE, "Un mot.", f"- Un mot.\n\n  ### A {HERE}{{.reflexion #a}}"),
    ("E162", SUITE, "## La fin {#fin}", f"## La fin {{{HERE}.reflexion #fin}}"),
    ("E162", UNIT, "## Trois questions", f"### A {{{HERE}.reflexion #a}}\n\n## Trois questions"),
    ("E164", SUITE, "Un mot.", HERE + "> " * 25 + "Un mot."),
    ("E164", SUITE, "Un mot.", HERE + "*a _b " * 8 + "c" + "_ a*" * 8),
    ("W165", UNIT, "Un texte simple.", f"> {HERE}[!TIP] Un conseil.\n\nUn texte simple."),
    # --- keys
    ("E200", UNIT, "### Qui décide", f"{HERE}### Qui décide", "- ( ) L'équipe", "- (x) L'équipe"),
    ("E201", UNIT, "### Que dire", f"{HERE}### Que dire", "[x] Bonjour", "[ ] Bonjour", "[x] Merci", "[ ] Merci"),
    ("E202", SUITE, "Un mot.", f"{HERE}### Qui ? {{.choix-unique #qui}}\n\n- (x) Moi."),
    ("W203", UNIT, "### Qui décide", f"{HERE}### Qui décide", "Moi, toujours.", "l'ÉQUIPE,  en réunion."),
    ("E202", UNIT, "### Comment", f"{HERE}### Comment", "- ( ) À l'écran.\n- ( ) Autrement. {.fixe}\n", ""),
    ("W203", UNIT, "### Comment", f"{HERE}### Comment", "- ( ) À l'écran.", "- ( ) sur PAPIER."),
    ("W203", UNIT, "[[=guérison|rechute|sortie]]", f"{HERE}[[=guérison|rechute|Guérison]]"),
    ("E204", UNIT, "**Réponse :** 5 ± 1 min", f"**{HERE}Réponse :** cinq"),
    ("E204", UNIT, "**Réponse :** 5 ± 1 min", f"**{HERE}Réponse :** 6 à 4"),
    ("E204", UNIT, "### Combien", f"{HERE}### Combien", "> **Réponse :** 5 ± 1 min\n\n", ""),
    ("E205", UNIT, "> **Réponses", f"> **{HERE}Réponses", "> - rétablissement\n> - le rétablissement\n", ""),
    (
        "E205",
        UNIT,
        "### Quel mot",
        f"{HERE}### Quel mot",
        "> **Réponses acceptées :**\n>\n> - rétablissement\n> - le rétablissement\n",
        "",
    ),
    (
        "E205",
        UNIT,
        "> **Réponses acceptées :**\n>\n> - rétablissement\n> - le rétablissement",
        f"> **{HERE}Réponses acceptées :** rétablissement, le rétablissement",
    ),
    ("E205", UNIT, "> - le rétablissement", f"> - {HERE}" + "a" * 201),
    ("E206", UNIT, "### Remettez", f"{HERE}### Remettez", "3. Demander encore\n", ""),
    ("E207", UNIT, "### Associez", f"{HERE}### Associez", "| Choix | Vouloir |\n", ""),
    ("E207", UNIT, "| Choix | Vouloir |", f"{HERE}| Choix | |"),
    (
        "E208",
        UNIT,
        "### Complétez",
        f"{HERE}### Complétez",
        "[[espoir|espérance]]",
        "espoir",
        "[[=guérison|rechute|sortie]]",
        "guérison",
        "[[sa juste place|sa place]]",
        "sa place",
        "[[écouter]]",
        "écouter",
    ),
    ("E208", UNIT, "[[écouter]]", f"{HERE}[[écouter]"),
    ("E208", UNIT, "[[écouter]]", f"{HERE}[[*écouter*]]"),
    ("E208", UNIT, "[[écouter]]", f"`[[écouter` et {HERE}[[écouter"),
    ("E208", UNIT, "[[espoir|espérance]]", f"{HERE}[[espoir|]]"),
    ("E208", UNIT, "Il garde\n[[sa juste place|sa place]]", f"Il\ngarde {HERE}[[ . |sa place]]"),
    ("E208", TRANSLATION, "[[listening]]", f"{HERE}[[listening|]]"),
    ("E209", UNIT, "[[=guérison|rechute|sortie]]", f"{HERE}[[=guérison]]"),
    ("E209", UNIT, "[[=guérison|rechute|sortie]]", HERE + r"\[[=guérison|=rechute|sortie]]"),
    ("E215", UNIT, "[[écouter]]", f"{HERE}[[écouter{'|entendre' * 20}]]"),
    ("E215", UNIT, "### Complétez {", f"### Complétez {HERE}[[ceci]] {{"),
    ("E215", UNIT, "- Un temps pour", f"| A |\n| --- |\n| {HERE}[[a]] |\n\n- Un temps pour"),
    ("E215", UNIT, "- Un temps pour", f"- Un [temps {HERE}[[long]]](https://asso.example) pour"),
    ("E215", UNIT, "- Un temps pour [[écouter]].", "[[a]] " * 9 + f"\n\n- Un temps pour {HERE}[[écouter]]."),
    ("E215", UNIT, "- ( ) À l'écran.", f"- {HERE}(x) À l'écran."),
    ("E215", TRANSLATION, "- ( ) On a screen.", f"- {HERE}(x) On a screen."),
    ("E215", UNIT, "### Où en", f"{HERE}### Où en", "2. Un peu à l'aise\n3. À l'aise\n", ""),
    ("E215", UNIT, "### Où en", f"{HERE}### Où en", "3. À l'aise\n", "".join(f"{n}. r{n}\n" for n in range(3, 9))),
    ("E211", UNIT, YES, f"- [« Oui. »]({HERE}#acord)"),
    ("E212", UNIT, "#### Un accord {.fin #accord}", f"{HERE}#### Un accord {{#accord}}"),
    ("E212", UNIT, "#### Un accord {.fin #accord}", f"{HERE}#### Un accord {{.fin #accord}}\n\n{YES}"),
    ("E212", SUITE, "Un mot.", f"### S {{.situation #s}}\n\n{HERE}#### A {{#a}}\n\n- [a](#a)\n\nUn mot."),
    (
        "E215",
        SUITE,
        "Un mot.",
        "### S {.situation #s}\n\n"
        + "".join(f"#### E {{#e{n}}}\n\n- [a](#e{n + 1})\n\n" for n in range(100))
        + f"{HERE}#### E {{.fin #e100}}\n\nUn mot.",
    ),
    (
        "E215",
        SUITE,
        "Un mot.",
        "".join(f"### R {{.reflexion #r{n}}}\n\n" for n in range(300)) + f"{HERE}### R {{.reflexion #r300}}\n\nUn mot.",
    ),
    ("E212", SUITE, "Un mot.", f"### S {{.situation #s}}\n\n{HERE}#### A {{.fin #a}}\n\nUn mot."),
    ("E212", SUITE, "Un mot.", f"{HERE}### S {{.situation #s}}\n\nUn mot."),
    (
        "E213",
        UNIT,
        "#### Un accord {.fin #accord}",
        f"{HERE}#### Seule {{#seule}}\n\n{YES}\n\n#### Un accord {{.fin #accord}}",
    ),
    ("E214", UNIT, "### Banque", f"{HERE}### Banque", "tirage=1", "tirage=3"),
    ("E214", UNIT, "### Banque", f"{HERE}### Banque", "tirage=1", "tirage=2", "#mot-b}", "#mot-b retire=oui}"),
    ("E214", SUITE, "Un mot.", f"Un mot.\n\n{HERE}### Banque {{.banque #b}}\n\nUn mot."),
    ("E216", SUITE, "Un mot.", f"### Banque {{.banque #b {HERE}source=limite}}"),
    (
        "E216",
        SUITE,
        "Un mot.",
        f"### B {{.banque #b source=limites}}\n\n### C {{.banque #c {HERE}source=limites}}",
    ),
    ("E217", SHARED, "Une promesse.", "Une promesse.[^a]", "## Questions", f"{HERE}[^a]: Une note.\n\n## Questions"),
    (
        "E217",
        SHARED,
        "## Questions {#questions}",
        f"## Questions {{#questions}}\n\n### B {{{HERE}.banque #b}}\n\n#### R {{.reflexion #r}}\n\nA.",
    ),
    ("E217", SHARED, "licence: CC-BY-SA-4.0\n", f"licence: CC-BY-SA-4.0\nexamen: {HERE}oui\n"),
    ("E217", SHARED, "{.vrai-faux #promesse}", f"{{.vrai-faux #promesse {HERE}relire=questions}}"),
    ("E218", SUITE, HEAD, EXAM, "Un mot.", QUIZ + f"\n\n### R {{{HERE}.reflexion #r}}"),
    ("E218", SUITE, HEAD, EXAM, "Un mot.", QUIZ + "\n\n" + SCENES.replace("{.s", f"{{{HERE}.s") + "\n\nD."),
    ("E218", SUITE, HEAD, EXAM.replace("examen: ", f"examen: {HERE}")),
    ("E218", SUITE, HEAD, EXAM.replace("examen: ", f"examen: {HERE}"), "Un mot.", QUIZ.replace("#v", "#v points=0")),
    ("E218", SUITE, HEAD, EXAM.replace("examen: ", f"examen: {HERE}"), "Un mot.", QUIZ.replace("#v", "#v retire=oui")),
    ("W219", SUITE, HEAD, EXAM, "Un mot.", HERE + DRAWN),
    ("W219", SUITE, HEAD, EXAM, "Un mot.", HERE + DRAWN.replace(" tirage=1", "") + f"\n\n#{QUIZ.replace('#v', '#w')}"),
    ("W219", SUITE, HEAD, EXAM, "Un mot.", HERE + QUIZ.replace(" competence=k1", "")),
    (
        "W219",
        SUITE,
        HEAD,
        EXAM,
        "Un mot.",
        HERE + DRAWN.replace("#v ", "#v indispensable=oui ") + f"\n\n#{QUIZ.replace('#v', '#w')}",
    ),
    ("E121", SHARED, "{.vrai-faux #promesse}", f"{{.vrai-faux #promesse {HERE}region=qc}}"),
    (
        "E217",
        SHARED,
        "## Questions {#questions}",
        f"## Ici {{#ici {HERE}region=qc}}\n\n### R {{.reflexion #r}}\n\n## Questions {{#questions}}",
    ),
    (
        "E121",
        UNIT,
        "{.situation #confidence}",
        "{.situation #confidence region=qc}",
        "#cadre points=2",
        f"#cadre {HERE}points=2",
    ),
    ("W220", UNIT, "### Situation", f"{HERE}### Situation", "> **Explication :** dire ses limites protège.\n", ""),
    ("E215", UNIT, "### On doit", f"{HERE}### On doit", "> **Réponse :** faux\n\n", ""),
    ("E215", UNIT, "> **Réponse :** faux", f"> **{HERE}Réponse :** peut-être"),
    ("E215", UNIT, "### Associez", f"{HERE}### Associez", "| Vouloir", "| croire"),
    (
        "E215",
        UNIT,
        "- [ ] Rien du tout.",
        "".join(f"- [ ] r{n}\n" for n in range(8)) + "- [ ] Rien du tout.",
        "- [x] Merci.",
        f"- {HERE}[x] Merci.",
    ),
    ("E215", UNIT, "3. Demander encore", "".join(f"{n}. r{n}\n" for n in range(3, 10)) + f"{HERE}10. Demander encore"),
    ("W220", UNIT, "### Remettez", f"{HERE}### Remettez", "> **Explication :** on demande avant et après.", ""),
    ("W220", UNIT, "### On doit", f"{HERE}### On doit", "> **Explication :** vous choisissez.", ""),
    ("W220", UNIT, "### Combien", f"{HERE}### Combien", "> **Explication :** cinq minutes, à peu près.\n", ""),
    (
        "W220",
        UNIT,
        "### Quel mot",
        f"{HERE}### Quel mot",
        "> **Explication :** c'est le chemin",
        "> **Indice :** le chemin",
    ),
    ("W220", UNIT, "### Complétez", f"{HERE}### Complétez", "> **Explication :** on porte", "> **Indice :** on porte"),
    (
        "W220",
        UNIT,
        "### Que dire",
        f"{HERE}### Que dire",
        "  > Pas encore.\n",
        "",
        "> **Explication :** saluer",
        "> **Indice :** saluer",
    ),
    (
        "W221",
        UNIT,
        "### Que dire",
        f"{HERE}### Que dire",
        "Bonjour.",
        "Bonjour à vous et à tout le monde.",
        "Merci.",
        "Merci à vous et à tout le monde.",
    ),
    # --- translations
    ("T301", TRANSLATION, "### One must tell everything. {.true-false #tout-dire}\n\n> **Answer:** false\n", ""),
    ("T301", TRANSLATION, GOOD[TRANSLATION][GOOD[TRANSLATION].index("## To end") :], ""),
    ("T302", TRANSLATION, "### What to say first?", f"{HERE}### What to say first?", "- [ ] Thank you.\n", ""),
    ("T302", TRANSLATION, "### Put these", f"{HERE}### Put these", "3. Ask again\n", ""),
    ("T302", TRANSLATION, "### Match", f"{HERE}### Match", "| | Obeying |\n", ""),
    (
        "T302",
        TRANSLATION,
        "### Match",
        f"{HERE}### Match",
        "| Hope | Believing |",
        "| | Believing |",
        "| | Obeying",
        "| O | Obeying",
    ),
    (
        "T302",
        TRANSLATION,
        "## To end",
        f"{HERE}## To end",
        "{.ordering #ordre}",
        "{.reflection #se-taire}",
        "{.reflection #se-taire}\n\nTake",
        "{.ordering #ordre}\n\n1. a\n2. b\n3. c\n\nTake",
    ),
    ("T302", TRANSLATION, "### What to say first? {.multiple-choice", f"{HERE}### What to say first? {{.single-choice"),
    ("T302", TRANSLATION, "### Which word", f"{HERE}### Which word", "> **Accepted answers:**\n>\n> - recovery", ""),
    ("T302", TRANSLATION, "### Complete", f"{HERE}### Complete", "[[listening]]", "listening"),
    ("T302", TRANSLATION, "[[cure|relapse|way out]]", f"{HERE}[[cure|relapse]]"),
    ("T302", TRANSLATION, "[[listening]]", f"{HERE}[[=listening|talking]]"),
    ("T302", TRANSLATION, "### How do you", f"{HERE}### How do you", "- ( ) On a screen.\n", ""),
    ("T302", TRANSLATION, "### Where", f"{HERE}### Where", "3. At ease\n", ""),
    ("T303", TRANSLATION, "Take your time.", f"Take your time.\n\n## More {{{HERE}#more}}"),
    (
        "T301",
        TRANSLATION,
        "### Pool {.pool #au-choix}\n\n" + WORD + OTHER,
        "",
    ),
    ("T301", TRANSLATION, OTHER, ""),
    ("T302", TRANSLATION, "### A secret", f"{HERE}### A secret", "#### A frame {.end #cadre}\n\nA frame.\n", ""),
    ("T302", TRANSLATION, "#### The beginning", f"{HERE}#### The beginning", "- [“No.”](#cadre)\n", ""),
    ("T302", TRANSLATION, "[“No.”](#cadre)", f"[“No.”]({HERE}#accord)"),
    ("T302", TRANSLATION, "## Other", f"{HERE}## Other", WORD, "", "### Pool", WORD[1:] + "### Pool"),
    ("T303", TRANSLATION, "{.end #cadre}", f"{{.end {HERE}#frame}}"),
    ("T303", TRANSLATION, "## To end", f"## More {{{HERE}#more}}\n\n## To end"),
    ("T304", TRANSLATION, HELLO, f"- [x] Hello.\n- {HERE}[x] Nothing at all.\n- [x] Thank you."),
    ("T304", TRANSLATION, HELLO, f"- [x] Hello.\n- [ ] Nothing at all.\n- {HERE}[ ] Thank you."),
    ("T304", TRANSLATION, "> **Answer:** false", f"> **{HERE}Answer:** true"),
    ("T304", TRANSLATION, "[[cure|relapse|way out]]", f"{HERE}[[cure|=relapse|way out]]"),
    ("T304", TRANSLATION, "> **Explanation:** five", f"> **{HERE}Answer:** 7\n\n> **Explanation:** five"),
    # --- links between files
    ("E401", UNIT, "Un texte simple.", f"Un texte {HERE}![](media/x.png)."),
    ("E404", UNIT, "Un texte simple.", f"Un texte {HERE}![a](media/X.PNG)."),
    ("E404", UNIT, "Un texte simple.", f"Un texte {HERE}![a](media/absente.png)."),
    ("E404", UNIT, "Un texte simple.", f"{HERE}[son](media/absent.mp3)"),
    ("E404", UNIT, "Un texte simple.", f"> **Témoignage :** un mot.\n>\n> — {HERE}[Karim](media/k.yaml)\n\nUn mot."),
    ("E403", UNIT, "Un texte simple.", f"> {HERE}**Témoignage :** un mot."),
    ("E410", UNIT, "[@leamy2011, p. 448]", f"{HERE}[@leamy2012 ; @leamy2011]"),
    ("E411", UNIT, "[rétablissement](glossaire:retablissement)", f"{HERE}[rétablissement](glossaire:retablisement)"),
    ("W412", REFS, "  - id: leamy2011", f"{HERE}  - id: autre\n    title: Autre\n  - id: leamy2011"),
    ("E413", UNIT, "[la suite](unite:suite#fin)", f"{HERE}[la suite](unite:suit#fin)"),
    ("E413", UNIT, "[la suite](unite:suite#fin)", f"{HERE}[la suite](unite:suite#rien)"),
    ("E413", UNIT, "{.nombre #minutes}", f"{{.nombre #minutes {HERE}relire=se-taire}}"),
    ("E413", UNIT, "{.nombre #minutes}", f"{{.nombre #minutes {HERE}relire=autres,suite#autres}}"),
    ("E413", UNIT, "{.nombre #minutes}", f"{{.nombre #minutes {HERE}reread=suit#fin}}"),
    ("W414", UNIT, "competences: [k1]", f"competences: [k1, {HERE}k9]"),
    ("W414", UNIT, "competence=k2", f"{HERE}competence=k9"),
    ("W420", SUITE, "Un mot.", f"Un mot sur le {HERE}suicide."),
    (
        "W421",
        SUITE,
        "duree: 1 h",
        "duree: 1 h\navertissement: Suicide.",
        "Un mot.",
        f"Un mot de {HERE}tentative ratée.",
    ),
    ("W421", SUITE, "Un mot.", f"Un mot. Il {HERE}s'est pendu."),
    (
        "W421",
        UNIT,
        "statut: publie",
        "statut: publie\navertissement: Suicide.",
        "  > Pas encore.",
        f"  > Elle a {HERE}commis un **suicide**.",
    ),
    (
        "W421",
        TRANSLATION,
        "traducteurs: [Ada]",
        "traducteurs: [Ada]\ncontent_note: Suicide.",
        "- [ ] Hello.",
        f"- [ ] He {HERE}committed suicide.",
    ),
    ("W421", WORDS, "Croire un changement", f"Un {HERE}suicide\nraté. Croire un changement"),
    ("W421", COURSE, "resume: {fr: Pour commencer.", f"resume: {{fr: Le {HERE}suicide réussi."),
    ("W422", UNIT, "Un texte simple.", f"Un {HERE}Schizophrène."),
    ("W422", SUITE, "Un mot.", f"On {HERE}souffre de dépression."),
    (
        "I430",
        SUITE,
        "## La fin",
        HERE + "## La fin",
        "Un mot.",
        "Un petit mot que dit une personne à une autre " * 20 + ".",
    ),
    (
        "I430",
        SUITE,
        "## La fin",
        HERE + "## La fin",
        "Un mot.",
        "Institutionnalisation psychosociale interprofessionnelle. " * 60,
    ),
    # --- courses
    ("E510", COURSE, "unites: [parler, suite]", f"unites: [parler, suite, {HERE}rien]"),
    ("E510", COURSE, "unites: [parler, suite]", f"unites: [parler, suite, {HERE}parler]"),
    ("E510", COURSE, "  heures:", f"  examen: {HERE}suit\n  heures:"),
    ("E514", COURSE, "  heures:", f"  examen: {HERE}suite\n  heures:"),
    ("E510", SITE, "cours: [reperes]", f"cours: [reperes, {HERE}autre]"),
    ("E512", SUITE, "prerequis: [parler]", f"prerequis: [{HERE}parlr]"),
    ("E513", UNIT, "statut: publie", f"statut: publie\nprerequis: {HERE}[suite]"),
    ("E520", SPANISH, "", "---\ntitle: Ya\n---\n\n## Fin {#fin}\n\nUna palabra."),
    ("E520", LONE, "", "---\ntitle: Alone\n---\n\n## End {#end}\n\nA word."),
]


def broken(case: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, int, int]]:
    """The changed files of a case and where its problem must be told."""
    _, path, *pairs = case
    text = GOOD.get(path, "")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) >= 1, (case, old)
        text = text.replace(old, new, 1) if old else text + new
    text, where = marked(path, text)
    return {path: text}, where


@cache
def problems_of(case: tuple[str, ...]) -> tuple[Problem, ...]:
    return build(broken(case)[0]).problems


@cache
def good() -> SiteBuild:
    return build()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0]}-{case[-1][:24]!r}")
def test_a_broken_example_tells_exactly_its_rule(case: tuple[str, ...]) -> None:
    _, where = broken(case)
    problems = problems_of(case)

    assert [place(problem) for problem in problems] == [(case[0], *where)]
    for lang in ("fr", "en"):
        message = problems[0].message(lang)
        assert message and "{" not in message.replace("{#", "").replace("{.", "").replace("{fr", "")


def test_the_good_site_has_no_problem() -> None:
    made = build()

    assert made.problems == () and made.ok


MEDIA = "courses/reperes/01-parler/media/"


def _sound(
    said: str | None = "consentement: écrit, 2026-03",
    text: str | None = "Bonjour.",
    where: str = UNIT,
    line: str = "Un texte simple.[^note]",
    name: str = "k.mp3",
    body: bytes = b"ID3.",
) -> dict[str, str | bytes | None]:
    """A unit with a player, and what stands beside the sound."""
    words = f"[Écouter](media/{name})" + ("\n\n" + line if "[^note]" in line else "")
    written = {where: GOOD[where].replace(line, words), MEDIA + "k.yaml": said, MEDIA + "k.fr.md": text}
    return {**written, MEDIA + name: body}


ELSEWHERE: list[tuple[str, dict[str, str | bytes | None], tuple[str, int, int]]] = [
    ("E090", {SUITE: GOOD[SUITE].encode("utf-16")}, (SUITE, 1, 1)),
    ("E090", {SUITE: GOOD[SUITE].encode("latin-1").replace(b"Un mot", b"\xe9")}, (SUITE, 12, 1)),
    ("E090", {SUITE: GOOD[SUITE].replace("mot", "m\0ot")}, (SUITE, 12, 5)),
    ("E091", {SUITE: GOOD[SUITE] + "a\n" * 100_000}, (SUITE, 1, 1)),
    ("E164", {SUITE: GOOD[SUITE] + "[" * 30_000}, (SUITE, 1, 1)),
    ("E164", {SUITE: GOOD[SUITE] + "\n" * 21_000}, (SUITE, 1, 1)),
    ("E164", {SUITE: GOOD[SUITE] + "\n[a]: https://x.example/" + "y" * 9_000 + "\n\n" + "[a] " * 99}, (SUITE, 1, 1)),
    ("E103", {COURSE: None, SITE: GOOD[SITE].replace("[reperes]", "[]")}, (COURSE, 1, 1)),
    ("E103", {SITE: None}, (SITE, 1, 1)),
    ("W092", {SUITE: GOOD[SUITE] + "\n<b>\n" * 201}, (SUITE, 415, 1)),
    ("W511", {COURSE: GOOD[COURSE].replace(", suite]", "]")}, (SUITE, 2, 5)),
    ("E402", _sound(text=None), (UNIT, 23, 1)),
    ("E403", _sound(said="auteur: Karim"), (UNIT, 23, 1)),
    ("E403", _sound(said="consentement: non"), (UNIT, 23, 1)),
    ("E403", _sound(said=None), (UNIT, 23, 1)),
    ("E106", _sound(said="consentement: écrit\nlicence: libre"), (MEDIA + "k.yaml", 2, 10)),
    ("E102", _sound(said="consentement: écrit\nauteurs: K."), (MEDIA + "k.yaml", 2, 1)),
    ("E104", _sound(said="consentement: écrit\nduree: longue"), (MEDIA + "k.yaml", 2, 8)),
    ("E118", _sound(text="[a](javascript:b)"), (MEDIA + "k.fr.md", 1, 1)),
    ("E141", _sound(text="- [x] a"), (MEDIA + "k.fr.md", 1, 3)),
    ("W117", _sound(text="Un mot.[^1]\n\n[^1]: b"), (MEDIA + "k.fr.md", 1, 8)),
    ("E405", _sound() | {MEDIA + "k.mp3": b"<html>"}, (MEDIA + "k.mp3", 1, 1)),
    ("E405", {MEDIA + "k.png": b"<svg onload=alert(1)>"}, (MEDIA + "k.png", 1, 1)),
    ("E405", {MEDIA + "k.fr.vtt": "1\n00:00 --> 00:01\nBonjour"}, (MEDIA + "k.fr.vtt", 1, 1)),
    ("W406", _sound(name="k.webm", body=b"\x1a\x45\xdf\xa3"), (UNIT, 23, 1)),
    ("W402", _sound(where=TRANSLATION, line="A plain text."), (TRANSLATION, 10, 1)),
    ("W511", {SITE: GOOD[SITE].replace("[reperes]", "[]")}, (COURSE, 1, 1)),
    (
        "W420",
        {
            SUITE: GOOD[SUITE].replace("Un mot.", "### B {.banque #b source=limites}"),
            SHARED: GOOD[SHARED].replace("Une promesse.", "Parler de suicide."),
        },
        (SUITE, 12, 1),
    ),
    (
        "E218",
        {
            SUITE: GOOD[SUITE].replace(HEAD, EXAM).replace("Un mot.", "### B {.banque #b tirage=1 source=limites}"),
            SHARED: GOOD[SHARED].replace("auteurs", "competences: [k1]\nauteurs"),
        },
        (SUITE, 13, 28),
    ),
    (
        "W515",
        {
            COURSE: GOOD[COURSE].replace("  seuil: 80", "  seuil: 80\n  examen: suite"),
            SUITE: GOOD[SUITE].replace(HEAD, EXAM).replace("Un mot.", QUIZ),
        },
        (COURSE, 11, 11),
    ),
    ("E135", {"pools/autre/fr.md": GOOD[SHARED], SHARED: GOOD[SHARED]}, (SHARED, 2, 5)),
    ("E520", {SHARED: None, SHARED_EN: "---\ntitle: Limits\n---\n\n## Questions {#questions}\n"}, (SHARED_EN, 1, 1)),
    (
        "E216",
        {
            SUITE: GOOD[SUITE].replace("Un mot.", "### B {.banque #b source=limites}"),
            SHARED: GOOD[SHARED].replace("#promesse", "#" + "p" * 52),
        },
        (SUITE, 12, 19),
    ),
    ("T301", {TRANSLATION: GOOD[TRANSLATION].replace(HERS, HIS)}, (TRANSLATION, 31, 1)),
    ("T302", {SYNC: f"que-dire: {MOVED}\n"}, (TRANSLATION, 25, 1)),
    ("T305", {SYNC: "que-dire: vieux\n"}, (TRANSLATION, 25, 1)),
]


@pytest.mark.parametrize(("code", "changes", "where"), ELSEWHERE)
def test_a_problem_of_a_whole_file(
    code: str, changes: dict[str, str | bytes | None], where: tuple[str, int, int]
) -> None:
    told = [place(problem) for problem in build(changes).problems]
    assert told[-1:] == [(code, *where)] and (len(told) == 1 or code == "W092")


@pytest.mark.parametrize(
    ("code", "old", "new", "line"),
    [("E133", "#tout-dire", "#ne-pas-dire", 1), ("E134", "{.vrai-faux #tout-dire", "{.reflexion #tout-dire", 53)],
)
def test_what_a_published_edition_holds_may_not_vanish_nor_turn(code: str, old: str, new: str, line: int) -> None:
    published = list(build().units.values())
    later = GOOD[UNIT].replace("indispensable=oui", "").replace(old, new).replace("> **Réponse :** faux\n", "")

    told = check_against(build({UNIT: later, TRANSLATION: None}), published)

    assert [(problem.code, problem.path, problem.line) for problem in told] == [(code, UNIT, line)]
    assert "tout-dire" in told[0].message("fr")


def test_what_is_published_neither_becomes_an_exam_nor_ceases_to_be_one() -> None:
    text = GOOD[SUITE].replace("Un mot.", QUIZ).replace("licence", "statut: publie\nlicence")
    plain, exam = build({SUITE: text}), build({SUITE: text.replace(HEAD, EXAM)})
    for before, after, variant in ((plain, exam, "exam"), (exam, plain, "practice")):
        (told,) = check_against(after, list(before.units.values()))

        assert (*place(told), told.params["variant"]) == ("E134", SUITE, 1, 1, variant)
        assert "suite" in told.message("fr")
    draft = build({SUITE: text.replace("statut: publie", "statut: brouillon")})
    assert check_against(exam, list(draft.units.values())) == ()


def test_every_rule_and_every_other_wording_of_one_has_an_example() -> None:
    told = [problem for case in BROKEN for problem in problems_of(case)]
    told += [problem for _, changes, _ in ELSEWHERE for problem in build(changes).problems]
    shown = {(one.code, str(one.params.get("variant") or "")) for one in told}
    shown |= {("E133", ""), ("E134", ""), ("E134", "exam"), ("E134", "practice")}
    wanted = {(code, variant) for code, rule in RULES.items() for variant in ("", *rule.variants)}

    assert wanted - shown == {("E106", "")}  # each value that is refused has words of its own


@pytest.mark.parametrize("case", [case for case in BROKEN if case[1] in GOOD], ids=lambda case: f"{case[0]}")
def test_what_was_broken_is_clean_once_it_is_put_back(case: tuple[str, ...]) -> None:
    text = broken(case)[0][case[1]]
    for old, new in reversed(list(zip(case[2::2], case[3::2], strict=True))):
        new = new.replace(HERE, "")
        text = text.replace(new, old, 1) if new else GOOD[case[1]]

    assert text == GOOD[case[1]] and good().problems == ()


@pytest.mark.parametrize(
    ("wrong", "more"),
    [
        ("– (x) Moi, toujours.", ""),
        ("• (x) Moi, toujours.", ""),
        ("\u00a0- (x) Moi, toujours.", ""),
        ("-\u00a0(x) Moi, toujours.", ""),
        ("-(x) Moi, toujours.", ""),
        ("- [x] Moi, toujours.", ""),
        ("– [x] Moi, toujours.", ""),
        ("(x) Moi, toujours.", "\n"),
    ],
)
def test_typing_what_is_told_mends_an_answer(wrong: str, more: str) -> None:
    """What stands at the place that is told, replaced by what the message says to type."""
    text = GOOD[UNIT].replace("- (x) Moi, toujours.", wrong)
    (problem,) = build({UNIT: text}).problems
    lines = text.split("\n")
    line, start = lines[problem.line - 1], problem.column - 1
    found = str(problem.params["found"])
    assert line[start:].startswith(found)
    lines[problem.line - 1] = line[:start] + str(problem.params["wanted"]) + line[start + len(found) :]

    assert build({UNIT: "\n".join(lines)}).problems == ()


@pytest.mark.parametrize(
    ("kind", "box"), [("choix-unique", "( )"), ("choix-multiple", "[ ]"), ("single-choice", "( )")]
)
@pytest.mark.parametrize("answers", ["- Moi.\n- {other}", "– (x) Moi.\n– ( ) Vous.", "– [x] Moi.\n– [ ] Vous."])
def test_the_box_of_the_kind_is_proposed(kind: str, box: str, answers: str) -> None:
    body = answers.replace("{other}", f"{box} Vous.")
    text = f"Un mot.\n\n### Qui ? {{.{kind} #qui}}\n\n{body}\n\n> **Explication :** a"
    told = [one for one in build({SUITE: GOOD[SUITE].replace("Un mot.", text)}).problems if one.code == "E150"]

    assert told and all(str(one.params["wanted"])[2] == box[0] for one in told)


def test_every_key_that_may_be_required_has_an_example() -> None:
    keys = {
        "courses/reperes/course.yaml": "{}",
        HELP: "lines: [{a: b}]",
        SITE: "{}",
        REFS: "references: [{a: b}]",
        SUITE: "",
    }
    for path, text in keys.items():
        told = [one for one in build({path: text}).problems if one.code == "E103" and one.path == path]
        assert told and all(": " in str(one.params["example"]) for one in told)
    (told_one,) = build({UNIT: GOOD[UNIT].replace("auteurs: [Nadia B.]\n", "")}).problems
    assert "auteurs: [Nadia B.]" in told_one.message("fr")


def test_every_message_can_be_said_in_both_languages() -> None:
    texts = [text for rule in RULES.values() for pair in [(rule.fr, rule.en), *rule.variants.values()] for text in pair]
    params = {name: "x" for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    for code in RULES:
        for variant in ("", *RULES[code].variants):
            problem = Problem("a.md", 1, 1, code, params | {"variant": variant})
            assert problem.message("fr") != problem.message("en")


@pytest.mark.parametrize(
    "words", ["Remplacez ce mot par un autre.", "Remplacez par une réponse plus douce.", "Ce qui remplace la peur."]
)
def test_a_lesson_that_speaks_of_replacing_is_not_taken_for_a_model(words: str) -> None:
    assert build({UNIT: GOOD[UNIT].replace("Un texte simple.", words)}).problems == ()
