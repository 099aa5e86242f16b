"""An opinion of another district, written down there: for the tests of access."""

from datetime import datetime
from typing import Any

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.forms import actions as forms
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.opinions import actions
from abhiyan.opinions.models import Opinion

from .make import answered


def opinion_elsewhere(unit_id: int, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Return the values that fill the addresses of opinions. by: somebody of that district."""
    office = Actor.system("test")
    with system("test"):
        ready = ready_forms()["opinion"]
        asks = forms.make_form(
            unit_id=unit_id,
            names={"en": "Opinion"},
            questions=ready.questions,
            ready=ready.code,
            by=office,
            at=at,
        )
        forms.use_draft(public_id=asks.public_id, by=office, at=at)
        answered(9, unit_id, at=at)  # With one more the district reads words.
        said = {"mood": "same", "first": "road", "good": "Planted words"}
        heard = actions.record_opinion(key="planted opinion", unit_id=unit_id, answers=said, by=by, at=at)
        opinion = Opinion.objects.get(submission=heard).public_id
    return {f"opinions:{name}": opinion for name in ("opinion", "opinion_act")}
