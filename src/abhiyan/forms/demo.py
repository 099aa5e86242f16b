"""The sample of the demo: the state's copies of the ready forms, in use."""

from datetime import timedelta

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system

from . import actions
from .models import Form
from .rules.ready import ready_forms


def sample(ground: SampleGround) -> None:
    """Put a copy of each ready form into use in the state, before any schedule began."""
    state, unit_id = ground.shown["state_president"]
    at = ground.at - timedelta(days=70)
    with system("demo"):
        for ready in ready_forms().values():
            form = actions.make_form(
                unit_id=unit_id,
                names=ready.names,
                questions=ready.questions,
                ready=ready.code,
                by=state,
                at=at,
            )
            actions.use_draft(public_id=form.public_id, by=state, at=at)


def form_in_use(ground: SampleGround, code: str) -> Form:
    """The state's copy of a ready form, for the samples of rooms above. In a system scope."""
    return Form.objects.get(ready=code, unit_id=ground.shown["state_president"][1])
