"""The deeds of the audit log in words, for the person they are about and for whoever reads the log."""

import datetime as dt

from babel.dates import format_timedelta

from elearn.web.i18n import _, day, language

DEEDS = {
    "account made": lambda: _("Compte créé"),
    "signed in": lambda: _("Connexion"),
    "signed out everywhere": lambda: _("Déconnexion de tous les appareils"),
    "session ended": lambda: _("Déconnexion d'un autre appareil"),
    "name changed": lambda: _("Nom affiché changé"),
    "password changed": lambda: _("Mot de passe changé"),
    "password reset": lambda: _("Nouveau mot de passe choisi, sans l'ancien"),
    "link handed over": lambda: _("Lien de connexion préparé"),
    "link used": lambda: _("Lien de connexion utilisé"),
    "recovery codes made": lambda: _("Codes de secours créés"),
    "recovery code used": lambda: _("Code de secours utilisé"),
    "second factor added": lambda: _("Deuxième vérification ajoutée"),
    "second factor removed": lambda: _("Deuxième vérification retirée"),
    "address given": lambda: _("Adresse de courriel indiquée"),
    "address verified": lambda: _("Adresse de courriel confirmée"),
    "address removed": lambda: _("Adresse de courriel retirée"),
    "role changed": lambda: _("Rôle changé"),
    "suspended": lambda: _("Compte fermé pour le moment"),
    "reopened": lambda: _("Compte rouvert"),
    "file looked at": lambda: _("Dossier consulté"),
    "consent given": lambda: _("Accord donné"),
    "consent withdrawn": lambda: _("Accord retiré"),
    "data exported": lambda: _("Copie des données demandée"),
    "erasure asked": lambda: _("Effacement du compte demandé"),
    "erasure withdrawn": lambda: _("Demande d'effacement annulée"),
    "erased": lambda: _("Compte effacé"),
    "cohort made": lambda: _("Cohorte créée"),
    "cohort changed": lambda: _("Cohorte modifiée"),
    "cohort closed": lambda: _("Cohorte fermée"),
    "joined cohort": lambda: _("Arrivée dans une cohorte"),
    "left cohort": lambda: _("Départ d'une cohorte"),
    "invitation made": lambda: _("Invitation créée"),
    "invitation closed": lambda: _("Invitation fermée"),
    "invitation used": lambda: _("Invitation utilisée"),
    "organisation changed": lambda: _("Organisme modifié"),
    "help line checked": lambda: _("Ligne d'aide vérifiée"),
    "message retried": lambda: _("Message envoyé à nouveau"),
    "keys rotated": lambda: _("Clés du site renouvelées"),
    "backup made": lambda: _("Sauvegarde faite"),
    "restored": lambda: _("Sauvegarde remise en place"),
    "upgraded": lambda: _("Site mis à jour"),
    "retention ran": lambda: _("Ménage des données arrivées à leur terme"),
    "log shortened": lambda: _("Journal raccourci de ses entrées de plus de trois ans"),
}
"""Every deed of core.audit.LOGGED; a test sees to it."""


def in_words(deed: str) -> str:
    """A deed of a later version, read after going back to this one, stays as it was written."""
    return DEEDS[deed]() if deed in DEEDS else deed


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
