"""A meeting is called, more people are invited, it is moved or cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, jobs, limits, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.meetings import queries as found
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.rules import days
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import audiences, bulk
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.polls import queries as polls

from .words import blanks_of

LONGEST_TITLE, LONGEST_PLACE, LONGEST_ITEM, LONGEST_WHY = 120, 200, 300, 300
MOST_ITEMS = 100  # of an agenda
MOST_INVITED = 50_000
MOST_ON_VISIT = 200
MOST_DAYS = 31


class MeetingTitleMissing(Refused):
    message = _("Write what the meeting is called, at most %(longest)s characters.")


class MeetingPlaceMissing(Refused):
    message = _("Write where it takes place, at most %(longest)s characters, or give a link.")


class MeetingLinkWrong(Refused):
    message = _("Write the whole address of the video meeting. It begins with https://.")


class MeetingDaysWrong(Refused):
    message = _("The meeting begins today or later and lasts at most %(most)s days.")


class MeetingHourPast(Refused):
    message = _("This hour has passed. Choose a later one.")


class AgendaTooLong(Refused):
    message = _("Write at most %(most)s items of at most %(longest)s characters each.")


class PublicInSilence(Refused):
    message = _("In the 48 hours before a poll no public meeting may be held. Choose another day.")


class NobodyInvited(Refused):
    message = _("Nobody holds these offices on that day. Choose other offices, bodies or numbers.")


class TooManyInvited(Refused):
    message = _("That would invite %(n)s people. At most %(most)s can be invited. Choose fewer offices.")


class InvitedChanged(Refused, status=409):
    message = _("Meanwhile it would invite %(n)s people. Look at the names again, then send it.")


class RollTextMissing(Refused):
    message = _("Choose the bulk text that invites the people of the roll or list.")


class RollInvited(Refused, status=409):
    message = _("The people of a roll or list are invited to this meeting already.")


class NumbersUnknown(Refused):
    message = _("%(n)s of these numbers belong to nobody in an office here or below. Remove or correct them.")


class MeetingReasonMissing(Refused, code="reason_missing"):
    message = _("Write why, at most %(longest)s characters. Everybody invited reads it.")


class NotRunningThen(Refused):
    message = _("The programme that counts who comes does not run there on that day. Choose another day.")


class AlreadyCancelled(Refused, status=409):
    message = _("This meeting was cancelled.")


class MeetingBegun(Refused, status=409):
    message = _("This meeting has begun. It cannot be moved or cancelled any more.")


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """A meeting or visit to be called: its kind, days, hour, place or link, and agenda items or stops.

    roll, text: an audience of bulk messages (rules.audiences) and the bulk text that invites it; "": nobody.
    host: who receives the leader on a visit. chair_id: account. programme_id: of the kind `meetings`, which counts who
    came. previous_id: the meeting whose open tasks come first. reviewed: programmes on the agenda.
    """

    kind: str
    title: str
    first_on: date
    last_on: date
    starts: time
    place: str = ""
    link: str = ""
    host: str = ""
    chair_id: int | None = None
    programme_id: int | None = None
    previous_id: int | None = None
    is_public: bool = False
    agenda: tuple[str, ...] = ()
    reviewed: tuple[int, ...] = ()
    roll: str = ""
    text: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


def call_meeting(
    *,
    plan: MeetingPlan,
    inviting: found.Inviting,
    unit_id: int,
    hierarchy: int,
    expected: int,
    by: Actor,
    at: datetime,
) -> UUID:
    """Call a meeting or a visit, invite each person once, and have everybody told. Returns its public id.

    expected: the number of people the caller was shown. Holders of `tasks.ask` at the unit may do this. Refuses
    InvitedChanged, NobodyInvited, TooManyInvited, NumbersUnknown, PublicInSilence, TooMany, refusals of `draft_send`,
    and wrong words or days.
    """
    org.require(by, LEADS, at=unit_id)
    title, titles = checked_titles(
        plan.title, plan.titles, longest=LONGEST_TITLE, refusal=MeetingTitleMissing
    )
    _check(plan, at=at)
    _require_roll(plan.roll)
    if plan.is_public and falls_in_silence(unit_id, plan.first_on, plan.last_on, at=at):
        raise PublicInSilence(field="first_on")
    people_chosen = found.chosen_parameters(inviting, unit_id=unit_id, hierarchy=hierarchy, on=plan.first_on)
    check_counts(plan.programme_id, unit_id, plan.first_on)
    with transaction.atomic(), system("calling a meeting"):
        n = count_invited(people_chosen, plan.kind, has_roll=bool(plan.roll))
        if n != expected:
            raise InvitedChanged(n=n)
        meeting = Meeting.objects.create(
            public_id=lot.uuid(),
            kind=plan.kind,
            typed_title=title,
            titles=titles,
            unit_id=unit_id,
            hierarchy=hierarchy,
            first_on=plan.first_on,
            last_on=plan.last_on,
            starts=plan.starts,
            place=plan.place.strip(),
            link=plan.link.strip(),
            host=plan.host.strip(),
            chair_id=plan.chair_id,
            programme_id=plan.programme_id,
            previous_id=plan.previous_id,
            is_public=plan.is_public,
            agenda=[item.strip() for item in plan.agenda if item.strip()],
            reviewed=list(plan.reviewed),
            called_at=at,
            called_by=by.account_id,
        )
        invite_people(meeting, people_chosen, at=at)
        _invite_roll(meeting, plan.roll, plan.text, by=by, at=at)
        _announce(meeting, by=by, at=at)
        record_meeting("call", meeting, by=by, at=at, n=n)
    return meeting.public_id


def invite_more(
    *,
    public_id: UUID,
    inviting: found.Inviting,
    expected: int,
    by: Actor,
    at: datetime,
    roll: str = "",
    text: str = "",
) -> int:
    """Invite more people to a meeting to come; who is invited already stays invited once. Returns how many were new.

    roll, text: as of MeetingPlan. Managers of the meeting may do this. Refuses as `call_meeting`; MeetingBegun.
    """
    _require_roll(roll)
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_coming(meeting, at=at)
        people_chosen = found.chosen_parameters(
            inviting, unit_id=meeting.unit_id, hierarchy=meeting.hierarchy, on=meeting.first_on
        )
        with system("inviting to a meeting"):
            n = count_invited(people_chosen, meeting.kind, has_roll=bool(roll))
            if n != expected:
                raise InvitedChanged(n=n)
            new = invite_people(meeting, people_chosen, at=at)
            if (n_all := meeting.invitees.count()) > most_of(meeting.kind):
                raise TooManyInvited(field="whom", n=n_all, most=most_of(meeting.kind))
            _invite_roll(meeting, roll, text, by=by, at=at)
            _announce(meeting, by=by, at=at)
            record_meeting("invite", meeting, by=by, at=at, n=new)
    return new


def move_meeting(
    *,
    public_id: UUID,
    first_on: date,
    last_on: date,
    starts: time,
    why: str,
    by: Actor,
    at: datetime,
) -> None:
    """Move a meeting that has not begun: everybody is asked again, the earlier days stay on its page.

    Managers of the meeting may do this. Refuses MeetingReasonMissing, MeetingBegun, PublicInSilence and wrong days.
    """
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_coming(meeting, at=at)
        _check_days(first_on, last_on, starts, at=at)
        if meeting.is_public and falls_in_silence(meeting.unit_id, first_on, last_on, at=at):
            raise PublicInSilence(field="first_on")
        check_counts(meeting.programme_id, meeting.unit_id, first_on)
        with system("moving a meeting"):
            meeting.moves = [
                *meeting.moves,
                {
                    "first_on": meeting.first_on.isoformat(),
                    "last_on": meeting.last_on.isoformat(),
                    "starts": meeting.starts.isoformat("minutes"),
                    "at": at.isoformat(),
                    "why": _reason(why),
                },
            ]
            meeting.first_on, meeting.last_on, meeting.starts = first_on, last_on, starts
            meeting.version += 1
            _halt_roll(meeting, at=at)
            meeting.save(update_fields=["moves", "first_on", "last_on", "starts", "version", "roll"])
            meeting.invitees.update(answer="", answered_at=None, reason="")
            _announce(meeting, by=by, at=at)
            record_meeting("move", meeting, by=by, at=at)


def cancel_meeting(*, public_id: UUID, why: str, by: Actor, at: datetime) -> None:
    """Cancel a meeting that has not begun, and have everybody told. Managers of the meeting may do this.

    Refuses MeetingReasonMissing, MeetingBegun, AlreadyCancelled.
    """
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_coming(meeting, at=at)
        with system("cancelling a meeting"):
            meeting.cancelled_at, meeting.why, meeting.version = at, _reason(why), meeting.version + 1
            _halt_roll(meeting, at=at)
            meeting.save(update_fields=["cancelled_at", "why", "version", "roll"])
            _announce(meeting, by=by, at=at)
            record_meeting("cancel", meeting, by=by, at=at)


def check_counts(programme_id: int | None, unit_id: int, on: date) -> None:
    """Refuse NotRunningThen unless the programme that counts who comes runs in the unit on the day."""
    if programme_id is not None and programme_id not in {
        programme.pk for programme in found.counting_programmes(unit_id, on)
    }:
        raise NotRunningThen(field="programme")


def falls_in_silence(unit_id: int, first_on: date, last_on: date, *, at: datetime) -> bool:
    """Return True if a day of it lies in the 48 hours before a poll in the unit: inner meetings get a warning."""
    there = polls.polling({unit_id: [unit_id]}, at=at)[unit_id]
    return days.is_in_silence(first_on, last_on, there.silences, settings.TIME_ZONE)


def lock_managed_meeting(public_id: UUID, *, by: Actor) -> Meeting:
    """A meeting in the caller's sight that they manage, locked. NotFound; NotYours for who may only read it."""
    seen = or_refuse(Meeting.objects.filter(public_id=public_id).first())
    org.require(by, LEADS, at=seen.unit_id)
    if seen.kind == Meeting.Kind.VISIT and by.kind == "person" and by.account_id != seen.called_by:
        raise org.NotYours
    with system("managing a meeting"):
        return Meeting.objects.select_for_update(of=("self",)).get(pk=seen.pk)


def _announce(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Have everybody told, thirty times a day by one account, whatever its units. Refuses TooMany."""
    limits.count_or_refuse(declared.MEETING_NEWS, str(by.account_id or by.id), at=at)
    tell_later(meeting, at=at)


def tell_later(meeting: Meeting, *, at: datetime) -> None:
    """Put down the job that tells everybody who has not heard of the meeting as it is now."""
    jobs.later(
        "meetings.tell_invited",
        f"{meeting.public_id}|{at.isoformat()}",
        at=at,
        public_id=str(meeting.public_id),
    )


def record_meeting(act: str, meeting: Meeting, *, by: Actor, at: datetime, n: int = 1) -> None:
    """An entry of the trail about a meeting."""
    audit.record(
        by=by, at=at, act=f"meetings.{act}", subject=str(meeting.public_id), unit_id=meeting.unit_id, n=n
    )


def most_of(kind: str) -> int:
    """Return the largest number of invitees for a kind."""
    return MOST_INVITED if kind == Meeting.Kind.MEETING else MOST_ON_VISIT


def count_invited(given: dict[str, Any], kind: str, *, has_roll: bool = False) -> int:
    """Count the people an invitation reaches. Refuses NumbersUnknown, NobodyInvited, TooManyInvited.

    has_roll: the people of a roll are invited besides, so that nobody in an office may be.
    """
    if unknown := found.phones_without_office(given):
        raise NumbersUnknown(field="phones", n=len(unknown))
    n = found.count_chosen(given)
    if not n and not has_roll:
        raise NobodyInvited(field="whom")
    if n > most_of(kind):
        raise TooManyInvited(field="whom", n=n, most=most_of(kind))
    return n


def _require_roll(roll: str) -> None:
    """Refuse NoSuchAudience for a roll or list that the caller does not see. In their scope."""
    if roll and roll not in dict(audiences.offered_audiences()):
        raise messaging.NoSuchAudience(field="roll")


def _invite_roll(meeting: Meeting, roll: str, text: str, *, by: Actor, at: datetime) -> None:
    """Draft the bulk send that invites a roll or list in the meeting's unit. It waits for a second person."""
    if not roll:
        return
    if not text:
        raise RollTextMissing(field="text")
    if meeting.roll is not None:
        raise RollInvited(field="roll")
    blanks = {language: blanks_of(meeting, language) for language, _name in settings.LANGUAGES}
    meeting.roll = messaging.draft_send(
        text=text,
        audience=roll,
        unit_id=meeting.unit_id,
        hierarchy=meeting.hierarchy,
        only=(),
        given={
            language: {name: words[: bulk.LONGEST_VALUE] for name, words in blank_words.items()}
            for language, blank_words in blanks.items()
        },
        per_hour=messaging.most_per_hour(),
        programme_id=0,
        by=by,
        at=at,
    )
    meeting.save(update_fields=["roll"])


def _halt_roll(meeting: Meeting, *, at: datetime) -> None:
    """The send that names an earlier day ends. Another one invites the roll to the new day."""
    if meeting.roll is not None:
        messaging.halt_send(public_id=meeting.roll, by=Actor.system("its meeting is on another day"), at=at)
        meeting.roll = None


def invite_people(meeting: Meeting, given: dict[str, Any], *, at: datetime) -> int:
    """Write down the people CHOSEN finds, each once, and return how many are new. Runs in a system scope."""
    return sql.run(
        f"""insert into meetings_invitee (public_id, meeting_id, account_id, phone_id, office, unit_id,
          called_in_id, is_private, invited_at)
        select md5(%(chance)s || s.account_id)::uuid, %(meeting)s, s.account_id, s.phone_id, s.office, s.unit_id,
          %(unit)s, %(private)s, %(at)s from ({found.CHOSEN}) s on conflict (meeting_id, account_id) do nothing""",
        given
        | {
            "chance": lot.random_token(16),
            "meeting": meeting.pk,
            "unit": meeting.unit_id,
            "private": meeting.kind == Meeting.Kind.VISIT,
            "at": at,
        },
    )


def _check(plan: MeetingPlan, *, at: datetime) -> None:
    if plan.kind not in Meeting.Kind.values:
        raise NotFound(field="kind")
    where = plan.place + plan.host
    if not (plan.place.strip() or plan.link.strip()) or len(where) > 2 * LONGEST_PLACE or "\0" in where:
        raise MeetingPlaceMissing(field="place", longest=LONGEST_PLACE)
    address = urlsplit(plan.link.strip())
    if plan.link.strip() and not (address.scheme == "https" and address.hostname and len(plan.link) < 500):
        raise MeetingLinkWrong(field="link")
    _check_days(plan.first_on, plan.last_on, plan.starts, at=at)
    if len(plan.agenda) > MOST_ITEMS or any(
        len(agenda_line) > LONGEST_ITEM or "\0" in agenda_line for agenda_line in plan.agenda
    ):
        raise AgendaTooLong(field="agenda", most=MOST_ITEMS, longest=LONGEST_ITEM)


def _check_days(first_on: date, last_on: date, starts: time, *, at: datetime) -> None:
    today = clock.day_in(settings.TIME_ZONE, at)
    if first_on < today or last_on < first_on or (last_on - first_on).days >= MOST_DAYS:
        raise MeetingDaysWrong(field="first_on", most=MOST_DAYS)
    if days.begins_at(first_on, starts, settings.TIME_ZONE) <= at:
        raise MeetingHourPast(field="starts")


def _check_coming(meeting: Meeting, *, at: datetime) -> None:
    if meeting.cancelled_at is not None:
        raise AlreadyCancelled
    if days.begins_at(meeting.first_on, meeting.starts, settings.TIME_ZONE) <= at:
        raise MeetingBegun


def _reason(why: str) -> str:
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY or "\0" in why:
        raise MeetingReasonMissing(field="why", longest=LONGEST_WHY)
    return why
