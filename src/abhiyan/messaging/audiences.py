"""The audience this room knows itself: holders of offices."""

from collections.abc import Sequence

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org

from .rules.audiences import Audience, Choice
from .rules.texts import DUTY
from .sends import HOLDERS


def _choices() -> Sequence[Choice]:
    return [
        ("", say("every office")),
        *((office.code, name_in_language(office.names)) for office in org.offices_used()),
    ]


HOLDERS_OF_OFFICES = Audience("holders", _("Office-bearers"), DUTY, HOLDERS, _choices)
