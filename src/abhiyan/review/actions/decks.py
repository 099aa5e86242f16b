"""Slides: a deck is made for others to open too; it is told of again and again until its schedule ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.expressions import RawSQL
from django.urls import reverse

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.meetings.models import Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.viewer import Viewer
from abhiyan.review import refusals
from abhiyan.review.models import Deck, DeckSchedule, DeckSent, Round
from abhiyan.review.queries import schedules as found
from abhiyan.review.rules import schedules as rules
from abhiyan.units import queries as units
from abhiyan.units.news import UnitsGoing
from abhiyan.verification.models import Frame

_GOING = "select unit_id from units_change where import_id = %s and change = 'made'"
AT_ONCE = 50  # schedules of one commit


def make_deck(
    *,
    about: str,
    unit_id: int,
    hierarchy: int,
    language: str,
    by: Actor,
    at: datetime,
    level: str = "",
    programme_id: int | None = None,
    measure: int = 1,
    frame: Frame | None = None,
    round_: Round | None = None,
    meeting: Meeting | None = None,
) -> Deck:
    """Name some slides, so that a link leads to them. The same asked again by the same person is the same deck.

    Who may: whoever is in office and sees the counts of the unit. Refuses NotYours.
    """
    viewer = _viewer(by, at)
    lo = units.standing(unit_id, hierarchy).lo
    if lo is None or not viewer.sees_counts_at(lo) or viewer.account_id is None:
        raise org.NotYours
    with system("slides are made"):
        one, is_new = Deck.objects.get_or_create(
            about=about,
            unit_id=unit_id,
            hierarchy=hierarchy,
            level=level,
            programme_id=programme_id,
            measure=measure,
            frame=frame,
            round=round_,
            meeting=meeting,
            language=language,
            made_by=viewer.account_id,
            defaults={"public_id": lot.uuid(), "made_at": at},
        )
        if is_new:
            _record("make_deck", one, by=by, at=at)
    return one


def note_deck_opened(*, deck: Deck, by: Actor, at: datetime) -> None:
    """Note that somebody opened slides they were told of. By themselves, signed in."""
    if by.account_id is not None:
        with system("slides are opened"):
            DeckSent.objects.filter(deck=deck, account_id=by.account_id, read_at=None).update(read_at=at)


def schedule_deck(
    *, deck: Deck, every: str, day: int, hour: int, seats: Sequence[tuple[int, str]], by: Actor, at: datetime
) -> DeckSchedule:
    """Tell oneself, and the holders of offices, of a deck again and again: on Today, and by a message with its link.

    seats: unit and code of an office. Who may: whoever is in office and sees the unit's counts; others are told only by
    who leads the unit. Refuses NotYours, NoOfficeForSlides, SeatsUnfit, TooManySchedules.
    """
    viewer = _viewer(by, at)
    own = found.own_seat(viewer, deck)
    if own is None or viewer.account_id is None:
        raise refusals.NoOfficeForSlides
    offered = {(seat.unit_id, seat.office) for seat in found.seats_to_tell(viewer, deck, at=at)}
    if set(seats) - offered or len(seats) > rules.MOST_SEATS:
        raise refusals.SeatsUnfit(field="seats", most=rules.MOST_SEATS)
    with transaction.atomic(), system("slides are scheduled"):
        mine = DeckSchedule.objects.filter(account_id=viewer.account_id, ended_at=None)
        if mine.count() >= rules.MOST_SCHEDULES:
            raise refusals.TooManySchedules(most=rules.MOST_SCHEDULES)
        one = DeckSchedule.objects.create(
            public_id=lot.uuid(),
            deck=deck,
            account_id=viewer.account_id,
            unit_id=own.unit_id,
            office=own.office,
            seats=[list(seat) for seat in dict.fromkeys(seats)],
            every=every,
            day=day,
            hour=hour,
            next_at=rules.next_at(every, day, hour, after=at, zone=settings.TIME_ZONE),
            made_at=at,
        )
        _record("schedule_deck", deck, by=by, at=at, n=len(seats) + 1)
    return one


def change_schedule(*, public_id: UUID, to: str, by: Actor, at: datetime) -> DeckSchedule:
    """Pause a schedule of one's own, resume it, or end it for good. to: pause, resume or end. Refuses NotFound."""
    with transaction.atomic(), system("a schedule of slides"):
        rows = DeckSchedule.objects.select_related("deck").select_for_update(of=("self",))
        mine = rows.filter(public_id=public_id, account_id=by.account_id or 0, ended_at=None)
        one = needed(mine.first() if by.kind == "person" else None)
        one.next_at = None
        if to == "resume":
            one.next_at = rules.next_at(one.every, one.day, one.hour, after=at, zone=settings.TIME_ZONE)
        elif to == "end":
            one.ended_at = at
        one.save(update_fields=["next_at", "ended_at"])
        _record(f"{to}_schedule", one.deck, by=by, at=at)
    return one


def end_schedules_of(*, told: AppointmentEnded) -> None:
    """Somebody no longer holds an office: what they had sent by it ends. In the transaction of that act."""
    with system("an office ended"):
        mine = DeckSchedule.objects.filter(account_id=told.account_id, ended_at=None)
        if not told.is_last:
            mine = mine.filter(unit_id=told.unit_id, office=told.office)
        mine.update(ended_at=told.at, next_at=None)


def forget_units(*, going: UnitsGoing) -> None:
    """Units of an undone import go: so do the slides of them, which hold nothing. In the transaction of that act."""
    with system("units go"):
        Deck.objects.filter(unit_id__in=RawSQL(_GOING, [going.import_id])).delete()  # noqa: S611  # a parameter


def tell_due(*, at: datetime) -> int:
    """Tell of every deck whose hour has come, once each, however late. How many schedules. By a loop, in its scope.

    One whose setter lost sight of the unit ends; somebody who would see nothing is not told.
    """
    due = DeckSchedule.objects.select_related("deck__unit").filter(next_at__lte=at, ended_at=None)
    rows = list(due.order_by("next_at", "pk").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    today = clock.day_in(settings.TIME_ZONE, at)
    for row in rows:
        setter = org.viewer_of(account_id=row.account_id, on=today)
        own = found.own_seat(setter, row.deck)
        if own is None:
            row.ended_at, row.next_at = at, None
            continue
        for account_id in found.told_by(row, on=today):
            viewer = org.viewer_of(account_id=account_id, on=today)
            if found.sees(viewer, row.deck):
                _tell(row, account_id, viewer.language or settings.LANGUAGE_CODE, at=at)
        row.next_at = rules.next_at(row.every, row.day, row.hour, after=at, zone=settings.TIME_ZONE)
    DeckSchedule.objects.bulk_update(rows, ["next_at", "ended_at"])
    return len(rows)


def _tell(row: DeckSchedule, account_id: int, language: str, *, at: datetime) -> None:
    assert row.next_at is not None
    DeckSent.objects.update_or_create(
        deck=row.deck, account_id=account_id, defaults={"at": at, "read_at": None}
    )
    messaging.tell_account(
        account_id=account_id,
        template="duty.slides",
        blanks={
            "unit": named(row.deck.unit.names, language),
            "link": settings.ORIGIN + reverse("review:deck", args=[row.deck.public_id]),
        },
        key=f"slides|{row.deck.public_id}|{account_id}|{row.next_at.isoformat()}",
        unit_id=row.deck.unit_id,
        at=at,
    )


def _viewer(by: Actor, at: datetime) -> Viewer:
    """Who acts, as their appointments are today; nobody but a person does."""
    if by.kind != "person" or by.account_id is None:
        raise org.NotYours
    return org.viewer_of(account_id=by.account_id, on=clock.day_in(settings.TIME_ZONE, at))


def _record(act: str, deck: Deck, *, by: Actor, at: datetime, n: int = 1) -> None:
    subject = str(deck.public_id)
    audit.record(by=by, at=at, act=f"review.{act}", subject=subject, unit_id=deck.unit_id, n=n)
