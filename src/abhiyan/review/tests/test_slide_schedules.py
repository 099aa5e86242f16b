"""Slides are sent regularly: at their hour, to the holders of the offices, until the sender's own office ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import written
from abhiyan.enrolment.tests.web import today
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.test_offices import sent
from abhiyan.org import actions as org
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.people.models import Phone
from abhiyan.review import refusals
from abhiyan.review.actions import decks as acts
from abhiyan.review.models import Deck, DeckSchedule, DeckSent
from abhiyan.review.queries import schedules as found
from abhiyan.review.rules.schedules import KEPT, MOST_SCHEDULES, next_at
from abhiyan.site.tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
INDIA = "Asia/Kolkata"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    with system("test"):
        for role in ("state_president", "district_in_charge", "mandal_president"):
            phone(cast, role)
    return cast


def phone(cast: Cast, role: str) -> None:
    """A phone to which messages go."""
    ring, number = keyring(), f"+9198765{len(cast.accounts):03d}{len(role):02d}"
    account = cast.accounts[role]
    ident = ring.phone_id(number)
    Phone.objects.create(
        id=ident, hash=ident.bytes, sealed=ring.seal(number.encode(), about=ident.bytes), last4="0000"
    )
    account.phone_id = ident
    account.save(update_fields=["phone_id"])


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def deck(cast: Cast) -> Deck:
    with cast.as_("district_in_charge"):
        return acts.make_deck(
            about="unit",
            unit_id=cast.world.units["JK-SRI"].pk,
            hierarchy=1,
            programme_id=cast.world.programme.pk,
            language="en",
            by=cast.actor("district_in_charge"),
            at=NOW,
        )


def seats_of(cast: Cast, deck: Deck, role: str = "district_in_charge") -> dict[str, found.ReviewSeat]:
    viewer = viewer_of(account_id=cast.accounts[role].pk, on=today())
    with cast.as_(role):
        return {seat.office: seat for seat in found.seats_to_tell(viewer, deck, at=NOW)}


def scheduled(cast: Cast, deck: Deck, role: str = "district_in_charge", **other: Any) -> DeckSchedule:
    given: dict[str, Any] = {"every": "day", "day": 0, "hour": 11, "seats": [], "at": NOW}
    with cast.as_(role):
        return acts.schedule_deck(deck=deck, by=cast.actor(role), **{**given, **other})


def tell(at: datetime) -> int:
    with system("test"):
        return acts.tell_due(at=at)


def told(cast: Cast) -> set[str]:
    """Return the roles with slides they have not opened."""
    by_account = {account.pk: role for role, account in cast.accounts.items()}
    with system("test"):
        return {
            by_account[n] for n in DeckSent.objects.filter(read_at=None).values_list("account_id", flat=True)
        }


def page_sent(deck: Deck) -> str:
    """The page of the newest deck that a schedule sent."""
    with system("test"):
        (sent, *_older) = Deck.objects.filter(sent_of=deck).order_by("-pk")
    return f"/review/slides/{sent.public_id}/"


def due(one: DeckSchedule) -> datetime:
    with system("test"):
        one.refresh_from_db()
    assert one.next_at is not None
    return one.next_at


def test_each_day_week_and_month_has_its_hour_in_india() -> None:
    monday = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 9:30 in India

    def local(every: str, day: int, hour: int) -> str:
        return f"{next_at(every, day, hour, after=monday, zone=INDIA):%Y-%m-%d %H:%M}"

    assert local("day", 0, 11) == "2026-11-23 11:00"
    assert local("day", 0, 9) == "2026-11-24 09:00"
    assert local("week", 0, 10) == "2026-11-23 10:00"
    assert local("week", 0, 9) == "2026-11-30 09:00"
    assert local("month", 23, 9) == "2026-12-23 09:00"
    assert local("month", 31, 10) == "2026-11-30 10:00"


@pytest.mark.examples(60, 600)
@given(
    after=some.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=some.just(UTC)),
    every=some.sampled_from(["day", "week", "month"]),
    day=some.integers(0, 6),
    hour=some.integers(10, 20),
)
def test_the_next_time_is_ahead_and_the_one_after_it_no_further_than_a_month(
    after: datetime, every: str, day: int, hour: int
) -> None:
    first = next_at(every, day + 1 if every == "month" else day, hour, after=after, zone=INDIA)
    again = next_at(every, day + 1 if every == "month" else day, hour, after=first, zone=INDIA)
    assert after < first < again <= first + timedelta(days=31)
    assert first.hour == hour


def test_at_its_hour_whoever_set_it_and_the_chosen_offices_get_a_message_once(cast: Cast, deck: Deck) -> None:
    seats = seats_of(cast, deck)
    assert {"state_president", "mandal_president"} <= seats.keys() and "booth_president" not in seats
    assert "district_in_charge" not in seats, "their own"
    chosen = [(seats[office].unit_id, office) for office in ("state_president", "mandal_president")]
    one = scheduled(cast, deck, seats=chosen)
    at = due(one)
    assert tell(at - timedelta(seconds=1)) == 0
    assert (tell(at), tell(at)) == (1, 0)
    assert told(cast) == {"district_in_charge", "state_president", "mandal_president"}
    with system("test"):
        sent = list(Message.objects.filter(template="duty.slides"))
    assert len(sent) == 3 and {message.kind for message in sent} == {2}
    assert due(one) == at + timedelta(days=1)
    assert tell(at + timedelta(days=9)) == 1, "late it comes once, not nine times"


def test_slides_that_came_stand_on_today_until_they_are_opened(cast: Cast, deck: Deck) -> None:
    tell(due(scheduled(cast, deck)))
    client, page = cast.client("district_in_charge"), page_sent(deck)
    with system("test"):
        DeckSent.objects.update(at=NOW)
    assert f'href="{page}"' in client.get("/today/").content.decode()
    assert f'href="{page}"' not in cast.client("mandal_president").get("/today/").content.decode()
    assert client.get(page).status_code == 200
    assert f'href="{page}"' not in client.get("/today/").content.decode()


def test_each_sending_is_a_deck_of_its_own_and_says_what_was_so_when_it_was_sent(
    cast: Cast, deck: Deck
) -> None:
    at = due(scheduled(cast, deck))
    client, pages, files = cast.client("district_in_charge"), [], []
    for n in range(2):
        cast.target("JK-SRI", 600 + n)
        tell(at + timedelta(days=n))
        pages.append(page_sent(deck))
        files.append(client.get(f"{pages[-1]}file/pdf/").content)
    assert pages[0] != pages[1]
    first, second = ("".join(written(file).split()) for file in files)
    assert "of600" in first and "of601" in second
    again = client.get(f"{pages[0]}file/pdf/").content
    assert "".join(written(again).split()) == first
    with system("test"):
        unread = DeckSent.objects.filter(account_id=cast.accounts["district_in_charge"].pk)
        assert [each.deck.public_id for each in unread.filter(read_at=None)] == []


def test_a_schedule_keeps_its_newest_sendings_and_no_more(cast: Cast, deck: Deck) -> None:
    at = due(scheduled(cast, deck))
    with system("test"):
        old = [replaced(deck, n) for n in range(KEPT + 2)]
        Deck.objects.bulk_create(old)
    tell(at)
    with system("test"):
        assert Deck.objects.filter(sent_of=deck).count() == KEPT
        assert Deck.objects.filter(pk=deck.pk).exists()


def replaced(deck: Deck, n: int) -> Deck:
    """A deck that was sent n days ago."""
    fields = {each.attname: getattr(deck, each.attname) for each in Deck._meta.concrete_fields}
    more = {"id": None, "public_id": uuid4(), "made_at": NOW - n * timedelta(days=1), "sent_of_id": deck.pk}
    return Deck(**fields | more)


def test_what_comes_is_a_link_that_asks_for_sign_in_with_nothing_attached(cast: Cast, deck: Deck) -> None:
    seat = seats_of(cast, deck)["mandal_president"]
    tell(due(scheduled(cast, deck, seats=[(seat.unit_id, seat.office)])))
    page = page_sent(deck)
    told_of = [blanks for template, blanks in sent() if template == "duty.slides"]
    assert len(told_of) == 2
    for blanks in told_of:
        assert blanks.keys() == {"unit", "link"} and blanks["link"] == settings.ORIGIN + page
    for where in (page, f"{page}file/pptx/", f"{page}file/pdf/"):
        answer = cast.client("anonymous").get(where)
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
        assert cast.client("no_office").get(where).status_code in (403, 404)
        assert cast.client("mandal_president").get(where).status_code == 200


def test_an_office_gets_them_whoever_holds_it_on_the_day(cast: Cast, deck: Deck) -> None:
    seat = seats_of(cast, deck)["mandal_president"]
    one = scheduled(cast, deck, seats=[(seat.unit_id, seat.office)])
    end(cast, "mandal_president")
    tell(due(one))
    assert told(cast) == {"district_in_charge"}


def end(cast: Cast, role: str) -> None:
    with system("test"):
        org.end_appointment(public_id=cast.appointments[role], reason="test", by=SYSTEM, at=NOW)


def test_it_ends_with_the_office_of_who_set_it(cast: Cast, deck: Deck) -> None:
    one = scheduled(cast, deck)
    at = due(one)
    end(cast, "district_in_charge")
    assert tell(at) == 0 and told(cast) == set()
    with system("test"):
        one.refresh_from_db()
    assert one.ended_at is not None and one.next_at is None


def test_who_lost_sight_of_the_unit_is_told_no_more(cast: Cast, deck: Deck) -> None:
    one = scheduled(cast, deck)
    at = due(one)
    with system("test"):  # as if an appointment had ended without news of it
        DeckSchedule.objects.update(account_id=cast.accounts["no_office"].pk)
    assert tell(at) == 1 and told(cast) == set()
    with system("test"):
        assert DeckSchedule.objects.get(pk=one.pk).ended_at is not None


def test_it_is_paused_resumed_and_ended_by_who_set_it_alone(cast: Cast, deck: Deck) -> None:
    one = scheduled(cast, deck)
    at = due(one)

    def change(to: str, role: str = "district_in_charge") -> None:
        with cast.as_(role):
            acts.change_schedule(public_id=one.public_id, to=to, by=cast.actor(role), at=NOW)

    with pytest.raises(NotFound):
        change("end", "state_president")
    change("pause")
    assert tell(at) == 0
    change("resume")
    assert due(one) == at
    change("end")
    assert tell(at) == 0
    with pytest.raises(NotFound):
        change("resume")


def test_only_who_leads_the_unit_has_slides_sent_to_others(cast: Cast, deck: Deck) -> None:
    seat = seats_of(cast, deck)["state_president"]
    assert seats_of(cast, deck, "district_elsewhere") == {}
    with pytest.raises(refusals.DeckOfficesUnfit):
        scheduled(cast, deck, "district_elsewhere", seats=[(seat.unit_id, seat.office)])
    assert scheduled(cast, deck, "district_elsewhere").account_id == cast.accounts["district_elsewhere"].pk
    with pytest.raises(refusals.DeckOfficesUnfit):
        scheduled(cast, deck, seats=[(cast.world.units["HP"].pk, "state_president")])
    with pytest.raises(refusals.NoOfficeForSlides):
        scheduled(cast, deck, "no_office")
    with pytest.raises(NotYours):
        acts.schedule_deck(deck=deck, every="day", day=0, hour=11, seats=[], by=SYSTEM, at=NOW)


def test_one_person_has_so_many_schedules_and_no_more(cast: Cast, deck: Deck) -> None:
    for _each in range(MOST_SCHEDULES):
        scheduled(cast, deck)
    with pytest.raises(refusals.TooManySchedules):
        scheduled(cast, deck)


def test_the_pages_set_it_and_say_when_it_comes(cast: Cast, deck: Deck) -> None:
    client, page = cast.client("district_in_charge"), f"/review/slides/{deck.public_id}/"
    form = client.get(f"{page}schedule/").content.decode()
    assert "mandal_president" in form and 'name="seats"' in form
    seat = seats_of(cast, deck)["mandal_president"]
    sent = {"every": "week", "weekday": "2", "day": "1", "hour": "15", "seats": [seat.key]}
    assert client.post(f"{page}schedule/", sent)["Location"] == page
    shown = client.get(page).content.decode()
    assert "Wednesday at 15:00" in shown and "and 1 more office" in shown
    assert client.post(f"{page}schedule/", sent | {"seats": ["1-nobody"]}).status_code == 422
    assert client.post(f"{page}schedule/", sent | {"hour": "3"}).status_code == 422
    with system("test"):
        one = DeckSchedule.objects.get(deck=deck)
    acting = f"{page}schedule/{one.public_id}/"
    client.post(f"{acting}pause/")
    assert "paused" in client.get(page).content.decode()
    assert client.post(f"{acting}burn/").status_code == 404
    assert cast.client("state_president").post(f"{acting}end/").status_code == 404
    client.post(f"{acting}end/")
    assert "You have no schedule for these slides." in client.get(page).content.decode()


def test_a_schedule_without_anything_to_show_keeps_no_other_from_being_sent(cast: Cast, deck: Deck) -> None:
    with cast.as_("state_president"):
        gone = acts.make_deck(
            about="unit",
            unit_id=cast.world.units["JK"].pk,
            hierarchy=1,
            programme_id=cast.world.programme.pk,
            language="en",
            by=cast.actor("state_president"),
            at=NOW,
        )
    broken = scheduled(cast, gone, "state_president")
    scheduled(cast, deck)
    with system("test"):
        Deck.objects.filter(pk=gone.pk).update(measure=9)  # nothing is counted there
    hour = broken.next_at
    assert hour is not None and tell(hour) == 2
    assert told(cast) == {"district_in_charge"}
    with system("test"):
        broken.refresh_from_db()
    assert broken.next_at is not None and broken.next_at > hour, "it is tried again at its next hour"
