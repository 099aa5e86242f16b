"""The short steps of joining: which fields each has, and to which one a form comes back."""

from django.core.exceptions import NON_FIELD_ERRORS

from abhiyan.enrolment.fields import NOTICE
from abhiyan.intake.forms import JoinForm

STEPS = {
    "about": ("adult", "birth_year", "name"),
    "contact": ("where", "phone"),
    "consent": ("why", "membership", "messages", "calls"),
}  # the fields of each short step


def short_step(form: JoinForm) -> str:
    """Return the short step that a form comes back to: the first with an error, or the place that was looked for.

    "" is the notice, which is the first step.
    """
    if form.has_error(NON_FIELD_ERRORS, NOTICE):
        return ""
    wrong = next((step for step, fields in STEPS.items() if form.errors.keys() & set(fields)), "consent")
    if form.errors:
        return wrong
    return "contact" if form.initial.get("name") or form.initial.get("phone") else ""
