"""The grammar of the `elearn` command and the words that teach it, in French and English. No deed is done here."""

import argparse
import sys
from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any, NoReturn

from elearn import __version__
from elearn.config import SettingsError
from elearn.core.permissions import ROLES
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

UNREADABLE: dict[str, Callable[[Path], tuple[str, str]]] = {
    "missing": lambda path: (f"Le dossier {path} n'existe pas.", f"There is no folder {path}."),
    "too_many": lambda path: (f"Trop de fichiers dans {path}.", f"Too many files in {path}."),
    "unreadable": lambda path: (
        f"{path} ne peut pas être lu : donnez-en le droit de lecture.",
        f"{path} cannot be read: allow reading it.",
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
    "  elearn check                         relire les cours : chemin:ligne:colonne et quoi écrire\n"
    "  elearn user add ada --role trainer   ouvrir un compte de formatrice\n\n"
    "Chaque commande s'explique : elearn user add --help\n"
    "Les réglages sont des variables ELEARN_… ; docs/running.md les présente.",
    "to begin:\n"
    "  elearn run                           serve the site on this machine\n"
    "  elearn preview                       write a course and see it at each save\n"
    "  elearn check                         read the courses over: path:line:column and what to write\n"
    "  elearn user add ada --role trainer   open a trainer's account\n\n"
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


def checked(courses: int, units: int, warnings: Sized) -> tuple[str, str]:
    """The last line of a check that found nothing in the way of publishing."""
    return (
        f"Rien ne s'oppose à la publication : cours {courses}, unités {units}, avertissements {len(warnings)}.",
        f"Nothing stands in the way of publishing: courses {courses}, units {units}, warnings {len(warnings)}.",
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
    _user_commands(commands)
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
    for command in (run, preview):
        _option(command, "--port", "port d'écoute (ELEARN_PORT, 8080)", "port to listen on (ELEARN_PORT, 8080)")
    _option(run, "--host", "adresse d'écoute (ELEARN_HOST)", "address to listen on (ELEARN_HOST)")
    _option(run, "--workers", "processus qui répondent (ELEARN_WORKERS)", "processes that answer (ELEARN_WORKERS)")


def _content_commands(commands: Any) -> None:
    check = _command(commands, "check", "relire les cours sans rien publier", "read the courses over, publish nothing")
    _content_argument(check)
    check.add_argument("--json", action="store_true", help=say("pour un programme", "for a program"))
    publish = _command(commands, "publish", "publier les cours s'ils ont changé", "publish the courses if they changed")
    publish.add_argument(
        "--watch", action="store_true", help=say("recommencer à chaque enregistrement", "again at each save")
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
