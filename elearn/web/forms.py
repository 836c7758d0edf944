"""Forms: our own words for what several pages refuse."""

from wtforms import Form

from elearn.web.i18n import _


def require(form: Form) -> None:
    """Validate, with our own words for a field left empty or far too long."""
    form.validate()
    for field in form:
        if field.errors:
            field.errors = [_("À remplir.") if not str(field.data or "").strip() else _("C'est trop long.")]
