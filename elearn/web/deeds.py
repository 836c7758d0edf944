"""Deeds of the audit log in words: what happened, for whoever reads it. One sentence without a subject a deed."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from babel.dates import format_timedelta

from elearn.web.i18n import _, day, language

ROLES: dict[str, Callable[[], str]] = {
    "trainee": lambda: _("Apprenante ou apprenant"),
    "trainer": lambda: _("Formatrice ou formateur"),
    "admin": lambda: _("Administration"),
}

WORDS: dict[str, Callable[[], str]] = {
    "account made": lambda: _("Compte créé"),
    "signed in": lambda: _("Connexion"),
    "signed out everywhere": lambda: _("Déconnexion de tous les appareils"),
    "session ended": lambda: _("Déconnexion d'un appareil"),
    "name changed": lambda: _("Nom affiché changé"),
    "password changed": lambda: _("Mot de passe changé"),
    "password reset": lambda: _("Nouveau mot de passe choisi avec un lien"),
    "link handed over": lambda: _("Lien de connexion préparé"),
    "link used": lambda: _("Lien de connexion utilisé"),
    "recovery codes made": lambda: _("Codes de secours préparés"),
    "recovery code used": lambda: _("Code de secours utilisé"),
    "second factor added": lambda: _("Deuxième vérification ajoutée"),
    "second factor removed": lambda: _("Deuxième vérification retirée"),
    "address given": lambda: _("Adresse de courriel donnée"),
    "address verified": lambda: _("Adresse de courriel confirmée"),
    "address removed": lambda: _("Adresse de courriel retirée"),
    "role changed": lambda: _("Rôle changé"),
    "suspended": lambda: _("Compte suspendu"),
    "reopened": lambda: _("Compte rouvert"),
    "file looked at": lambda: _("Fiche du compte ouverte"),
    "consent given": lambda: _("Consentement donné"),
    "consent withdrawn": lambda: _("Consentement retiré"),
    "text shared": lambda: _("Texte personnel partagé"),
    "text no longer shared": lambda: _("Texte personnel plus partagé"),
    "shared text read": lambda: _("Texte partagé ouvert"),
    "texts erased": lambda: _("Tous les textes personnels effacés"),
    "data exported": lambda: _("Données téléchargées"),
    "erasure asked": lambda: _("Effacement du compte demandé"),
    "erasure withdrawn": lambda: _("Demande d'effacement retirée"),
    "inactivity notice": lambda: _("Rappel : compte sans connexion depuis longtemps"),
    "erased": lambda: _("Compte effacé"),
    "cohort made": lambda: _("Groupe créé"),
    "cohort changed": lambda: _("Groupe modifié"),
    "cohort closed": lambda: _("Groupe fermé"),
    "joined cohort": lambda: _("Entrée dans un groupe"),
    "left cohort": lambda: _("Sortie d'un groupe"),
    "invitation made": lambda: _("Invitation préparée"),
    "invitation closed": lambda: _("Invitation fermée"),
    "invitation used": lambda: _("Invitation utilisée"),
    "organisation changed": lambda: _("Organisation modifiée"),
    "issuer key renewed": lambda: _("Clé qui signe les attestations renouvelée"),
    "attestation issued": lambda: _("Attestation délivrée"),
    "identity checked": lambda: _("Identité vérifiée pour une attestation, ou vérification retirée"),
    "attestations printed": lambda: _("Attestations téléchargées pour être imprimées"),
    "attestation corrected": lambda: _("Demande de correction d'une attestation traitée"),
    "attestation revoked": lambda: _("Révocation d'une attestation : annoncée, reprise ou faite"),
    "help line checked": lambda: _("Ligne d'aide vérifiée"),
    "course adopted": lambda: _("Texte d'un cours adopté après relecture"),
    "adoption withdrawn": lambda: _("Relecture d'un cours retirée"),
    "exam held aloud": lambda: _("Examen à voix haute commencé"),
    "exam handed in aloud": lambda: _("Examen à voix haute rendu"),
    "content published": lambda: _("Édition publiée"),
    "answers marked again": lambda: _("Réponses notées à nouveau après le changement d'une question"),
    "message retried": lambda: _("Message remis à l'envoi"),
    "message dropped": lambda: _("Message abandonné"),
    "keys rotated": lambda: _("Clés renouvelées"),
    "backup made": lambda: _("Sauvegarde faite"),
    "restored": lambda: _("Sauvegarde restaurée"),
    "upgraded": lambda: _("Logiciel mis à jour"),
    "retention ran": lambda: _("Données arrivées à terme effacées"),
    "log shortened": lambda: _("Entrées de plus de trois ans retirées du journal"),
}


def words(deed: str, facts: Mapping[str, Any]) -> str:
    """What happened, with the role or the minutes where they matter. A deed without words is shown by its name."""
    said = WORDS[deed]() if deed in WORDS else deed
    role = ROLES.get(str(facts.get("to", "")))
    if role is not None and deed == "role changed":
        return _("%(deed)s : %(what)s", deed=said, what=role())
    if deed == "link handed over" and "minutes" in facts:
        return _("%(deed)s : %(what)s", deed=said, what=_lasting(int(facts["minutes"])))
    return said


def done_by(actor: str, reader: str) -> str:
    """Who did it, for the person `reader` (both Person.uid): themselves, someone of the team, or the site."""
    if actor == reader:
        return _("par vous")
    return _("par une personne de l'équipe") if actor else _("par le site")


def ago(moment: dt.datetime, at: dt.datetime) -> str:
    """How long ago, in words, for the last week; the day before that. A clock that was set back counts as now."""
    passed = max(at - moment, dt.timedelta())
    if passed >= dt.timedelta(days=7):
        return day(moment)
    if passed < dt.timedelta(minutes=1):
        return _("à l'instant")
    return format_timedelta(-passed, granularity="minute", threshold=1.2, add_direction=True, locale=language())


def _lasting(minutes: int) -> str:
    return _("%(hours)s h", hours=minutes // 60) if minutes >= 120 else _("%(minutes)s min", minutes=minutes)
