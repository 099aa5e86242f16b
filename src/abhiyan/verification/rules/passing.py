"""Why a check that somebody had is somebody else's again. Pure."""

from django.utils.translation import gettext_lazy as _

KNOWS = "knows"
# The reasons a verifier may give for handing a check back.
SAID = {
    KNOWS: _("I know this person"),
    "language": _("We have no language in common"),
    "unable": _("I cannot do it in time"),
}
LAPSED, IN_LINE = "lapsed", "in_line"  # taken back: let lie, or the verifier's office changed
