"""A form of another district, filled in there: for the tests of access."""

from datetime import datetime
from typing import Any

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.forms import actions
from abhiyan.forms.models import SubmissionPicture
from abhiyan.forms.queries import latest_version
from abhiyan.forms.rules.ready import ready_forms

from .test_pictures import drawn

NAMES = ("form", "change", "sent", "counts", "form_act")


def form_elsewhere(unit_id: int, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Return the values that fill the addresses of forms. by: somebody of that district."""
    office = Actor.system("test")
    with system("test"):
        meeting = ready_forms()["meeting"]
        form = actions.make_form(
            unit_id=unit_id, names={"en": "Meeting"}, questions=meeting.questions, by=office, at=at
        )
        actions.use_draft(public_id=form.public_id, by=office, at=at)
        version = latest_version(form.pk)
        assert version is not None
        one = actions.submit_form(
            key="planted",
            version=version,
            unit_id=unit_id,
            answers={"held": True, "day": "2026-11-20", "came": 1237, "decided": "Planted words"},
            pictures={"picture": drawn()},
            by=by,
            at=at,
        )
        phrase = actions.ask_for_phrase(phrase="health card handed out", unit_id=unit_id, by=by, at=at)
        picture = SubmissionPicture.objects.get(submission=one).pk
    return {
        **{f"forms:{name}": form.public_id for name in NAMES},
        "work:form_asked": form.public_id,
        "forms:phrase_act": phrase.public_id,
        "submission": one.pk,
        "form_picture": picture,
    }
