"""The grammar of the `elearn` command and the words that teach it, in French and English. No deed is done here."""

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from elearn import __version__
from elearn.config import SettingsError
from elearn.core.permissions import ROLES
from elearn.core.revocations import REASONS
from elearn.core.rules import Problem
from elearn.terminal import say

UNACCEPTABLE = {
    ("sign_in_name", "taken"): (
        "Ce nom est déjà pris : choisissez-en un autre.",
        "This name is taken: choose another.",
    ),
    ("sign_in_name", "short"): (
        "Ce nom est trop court : trois signes au moins.",
        "This name is too short: three or more.",
    ),
    ("sign_in_name", "long"): (
        "Ce nom est trop long : quarante signes au plus.",
        "This name is too long: forty at most.",
    ),
    ("sign_in_name", "characters"): (
        "Ce nom contient un signe refusé : écrivez des lettres, chiffres, espaces, points ou tirets.",
        "This name holds a sign that is refused: write letters, digits, spaces, full stops or hyphens.",
    ),
    ("chosen_name", "long"): (
        "Ce nom affiché est trop long : 80 signes au plus.",
        "This shown name is too long: 80 at most.",
    ),
    ("password", "short"): (
        "Mot de passe trop court : douze signes au moins.",
        "Password too short: twelve signs or more.",
    ),
    ("password", "long"): ("Mot de passe trop long : 200 signes au plus.", "Password too long: 200 signs at most."),
    ("password", "common"): (
        "Mot de passe trop courant : choisissez-en un autre.",
        "Password too common: choose another.",
    ),
    ("password", "names"): ("Le mot de passe contient le nom : changez-le.", "The password holds the name: change it."),
}
"""What to say of a name or password that `services.accounts` refuses."""

KEY_IS_FRESH = dt.timedelta(hours=1)
"""A signing key made so lately was asked for by a command that was typed twice."""
REVOKED = ("L'attestation est révoquée.", "The attestation is revoked.")
REVOKED_BEFORE = ("Elle était déjà révoquée : rien n'a changé.", "It was revoked already: nothing changed.")
SAME_NAME = ("Le nom est bien celui de l'attestation.", "The name is the one of the attestation.")
OTHER_NAME = ("Ce n'est pas le nom de l'attestation.", "It is not the name of the attestation.")


def no_such_course(name: str, known: Collection[str]) -> tuple[str, str]:
    there = ", ".join(known) or "–"
    return f"Aucun cours « {name} ». Il y a : {there}.", f"No course “{name}”. There are: {there}."


def would_issue(ready: int, missing: int) -> tuple[str, str]:
    return (
        f"À délivrer : {ready}. Terminé, mais le nom n'est pas confirmé : {missing}. Rien n'est délivré.",
        f"To issue: {ready}. Complete, but the name is not confirmed: {missing}. Nothing is issued.",
    )


def issued(count: int, missing: int) -> tuple[str, str]:
    return (
        f"Attestations délivrées : {count}. Il manque encore quelque chose à : {missing}.",
        f"Attestations issued: {count}. Still lacking something: {missing}.",
    )


def no_such_attestation(uid: str) -> tuple[str, str]:
    return f"Aucune attestation {uid}.", f"No attestation {uid}."


def revocation_announced(due: dt.datetime) -> tuple[str, str]:
    return (
        f"La personne est avertie ; la révocation prend effet le {due:%Y-%m-%d}.",
        f"Its holder is told; the revocation takes effect on {due:%Y-%m-%d}.",
    )


def no_such_file(path: str) -> tuple[str, str]:
    return f"{path} ne peut pas être lu.", f"{path} cannot be read."


def told_of(verdict: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a verified file says, line by line."""
    labels = {
        "name": ("titre", "title"),
        "holder": ("nom", "name"),
        "issuer_name": ("organisme", "organisation"),
        "issuer": ("domaine", "domain"),
        "since": ("signée le", "signed on"),
        "until": ("prend fin le", "ends on"),
    }
    return [(f"{say(*words):<14}", str(verdict[name])) for name, words in labels.items() if verdict[name]]


def no_such_issuer(slug: str) -> tuple[str, str]:
    return (
        f"« {slug} » n'a encore rien signé : sa première clé se fait avec sa première attestation.",
        f"“{slug}” has signed nothing yet: its first key is made with its first attestation.",
    )


def no_such_issuer_key(name: str, known: Collection[str]) -> tuple[str, str]:
    there = ", ".join(known)
    return f"Aucune clé « {name} ». Il y a : {there}.", f"No key “{name}”. There are: {there}."


def issuer_key_renewed(name: str, count: int) -> tuple[str, str]:
    return (
        f"Clé en vigueur : {name or 'inchangée'}. Attestations signées à nouveau : {count}.",
        f"Key in force: {name or 'unchanged'}. Attestations signed again: {count}.",
    )


def lists_signed(count: int) -> tuple[str, str]:
    return f"Listes de révocations signées : {count}.", f"Lists of revocations signed: {count}."


def bad_organisation(field: str, code: str) -> tuple[str, str]:
    return (
        f"Refusé : {field} ({code}). Les règles sont sur la page des organisations, dans l'administration.",
        f"Refused: {field} ({code}). The rules are on the page of organisations, under administration.",
    )


UNREADABLE: dict[str, Callable[[Path], tuple[str, str]]] = {
    "missing": lambda path: (f"Le dossier {path} n'existe pas.", f"There is no folder {path}."),
    "too_many": lambda path: (f"Trop de fichiers dans {path}.", f"Too many files in {path}."),
    "unreadable": lambda path: (
        f"{path} ne peut pas être lu : donnez-en le droit de lecture.",
        f"{path} cannot be read: allow reading it.",
    ),
    "closed": lambda path: (
        f"{path} ne peut pas être écrit : donnez-en le droit d'écriture.",
        f"{path} cannot be written: allow writing it.",
    ),
    "too_large": lambda path: (f"{path} est trop gros.", f"{path} is too large."),
}
"""What to say of a content folder that cannot be read."""

INTRODUCTION = (
    "Cours, exercices et attestations pour la formation de pairs aidants.",
    "Courses, quizzes and attestations for the training of peer supporters.",
)
FIRST_STEPS = (
    "pour commencer :\n"
    "  elearn run                           servir le site sur cette machine\n"
    "  elearn preview                       écrire un cours et le voir à chaque enregistrement\n"
    "  elearn new unit                      commencer une unité\n"
    "  elearn check                         relire les cours : chemin:ligne:colonne et quoi écrire\n"
    "  elearn fix                           réparer ce qui peut l'être sans vous\n"
    "  elearn user add ada --role trainer   ouvrir un compte de formatrice\n"
    "  elearn backup                        sauvegarder le site, sans ses clés\n\n"
    "Chaque commande s'explique : elearn user add --help\n"
    "Les réglages sont des variables ELEARN_… ; docs/running.md les présente.",
    "to begin:\n"
    "  elearn run                           serve the site on this machine\n"
    "  elearn preview                       write a course and see it at each save\n"
    "  elearn new unit                      begin a unit\n"
    "  elearn check                         read the courses over: path:line:column and what to write\n"
    "  elearn fix                           repair what can be repaired without you\n"
    "  elearn user add ada --role trainer   open a trainer's account\n"
    "  elearn backup                        back the site up, without its keys\n\n"
    "Each command explains itself: elearn user add --help\n"
    "Settings are variables ELEARN_…; docs/running.md shows them.",
)


def no_database(error: Exception) -> SettingsError:
    """The database's own reason, without the address, which may hold a password."""
    reason = " ".join(str(getattr(error, "orig", error)).split())
    return SettingsError(
        f"La base de données ne répond pas ({reason}) : vérifiez ELEARN_DATABASE_URL et que le serveur est lancé.",
        f"The database does not answer ({reason}): check ELEARN_DATABASE_URL and that the server runs.",
    )


def checked(courses: int, units: int, problems: Collection[Problem], ok: bool) -> tuple[str, str]:
    """The last line of a check: how many of each, in how many files, and whether all that can be published."""
    fr, en = counted(problems)
    read = (f" Cours {courses}, unités {units}.", f" Courses {courses}, units {units}.")
    if not ok:
        return (f"{fr} : corrigez les erreurs, rien n'est publié.", f"{en}: mend the errors, nothing is published.")
    if not problems:
        return ("Rien ne s'oppose à la publication." + read[0], "Nothing stands in the way of publishing." + read[1])
    return (
        f"Rien ne s'oppose à la publication : {fr}.{read[0]}",
        f"Nothing stands in the way of publishing: {en}.{read[1]}",
    )


def counted(problems: Collection[Problem]) -> tuple[str, str]:
    """`12 erreurs et 3 conseils dans 4 fichiers`, and how many more are not shown."""
    kinds = (
        ("error", ("erreur", "erreurs"), ("error", "errors")),
        ("warning", ("conseil", "conseils"), ("warning", "warnings")),
        ("info", ("information", "informations"), ("remark", "remarks")),
    )
    said = [problem for problem in problems if problem.code != "W092"]
    hidden = sum(int(str(problem.params["count"])) for problem in problems if problem.code == "W092")
    counts = Counter(problem.severity for problem in said)
    fr = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words, _ in kinds if counts[kind]]
    en = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, _, words in kinds if counts[kind]]
    files = len({problem.path for problem in said})
    more = (f", et {hidden} autres qui ne sont pas montrés", f", and {hidden} more that are not shown")
    return (
        f"{_listed(fr, 'et')} dans {files} fichier{'s' if files > 1 else ''}{more[0] if hidden else ''}",
        f"{_listed(en, 'and')} in {files} file{'s' if files > 1 else ''}{more[1] if hidden else ''}",
    )


def _listed(parts: Sequence[str], word: str) -> str:
    return f" {word} ".join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]]) if parts else "0"


def our_fault(error: Exception) -> tuple[str, str]:
    """A fault of the program's own, in one line."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return (
        f"Panne d'elearn, non de vos fichiers ({what}). Signalez-la à qui s'occupe du site, avec le fichier qui la "
        "provoque ; ELEARN_DEBUG=1 montre où elle se produit.",
        f"A fault of elearn, not of your files ({what}). Report it to whoever looks after the site, with the file that "
        "causes it; ELEARN_DEBUG=1 shows where.",
    )


FIX_TEACHES = (
    "Un nom court manque : il est écrit. « -(x) » devient « - (x) », un titre avec « : » reçoit des guillemets.\n"
    "Rien n'est deviné d'une réponse, aucun mot n'est changé ; relancer ne change plus rien.\n"
    "  elearn fix --dry-run     voir d'abord\n"
    "  elearn fix               réparer",
    "A short name that is missing is written. “-(x)” becomes “- (x)”, a title with “:” is quoted.\n"
    "No answer is guessed, no word is changed; a second run changes nothing.\n"
    "  elearn fix --dry-run     see first\n"
    "  elearn fix               repair",
)


def fixable(many: int) -> tuple[str, str]:
    return (
        f"Réparable sans vous : {many}. Pour le faire : elearn fix",
        f"Can be repaired without you: {many}. To do so: elearn fix",
    )


DECIDE = ("À vous de dire :", "For you to say:")
DRY_RUN = ("Rien n'est écrit. Pour réparer : elearn fix", "Nothing is written. To repair: elearn fix")


def repaired(path: str, codes: str) -> tuple[str, str]:
    return f"Réparé : {path} ({codes})", f"Repaired: {path} ({codes})"


def fixed(files: int, left: int, errors: int) -> tuple[str, str]:
    """The last line of a repair: what is left, which only a person can mend."""
    if not left:
        return f"Fichiers réparés : {files}. Il ne reste rien.", f"Files repaired: {files}. Nothing is left."
    return (
        f"Fichiers réparés : {files}. Reste à corriger : erreurs {errors}, conseils {left - errors}. "
        "Pour les lire : elearn check",
        f"Files repaired: {files}. Left to mend: errors {errors}, advice {left - errors}. To read them: elearn check",
    )


def not_text(path: str) -> tuple[str, str]:
    return (
        f"{path} n'est pas du texte UTF-8, ou dépasse 200 ko : laissé tel quel.",
        f"{path} is not UTF-8 text, or is over 200 kB: left as it is.",
    )


def not_content(path: Path) -> tuple[str, str]:
    return (
        f"{path} n'est pas dans un dossier de cours, qui contient site.yaml ou courses/.",
        f"{path} is not in a content folder, which holds site.yaml or courses/.",
    )


def meanwhile(path: str) -> tuple[str, str]:
    return (
        f"{path} a changé pendant ce temps : laissé tel quel. Relancez la commande.",
        f"{path} changed meanwhile: left as it is. Run the command again.",
    )


def wrote(path: str, copied: bool) -> tuple[str, str]:
    fr = " (copie à vous, qui prend la place du fichier livré)" if copied else ""
    en = " (a copy of your own, in place of the shipped file)" if copied else ""
    return f"Écrit : {path}{fr}", f"Written: {path}{en}"


def by_hand(path: str, key: str, id: str) -> tuple[str, str]:
    return (
        f"{path} est écrit d'une façon inhabituelle : ajoutez vous-même {id} à la liste « {key} ».",
        f"{path} is written in an unusual way: add {id} to its list “{key}” yourself.",
    )


def which_kind(words: str) -> tuple[str, str]:
    return f"Quel genre ? Ajoutez --kind et l'un de : {words}.", f"Which kind? Add --kind and one of: {words}."


def not_given() -> SettingsError:
    return SettingsError(
        "Il manque un nom court : écrivez par exemple elearn new course mon-cours, puis "
        "elearn new unit mon-cours mon-unite.",
        "A short name is missing: write for example elearn new course my-course, then "
        "elearn new unit my-course my-unit.",
    )


NOT_BEGUN: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "bad_id": lambda id, _: (
        f"« {id} » n'est pas un nom court : de 2 à 60 minuscules sans accent, chiffres ou tirets, une lettre d'abord.",
        f"“{id}” is not a short name: 2 to 60 lower-case letters without accents, digits or hyphens, a letter first.",
    ),
    "taken": lambda id, _: (
        f"« {id} » est déjà pris : choisissez un autre nom court.",
        f"“{id}” is taken: choose another short name.",
    ),
    "no_course": lambda id, _: (
        f"Il n'y a pas de cours « {id} ». Pour le commencer : elearn new course {id}",
        f"There is no course “{id}”. To begin it: elearn new course {id}",
    ),
    "no_unit": lambda id, _: (
        f"Il n'y a pas d'unité « {id} ». Pour la commencer : elearn new unit COURS {id}",
        f"There is no unit “{id}”. To begin it: elearn new unit COURSE {id}",
    ),
    "unknown_kind": lambda word, kinds: (
        f"Le genre « {word} » n'existe pas. Il y a : {kinds}.",
        f"There is no kind “{word}”. There are: {kinds}.",
    ),
    "unclear": lambda path, _: (
        f"La fin de {path} ne se lit pas : lancez « elearn check », corrigez, puis recommencez.",
        f"The end of {path} cannot be read: run “elearn check”, mend it, then try again.",
    ),
}
"""What to say where nothing could be begun (elearn.core.beginning.NotBegun)."""

AND_THEN: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "course": lambda course, _: (
        f"Ensuite : elearn new unit {course} NOM-COURT",
        f"Next: elearn new unit {course} ID",
    ),
    "unit": lambda _, __: (
        "Ensuite : ouvrez ce fichier dans un éditeur de texte et « elearn preview » dans un terminal.",
        "Next: open that file in a text editor and “elearn preview” in a terminal.",
    ),
    "exam": lambda course, id: (
        f"Ensuite : ouvrez ce fichier dans un éditeur de texte. Pour en faire l'examen final du cours, écrivez "
        f"« examen: {id} » sous « regle: » dans courses/{course}/course.yaml.",
        f"Next: open that file in a text editor. To make it the final exam of the course, write "
        f"“exam: {id}” below “rule:” in courses/{course}/course.yaml.",
    ),
    "question": lambda _, __: (
        "Ensuite : remplacez le texte à la fin du fichier, puis elearn check",
        "Next: replace the text at the end of the file, then elearn check",
    ),
}
"""What to do after something was begun, given the course's folder and the id of a unit."""


KEY_CHANGED = (
    "Ce qui est juste a changé dans une question déjà publiée. Que deviennent les réponses données avant ?",
    "What is right has changed in a question that was published. What becomes of the answers given before?",
)
DECIDED = {
    "keep": ("garder", "keep"),
    "remark": ("recorriger", "mark again"),
    "cancel": ("annuler", "cancel"),
}
DECIDE_KEY = (
    "[g]arder comme notées, [r]ecorriger (seulement vers le haut), [a]nnuler : juste pour qui avait répondu (g) ?",
    "[k]eep as marked, [m]ark again (only upward), [c]ancel: right for whoever had answered (k)?",
)
NOT_PUBLISHED = ("Rien n'est publié : c'était un essai.", "Nothing is published: this was a trial.")


def undecided(keys: list[str]) -> tuple[str, str]:
    named = ", ".join(keys)
    return (
        f"Ce qui est juste a changé ({named}). Dites ce que deviennent les réponses données avant : "
        "elearn publish --key-changes keep (restent comme notées), remark (recorrigées, seulement vers le haut) "
        "ou cancel (juste pour qui avait répondu). Rien n'est publié.",
        f"What is right has changed ({named}). Say what becomes of the answers given before: "
        "elearn publish --key-changes keep (stay as marked), remark (marked again, only upward) "
        "or cancel (right for whoever had answered). Nothing is published.",
    )


def marked_again(people: int) -> tuple[str, str]:
    return (
        f"Réponses notées à nouveau ; inscriptions qui y gagnent : {people}.",
        f"Answers marked again; enrolments that gain by it: {people}.",
    )


def mend_first(errors: int) -> tuple[str, str]:
    return (
        f"Erreurs dans les cours : {errors}. Corrigez-les d'abord : elearn check",
        f"Errors in the courses: {errors}. Mend them first: elearn check",
    )


def no_edition(name: str) -> SettingsError:
    return SettingsError(
        f"Il n'y a pas d'édition « {name} » : donnez un numéro, ou le dossier d'un contenu exporté.",
        f"There is no edition “{name}”: give a number, or the folder of an exported content.",
    )


STANDINGS = {
    "missing": ("manque", "missing"),
    "moved": ("déplacé", "moved"),
    "outdated": ("en retard", "outdated"),
    "unread": ("à relire", "to review"),
    "current": ("à jour", "current"),
}
"""States of a translated block (core.translating)."""


def translated(counts: Mapping[str, int]) -> tuple[str, str]:
    fr, en = (", ".join(f"{STANDINGS[name][n]} {counts[name]}" for name in reversed(STANDINGS)) for n in (0, 1))
    return f"Blocs : {fr}.", f"Blocks: {en}."


def note_reviewed(name: str, lang: str) -> tuple[str, str]:
    command = f"elearn translate {name} --lang {lang} --reviewed"
    return (
        f"Une fois relus : {command} [BLOC …]",
        f"Once reviewed: {command} [BLOCK …]",
    )


def skeleton_made(path: str) -> tuple[str, str]:
    return (
        f"Écrit : {path}. Traduisez les mots, laissez ce qui suit # ; ce qui n'est pas encore traduit se montre dans "
        "la langue source.",
        f"Written: {path}. Translate the words, leave what follows #; what is not translated yet is shown in the "
        "source language.",
    )


def blocks_noted(count: int) -> tuple[str, str]:
    return f"Blocs notés comme relus : {count}.", f"Blocks noted as reviewed: {count}."


def no_such_block(name: str, known: list[str]) -> tuple[str, str]:
    listed = ", ".join(known)
    return f"Il n'y a pas de bloc « {name} ». Il y a : {listed}.", f"There is no block “{name}”. There are: {listed}."


def no_unit(name: str, known: list[str]) -> tuple[str, str]:
    listed = ", ".join(known[:20])
    return f"Il n'y a pas d'unité « {name} ». Il y a : {listed}.", f"There is no unit “{name}”. There are: {listed}."


def no_language(lang: str, source: str, others: list[str]) -> tuple[str, str]:
    listed = ", ".join(others)
    if listed:
        return (
            f"« {lang} » n'est pas une langue à traduire ici. Il y a : {listed} (la source est « {source} »).",
            f"“{lang}” is not a language to translate to here. There are: {listed} (the source is “{source}”).",
        )
    return (
        f"site.yaml n'a que la langue « {source} » : ajoutez-en une, par exemple langues: [{source}, {lang}]",
        f"site.yaml has the language “{source}” only: add one, such as languages: [{source}, {lang}]",
    )


def unreadable_source(path: str) -> tuple[str, str]:
    return (
        f"{path} ne peut pas être lu : corrigez-le d'abord (elearn check).",
        f"{path} cannot be read: mend it first (elearn check).",
    )


def no_course(name: str, known: list[str]) -> tuple[str, str]:
    listed = ", ".join(known)
    return f"Il n'y a pas de cours « {name} ». Il y a : {listed}.", f"There is no course “{name}”. There are: {listed}."


def no_unit_in(name: str, lang: str, known: list[str]) -> tuple[str, str]:
    listed = ", ".join(known)
    return (
        f"Il n'y a pas d'unité « {name} » ({lang}). Écrivez cours/unité ; il y a : {listed}.",
        f"There is no unit “{name}” ({lang}). Write course/unit; there are: {listed}.",
    )


def bad_unit_id(name: str) -> tuple[str, str]:
    return (
        f"« {name} » ne peut pas être un nom court : deux signes ou plus, minuscules sans accent, chiffres, tirets. "
        "Ajoutez --unit mon-unite",
        f"“{name}” cannot be a short name: two or more lower-case letters, digits, hyphens. Add --unit my-unit",
    )


def unit_exists(name: str) -> tuple[str, str]:
    return (
        f"Une unité « {name} » existe déjà. Choisissez un autre nom : --unit autre-nom",
        f"There is a unit “{name}” already. Choose another name: --unit other-name",
    )


def cannot_read(path: Path, error: OSError) -> tuple[str, str]:
    return f"{path} ne peut pas être lu ({error.strerror}).", f"{path} cannot be read ({error.strerror})."


def nothing_imported() -> tuple[str, str]:
    return "Rien n'a été écrit.", "Nothing was written."


def imported(path: str, counts: tuple[int, int], dry_run: bool) -> tuple[str, str]:
    lost, guessed = counts
    made = ("Serait écrit", "Would be written") if dry_run else ("Brouillon", "Draft")
    return (
        f"{made[0]} : {path} (perdu {lost}, deviné {guessed}).",
        f"{made[1]}: {path} (lost {lost}, guessed {guessed}).",
    )


AFTER_IMPORT = (
    "Ensuite : complétez l'en-tête de ce fichier, puis elearn check.",
    "Then: complete the header of this file, and run elearn check.",
)


def outbox_counts(counts: Mapping[str, int]) -> tuple[str, str]:
    """How many messages the database knows, by state (store.mail.STATES)."""
    waiting, failed, dropped, sent = (counts[state] for state in ("waiting", "failed", "dropped", "sent"))
    return (
        f"En attente {waiting}, partis {sent}, échoués {failed}, abandonnés {dropped}.",
        f"Waiting {waiting}, sent {sent}, failed {failed}, dropped {dropped}.",
    )


def posted(sent: int, later: int, failed: int, dropped: int) -> tuple[str, str]:
    """What came of sending mail now."""
    return (
        f"Partis {sent}, remis à plus tard {later}, échoués {failed}, abandonnés {dropped}.",
        f"Sent {sent}, put off {later}, failed {failed}, dropped {dropped}.",
    )


KEY_USES = {
    "secret": (
        "formulaires ; empreintes d'adresses et de formulaires",
        "form tokens, keyed hashes of addresses and of idempotency keys",
    ),
    "reflections": (
        "enveloppe les clés des textes privés, des adresses de courriel et des seconds facteurs",
        "wraps the keys that seal private texts, mail addresses and second factors",
    ),
    "audit": (
        "enchaîne le journal : une entrée changée se voit",
        "chains the audit log, so that a changed entry is seen",
    ),
}
"""What each file of elearn.keyring.KEY_FILES is for."""
ALL_KEYS_THERE = (
    "Toutes les clés étaient déjà là : rien n'est changé.",
    "Every key was there already: nothing was changed.",
)


WORKED_ONCE = (
    "Ce qui était dû est fait : courrier et ménage. Ce qui attend : elearn mail list",
    "What was due is done: mail and tidying. What waits: elearn mail list",
)


def keys_made(folder: Path) -> tuple[str, str]:
    return (
        f"Copiez maintenant {folder} sur un autre support, loin d'ici : aucune sauvegarde ne contient les clés, "
        "et sans elles les textes privés sont perdus.",
        f"Copy {folder} onto something else now, away from here: no backup holds the keys, and without them private "
        "texts are lost.",
    )


def account_made(name: str, role: str, address: str) -> tuple[str, str]:
    return (
        f"Compte « {name} » créé ({role}). Pour entrer, une fois le site lancé : {address}/accounts/sign-in",
        f"Account “{name}” made ({role}). To sign in, once the site runs: {address}/accounts/sign-in",
    )


def factor_removed(name: str) -> tuple[str, str]:
    return (
        f"« {name} » entre avec son seul mot de passe, ou par « elearn user link {name} », puis ajoute un nouveau "
        "second facteur. Ses sessions sont fermées.",
        f"“{name}” signs in with the password alone, or by “elearn user link {name}”, then adds a new second factor. "
        "Their sessions have ended.",
    )


def no_factor(name: str) -> tuple[str, str]:
    return (
        f"« {name} » n'a pas de second facteur : pour entrer sans mot de passe, elearn user link {name}",
        f"“{name}” has no second factor: to sign in without a password, elearn user link {name}",
    )


def no_terminal() -> SettingsError:
    return SettingsError(
        "Aucun mot de passe n'a pu être lu : tapez la commande dans un terminal, ou ajoutez --password-stdin.",
        "No password could be read: type the command in a terminal, or add --password-stdin.",
    )


NOTHING_TO_ROTATE = (
    "Rien à faire : tout vient d'être scellé à nouveau. Pour recommencer : elearn keys rotate --again",
    "Nothing to do: all has just been sealed anew. To do it once more: elearn keys rotate --again",
)
SECRET_ENDS = (
    "Remplacer le secret met fin aux formulaires ouverts, aux liens de connexion et aux invitations ; les messages "
    "gardés en fichiers ne se lisent plus. "
    "Arrêtez le site, puis : elearn keys rotate --secret --yes",
    "To replace the secret ends open forms, sign-in links and invitations; messages kept as files can no longer be "
    "read. "
    "Stop the site, then: elearn keys rotate --secret --yes",
)
DRILL_FAILED = (
    "Le site ne s'ouvre pas sur cette sauvegarde : essayez-en une autre et gardez celle-ci pour comprendre.",
    "The site does not open on this backup: try another one and keep this one to find out why.",
)


def rotated(label: str, people: int) -> tuple[str, str]:
    return (
        f"Clé {label} en service ; personnes dont tout est scellé à nouveau : {people}. "
        "Copiez-la avec les autres clés.",
        f"Key {label} in force; people whose things are sealed anew: {people}. Copy it with the other keys.",
    )


def left_behind(left: int) -> tuple[str, str]:
    return (
        f"Pour {left} personnes, quelque chose ne s'ouvre pas : rien n'y est changé. Remettez la clé qui manque "
        "(elearn keys list), puis relancez.",
        f"For {left} people something does not open: nothing of theirs was changed. Put the missing key back "
        "(elearn keys list), then run this again.",
    )


def secret_rotated(addresses: int) -> tuple[str, str]:
    return (
        f"Secret remplacé ; adresses retrouvables : {addresses}. Les formulaires ouverts, les liens et les invitations "
        "ont pris fin. L'ancien est dans le dossier « retired » des clés : les sauvegardes d'avant le demandent.",
        f"Secret replaced; addresses that can be found again: {addresses}. Open forms, links and invitations have "
        "ended. The former one is in the folder “retired” of the keys: backups made before need it.",
    )


def no_such_key(name: str, known: list[str]) -> tuple[str, str]:
    listed = ", ".join(known)
    return f"Il n'y a pas de clé « {name} ». Il y a : {listed}.", f"There is no key “{name}”. There are: {listed}."


def key_in_use(name: str) -> tuple[str, str]:
    return (
        f"La clé {name} sert encore : lancez d'abord « elearn keys rotate ».",
        f"The key {name} is still in use: run “elearn keys rotate” first.",
    )


def key_in_backups(name: str, archive: Path) -> tuple[str, str]:
    return (
        f"La sauvegarde {archive.name} demande encore la clé {name} : attendez qu'elle soit trop vieille (35 jours).",
        f"The backup {archive.name} still needs the key {name}: wait until it is too old (35 days).",
    )


def confirm_forget(name: str) -> tuple[str, str]:
    return (
        f"Rien n'a plus besoin de la clé {name}. Pour la mettre de côté : elearn keys forget {name} --yes",
        f"Nothing needs the key {name} any more. To put it aside: elearn keys forget {name} --yes",
    )


def backed_up(path: Path, size: int, rows: int, seconds: float, gone: int) -> tuple[str, str]:
    mega = f"{size / 1e6:.1f}"
    return (
        f"Sauvegarde faite et relue : {path} ({mega.replace('.', ',')} Mo, {rows} lignes, {seconds:.0f} s ; "
        f"anciennes effacées : {gone}).",
        f"Backup made and read back: {path} ({mega} MB, {rows} rows, {seconds:.0f} s; old ones deleted: {gone}).",
    )


def keys_apart(keys: Path) -> tuple[str, str]:
    return (
        f"Les clés n'y sont pas : copiez {keys} à part, sur un autre support. "
        "Sans elles, les textes privés sont perdus.",
        f"The keys are not in it: copy {keys} apart, onto something else. Without them private texts are lost.",
    )


def restored(made_at: str, settled: Any, before: Path | None, seconds: float) -> tuple[str, str]:
    fr = f" L'état d'avant : {before} ; effacez-le quand tout va bien." if before else ""
    en = f" The state before: {before}; delete it once all is well." if before else ""
    day = made_at[:16].replace("T", " ")
    return (
        f"Site remis tel qu'il était le {day} (UTC) : {settled.rows} lignes, {seconds:.0f} s. Comptes effacés "
        f"depuis, effacés à nouveau : {settled.erased}. Chacun se reconnecte.{fr} "
        "Puis : elearn run, ou systemctl start elearn",
        f"Site put back as it was on {day} (UTC): {settled.rows} rows, {seconds:.0f} s. Accounts erased "
        f"since, erased again: {settled.erased}. Everyone signs in again.{en} "
        "Then: elearn run, or systemctl start elearn",
    )


def drilled(made_at: str, settled: Any, seconds: float) -> tuple[str, str]:
    took, day = f"{seconds:.1f}", made_at[:16].replace("T", " ")
    return (
        f"Exercice réussi en {took.replace('.', ',')} s : la sauvegarde du {day} (UTC) s'ouvre, {settled.rows} lignes. "
        "Rien n'est changé sur le site.",
        f"Drill passed in {took} s: the backup of {day} (UTC) opens, {settled.rows} rows. "
        "Nothing was changed on the site.",
    )


def up_to_date(stands: str) -> tuple[str, str]:
    return f"Rien à faire : la base est à la version {stands}.", f"Nothing to do: the database is at version {stands}."


def upgraded(stands: str | None, last: str, archive: Path | None) -> tuple[str, str]:
    return (
        f"Base passée de la version {stands or 'vide'} à {last}, vérifiée. Sauvegarde d'avant : {archive or 'aucune'}. "
        "Relancez le site.",
        f"Database brought from version {stands or 'none'} to {last}, and checked. Backup of before: "
        f"{archive or 'none'}. Start the site again.",
    )


def not_upgraded(stands: str | None, error: Exception, archive: Path | None) -> tuple[str, str]:
    return (
        f"La mise à jour n'a pas pu se faire ({error}). La version {stands or 'vide'} est restée comme elle était ; "
        f"sauvegarde : {archive or 'aucune'}. Remettez l'ancien code et relancez le site.",
        f"The upgrade could not be made ({error}). Version {stands or 'none'} stayed as it was; backup: "
        f"{archive or 'none'}. Put the former code back and start the site.",
    )


def older_tables(stands: str, last: str) -> SettingsError:
    return SettingsError(
        f"La base est à la version {stands}, il faut {last} : lancez « elearn upgrade », qui la sauvegarde d'abord.",
        f"The database is at version {stands}, {last} is needed: run “elearn upgrade”, which backs it up first.",
    )


def newer_tables(stands: str | None, last: str) -> SettingsError:
    return SettingsError(
        f"La base vient d'un elearn plus récent (version {stands}, ici {last}) : mettez elearn à jour, ou restaurez "
        "une sauvegarde. Rien n'est changé.",
        f"The database comes from a newer elearn (version {stands}, here {last}): upgrade elearn, or restore a backup. "
        "Nothing was changed.",
    )


class Parser(argparse.ArgumentParser):
    """argparse, with a last line that says where to read on."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n{say('Pour voir comment', 'To see how')}: {self.prog} --help\n")


def parser() -> Parser:
    """Parses to a namespace whose `command` is one of `elearn.cli.COMMANDS`."""
    top = Parser(
        prog="elearn",
        description=say(*INTRODUCTION),
        epilog=say(*FIRST_STEPS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"elearn {__version__}")
    commands = top.add_subparsers(metavar=say("COMMANDE", "COMMAND"), title=say("commandes", "commands"), required=True)
    _site_commands(commands)
    _content_commands(commands)
    _writing_commands(commands)
    _exchange_commands(commands)
    _user_commands(commands)
    _attestation_commands(commands)
    _mail_commands(commands)
    _upkeep_commands(commands)
    return top


def _site_commands(commands: Any) -> None:
    run = _command(commands, "run", "servir le site", "serve the site")
    preview = _command(
        commands,
        "preview",
        "montrer ce qu'on écrit, à chaque enregistrement, sur un site jetable",
        "show what one writes, at each save, on a throwaway site",
    )
    _content_argument(preview)
    for command, port in ((run, 8080), (preview, 8090)):
        words = (f"port d'écoute (ELEARN_PORT, {port})", f"port to listen on (ELEARN_PORT, {port})")
        _option(command, "--port", *words)
    _option(run, "--host", "adresse d'écoute (ELEARN_HOST)", "address to listen on (ELEARN_HOST)")
    _option(run, "--workers", "processus qui répondent (ELEARN_WORKERS)", "processes that answer (ELEARN_WORKERS)")


def _content_commands(commands: Any) -> None:
    check = _command(commands, "check", "relire les cours sans rien publier", "read the courses over, publish nothing")
    _content_argument(check)
    check.add_argument("--json", action="store_true", help=say("pour un programme", "for a program"))
    against = (
        "comparer avec une édition publiée : son numéro, ou le dossier d'un contenu exporté",
        "compare with a published edition: its number, or the folder of an exported content",
    )
    _option(check, "--against", *against)
    diff = _command(
        commands,
        "diff",
        "montrer, question par question et mot par mot, ce qui a changé depuis la dernière édition",
        "show, question by question and word by word, what changed since the last edition",
    )
    _content_argument(diff)
    _option(diff, "--against", *against)
    publish = _command(commands, "publish", "publier les cours s'ils ont changé", "publish the courses if they changed")
    publish.add_argument(
        "--watch", action="store_true", help=say("recommencer à chaque enregistrement", "again at each save")
    )
    publish.add_argument("--trial", action="store_true", help=argparse.SUPPRESS)
    _flag(publish, "--dry-run", "dire ce qui changerait, ne rien publier", "say what would change, publish nothing")
    _option(publish, "--note", "ce qui change, en quelques mots", "what changes, in a few words")
    publish.set_defaults(note="")
    publish.add_argument(
        "--key-changes",
        choices=tuple(DECIDED),
        help=say(
            "si ce qui est juste a changé, les réponses données avant sont gardées comme notées (keep), recorrigées, "
            "seulement vers le haut (remark), ou justes pour qui avait répondu (cancel) ; sinon, on vous le demande",
            "where what is right has changed, answers given before stay as marked (keep), are marked again, only "
            "upward (remark), or are right for whoever had answered (cancel); else you are asked",
        ),
    )
    _translate_command(commands)


def _translate_command(commands: Any) -> None:
    translate = _command(
        commands,
        "translate",
        "commencer une traduction, ou voir ce qui y manque et ce qui a changé depuis",
        "begin a translation, or see what it lacks and what has changed since",
    )
    translate.epilog = say(
        "La première fois, le fichier est créé avec les mots de la source : remplacez-les bloc par bloc. Un bloc est "
        "une question, ou la prose d'une section. Quand la source change, le bloc est « en retard » : traduisez le "
        "changement, puis lancez la commande avec --reviewed.",
        "The first time the file is made with the words of the source: replace them block by block. A block is a "
        "question, or the prose of a section. When the source changes the block is “outdated”: translate the change, "
        "then run the command with --reviewed.",
    )
    translate.add_argument(
        "unit", metavar=say("COURS/UNITÉ", "COURSE/UNIT"), help=say("leurs identifiants", "their ids")
    )
    _content_argument(translate)
    _option(translate, "--lang", "la langue de la traduction (la deuxième du site)", "language (the site's second)")
    translate.add_argument(
        "--reviewed",
        nargs="*",
        metavar=say("BLOC", "BLOCK"),
        help=say("noter ces blocs, ou tous, comme relus", "note these blocks, or all, as reviewed"),
    )


def _writing_commands(commands: Any) -> None:
    fix = _command(
        commands,
        "fix",
        "réparer ce que « elearn check » marque comme réparable, sans toucher au texte",
        "repair what “elearn check” marks as fixable, without touching the words",
    )
    fix.epilog = say(*FIX_TEACHES)
    fix.formatter_class = argparse.RawDescriptionHelpFormatter
    fix.add_argument(
        "paths",
        nargs="*",
        metavar=say("CHEMIN", "PATH"),
        help=say("fichiers ou dossiers ; sinon vos propres cours", "files or folders; else your own courses"),
    )
    _flag(fix, "--dry-run", "montrer les changements sans rien écrire", "show the changes, write nothing")
    new = commands.add_parser("new", help=say("commencer un cours, une unité, une question", "begin a course, a unit…"))
    deeds = new.add_subparsers(metavar=say("QUOI", "WHAT"), title=say("quoi", "what"), required=True)
    course = _command(deeds, "course", "commencer un cours", "begin a course", "new course")
    unit = _command(
        deeds, "unit", "commencer une unité, à la fin d'un cours", "begin a unit, at the end of a course", "new unit"
    )
    unit.add_argument(
        "course", nargs="?", metavar=say("COURS", "COURSE"), help=say("nom court du cours", "its id, or its folder")
    )
    for command in (course, unit):
        command.add_argument(
            "id",
            nargs="?",
            metavar=say("NOM-COURT", "ID"),
            help=say("minuscules, chiffres, tirets ; ne change plus", "lower case, digits, hyphens; never changes"),
        )
        _option(command, "--title", "titre", "title")
    _flag(unit, "--exam", "un examen : deux banques par compétence", "an exam: two pools, one for each competency")
    question = _command(
        deeds,
        "question",
        "ajouter une question à la fin d'une unité",
        "add a question at the end of a unit",
        "new question",
    )
    question.add_argument(
        "unit", metavar=say("UNITÉ", "UNIT"), help=say("nom court de l'unité, ou son fichier", "its id, or its file")
    )
    _option(question, "--kind", "genre, par exemple choix-unique", "kind, such as single-choice")
    for command in (course, unit, question):
        command.add_argument(
            "--lang", choices=("fr", "en"), help=say("langue des mots proposés", "language of the words proposed")
        )
        _option(command, "--content", "dossier où écrire ; sinon le vôtre", "folder to write in; else your own")


def _exchange_commands(commands: Any) -> None:
    bring = commands.add_parser(
        "import", help=say("reprendre des questions d'ailleurs", "take questions from elsewhere")
    )
    forms = bring.add_subparsers(metavar=say("FORMAT", "FORMAT"), title=say("formats", "formats"), required=True)
    gift = _command(
        forms,
        "gift",
        "faire une unité brouillon d'un fichier GIFT de Moodle ; ce qui est perdu ou deviné est dit, ligne par ligne",
        "make a draft unit of a GIFT file of Moodle; what is lost or guessed is told, line by line",
        "import gift",
    )
    gift.add_argument("file", metavar=say("FICHIER", "FILE"), help="questions.gift")
    gift.add_argument("--course", required=True, metavar="ID", help=say("le cours qui la reçoit", "the course for it"))
    _option(gift, "--unit", "son nom court ; sinon celui du fichier", "its short name; else that of the file")
    _option(gift, "--title", "son titre", "its title")
    _flag(gift, "--dry-run", "dire tout, n'écrire rien", "tell all, write nothing")
    _folder_option(gift)
    take = commands.add_parser(
        "export", help=say("donner une unité à un autre système", "give a unit to another system")
    )
    forms = take.add_subparsers(metavar=say("FORMAT", "FORMAT"), title=say("formats", "formats"), required=True)
    gift = _command(
        forms,
        "gift",
        "les questions d'une unité pour Moodle ; ce qui se perd est dit",
        "the questions of a unit for Moodle; what is lost is told",
        "export gift",
    )
    page = _command(
        forms,
        "html",
        "une unité en un seul fichier à imprimer, images comprises",
        "a unit as one file to print, images inside",
        "export html",
    )
    for command in (gift, page):
        command.add_argument("unit", metavar=say("COURS/UNITÉ", "COURSE/UNIT"), help="premiers-reperes/le-role")
        _option(command, "--lang", "fr ou en", "fr or en")
        command.add_argument(
            "-o", "--output", metavar=say("FICHIER", "FILE"), help=say("sinon, à l'écran", "else on the screen")
        )
        _folder_option(command)
    _flag(page, "--key", "avec le corrigé, sur la dernière page", "with the answer key, on the last page")


def _folder_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--content",
        metavar=say("DOSSIER", "FOLDER"),
        help=say("ELEARN_CONTENT, sinon content/", "ELEARN_CONTENT, else content/"),
    )


def _user_commands(commands: Any) -> None:
    user = commands.add_parser("user", help=say("ouvrir et fermer des comptes", "open and close accounts"))
    deeds = user.add_subparsers(metavar=say("ACTION", "DEED"), title=say("actions", "deeds"), required=True)
    add = _command(deeds, "add", "ouvrir un compte", "open an account", "user add")
    _name(add)
    add.add_argument(
        "--role", choices=ROLES, default="trainee", help=say("ce que la personne peut faire", "what they may do")
    )
    _option(add, "--shown", "nom affiché", "the name shown")
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help=say("lire le mot de passe à l'entrée", "read the password from input"),
    )
    _command(deeds, "list", "lister les comptes", "list the accounts", "user list")
    role = _command(
        deeds, "role", "changer un rôle ; les sessions sont fermées", "change a role; sessions end", "user role"
    )
    _name(role)
    role.add_argument("role", choices=ROLES)
    _name(
        _command(deeds, "deactivate", "fermer un compte sans rien effacer", "close, erase nothing", "user deactivate")
    )
    _name(
        _command(
            deeds, "link", "un lien de connexion, une fois, 30 minutes", "a sign-in link, once, 30 minutes", "user link"
        )
    )
    _name(
        _command(
            deeds,
            "remove-factor",
            "retirer un second facteur perdu ; les sessions sont fermées",
            "take a lost second factor away; sessions end",
            "user remove-factor",
        )
    )


def _attestation_commands(commands: Any) -> None:
    issue = _command(
        commands,
        "issue",
        "délivrer les attestations d'un cours à qui l'a terminé et a confirmé son nom",
        "issue a course's attestations to those who completed it and confirmed their name",
    )
    issue.add_argument("course", metavar=say("COURS", "COURSE"), help=say("son identifiant", "its id"))
    _flag(issue, "--dry-run", "dire combien, n'en délivrer aucune", "say how many, issue none")
    revoke = _command(
        commands,
        "revoke",
        "révoquer une attestation : la personne est avertie d'abord, quatorze jours avant",
        "revoke an attestation: its holder is told first, fourteen days before",
    )
    revoke.add_argument("attestation", metavar="ID", help=say("dans l'adresse de sa page", "in its page's address"))
    revoke.add_argument("--reason", choices=REASONS, required=True, help=say("motif, gardé ici", "why, kept inside"))
    _flag(revoke, "--now", "tout de suite, sans délai", "at once, without the delay")
    verify = _command(
        commands,
        "verify",
        "vérifier le PDF ou le fichier JSON d'une attestation ; aucun site n'est nécessaire",
        "verify the PDF or JSON file of an attestation; no site is needed",
    )
    verify.epilog = say(
        "Code de sortie : 0 elle vaut, 1 elle ne vaut pas, 2 cela n'a pas pu être établi. Sans réseau : donnez le "
        "did.json de l'organisme et sa liste des révocations, avec --offline.",
        "Exit status: 0 it stands, 1 it does not, 2 that could not be told. Without a network: give the issuer's "
        "did.json and its list of revocations, with --offline.",
    )
    verify.add_argument("file", metavar=say("FICHIER", "FILE"), help=say("PDF ou JSON", "PDF or JSON"))
    _option(verify, "--did", "le did.json de l'organisme, dans un fichier", "the issuer's did.json, in a file")
    _option(verify, "--status", "sa liste des révocations, dans un fichier", "its list of revocations, in a file")
    _flag(verify, "--offline", "ne rien demander au réseau", "ask nothing of the network")
    _option(verify, "--name", "un nom à comparer avec un fichier discret", "a name to compare with a discreet file")
    verify.add_argument("--json", action="store_true", help=say("pour un programme", "for a program"))
    rotate = _command(
        commands,
        "rotate-keys",
        "faire une nouvelle clé pour signer les attestations ; l'ancienne reste reconnue",
        "make a new key to sign attestations; the former one is still recognised",
    )
    rotate.add_argument(
        "issuer", nargs="?", default="site", metavar=say("ORGANISME", "ISSUER"), help=say("nom court", "short name")
    )
    _option(rotate, "--compromised", "une clé volée : ce qu'elle a signé l'est à nouveau", "a stolen key, by name")
    _flag(rotate, "--again", "même si la clé est toute récente", "even where the key is new")
    _command(
        commands,
        "status-lists",
        "signer à nouveau les listes de révocations (l'entretien le fait chaque jour)",
        "sign the lists of revocations anew (upkeep does so daily)",
    )
    organisation = commands.add_parser("organisation", help=say("les organismes qui délivrent", "who issues"))
    deeds = organisation.add_subparsers(metavar=say("ACTION", "DEED"), title=say("actions", "deeds"), required=True)
    _command(deeds, "list", "les lister", "list them", "organisation list")
    add = _command(deeds, "add", "en ajouter un", "add one", "organisation add")
    add.add_argument("name", metavar=say("NOM", "NAME"), help=say("son nom en français", "its name in French"))
    for flag, fr, en in (
        ("--name-en", "son nom en anglais", "its name in English"),
        ("--web", "son site, https://…", "its site, https://…"),
        ("--slug", "nom court dans ses adresses, pour toujours", "short name in its addresses, for ever"),
        ("--agreement", "l'accord qui permet de porter son nom", "the agreement by which its name may be borne"),
        ("--signatory", "qui signe sur le papier", "who signs on paper"),
        ("--role", "dans quelle fonction", "in which role"),
    ):
        _option(add, flag, fr, en)


def _mail_commands(commands: Any) -> None:
    work = _command(
        commands,
        "work",
        "envoyer le courrier et entretenir le site, sans le servir (« elearn run » le fait aussi)",
        "send mail and do upkeep without serving (“elearn run” does so too)",
    )
    work.add_argument("--once", action="store_true", help=say("une fois, puis finir", "once, then end"))
    work.add_argument("--beside", type=int, default=0, help=argparse.SUPPRESS)
    mail = commands.add_parser("mail", help=say("le courrier qui part et qui attend", "mail that leaves and waits"))
    deeds = mail.add_subparsers(metavar=say("ACTION", "DEED"), title=say("actions", "deeds"), required=True)
    _command(
        deeds,
        "list",
        "lister les messages gardés ici, faute de serveur de courrier",
        "list the messages kept here for want of a mail server",
        "mail list",
    )
    show = _command(deeds, "show", "ouvrir un message gardé ici", "open a message kept here", "mail show")
    show.add_argument("uid", metavar="UID", help=say("son numéro, dans « elearn mail list »", "as listed"))
    _command(deeds, "send", "envoyer maintenant ce qui attend", "send now what waits", "mail send")


def _upkeep_commands(commands: Any) -> None:
    keys = commands.add_parser("keys", help=say("les clés secrètes", "the secret keys"))
    deeds = keys.add_subparsers(metavar=say("ACTION", "DEED"), title=say("actions", "deeds"), required=True)
    _command(
        deeds,
        "new",
        "créer celles qui manquent, pour un nouveau site",
        "make those that lack, for a new site",
        "keys new",
    )
    _command(
        deeds,
        "list",
        "les montrer : noms, droits, ce qu'elles enveloppent",
        "show them: names, modes, use",
        "keys list",
    )
    rotate = _command(
        deeds,
        "rotate",
        "remplacer la clé des textes privés ; reprend où elle s'était arrêtée",
        "replace the key of private texts; goes on where it stopped",
        "keys rotate",
    )
    _flag(rotate, "--secret", "remplacer le secret du site, site arrêté", "replace the site's secret, site stopped")
    _flag(rotate, "--again", "même si une rotation vient de finir", "even where one has just ended")
    _flag(rotate, "--yes", "sans demander", "do not ask")
    forget = _command(
        deeds, "forget", "mettre de côté une clé dont rien n'a plus besoin", "put an unused key aside", "keys forget"
    )
    forget.add_argument(
        "key", metavar=say("CLÉ", "KEY"), help=say("par exemple reflections-1", "such as reflections-1")
    )
    _flag(forget, "--yes", "sans demander", "do not ask")
    _archive_commands(commands)
    erasures = commands.add_parser("erasures", help=say("les comptes effacés", "the accounts that were erased"))
    deeds = erasures.add_subparsers(metavar=say("ACTION", "DEED"), title=say("actions", "deeds"), required=True)
    _command(deeds, "list", "montrer le journal", "show the journal", "erasures list")
    replay = _command(
        deeds,
        "replay",
        "effacer à nouveau, après une restauration",
        "erase again, after a restore",
        "erasures replay",
    )
    replay.add_argument("file", metavar=say("FICHIER", "FILE"), help="erasures.jsonl")
    retention = _command(commands, "retention", "effacer ce qui a fait son temps", "delete what has run its time")
    retention.add_argument(
        "--dry-run", action="store_true", help=say("montrer sans rien effacer", "show, delete nothing")
    )
    _command(commands, "register", "écrire le registre des traitements", "write the record of processing")
    _command(commands, "migrate", "mettre la base de données à jour", "bring the database up to date")
    _command(commands, "doctor", "examiner l'installation", "examine the installation")


def _archive_commands(commands: Any) -> None:
    backup = _command(commands, "backup", "sauvegarder le site, sans ses clés", "back the site up, without its keys")
    backup.add_argument(
        "file",
        nargs="?",
        metavar=say("FICHIER", "FILE"),
        help=say("sinon dans ELEARN_BACKUPS", "else in ELEARN_BACKUPS"),
    )
    backup.add_argument(
        "--keep",
        type=_days,
        default=35,
        metavar=say("JOURS", "DAYS"),
        help=say("effacer les archives plus vieilles (35)", "delete archives older than that (35)"),
    )
    restore = _command(
        commands,
        "restore",
        "remettre une sauvegarde ; tout est vérifié avant",
        "put a backup back; all is checked first",
    )
    restore.add_argument("file", metavar=say("FICHIER", "FILE"), help=say("une archive .backup", "a .backup archive"))
    _flag(restore, "--drill", "essayer à côté, sans rien changer", "try it aside, change nothing")
    _command(
        commands, "upgrade", "sauvegarder, mettre la base à jour, vérifier", "back up, bring the database up, check"
    )


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3650):
        raise argparse.ArgumentTypeError(say("un nombre de jours, au moins 1", "a number of days, 1 or more"))
    return int(text)


def _flag(command: argparse.ArgumentParser, flag: str, fr: str, en: str) -> None:
    command.add_argument(flag, action="store_true", help=say(fr, en))


def _command(commands: Any, name: str, fr: str, en: str, command: str = "") -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=say(fr, en), description=_sentence(say(fr, en)))
    made.set_defaults(command=command or name)
    return made


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."


def _name(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar=say("NOM", "NAME"), help=say("nom de connexion", "sign-in name"))


def _option(command: argparse.ArgumentParser, flag: str, fr: str, en: str) -> None:
    command.add_argument(flag, metavar=flag.strip("-").upper(), help=say(fr, en))


def _content_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "content",
        nargs="?",
        metavar=say("DOSSIER", "FOLDER"),
        help=say("ELEARN_CONTENT, sinon content/", "ELEARN_CONTENT, else content/"),
    )
