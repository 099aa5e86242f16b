"""Refusals that several acts on programmes share."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class ProgrammeGone(Refused):
    """The programme of the list is no more."""

    message = _(
        "The programme this list belongs to is no longer there. Begin a new import and choose another."
    )


class UnknownMeasure(Refused):
    message = _("This programme does not count that.")


class UnknownEarlier(Refused):
    message = _("No list of totals has this name. Choose another.")


class UnknownPlaces(Refused):
    message = _("This programme's tree has no such places. Choose others.")


class ProgrammeOver(Refused, status=409):
    message = _("The programme is closed and cannot be changed.")


class OwnFigureUnfit(Refused, code="figure_unfit"):
    message = _("A figure is a whole number from 0 to 2,00,00,00,000.")


class NotCovered(Refused):
    message = _("This programme does not run in this unit.")


class DaysToCome(Refused):
    message = _("These days are not over yet. Choose a last day up to today.")


class DaysBefore(Refused):
    message = _("The programme begins on %(first)s. Choose that day or a later one.")


class DaysTaken(Refused, status=409):
    message = _(
        "There is a figure for %(first)s to %(last)s already. Type that one again, or choose other days."
    )
