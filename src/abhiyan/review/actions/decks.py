"""Slides: a deck is frozen when it is made, for others to open too; a schedule sends a new one at each of its hours."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.expressions import RawSQL
from django.urls import reverse

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.meetings.models import Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.viewer import Viewer
from abhiyan.review import refusals
from abhiyan.review.models import Deck, DeckEdition, DeckSchedule, DeckSent, Round
from abhiyan.review.queries import editions
from abhiyan.review.queries import schedules as found
from abhiyan.review.rules import schedules as rules
from abhiyan.ui.slides.frozen import frozen_slides
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
    """Make some slides: what they say is frozen now, for each sight that reads them. A link leads to them.

    Needs an office, and sight of the unit's counts. Refuses NotYours.
    """
    viewer = _viewer(by, at)
    if meeting is not None:
        unit_id, hierarchy = meeting.unit_id, meeting.hierarchy
    lo = units.row_of_unit(unit_id, hierarchy).lo
    if lo is None or not viewer.sees_counts_at(lo) or viewer.account_id is None:
        raise org.NotYours
    with transaction.atomic(), system("slides are made"):
        deck = Deck.objects.create(
            public_id=lot.uuid(),
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
            made_at=at,
        )
        for sight in dict.fromkeys((*editions.sights_of(deck), editions.sight_of(deck, viewer))):
            _freeze(deck, sight, viewer, at=at)
        _record("make_deck", deck, by=by, at=at)
    return deck


def _freeze(deck: Deck, sight: str, viewer: Viewer, *, at: datetime) -> DeckEdition:
    """Keep what a deck says in a sight now, where nobody has yet; the first who keeps it wins."""
    if (kept := DeckEdition.objects.filter(deck=deck, sight=sight).first()) is not None:
        return kept
    slides = editions.composed(deck, sight, viewer, at=at)
    with system("slides are frozen"):
        edition, _is_new = DeckEdition.objects.get_or_create(
            deck=deck,
            sight=sight,
            defaults={
                "slides": frozen_slides(slides),
                "is_rounded": sight == editions.OUTSIDE and deck.meeting is None,
                "made_at": at,
            },
        )
    return edition


def open_deck(*, deck: Deck, viewer: Viewer, by: Actor, at: datetime) -> DeckEdition:
    """Open slides: the edition of one's own sight, which is frozen now where nobody of that sight has opened them.

    So are decks of before they were frozen. Refuses NotYours.
    """
    edition = editions.edition_of(deck, viewer) or _freeze(
        deck, editions.sight_of(deck, viewer), viewer, at=at
    )
    note_deck_opened(deck=deck, by=by, at=at)
    return edition


def note_deck_opened(*, deck: Deck, by: Actor, at: datetime) -> None:
    """Note that somebody opened slides a schedule sent them. By themselves, signed in."""
    if by.account_id is not None:
        with system("slides are opened"):
            DeckSent.objects.filter(deck=deck, account_id=by.account_id, read_at=None).update(read_at=at)


def schedule_deck(
    *, deck: Deck, every: str, day: int, hour: int, seats: Sequence[tuple[int, str]], by: Actor, at: datetime
) -> DeckSchedule:
    """Tell oneself, and the holders of offices, of a deck again and again: on Today, and by a message with its
    link.

    seats: unit and code of an office. Anybody in office who sees the unit's counts may; only a leader of the
    unit has others informed. Refuses NotYours, NoOfficeForSlides, DeckOfficesUnfit, TooManySchedules.
    """
    viewer = _viewer(by, at)
    office = found.own_seat(viewer, deck)
    if office is None or viewer.account_id is None:
        raise refusals.NoOfficeForSlides
    offered = {(seat.unit_id, seat.office) for seat in found.seats_to_tell(viewer, deck, at=at)}
    if set(seats) - offered or len(seats) > rules.MOST_SEATS:
        raise refusals.DeckOfficesUnfit(field="seats", most=rules.MOST_SEATS)
    with transaction.atomic(), system("slides are scheduled"):
        mine = DeckSchedule.objects.filter(account_id=viewer.account_id, ended_at=None)
        if mine.count() >= rules.MOST_SCHEDULES:
            raise refusals.TooManySchedules(most=rules.MOST_SCHEDULES)
        deck_schedule = DeckSchedule.objects.create(
            public_id=lot.uuid(),
            deck=deck,
            account_id=viewer.account_id,
            unit_id=office.unit_id,
            office=office.office,
            seats=[list(seat) for seat in dict.fromkeys(seats)],
            every=every,
            day=day,
            hour=hour,
            next_at=rules.next_at(every, day, hour, after=at, zone=settings.TIME_ZONE),
            made_at=at,
        )
        _record("schedule_deck", deck, by=by, at=at, n=len(seats) + 1)
    return deck_schedule


def change_schedule(*, public_id: UUID, to: str, by: Actor, at: datetime) -> DeckSchedule:
    """Pause a schedule of one's own, resume it, or end it for good. to: pause, resume or end. Refuses NotFound."""
    with transaction.atomic(), system("a schedule of slides"):
        rows = DeckSchedule.objects.select_related("deck").select_for_update(of=("self",))
        mine = rows.filter(public_id=public_id, account_id=by.account_id or 0, ended_at=None)
        deck_schedule = or_refuse(mine.first() if by.kind == "person" else None)
        deck_schedule.next_at = None
        if to == "resume":
            deck_schedule.next_at = rules.next_at(
                deck_schedule.every, deck_schedule.day, deck_schedule.hour, after=at, zone=settings.TIME_ZONE
            )
        elif to == "end":
            deck_schedule.ended_at = at
        deck_schedule.save(update_fields=["next_at", "ended_at"])
        _record(f"{to}_schedule", deck_schedule.deck, by=by, at=at)
    return deck_schedule


def end_schedules_of(*, ending: AppointmentEnded) -> None:
    """End what somebody had sent by an office they no longer hold. In the transaction of that act."""
    with system("an office ended"):
        mine = DeckSchedule.objects.filter(account_id=ending.account_id, ended_at=None)
        if not ending.is_last:
            mine = mine.filter(unit_id=ending.unit_id, office=ending.office)
        mine.update(ended_at=ending.at, next_at=None)


def forget_units(*, going: UnitsGoing) -> None:
    """Drop the slides of units of an undone import, which hold nothing. In the transaction of that act."""
    with system("units go"):
        Deck.objects.filter(unit_id__in=RawSQL(_GOING, [going.import_id])).delete()  # noqa: S611  # a parameter


def tell_due(*, at: datetime) -> int:
    """Send a deck made now for every schedule whose hour has come, once each, however late. How many schedules. By a
    loop, in its scope.

    One whose setter lost sight of the unit ends; somebody who would see nothing is not told.
    """
    due = DeckSchedule.objects.select_related("deck__unit").filter(next_at__lte=at, ended_at=None)
    rows = list(due.order_by("next_at", "pk").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    today = clock.day_in(settings.TIME_ZONE, at)
    for row in rows:
        setter = org.viewer_of(account_id=row.account_id, on=today)
        office = found.own_seat(setter, row.deck)
        if office is None:
            row.ended_at, row.next_at = at, None
            continue
        readers = [
            org.viewer_of(account_id=account_id, on=today)
            for account_id in found.accounts_of_schedule(row, on=today)
        ]
        deck = _sending(row.deck, setter, at=at)
        if deck is not None:
            for viewer in readers:
                if found.sees(viewer, deck) and _is_frozen_for(deck, viewer, at=at):
                    _tell(row, deck, viewer, at=at)
        row.next_at = rules.next_at(row.every, row.day, row.hour, after=at, zone=settings.TIME_ZONE)
    DeckSchedule.objects.bulk_update(rows, ["next_at", "ended_at"])
    return len(rows)


def _sending(deck: Deck, setter: Viewer, *, at: datetime) -> Deck | None:
    """Freeze a deck of the same now, to send it. The newest KEPT sendings of one schedule's deck stay.

    It is None where there is nothing to show now: the other schedules are sent all the same.
    """
    origin = deck.sent_of_id or deck.pk
    made = {field.attname: getattr(deck, field.attname) for field in Deck._meta.concrete_fields}
    try:
        with transaction.atomic():
            sent = Deck.objects.create(
                **made | {"id": None, "public_id": lot.uuid(), "made_at": at, "sent_of_id": origin}
            )
            for sight in editions.sights_of(sent):
                _freeze(sent, sight, setter, at=at)
    except (NotFound, org.NotYours):
        return None
    old = Deck.objects.filter(sent_of=origin, schedules=None).order_by("-made_at", "-pk")[rules.KEPT :]
    Deck.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return sent


def _is_frozen_for(deck: Deck, viewer: Viewer, *, at: datetime) -> bool:
    """Freeze a deck for a reader; False for somebody who would see nothing."""
    try:
        _freeze(deck, editions.sight_of(deck, viewer), viewer, at=at)
    except (NotFound, org.NotYours):
        return False
    return True


def _tell(row: DeckSchedule, deck: Deck, viewer: Viewer, *, at: datetime) -> None:
    assert row.next_at is not None and viewer.account_id is not None
    mine = DeckSent.objects.filter(account_id=viewer.account_id)
    mine.filter(deck__sent_of=deck.sent_of_id, read_at=None).delete()  # Today shows the newest
    DeckSent.objects.create(deck=deck, account_id=viewer.account_id, at=at)
    messaging.tell_account(
        account_id=viewer.account_id,
        template="duty.slides",
        blanks={
            "unit": name_in_language(deck.unit.names, viewer.language or settings.LANGUAGE_CODE),
            "link": settings.ORIGIN + reverse("review:deck", args=[deck.public_id]),
        },
        key=f"slides|{row.deck.public_id}|{viewer.account_id}|{row.next_at.isoformat()}",
        unit_id=deck.unit_id,
        at=at,
    )


def _viewer(by: Actor, at: datetime) -> Viewer:
    """Return the acting person with their appointments of today; nobody but a person does."""
    if by.kind != "person" or by.account_id is None:
        raise org.NotYours
    return org.viewer_of(account_id=by.account_id, on=clock.day_in(settings.TIME_ZONE, at))


def _record(act: str, deck: Deck, *, by: Actor, at: datetime, n: int = 1) -> None:
    subject = str(deck.public_id)
    audit.record(by=by, at=at, act=f"review.{act}", subject=subject, unit_id=deck.unit_id, n=n)
