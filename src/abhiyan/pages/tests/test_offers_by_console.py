"""A new operator brings the booth presidents by the server's console: each gets an offer, and none counts before."""

from pathlib import Path

import pytest

from abhiyan.core.scope import system
from abhiyan.messaging.models import Message, Question
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people.models import Account
from abhiyan.units.models import Unit

from .test_imports import console

pytestmark = pytest.mark.django_db


class WideWorld(World):
    """The small world with many booths in one mandal."""

    def __init__(self, booths: int) -> None:
        self.booths = booths
        super().__init__()

    def _tree(
        self, unit: Unit, parent: Unit | None, hierarchy: int, depth: int, below: tuple[str, ...]
    ) -> None:
        if unit.code != "N111":
            super()._tree(unit, parent, hierarchy, depth, below)
            return
        placement = self._place(unit, parent, hierarchy, depth)
        for number in range(1, self.booths + 1):
            booth = self._unit("booth", f"N1-56-{number}")
            self._close(self._place(booth, unit, hierarchy, depth + 1))
        self._close(placement)


def states() -> dict[str, int]:
    with system("test"):
        found = Appointment.objects.filter(office__code="booth_president")
        kept = list(found.values_list("state", "accepted_how"))
    return {" ".join(one).strip(): kept.count(one) for one in set(kept)}


@pytest.mark.parametrize("booths", [40, pytest.param(1_600, marks=pytest.mark.slow)])
def test_booth_presidents_by_console_get_an_offer_each_and_none_counts_yet(
    tmp_path: Path, booths: int
) -> None:
    WideWorld(booths)
    path = tmp_path / "booths.csv"
    rows = (f"98{n:08d},Asha Devi {n},56,{n}" for n in range(1, booths + 1))
    path.write_text("Mobile,Name,AC no,Part no\n" + "\n".join(rows) + "\n")
    called = ["appointments", str(path), "-o", "office=booth_president", "--unit", "N1"]
    offered = f"{booths:,}  Appointed, to be accepted"
    assert offered in console(*called, "--dry-run").stdout and states() == {}
    assert offered in console(*called, "--yes").stdout
    assert states() == {"offered": booths}
    with system("test"):
        assert Message.objects.filter(template="duty.office").count() == booths
        assert Question.objects.filter(answered_at=None).count() == booths
        held = Appointment.objects.select_related("unit").order_by("pk").last()
        assert held is not None
        holder = Account.objects.get(pk=held.account_id)
    assert not queries.holds(holder.pk, "people.read", at=held.unit_id), "an offer gives no right"
    actions.answer_offer(public_id=held.public_id, is_accepted=True, by=actor(holder), at=AT)
    assert queries.holds(holder.pk, "people.read", at=held.unit_id)
    assert states() == {"offered": booths - 1, "active signed_in": 1}
    again = console(*called, "--yes").stdout
    assert f"{booths:,}  Hold this office or were offered it already" in again
    assert states() == {"offered": booths - 1, "active signed_in": 1}
