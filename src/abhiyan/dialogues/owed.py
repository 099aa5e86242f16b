"""Rows of Today: the booth presidents to call."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.words import person
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from . import queries


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield a row for each of the viewer's calls of today that is not done."""
    if viewer.account_id is None or not viewer.is_strong or not viewer.may(LEADS):
        return
    if not queries.has_calls(viewer.account_id, at=at):
        return
    for one in queries.own_calls(viewer.account_id, at=at):
        if one.is_done:
            continue
        yield Owed(
            urgency=0 if one.is_carried else 1,
            title=_("Call %(name)s, booth president") % {"name": person(one.name)},
            meta=", ".join(filter(None, (one.booth, _("from yesterday") if one.is_carried else ""))),
            href=reverse("dialogues:call", args=[one.of.pk]),
            act=_("Call and note"),
            icon="phone",
            names_in=one.of.unit_id,
            also=[(_("All calls of today"), reverse("dialogues:calls"))],
        )
