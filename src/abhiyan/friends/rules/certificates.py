"""The rule of a friend's certificate, as pages and the sheet itself print it. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core.numbers import grouped

CERTIFICATE = "friend_certificate"  # kind of document
LABEL = gettext_lazy("Certificate of a friend")
MOST_EACH = 1_000  # of one segment: one file for the printer


def certificate_rule(each: int) -> list[str]:
    """Say the rule in two sentences, in the language in force. each: certificates of a segment."""
    return [
        _("The first %(each)s friends of a segment get a certificate, in the order in which they confirmed.")
        % {"each": grouped(each)},
        _("There is none where independent checks find fewer than 90 of 100 friends real."),
    ]
