"""Rounds follow the tree and the offices: reviewers, reviewed, stand-ins and reminders."""

from datetime import timedelta
from typing import Any

import pytest

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.queries import NotYours
from abhiyan.people.models import Phone
from abhiyan.review import refusals
from abhiyan.review.actions import keeping, rounds
from abhiyan.review.actions.reviews import note_dossiers_opened, set_meeting
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reviewers import reviewers, vacant
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units import actions as units
from abhiyan.units.actions import NewUnit
from abhiyan.units.models import Kind, Unit
from abhiyan.units.news import UnitsGoing

from .test_rounds import decide, noon, opened, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def end(cast: Cast, role: str) -> None:
    with system("test"):
        org.end_appointment(public_id=cast.appointments[role], reason="Moved", by=SYSTEM, at=NOW)


def move(cast: Cast, code: str, to: str) -> None:
    with system("test"):
        ids = cast.world.units
        units.move_unit(unit_id=ids[code].pk, hierarchy=1, to=ids[to].pk, on=today(), by=SYSTEM, at=NOW)


def by(one: Review) -> list[str]:
    return [each.name for each in reviewers([one], on=today()).get(one.pk, [])]


def test_a_unit_that_moves_is_reviewed_by_who_leads_it_now_and_is_prepared_again(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    note_dossiers_opened(reviews=[one.pk], by=cast.actor("district_in_charge"), at=NOW)
    with cast.as_("district_in_charge"):
        set_meeting(public_id=one.public_id, meets_on=today(), by=cast.actor("district_in_charge"), at=NOW)
    move(cast, "JK-SRI-M1", "JK-JAM")
    moved = review_of(one.round, "JK-SRI-M1")
    assert by(moved) == ["district_elsewhere of another place"]
    assert moved.prepared_at is None and moved.meets_on is None
    with pytest.raises(NotFound):
        decide(cast, moved, "district_in_charge")
    decide(cast, moved, "district_elsewhere")


def test_a_unit_that_moves_out_of_the_branch_leaves_and_comes_back_with_it(cast: Cast) -> None:
    one = opened(cast)
    move(cast, "JK-JAM", "HP")
    gone = review_of(one, "JK-JAM-M1")
    assert gone.left_on == today()
    move(cast, "JK-JAM", "JK")
    assert review_of(one, "JK-JAM-M1").left_on is None


def test_of_several_units_above_the_nearest_reviews_and_another_when_it_closes(cast: Cast) -> None:
    with system("test"):
        office = sql.value("select id from org_office where code = 'district_in_charge'")
        sql.run("update org_office set expected_in = '{state,district}' where id = %s", [office])
    cast.appoint(cast.accounts["state_president"], "district_in_charge", "JK", by=SYSTEM)
    one = opened(cast)
    with system("test"):
        above = dict(Review.objects.filter(round=one).values_list("unit__code", "by_unit__code"))
    assert above == {"JK-SRI-M1": "JK-SRI", "JK-SRI-M2": "JK-SRI", "JK-JAM-M1": "JK-JAM"}
    move(cast, "JK-JAM-M1", "JK-SRI")
    with system("test"):
        units.close_units(
            unit_id=cast.world.units["JK-JAM"].pk, on=today(), by=SYSTEM, at=NOW, with_below=True
        )
        Unit.objects.filter(code="JK-SRI").update(
            closed_on=today()
        )  # with open units below, as a list leaves it
    keeping.settle_rounds(at=NOW)
    assert review_of(one, "JK-SRI-M1").by_unit.code == "JK"


def test_a_unit_made_later_joins_an_open_round_and_one_opened_again_comes_back(cast: Cast) -> None:
    one = opened(cast)
    district, at = cast.world.units["JK-SRI"].pk, NOW
    with system("test"):
        new = NewUnit(code="JK-SRI-M9", kind=Kind.MANDAL, names={"en": "Nine", "hi": "नौ"})
        made = units.make_unit(unit=new, by=SYSTEM, at=at)
        units.place_units(hierarchy=1, places=[(made, district)], on=today(), by=SYSTEM, at=at)
    assert by(review_of(one, "JK-SRI-M9")) == ["district_in_charge"]
    with system("test"):
        units.close_units(unit_id=made, on=today(), by=SYSTEM, at=at)
        assert review_of(one, "JK-SRI-M9").left_on == today()
        units.reopen_units(unit_id=made, by=SYSTEM, at=at)
    assert review_of(one, "JK-SRI-M9").left_on is None


def test_two_clicks_open_one_round(cast: Cast) -> None:
    assert opened(cast).pk == opened(cast).pk
    assert opened(cast, title="Another").pk != opened(cast).pk


@pytest.mark.parametrize(
    ("office", "unit"), [("booth_president", "JK-B002"), ("cluster_in_charge", "JK-SRI-M1-C1")]
)
def test_nobody_reviews_a_unit_below_or_above_which_they_hold_another_office(
    cast: Cast, office: str, unit: str
) -> None:
    """For a booth this is also the leader of the cluster between them and it; for a mandal a leader in its branch."""
    if office == "cluster_in_charge":
        end(cast, office)
    cast.appoint(cast.accounts["district_in_charge"], office, unit, by=cast.actor("state_president"))
    with pytest.raises(refusals.OwnUnit):
        decide(cast, review_of(opened(cast), "JK-SRI-M1"))
    booths = opened(cast, what="booth", title="Booths")
    if office == "cluster_in_charge":
        with pytest.raises(refusals.OwnUnit):
            decide(cast, review_of(booths, "JK-B001"))
    decide(cast, review_of(booths, "JK-B003"))


# --- the last day ---


def change(cast: Cast, one: Round, role: str = "state_president", **given: Any) -> Round:
    wanted: dict[str, Any] = {"ends_on": today(), "reason": "Snow closes the roads"} | given
    with cast.as_(role):
        return rounds.change_last_day(public_id=one.public_id, by=cast.actor(role), at=NOW, **wanted)


def test_who_opened_a_round_ends_it_early_or_goes_on_with_it_for_a_reason(cast: Cast) -> None:
    one = opened(cast)
    first = one.ends_on
    change(cast, one)
    ended = change(cast, one, ends_on=today() + timedelta(days=30), reason="Roads are open")
    assert [change[1:] for change in ended.changes] == [
        [first.isoformat(), "Snow closes the roads"],
        [today().isoformat(), "Roads are open"],
    ]
    page = cast.client("mandal_president").get(f"/review/rounds/{one.public_id}/").content.decode()
    assert "Roads are open" in page


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"reason": " "}, refusals.RoundReasonMissing),
        ({"ends_on": -1}, refusals.LastDayWrong),
        ({"ends_on": 400}, refusals.LastDayWrong),
        ({"ends_on": 9}, refusals.LastDayWrong),
    ],
)
def test_a_last_day_that_cannot_be_is_refused(
    cast: Cast, given: dict[str, Any], why: type[Exception]
) -> None:
    one = opened(cast)
    if "ends_on" in given:
        given = {"ends_on": today() + timedelta(days=given["ends_on"])}
    with pytest.raises(why):
        change(cast, one, **given)


def test_only_who_opened_it_changes_a_round_until_they_lead_no_more(cast: Cast) -> None:
    one = opened(cast)
    for role in ("district_in_charge", "national_president"):
        with pytest.raises(NotYours):
            change(cast, one, role)
    end(cast, "state_president")
    change(cast, one, "national_president")


# --- stand-ins ---


@pytest.fixture
def waiting(cast: Cast) -> Review:
    """A mandal whose district has nobody in the office."""
    one = opened(cast)
    end(cast, "district_in_charge")
    return review_of(one, "JK-SRI-M1")


def name(cast: Cast, one: Review, whom: str, role: str = "state_president") -> None:
    with cast.as_(role):
        rounds.name_stand_in(
            public_id=one.round.public_id,
            unit_id=one.by_unit_id,
            appointment=cast.appointments[whom],
            by=cast.actor(role),
            at=NOW,
        )


def test_a_stand_in_reviews_while_the_office_is_vacant(cast: Cast, waiting: Review) -> None:
    with system("test"):
        assert [(each.code, each.left) for each in vacant(waiting.round, on=today())] == [("JK-SRI", 2)]
    name(cast, waiting, "state_president")
    assert by(waiting) == ["state_president"]
    with cast.as_("state_president"):
        asked = found.reviews_asked(_viewer(cast, "state_president"), on=today(), at=NOW, shown=3)
        assert [each.n for each in asked.review] == [2]
    decide(cast, waiting, "state_president")
    cast.appoint(cast.accounts["no_office"], "district_in_charge", "JK-SRI", by=SYSTEM)
    assert by(waiting) == ["no_office"]
    with pytest.raises(NotYours):
        decide(cast, waiting, "state_president", text="Again")


def _viewer(cast: Cast, role: str) -> Any:
    from abhiyan.org.queries import viewer_of

    return viewer_of(account_id=cast.accounts[role].pk, on=today())


def test_a_stand_in_leads_the_unit_and_stands_in_only_where_nobody_holds_the_office(
    cast: Cast, waiting: Review
) -> None:
    for whom in ("mandal_president", "district_elsewhere", "constituency_in_charge"):
        with pytest.raises(refusals.StandInUnfit):
            name(cast, waiting, whom)
    with pytest.raises(NotYours):
        name(cast, waiting, "state_president", "mandal_president")
    with pytest.raises(refusals.NotVacant):
        name(cast, review_of(waiting.round, "JK-JAM-M1"), "state_president")


# --- reminders ---


@pytest.fixture
def phones(cast: Cast) -> None:
    with system("test"):
        from abhiyan.core.keys import keyring

        for n, role in enumerate(("district_in_charge", "district_elsewhere")):
            account = cast.accounts[role]
            sealed = keyring().seal(f"+9199060099{n:02d}".encode(), about=account.phone_id.bytes)
            Phone.objects.create(id=account.phone_id, hash=b"", sealed=sealed, last4="9900")


def remind(days: int) -> int:
    with system("test"):
        return keeping.remind_reviewers(at=noon(days))


def test_a_reviewer_who_is_late_gets_one_message_a_week(cast: Cast, phones: None) -> None:
    one = opened(cast, ends_on=today() + timedelta(days=20))
    opened(cast, title="Another", ends_on=today() + timedelta(days=20))
    assert remind(0) == 0
    decide(cast, review_of(one, "JK-JAM-M1"), "district_elsewhere")
    assert remind(12) == 2, "each has one of two rounds behind"
    assert (remind(13), remind(18)) == (0, 0)
    assert remind(19) == 2
    with system("test"):
        sent = Message.objects.filter(template="duty.today")
        assert sent.count() == 4 and len({each.phone_id for each in sent}) == 2
        assert keeping.remind_reviewers(at=noon(20).replace(hour=22)) == 0, "not at night"


def test_who_is_as_far_as_due_gets_no_message(cast: Cast, phones: None) -> None:
    one = opened(cast, ends_on=today() + timedelta(days=20))
    for code in ("JK-SRI-M1", "JK-SRI-M2"):
        decide(cast, review_of(one, code))
    assert remind(19) == 1, "the other district"


# --- lists taken back ---


def made_by_list(code: str) -> int:
    with system("test"):
        sql.run(
            "insert into units_change (import_id, row, unit_id, change, before)"
            " select 77, 1, id, 'made', '{}'::jsonb from units_unit where code = %s",
            [code],
        )
    return 77


def test_units_of_a_list_that_is_undone_take_their_reviews_along_unless_something_is_written(
    cast: Cast,
) -> None:
    one = opened(cast)
    going = UnitsGoing(made_by_list("JK-SRI-M2"), SYSTEM, NOW)
    decide(cast, review_of(one, "JK-SRI-M2"))
    with pytest.raises(refusals.UnitsReviewed):
        keeping.drop_reviews_of_units(going=going)
    with system("test"):
        Review.objects.filter(round=one).update(decided_at=None)
        sql.run("delete from review_minute")
    keeping.drop_reviews_of_units(going=going)
    with system("test"):
        assert not Review.objects.filter(round=one, unit__code="JK-SRI-M2").exists()
        assert Review.objects.filter(round=one).exists()
