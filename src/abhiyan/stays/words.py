"""Names for the states of a place and the flaws of a stay."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.programmes.rules.count_words import CountWords

from .rules.stays import StayFlaw, StayStep

STAY_WORDS = CountWords(waits=_("%(n)s waiting for the host’s yes"), reported=_("%(n)s reported by arrival"))
DAY_WORDS = CountWords(
    waits=_("%(n)s waiting for the booth president’s yes"), reported=_("%(n)s marked by the leader")
)

# State of a place -> its name, and how its badge looks.
STATES = {
    "empty": (_("Empty"), "gap"),
    "assigned": (pgettext_lazy("of a stay", "Assigned"), ""),
    "there": (pgettext_lazy("of a stay", "There"), "ok"),
    "doubtful": (_("Doubtful"), "warn"),
    "done": (pgettext_lazy("of a stay", "Done"), "ok"),
}
FLAWS = {
    StayFlaw.SHORT: _("less than 24 hours"),
    StayFlaw.FAR: _("a mark is far from the place"),
    StayFlaw.LATE: _("a mark was sent after more than 7 days"),
    StayFlaw.SPEED: _("the way between two marks is too long for the time"),
    StayFlaw.CLOCK: _("the phone's clock moved"),
    StayFlaw.SAME_POINT: _("another worker's mark has the same coordinates"),
    StayFlaw.DENIED: _("the host said no"),
}
STEPS = {
    StayStep.ARRIVE: _("Arrival"),
    StayStep.EVENING: _("Evening"),
    StayStep.MORNING: _("Morning"),
    StayStep.LEAVE: _("Departure"),
}
