"""Whatever kind of campaign says what its items are is frozen, drawn, asked about and estimated as the drive is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from abhiyan.core import audit
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.pages.tests.test_activities import FIELD_APP, NIGHTS, VILLAGES, made
from abhiyan.people import queries as people
from abhiyan.people.models import Phone
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem, item_key, recount_facts
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import CheckQuestion, Whom
from abhiyan.programmes.rules.check_words import GENERAL, EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
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
    take_off,
)
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.checks import SaidUnseen, target_of
from abhiyan.verification.queries.items import items_by_public_id as checked_items
from abhiyan.verification.queries.looks import BUILT, looked_at_now
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.rules.indicators import Indicator
from abhiyan.verification.rules.outcomes import DENIED
from abhiyan.verification.tests.test_checks import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
ME = "verifier_of_srinagar"
DAY = date(2026, 11, 20)
BEDS = 100


def hosted(nights: Programme, unit_id: int, **more: Any) -> list[UUID]:
    """Hosts for one night in a booth, of phones there are; each said so on their own phone. Their items."""
    with system("test"):
        phones = list(Phone.objects.order_by("pk").values_list("pk", flat=True)[:BEDS])
        new = [
            NewItem(
                item_key("night", phone),
                nights.pk,
                NIGHTS,
                FIELD_APP,
                unit_id,
                DAY,
                phone_id=phone,
                is_counted=True,
                **more,
            )
            for phone in phones
        ]
        return [row.pk for row in programmes.report_items(new=new, at=NOW)]


@pytest.fixture
def nights(cast: Cast) -> Iterator[Programme]:
    items = items_of_measure(
        "nights",
        measure=NIGHTS,
        entered=EnteredWords("%(n)s nights"),
        questions=(CheckQuestion("who", "Who", "Did anybody stay with you lately? Who?"),),
        whom=lambda *_item: Whom("The Host", {"who": "Ravi"}),
        words=replace(GENERAL, yes="Yes, somebody slept here"),
    )
    activities.register(VILLAGES)
    try:
        one = made(cast)
        day = "programme_id, measure, channel, unit_id, day::date, rung, n"
        posted = activities.activity_of("nights").facts
        facts = f"select {day} from ({posted}) posted union all {facts_of_items('nights')}"
        activities.forget_activity("nights")
        activities.register(replace(VILLAGES, facts=facts, items=(items,)))
        yield one
    finally:
        activities.forget_activity("nights")


def drawn(nights: Programme) -> Frame:
    """A frame of 40 checks, drawn."""
    plan = frames.FramePlan(
        checks=40,
        source="a round of the beacon",
        due_at=NOW + timedelta(seconds=1),
        ends_on=NOW.date() + timedelta(days=9),
    )
    frame = freeze_frame(programme=nights, measure=NIGHTS, plan=plan, by=SYSTEM, at=NOW)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=NOW + timedelta(seconds=2))
    return frame


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_no_said_to_a_verifier_holds_a_minute_later_and_the_trail_names_no_check(
    cast: Cast, nights: Programme, is_asked: bool
) -> None:
    """Nobody leaves a list here. is_asked: the person says it after the questions, else instead of them."""
    hosted(nights, cast.world.units["JK-B004"].pk)
    drawn(nights)
    me, client = cast.actor(ME), cast.client(ME)
    check = take_check(by=me, at=NOW)
    begin_try(check_id=check.id, by=me, at=NOW)
    with system("test"):
        phone = Phone.objects.get(pk=or_refuse(target_of(check).phone_id))
    if is_asked:
        close_answers(check_id=check.id, said=SaidUnseen({"who": "A boy"}, "joined"), by=me, at=NOW)
        sent = {"outcome": "genuine", "leaves": "on"}
        where = reverse("verification:check_tell", args=[check.id])
        assert "Within a minute their no holds" in client.get(where, sent).text
    else:
        assert "No more contact" in client.get(reverse("verification:check", args=[check.id])).text
        sent, where = {}, reverse("verification:check_end", args=[check.id, "left"])
        assert "Within a minute their no holds" in client.get(where).text
    assert client.post(where, sent).status_code == 302
    assert people.phones_that_said_no([phone.pk]) == set(), "not with the check"
    later = NOW + timedelta(minutes=1)
    assert take_off(at=later) == 1
    assert people.phones_that_said_no([phone.pk]) == {phone.pk}
    assert take_off(at=later + timedelta(minutes=1)) == 0
    with system("test"):
        assert not Check.objects.exclude(leaves_at=None).exists(), "it waits for nothing more"
        (entry,) = AuditEntry.objects.filter(act="people.suppress")
    assert entry.account_id is None and str(check.id) not in f"{entry.subject} {entry.facts}"
    assert audit.sealed_source(entry.facts["source"])["account_id"] == me.account_id


def test_nights_in_villages_are_checked_as_members_are(cast: Cast, nights: Programme) -> None:
    at = NOW
    hosts = hosted(nights, cast.world.units["JK-B004"].pk)
    programmes.confirm_items(ids=hosts[:20], at=at)
    assert recount_facts(at=at).differences == []
    frame = drawn(nights)
    me, client = cast.actor(ME), cast.client(ME)
    heard = 0
    while True:
        try:
            check = take_check(by=me, at=at)
        except NothingForYou:
            break
        begin_try(check_id=check.id, by=me, at=at)
        if not heard:
            page = client.get(reverse("verification:check", args=[check.id])).text
            assert "The Host" in page and "Who?" in page and "Ravi" not in page
            assert "Yes, somebody slept here" in page and "No, it was not so" in page
            assert not [
                words for words in ("they joined", "not join", "also_joined", "member list") if words in page
            ]
        said = SaidUnseen(words={"who": "A boy from town"}, meaning="joined")
        close_answers(check_id=check.id, said=said, by=me, at=at)
        if not heard:
            page = client.get(reverse("verification:check", args=[check.id])).text
            assert "Ravi" in page and "Genuine: it was so" in page and "no more calls" in page
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
        heard += 1
    refresh_estimates(at=at)
    with system("test"):
        found = Estimate.objects.get(
            frame=frame, unit=cast.world.units["JK-JAM"], shade=Estimate.Shade.SIGNED
        )
        assert Frame.objects.get(pk=frame.pk).programme.kind == "nights"
    assert found.genuine >= 40 and found.rate == 1 and found.low is not None and found.low > 0.8
    page = cast.client("state_president").get(reverse("verification:frame", args=[frame.public_id])).text
    assert "of 100 are real" in page
    programmes.end_items(ids=hosts, why=Item.Why.DENIED, at=at)
    with system("test"):
        public_ids = Item.objects.filter(pk__in=hosts).values_list("public_id", flat=True)
        assert {one.why_gone for one in checked_items(nights, NIGHTS, public_ids).values()} == {DENIED}


def test_items_of_a_worker_are_compared_with_those_of_others(cast: Cast, nights: Programme) -> None:
    worker = cast.actor("booth_worker")
    hosts = hosted(nights, cast.world.units["JK-B004"].pk, by_id=worker.account_id, at=NOW, seconds=4)
    programmes.confirm_items(ids=hosts[:7], at=NOW)
    programmes.end_items(ids=hosts[7:9], why=Item.Why.STRUCK, at=NOW)
    with system("test"):
        ((who, _home, entries, hits, of, signed, confirmed, _parcels),) = looked_at_now(nights, NIGHTS)
    assert (who, entries, signed, confirmed) == (worker.id, len(hosts) - 2, len(hosts) - 2, 7)
    quick = list(BUILT).index(Indicator.SPEED)
    assert (hits[quick], of[quick]) == (len(hosts) - 2, len(hosts) - 2)
