"""Forms that ask for names and passwords, and what is said beside a field that cannot be taken."""

from wtforms import BooleanField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from elearn.services.accounts import Unacceptable
from elearn.web.forms import require
from elearn.web.i18n import _

_PASSWORD = {
    "short": lambda: _("Au moins 12 signes : quelques mots à vous, par exemple."),
    "long": lambda: _("Au plus 200 signes."),
    "common": lambda: _("Trop facile à deviner : assemblez trois ou quatre mots sans lien entre eux."),
    "names": lambda: _("Il contient votre nom : choisissez autre chose."),
}
MESSAGES = {
    "sign_in_name": {
        "short": lambda: _("Au moins 3 signes."),
        "long": lambda: _("Au plus 40 signes."),
        "characters": lambda: _("Lettres, chiffres, espaces, points, tirets et apostrophes seulement."),
        "taken": lambda: _("Ce nom est déjà pris : ajoutez un mot ou un chiffre."),
    },
    "chosen_name": {
        "empty": lambda: _("À remplir."),
        "long": lambda: _("Au plus 80 signes."),
        "characters": lambda: _("Ce nom contient un signe invisible : écrivez-le à nouveau."),
    },
    "password": _PASSWORD,
    "current": {"wrong": lambda: _("Ce n'est pas le mot de passe actuel. Vérifiez, puis réessayez.")},
}
"""Field -> problem -> what to do."""


class SignUpForm(Form):
    sign_in_name = StringField(validators=[InputRequired(), Length(max=200)])
    chosen_name = StringField(validators=[Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])
    next = HiddenField()


class SignInForm(Form):
    name = StringField(validators=[InputRequired(), Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])
    stays = BooleanField()
    next = HiddenField()


class NameForm(Form):
    chosen_name = StringField(validators=[InputRequired(), Length(max=200)])


class PasswordForm(Form):
    """`current` is taken away for someone who came in without it."""

    current = PasswordField(validators=[InputRequired(), Length(max=1000)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])


class ConfirmForm(Form):
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])
    next = HiddenField()


def is_filled(form: Form) -> bool:
    """Is every field filled in and of a sensible length? Else our own words stand beside those that are not."""
    require(form)
    return not form.errors


def say(form: Form, problem: Unacceptable) -> None:
    """What is wrong, beside the field it is about."""
    form[problem.field].errors = [MESSAGES[problem.field][problem.code]()]
