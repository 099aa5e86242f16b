"""Talks at doors are frozen, drawn, checked and estimated; doors without a phone are a stratum that is visited."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from abhiyan.contact.models import ContactTry
from abhiyan.contact.rules.kinds import BY_WALK, KIND, TALKED
from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem, item_key
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import (
    begin_try,
    close_answers,
    conclude_check,
    draw_frame,
    frames,
    freeze_frame,
    refresh_estimates,
    take_check,
)
from abhiyan.verification.models import Check, Estimate, Frame, Stratum
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import SYSTEM

from .make import DAY, TODAY, contact_run

pytestmark = pytest.mark.django_db(transaction=True)  # verifiers take checks by locks that only commits show
VERIFIER = "verifier_of_srinagar"
NO_TOTAL = "Entries without a phone have not been checked yet, so there is no total."


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=44, foreign=44)
    made._seat(VERIFIER, "verifier", "JK-SRI", 1)
    return made


def met(cast: Cast) -> Programme:
    """Talks of many workers in the other district: each at one door whose phone answered, and one without a phone."""
    run = contact_run(cast.world.units["JK"].pk, opens=TODAY - 100 * DAY, days=200)
    booth = cast.world.units["JK-B004"].pk
    with system("test"):
        for n, phone_id in enumerate(sql.column("select id from people_phone order by id")):
            worker, day = cast._open(f"Worker {n}").pk, TODAY - (n % 90 + 1) * DAY
            for phone in (phone_id, None):
                ident = item_key(KIND, run.pk, n, phone is None)
                new = NewItem(
                    ident,
                    run.pk,
                    TALKED,
                    BY_WALK,
                    booth,
                    day,
                    by_id=worker,
                    phone_id=phone,
                    at=NOW,
                    is_counted=True,
                    is_signed=phone is not None,
                )
                programmes.report_items(new=[new], at=NOW)
                ContactTry.objects.create(
                    id=uuid4(),
                    programme=run,
                    unit_id=booth,
                    way="walk",
                    outcome="talked",
                    door=f"House {n}",
                    item_id=ident,
                    by_id=worker,
                    at=NOW,
                    stored_at=NOW,
                )
    return run


def drawn(cast: Cast, run: Programme) -> Frame:
    due = NOW + timedelta(seconds=1)
    plan = frames.FramePlan(checks=100, source="a round of the beacon", due_at=due, ends_on=TODAY + 9 * DAY)
    frame = freeze_frame(programme=run, measure=TALKED, plan=plan, by=SYSTEM, at=NOW)
    return draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=due)


def given(cast: Cast, *, is_visit: bool) -> Iterator[Check]:
    """The checks a verifier gets, one after the other, until there are no more."""
    while True:
        try:
            yield take_check(by=cast.actor(VERIFIER), at=NOW, is_visit=is_visit)
        except NothingForYou:
            return


def told(cast: Cast, check: Check, outcome: Check.Outcome) -> None:
    me = cast.actor(VERIFIER)
    meaning = "joined" if outcome == Check.Outcome.GENUINE else "never_joined"
    close_answers(
        check_id=check.id, said=SaidUnseen(words={"who": "A worker"}, meaning=meaning), by=me, at=NOW
    )
    conclude_check(check_id=check.id, outcome=outcome, by=me, at=NOW)


def test_talks_are_estimated_in_all_only_once_doors_without_a_phone_were_visited(cast: Cast) -> None:
    frame = drawn(cast, met(cast))
    me, client = cast.actor(VERIFIER), cast.client(VERIFIER)
    page = reverse("verification:frame", args=[frame.public_id])
    with system("test"):
        parts = {one.key: one for one in Stratum.objects.filter(frame=frame)}
    assert sorted(parts) == ["JK-JAM/no-phone", "JK-JAM/signed"]
    assert parts["JK-JAM/no-phone"].items == parts["JK-JAM/signed"].items > 80
    for n, check in enumerate(given(cast, is_visit=False)):
        assert not check.is_visit
        assert begin_try(check_id=check.id, by=me, at=NOW)[1].startswith("+91"), "a number to call"
        if not n:
            shown = client.get(reverse("verification:check", args=[check.id])).text
            assert "Did a worker of the organisation talk with you lately? Who?" in shown
            assert "Worker " not in shown and "House " not in shown
        told(cast, check, Check.Outcome.GENUINE)
    refresh_estimates(at=NOW)

    def found(shade: Estimate.Shade) -> Estimate:
        with system("test"):
            return Estimate.objects.get(frame=frame, unit=cast.world.units["JK-JAM"], shade=shade)

    signed = found(Estimate.Shade.SIGNED)
    assert signed.genuine >= 40 and signed.rate == 1 and signed.low is not None and signed.low > 0.8
    for shade in (Estimate.Shade.ENTERED, Estimate.Shade.UNSIGNED):
        assert (found(shade).rate, found(shade).unchecked) == (None, parts["JK-JAM/no-phone"].items)
    said = client.get(page).text
    assert NO_TOTAL in said and "By group," in said, "the part with a phone has a figure"
    for n, check in enumerate(given(cast, is_visit=True)):
        assert check.is_visit and begin_try(check_id=check.id, by=me, at=NOW)[1] == ""
        if not n:
            shown = client.get(reverse("verification:check", args=[check.id])).text
            assert "Check by visit" in shown and "House " in shown and "Worker " not in shown
        told(cast, check, Check.Outcome.NOT_GENUINE if n % 2 else Check.Outcome.GENUINE)
    refresh_estimates(at=NOW + timedelta(minutes=2))
    whole = found(Estimate.Shade.ENTERED)
    assert whole.rate is not None and whole.unchecked == 0
    assert 0.65 < whole.rate < 0.85, "all of those with a phone, half of those without"
    assert NO_TOTAL not in client.get(page).text
