"""Opinions go up, level by level. The office that passes one on takes names out; nobody adds a word."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms import actions as forms
from abhiyan.forms.models import Submission
from abhiyan.forms.news import AnswersForgotten
from abhiyan.opinions import queries
from abhiyan.opinions.models import Opinion, QuotePassed
from abhiyan.opinions.queries import CARRY
from abhiyan.opinions.rules import quotes
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.news import UnitsGoing

RECORD = "contact.meet"  # who holds it at a unit writes opinions down there


class QuoteEmpty(Refused):
    message = _("Nothing is left of the quote. Leave the opinion instead, or keep some of its words.")


class QuoteHasNumber(Refused):
    message: ClassVar[str | Promise] = _("“%(number)s” looks like a phone number. Take it out.")


class QuoteNames(Refused):
    message: ClassVar[str | Promise] = _(
        "“%(word)s” is a name of somebody of the unit. Write … in its place."
    )


class QuoteUnsure(QuoteNames):
    """The office is asked once. asked: names of people that may be words, too."""

    message: ClassVar[str | Promise] = _(
        "Is this a name: %(words)s? If it is, write … in its place. If not, tick it below."
    )


class QuoteWordAdded(Refused):
    message: ClassVar[str | Promise] = _("“%(word)s” was not said. Take words out, and add none.")


class QuoteGone(Refused, status=409):
    message = _("This opinion is no longer at this desk. Open the list again.")


class OpinionUnitsInUse(Refused, status=409):
    """Units through which opinions went cannot be taken back by undoing the import that made them."""

    message = _("Opinions went through units of this import: %(n)s. Close or move these units instead.")


class NoLevelAbove(Refused, status=409):
    message = _("There is no level above this one. Say what was done about the opinion.")


def record_opinion(
    *,
    key: str,
    unit_id: int,
    answers: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
    by: Actor,
    at: datetime,
) -> Submission:
    """Write down what somebody said at the door or by phone, in the opinion form of the unit.

    It needs `contact.meet` at the unit. Refuses NotYours, NotFound without such a form, and as `submit_form`.
    """
    with transaction.atomic():
        org.require(by, RECORD, at=unit_id)
        version = or_refuse(queries.opinion_version(unit_id))
        return forms.submit_form(
            key=key, version=version, unit_id=unit_id, answers=answers, pictures=pictures, by=by, at=at
        )


def heed_opinion(*, submission: Submission) -> None:
    """Give what people said in their own words to the level that may read it first. In a system scope.

    Words without a name go to the first level with enough of them (`reading_desk`), others to the first level above.
    It does nothing for another form, or without words. A correction counts until somebody passed the opinion up.
    """
    if not queries.carries_words(submission.version.form):
        return
    Opinion.objects.filter(submission=submission).update(
        is_returned=submission.state == Submission.State.RETURNED
    )
    if not quotes.drafted_quote(submission.version.asked, submission.answers):
        Opinion.objects.filter(submission=submission, text="").delete()
        return
    desk = (
        queries.reading_desk(submission.unit_id)
        if submission.is_unnamed
        else queries.desk_of(submission.unit_id)
    )
    new = {"public_id": lot.uuid(), "unit_id": submission.unit_id, "at": submission.at, "desk_id": desk}
    Opinion.objects.get_or_create(submission=submission, defaults=new)


def forget_opinions(*, forgotten: AnswersForgotten) -> None:
    """Empty the opinions of submissions whose person is erased, and every quote of them. In a system scope."""
    ids = list(forgotten.ids)
    QuotePassed.objects.filter(opinion__in=ids).update(before="", text="")
    QuotePassed.objects.filter(opinion__in=ids, undone_at=None).update(undone_at=forgotten.at)
    Opinion.objects.filter(pk__in=ids).update(text="", done="", no_names=[], is_returned=True)


def require_no_names(
    *, text: str, unit_ids: Collection[int], no_names: Collection[str] = (), field: str = "text"
) -> list[str]:
    """Require that a text which goes up names nobody of these units. Return the words to keep as no names.

    no_names: words that the office called no names; a name beside a title or another name stays one. In a system
    scope. Refuses QuoteNames, QuoteUnsure.
    """
    heard = quotes.names_heard(text, quotes.KnownNames(people.names_in(unit_ids, text)))
    left = quotes.not_cleared(heard, no_names)
    for name in left:
        if name.is_sure:
            raise QuoteNames(field=field, word=name.word)
    if left:
        words = [name.word for name in left]
        raise QuoteUnsure(
            field=field, word=words[0], words=", ".join(f"“{name}”" for name in words), asked=words
        )
    return [name.word for name in heard]


def look_at_quote(
    *, public_id: UUID, text: str, no_names: Collection[str] = (), by: Actor, at: datetime
) -> str:
    """Return a quote as the next level would read it. The opinion keeps the words that the office called no names.

    It needs the same right as `pass_opinion`, and refuses the same.
    """
    with transaction.atomic(), system("a quote as the next level will read it"):
        opinion = _locked(public_id, by=by)
        return _checked(opinion, text, queries.opinion_words(opinion), no_names=no_names, by=by, at=at)


def pass_opinion(
    *, public_id: UUID, text: str, no_names: Collection[str] = (), by: Actor, at: datetime
) -> Opinion:
    """Pass an opinion up to the next level, in these words: what was said, less what was taken out.

    It needs `opinions.pass` at the desk where it waits, or above a vacant one. Refuses NotYours, NotFound,
    NoLevelAbove, QuoteEmpty, QuoteHasNumber, QuoteNames, QuoteUnsure, QuoteWordAdded.
    """
    with transaction.atomic(), system("an opinion is passed up"):
        opinion = _locked(public_id, by=by)
        desk = or_refuse(opinion.desk_id)
        text = _checked(opinion, text, queries.opinion_words(opinion), no_names=no_names, by=by, at=at)
        above = or_refuse(queries.desk_of(desk, above=True), NoLevelAbove)
        QuotePassed.objects.create(
            opinion=opinion,
            from_unit_id=desk,
            to_unit_id=above,
            before=opinion.text,
            text=text,
            by_account=by.account_id,
            at=at,
        )
        opinion.text, opinion.desk_id, opinion.is_left = text, above, False
        opinion.save(update_fields=["text", "desk_id", "is_left"])
        _record("pass_opinion", opinion, desk, by=by, at=at)
    return opinion


def undo_passing(*, public_id: UUID, by: Actor, at: datetime) -> Opinion:
    """Take back what was passed up, until the next level has passed it on.

    It needs `opinions.pass` at the desk that passed it up, or above a vacant one.
    Refuses NotYours, NotFound, QuoteGone.
    """
    with transaction.atomic(), system("an opinion comes back"):
        opinion = or_refuse(Opinion.objects.select_for_update().filter(public_id=public_id).first())
        last = opinion.passages.filter(undone_at=None).order_by("-pk").first()
        if last is None or last.to_unit_id != opinion.desk_id:
            raise QuoteGone
        org.require(by, CARRY, at=last.from_unit_id)
        last.undone_at = at
        last.save(update_fields=["undone_at"])
        opinion.text, opinion.desk_id, opinion.is_left = last.before, last.from_unit_id, False
        opinion.save(update_fields=["text", "desk_id", "is_left"])
        _record("undo_passing", opinion, last.from_unit_id, by=by, at=at)
    return opinion


def leave_opinion(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Do not pass an opinion up; it stays in the counts. It needs what `pass_opinion` needs, and refuses the same."""
    _leave(public_id, "leave_opinion", is_left=True, by=by, at=at)


def take_up_opinion(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Let an opinion wait again that was left. It needs what `pass_opinion` needs, and refuses the same."""
    _leave(public_id, "take_up_opinion", is_left=False, by=by, at=at)


def say_done(*, public_id: UUID, done: str, no_names: Collection[str] = (), by: Actor, at: datetime) -> None:
    """Say what was done about an opinion; nothing takes it back. Each level below reads it, too.

    It needs `opinions.pass` at the desk where the opinion is, or above a vacant one. Refuses as `pass_opinion`.
    """
    with transaction.atomic(), system("what was done about an opinion"):
        opinion = _locked(public_id, by=by)
        opinion.done = _checked(opinion, done, None, no_names=no_names, by=by, at=at) if done.strip() else ""
        opinion.done_at = at if opinion.done else None
        opinion.save(update_fields=["done", "done_at"])
        _record("say_done", opinion, or_refuse(opinion.desk_id), by=by, at=at)


def give_up_closed_desks(*, units: Iterable[int]) -> None:
    """Give opinions that wait at closed units to the level above them."""
    with system("opinions of closed units"):
        for unit_id in (
            Opinion.objects.filter(desk_id__in=list(units)).values_list("desk_id", flat=True).distinct()
        ):
            above = queries.desk_of(unit_id, above=True)
            Opinion.objects.filter(desk_id=unit_id).update(desk_id=above)


def refuse_desks_going(*, units_going: UnitsGoing) -> None:
    """Refuse (OpinionUnitsInUse) to take back units made by an import where opinions wait or passed through."""
    with system("units about to go"):
        n = sql.value(
            "select count(*) from units_change c where c.import_id = %s and c.change = 'made' and ("
            " exists (select from forms_opinion o where o.desk_id = c.unit_id)"
            " or exists (select from forms_quote_passed q where c.unit_id in (q.from_unit_id, q.to_unit_id)))",
            [units_going.import_id],
        )
    if n:
        raise OpinionUnitsInUse(n=n)


def _leave(public_id: UUID, act: str, *, is_left: bool, by: Actor, at: datetime) -> None:
    with transaction.atomic(), system("an opinion is left, or waits again"):
        opinion = _locked(public_id, by=by)
        opinion.is_left = is_left
        opinion.save(update_fields=["is_left"])
        _record(act, opinion, or_refuse(opinion.desk_id), by=by, at=at)


def _locked(public_id: UUID, *, by: Actor) -> Opinion:
    """An opinion for who passes it up from where it waits. In a system scope."""
    rows = Opinion.objects.select_related("submission__version").select_for_update(of=("self",))
    opinion = or_refuse(rows.filter(public_id=public_id).first())
    org.require(by, CARRY, at=or_refuse(opinion.desk_id))
    return opinion


def _checked(
    opinion: Opinion, text: str, said: str | None, *, no_names: Collection[str], by: Actor, at: datetime
) -> str:
    """A text that may go up. said: what it is taken from; None: the office's own words.

    New answers about words that are no names are kept with the opinion, so no level is asked again.
    """
    text = quotes.tidy(text)[: quotes.LONGEST]
    field = "done" if said is None else "text"
    if not text.replace("…", "").strip():
        raise QuoteEmpty(field=field)
    if number := quotes.number_in(text):
        raise QuoteHasNumber(field=field, number=number)
    if said is not None and (word := quotes.word_added(said, text)):
        raise QuoteWordAdded(field=field, word=word)
    cleared = [*opinion.no_names, *no_names]
    kept = require_no_names(text=text, unit_ids=_places(opinion), no_names=cleared, field=field)
    if new := [word for word in kept if word not in opinion.no_names]:
        opinion.no_names = [*opinion.no_names, *new]
        opinion.save(update_fields=["no_names"])
        desk = or_refuse(opinion.desk_id)
        _record("call_no_names", opinion, desk, n=len(new), by=by, at=at)
    return text


def _places(opinion: Opinion) -> list[int]:
    """Return the units whose people's names may not go up. A person's own link says only the level: all below it."""
    is_own = opinion.submission.sent_by is None
    return [
        opinion.unit_id,
        or_refuse(opinion.desk_id),
        *(units.open_below(opinion.unit_id) if is_own else ()),
    ]


def _record(act: str, opinion: Opinion, unit_id: int, *, n: int = 0, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=f"forms.{act}", subject=str(opinion.public_id), unit_id=unit_id, n=n)
