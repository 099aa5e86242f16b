"""Why a stay is not assigned, or a mark not taken."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused


class StaysOver(Refused, status=409):
    message = _("This programme is not open, or its days are over.")


class NoSuchPlace(Refused):
    message = _("This unit is no booth, village or ward of the programme.")


class PlaceTaken(Refused, status=409):
    message = _("Somebody is assigned to this place. Take that stay back first.")


class StayWorkerUnknown(Refused, code="worker_unknown"):
    message = _("Nobody with an office has this phone number. Appoint this worker first.")


class WorkerElsewhere(Refused, status=409):
    message = _("This worker is assigned to another place. Choose somebody else.")


class FromOutside(Refused):
    message = _(
        "The stay touches the 48 hours before the poll there. Only a worker of the same constituency may go."
    )


class HostIsWorker(Refused):
    message = _("The host's number is the worker's own. Write the host's number, or leave it empty.")


class HostPhoneWrong(Refused):
    message = _("This is no Indian mobile number. Write 10 digits, or leave it empty.")


class NoHostNumber(Refused, status=404):
    message = _("We have no number of this host.")


class StayStarted(Refused, status=409):
    message = _("The worker is there already. This stay can't be changed any more.")


class StayEnded(Refused, status=409):
    message = _("This stay is no longer yours. Ask your mandal president.")


class StayReasonMissing(Refused):
    message = _("Write the reason in a few words.")


class AcceptFirst(Refused, status=409):
    message = _("Say first that you go: on My stay, or by answering our SMS. Then send this again.")


class NotOnTheseDays(Refused):
    message = _("You can arrive from %(first)s to %(last)s.")


class NothingToCopy(Refused, status=409):
    message = _("There is no earlier programme of stays in these places.")


class ReportKnown(Refused, status=409):
    message = _("You sent the report already.")


class OwnNumberMissing(Refused):
    message = _("We have no number of yours, so nobody could answer. Leave this empty.")
