"""Letters of thanks: earned by confirmed days, asked for twice, checked by everybody, taken back; and in doubt."""

from datetime import timedelta
from itertools import zip_longest
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports.tests.scanning import drawn, scanned
from abhiyan.org import queries as org
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import NewItem, item_key
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.rules.estimated import Estimated, RealShare, is_doubted
from abhiyan.site.tests.cast import Cast
from abhiyan.stays import actions
from abhiyan.stays.actions import IN_AREA
from abhiyan.stays.models import FieldDay, ThanksLetter
from abhiyan.stays.queries_days import DAYS, KIND
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
from abhiyan.verification.models import Check
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import SYSTEM

from .make import DAY, TODAY, programme, reachable

MONTH = TODAY.replace(day=1)


def confirmed(
    run: Programme, leader: Account, booth: int, area: int, days: int, phones: list[UUID] | None = None
) -> None:
    """So many days of a leader, one a day back from today, that a booth president confirmed."""
    with system("test"):
        for n in range(days):
            day = TODAY - n * DAY
            ident = item_key(KIND, leader.pk, day)
            phone = phones[n % len(phones)] if phones else None
            new = NewItem(
                ident,
                run.pk,
                DAYS,
                IN_AREA,
                booth,
                day,
                by_id=leader.pk,
                phone_id=phone,
                at=NOW,
                is_counted=True,
            )
            programmes.report_items(new=[new], at=NOW)
            programmes.confirm_items(ids=[ident], at=NOW)
            FieldDay.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                leader_id=leader.pk,
                day=day,
                unit_id=booth,
                area_id=area,
                planned_at=NOW,
                marked_at=NOW,
                item_id=ident,
            )


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def run(world: World) -> Programme:
    return programme(world.unit("N1"), opens=TODAY - 30 * DAY, days=90, kind="field_days")


@pytest.fixture
def leader(world: World, run: Programme) -> Account:
    made = reachable(world, "district_president", "N11", 7, "Sunita Devi")
    confirmed(run, made, world.unit("N1111"), world.unit("N11"), 4)
    return made


@pytest.mark.django_db
def test_four_confirmed_days_earn_a_letter_that_everybody_can_check_until_it_is_taken_back(
    world: World, run: Programme, leader: Account
) -> None:
    me, page = browser(leader), f"/stays/days/{run.public_id}/letter/{MONTH:%Y-%m}/"
    assert page in me.get("/stays/days/").text
    asked = me.get(page).text
    assert "4 of your 4 days are confirmed." in asked and "Given for 4 or more field days" in asked
    with system("test"):
        assert not ThanksLetter.objects.exists(), "a look gives nothing"
    file = me.post(page)["Location"]
    pdf = me.get(file)
    assert pdf["Content-Type"] == "application/pdf"
    (sheet,) = drawn(pdf.content)
    (address,) = scanned(sheet)
    check = "/check/" + address.rsplit("/", 2)[1] + "/"
    said = browser().get(check).text
    assert "Letter of thanks: valid" in said and "S. D." in said and "Sunita" not in said
    assert me.post(page)["Location"] == file, "the same letter"
    other = browser(reachable(world, "district_president", "N12", 8))
    assert other.get(file).status_code == 404 and other.post(page).status_code == 404

    with system("test"):
        letter = ThanksLetter.objects.get()
    above = world.holder("state_president", "N1")
    end = f"/stays/days/letter/{letter.pk}/end/"
    assert other.post(end, {"reason": "wrong"}).status_code in (403, 404)
    desk = browser(above)
    assert end in desk.get(reverse("work:record_of", args=[leader.public_id])).text
    assert "You cannot undo this." in desk.get(end).text
    assert browser().get(check).status_code == 200, "the page only asks"
    assert desk.post(end, {"reason": "wrong"}).status_code == 302
    assert browser().get(check).status_code == 404
    assert me.get(file).status_code == 409
    again = me.post(page)
    assert again.status_code == 409 and "It is not given again." in again.text
    assert "Taken back" in me.get("/stays/days/").text


@pytest.mark.django_db
def test_the_programme_sets_the_number_and_a_later_no_makes_a_letter_invalid(
    world: World, run: Programme, leader: Account
) -> None:
    desk = browser(world.holder("state_president", "N1"))
    rule = f"/stays/days/{run.public_id}/thanks/"
    assert desk.post(rule, {"least": "0"}).status_code == 422
    assert desk.post(rule, {"least": "5"}).status_code == 302
    me = actor(leader)
    with pytest.raises(actions.TooFewDays):
        actions.issue_letter(programme=run, month=MONTH, by=me, at=NOW)
    assert browser(leader).post(rule, {"least": "1"}).status_code in (403, 404)
    with pytest.raises(org.NotYours):
        actions.set_least(programme=run, least=1, by=me, at=NOW)
    assert desk.post(rule, {"least": "3"}).status_code == 302
    letter = actions.issue_letter(programme=run, month=MONTH, by=me, at=NOW)
    with pytest.raises(NotFound):
        actions.issue_letter(programme=run, month=(MONTH - DAY).replace(day=1), by=me, at=NOW)
    file = f"/stays/days/letter/{letter.pk}/"
    assert browser(leader).get(file).status_code == 200
    with system("test"):
        some = list(Item.objects.values_list("pk", flat=True)[:2])
        programmes.end_items(ids=some, why=Item.Why.DENIED, at=NOW)
    assert browser(leader).get(file).status_code == 409, "two days are left"


def test_a_flag_is_an_estimate_below_90_of_100_at_best_or_the_worst_grade() -> None:
    def doubted(*, grade: str = "", rate: float | None = None, high: float = 1.0) -> bool:
        share = RealShare(rate=rate, high=high)
        return is_doubted(Estimated(TODAY, wanted=9, href=None, entered=share, grade=grade))

    assert not is_doubted(None) and not doubted(), "without checks there is no doubt"
    assert doubted(rate=0.7, high=0.89) and not doubted(rate=0.8, high=0.92)
    assert doubted(grade="C") and not doubted(grade="B")


@pytest.mark.django_db(transaction=True)  # frames are frozen below a horizon of commits
def test_field_days_are_frozen_drawn_checked_and_estimated_and_a_bad_estimate_stops_the_letter() -> None:
    cast, at = Cast.make(own=44, foreign=44), NOW
    cast._seat("verifier_of_srinagar", "verifier", "JK-SRI", 1)
    run = programme(cast.world.units["JK"].pk, opens=TODAY - 100 * DAY, days=200, kind="field_days")
    booth, area = cast.world.units["JK-B004"].pk, cast.world.units["JK-JAM"].pk
    with system("test"):
        phones = sql.column("select id from people_phone order by id")
        others = [cast._open(f"Leader {n}") for n in range(len(phones) + 20)]
    # Twenty have no phone, so their checks end unresolved: a draw of half of all takes some of them.
    for other, phone in zip_longest(others, phones):
        confirmed(run, other, booth, area, 1, [phone] if phone else None)
    leader = cast.accounts["district_elsewhere"]
    confirmed(run, leader, booth, area, 4)
    plan = frames.FramePlan(
        checks=80, source="a round of the beacon", due_at=at + timedelta(seconds=1), ends_on=TODAY + 9 * DAY
    )
    frame = freeze_frame(programme=run, measure=DAYS, plan=plan, by=SYSTEM, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(seconds=2))
    me = cast.actor("verifier_of_srinagar")
    heard = unresolved = 0
    while True:
        try:
            check = take_check(by=me, at=at)
        except NothingForYou:
            break
        if begin_try(check_id=check.id, by=me, at=at)[0].outcome:
            unresolved += 1
            continue
        if not heard:
            page = cast.client("verifier_of_srinagar").get(reverse("verification:check", args=[check.id]))
            assert "Did a leader of the organisation spend a day" in page.text
        said = SaidUnseen(words={"who": "nobody"}, meaning="never_joined")
        close_answers(check_id=check.id, said=said, by=me, at=at)
        conclude_check(check_id=check.id, outcome=Check.Outcome.NOT_GENUINE, by=me, at=at)
        heard += 1
    assert heard > 30 and unresolved > 0
    refresh_estimates(at=at)
    with translation.override("en"), pytest.raises(actions.ChecksInDoubt, match="found too many days"):
        actions.issue_letter(programme=run, month=MONTH, by=actor(leader), at=at)
