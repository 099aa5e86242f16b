"""A link from the page of a form to the meetings and reports that ask it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import ngettext

from abhiyan.forms.models import Form
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.ui.numbers import grouped

from .queries import schedule_forms


def beside(
    viewer: Viewer,  # noqa: ARG001  # alike for every room
    *,
    form: tuple[Form, datetime] | None = None,
    due: object = None,  # noqa: ARG001
    programme: object = None,  # noqa: ARG001
) -> Iterator[Door]:
    """form: with the time of the page. Says how many in the viewer's sight ask it, or ask an older version of it."""
    if form is None:
        return
    form_made, at = form
    if older := schedule_forms.asking_older(form_made, at=at).count():
        words = ngettext(
            "%(n)s meeting or report asks an older version",
            "%(n)s meetings and reports ask an older version",
            older,
        )
    elif n := schedule_forms.asking(form_made, at=at).count():
        words, older = ngettext("%(n)s meeting or report asks it", "%(n)s meetings and reports ask it", n), n
    else:
        return
    yield Door(words % {"n": grouped(older)}, address_of("work:form_asked", form_made.public_id))
