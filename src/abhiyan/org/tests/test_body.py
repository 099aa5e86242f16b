"""Bodies of a unit and their holders."""

import pytest

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.actions.bodies import BodyNameMissing, UnknownKind
from abhiyan.org.models import Appointment

from .make import AT, SYSTEM, TODAY, World, actor

pytestmark = pytest.mark.django_db


def test_a_body_is_set_up_filled_and_dissolved(world: World) -> None:
    president = actor(world.holder("district_president", "N11"))
    unit = world.unit("N11")
    made = actions.make_body(unit_id=unit, kind="wing", names={"en": "Youth wing"}, by=president, at=AT)
    account = world.account()
    held = actions.appoint(
        account_id=account.pk, office="district_in_charge", unit_id=unit, body_id=made.pk, by=SYSTEM, at=AT
    )
    assert queries.scope_of(account.pk, TODAY).bodies == (made.pk,)
    with system("test"):  # the unit's own seat stays vacant
        assert "district_in_charge" in [each.office for each in queries.vacancies(unit, on=TODAY)]
    assert actions.end_body(body_id=made.pk, reason="merged", by=president, at=AT) == 1
    with system("test"):
        assert Appointment.objects.get(id=held.pk).state == "ended"
    with pytest.raises(NotFound):
        actions.end_body(body_id=made.pk, reason="again", by=president, at=AT)
    with pytest.raises(NotFound):
        actions.appoint(
            account_id=account.pk, office="booth_worker", unit_id=unit, body_id=made.pk, by=SYSTEM, at=AT
        )


def test_what_does_not_fit_or_is_not_ones_own_is_refused(world: World) -> None:
    president = actor(world.holder("district_president", "N11"))
    with pytest.raises(queries.NotYours):
        actions.make_body(unit_id=world.unit("N12"), kind="wing", names={"en": "W"}, by=president, at=AT)
    with pytest.raises(UnknownKind):
        actions.make_body(unit_id=world.unit("N11"), kind="club", names={"en": "W"}, by=president, at=AT)
    with pytest.raises(BodyNameMissing):
        actions.make_body(unit_id=world.unit("N11"), kind="wing", names={"hi": "मोर्चा"}, by=president, at=AT)
