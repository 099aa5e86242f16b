"""A press that reminds office-bearers needs somebody silent, and not too many of them."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused

MOST_REMINDED = 1_000  # people or units one press reminds


class NobodyToRemind(Refused, status=409):
    message = _("There is nobody to remind. Each person gets at most one message a day.")


class TooManyToRemind(Refused):
    message = _("More than %(most)s would be reminded at once. Choose a unit further down.")


def check_reminded(*, n: int) -> None:
    """Refuse to remind nobody, or too many at once. n: how many people or units are about to be reminded.

    Refuses NobodyToRemind, TooManyToRemind.
    """
    if not n:
        raise NobodyToRemind
    if n > MOST_REMINDED:
        raise TooManyToRemind(most=MOST_REMINDED)
