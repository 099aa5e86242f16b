"""The grades of the organisation in a booth, as a leader says after a talk with its president."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP, PART, WELL = 1, 2, 3
GRADES: Mapping[int, Promise] = {WELL: _("Works well"), PART: _("Works in part"), HELP: _("Needs help")}
