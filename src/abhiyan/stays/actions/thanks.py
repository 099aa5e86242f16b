"""The letter of thanks: enough confirmed field days in a month earn one, and an office may take it back."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.stays import queries_days as queries
from abhiyan.stays.models import ThanksLetter, ThanksRule

LETTER = "thanks_letter"  # kind of document


class TooFewDays(Refused, status=409):
    message = _("A letter needs %(least)s confirmed days in a month. This month has %(confirmed)s.")


class ChecksInDoubt(Refused, status=409):
    message = _(
        "Independent checks of your unit found too many days that were not so. There is no letter now."
    )


class LetterEnded(Refused, status=409):
    message = _("This letter was taken back. It is not given again.")


def set_least(*, programme: Programme, least: int, by: Actor, at: datetime) -> None:
    """Choose how many confirmed days of a month earn a letter. Letters that are out keep their number.

    It needs programmes.run at the programme's unit. Refuses NotYours.
    """
    org.require(by, "programmes.run", at=programme.owner_id)
    with system("the rule of letters is set"):
        ThanksRule.objects.update_or_create(programme_id=programme.pk, defaults={"least": least})
        audit.record(
            by=by,
            at=at,
            act="stays.set_least",
            subject=str(programme.public_id),
            unit_id=programme.owner_id,
            facts={"least": least},
        )


def issue_letter(*, programme: Programme, month: date, by: Actor, at: datetime) -> ThanksLetter:
    """Give a leader the letter of one month: the one that stands, else a new one.

    month: its first day. Only the leader may. Refuses NotFound without marked days, TooFewDays, ChecksInDoubt,
    LetterEnded.
    """
    account = or_refuse(by.account_id)
    with system("a leader takes a letter of thanks"):
        months = queries.months_of(account, since=month, month=month)
        earned = or_refuse(next((row for row in months if row.programme_id == programme.pk), None))
        if earned.confirmed < earned.least:
            raise TooFewDays(least=earned.least, confirmed=earned.confirmed)
        if queries.is_in_doubt(programme, earned.area_id, on=clock.day_in(programme.zone, at)):
            raise ChecksInDoubt
        key = {"programme_id": programme.pk, "leader_id": account, "month": month}
        fresh = {"id": lot.uuid(), "area_id": earned.area_id, "least": earned.least, "made_at": at}
        letter, _new = ThanksLetter.objects.select_for_update().get_or_create(**key, defaults=fresh)
        if letter.ended_at is not None:
            raise LetterEnded
        people_acts.issue_document(
            kind=LETTER,
            about=letter.pk,
            person_id=or_refuse(people.account(account)).public_id,
            unit_id=letter.area_id,
            by=by,
            at=at,
        )
    return letter


def revoke_letter(*, letter: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Take a letter back for good: its check says that it is not valid. reason: of people.models.RevokeReason.

    It needs programmes.run at the unit of the letter. Refuses NotFound, NotYours, LetterEnded.
    """
    with system("a letter is taken back"):
        row = or_refuse(ThanksLetter.objects.select_for_update().filter(pk=letter).first(), NotFound)
        org.require(by, "programmes.run", at=row.area_id)
        if row.ended_at is not None:
            raise LetterEnded
        people_acts.revoke_documents(about=[row.pk], reason=reason, by=by, at=at, unit_id=row.area_id)
        row.ended_at = at
        row.save(update_fields=["ended_at"])
