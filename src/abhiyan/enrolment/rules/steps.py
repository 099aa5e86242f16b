"""The way from a claim to a counted member: one name for each step, and what it counts, on every page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """key: its figure in a `programmes.queries.FunnelRow`. by_phone: only calls and SMS have it."""

    key: str
    name: str | Promise
    about: str | Promise
    by_phone: bool = False


REPORTED = Step(
    "reported",
    _("Reported"),
    _(
        "Every call, SMS, form and row of a list that came in, each time: a phone that calls three times is reported "
        "three times. The funnel has it once, as a unique caller."
    ),
)
STEPS = (
    REPORTED,
    Step("unique", _("Unique callers"), _("Different phones that called or sent an SMS."), by_phone=True),
    Step(
        "opened",
        _("Links opened"),
        _(
            "Of those, who opened the link sent to them. Whoever is completed without it, from a paper list or on the"
            " drive's page, is not among them."
        ),
        by_phone=True,
    ),
    Step(
        "completed",
        _("Completed"),
        _("Passed every rule, whether or not the person's own phone has answered."),
    ),
    Step("counted", _("Counted"), _("Completed, and with a sign from the person's own phone.")),
)


def steps_of(*, by_phone: bool) -> tuple[Step, ...]:
    """The steps of a channel; by_phone: one of calls or SMS."""
    return tuple(step for step in STEPS if by_phone or not step.by_phone)
