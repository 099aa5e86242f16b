"""The demo shows a month of field days: some confirmed, one letter, and a day to mark today."""

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.models import Document
from abhiyan.programmes.models import Item
from abhiyan.site.tests.cast import Cast
from abhiyan.stays import demo_days, queries_days

from .make import TODAY

pytestmark = pytest.mark.django_db(transaction=True)  # frames and pages of the demo commit


def test_the_demo_has_a_month_of_field_days_a_letter_and_a_day_to_mark() -> None:
    cast = Cast.make()
    ids = {code: unit.pk for code, unit in cast.world.units.items()}
    leader, mandal = cast.actor("mandal_president"), ids["JK-SRI-M1"]
    holders = {"mandal_president": {mandal: leader}}
    shown = {"mandal_president": (leader, mandal)}
    demo_days.sample_field_days(SampleGround("seed", NOW, ids, shown, holders, cast.world.programme.pk))
    with system("test"):
        assert Item.objects.filter(programme__kind="field_days", confirmed_at__isnull=False).count() == 10
        assert Document.objects.filter(kind="thanks_letter").count() == 1
    account = cast.accounts["mandal_president"].pk
    with system("test"):
        own = queries_days.own_days(account, since=TODAY)
    assert [one.of.day for one in own] == [TODAY] and own[0].item is None
