"""This phone said no. Only the phone's own word takes it back. An office takes back a slip of its own."""

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, news
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import current, system
from abhiyan.people import journal
from abhiyan.people.models import Code, Consent, Purpose, Session, Suppression
from abhiyan.people.news import (
    BACK,
    NoReplayed,
    NoTakenBack,
    PhoneSaidNo,
    SpokenNo,
    WithdrawalReplayed,
    WordReplayed,
)

from . import erasing

OUTREACH, ALL = "outreach", "all"
BY_WORD = 8  # enrolment's Channel.WORD: the person said it to somebody of ours


class OnlyThePhoneItself(Refused, status=403):
    """Nobody takes another's no back."""

    message = _("This number has refused. Only its owner can change that, from the same number.")


def suppress(
    *,
    phone_id: UUID,
    channel: int,
    by: Actor,
    at: datetime,
    scope: str = OUTREACH,
    rolls: Iterable[int] = (),
    held: Iterable[int] = (),
) -> None:
    """Keep a phone's no: to outreach, or to all messages. The wider one stays. From any channel, at once.

    channel: enrolment's Channel number. rolls: those it left with this word, as enrolment numbers them; with none it
    only asks for no messages. held: those it leaves once somebody has looked, which only the journal keeps.
    Tells PhoneSaidNo, so that what is queued stops. Refuses journal.NotSaved: then nothing of it is kept.
    """
    said = journal.No(phone_id, scope, channel, at, tuple(sorted(rolls)), tuple(sorted(held)))
    with system("a phone said no"):
        _keep(said)
        audit.record(by=by, at=at, act="people.suppress", facts={"scope": scope, "channel": channel})
        news.tell(PhoneSaidNo(phone_id=phone_id, scope=scope, at=at, has_left=bool(said.rolls)))
        journal.write(said)


def keep_spoken_no(*, phone_id: UUID | None, by: Actor, at: datetime) -> None:
    """Keep a no that somebody said aloud to a worker, caller, verifier or leader. All outreach to their phone ends.

    It counts as one that the phone itself sends, and only the phone takes it back. Known and unknown phones are treated
    alike, and nobody learns whether the phone had said no before. None: the person has no phone here, and the room lets
    their door rest. The caller has asked who may, and writes the outcome in the same transaction. Tells SpokenNo.
    Refuses journal.NotSaved.
    """
    if phone_id is not None:
        suppress(phone_id=phone_id, channel=BY_WORD, by=by, at=at)
        news.tell(SpokenNo(phone_id, by, at))


def note_word(*, word: str, phone_id: UUID, person_ids: Collection[UUID], channel: int, at: datetime) -> None:
    """Keep in the journal what a phone said of people on it: news.DENIED, OBJECTED, BACK.

    A no is on disk before it is answered (else journal.NotSaved). The word "back" is written after the commit: a lost
    line only leaves them away after a restore.
    """
    if not person_ids:
        return
    said = journal.Word(word, phone_id, tuple(person_ids), channel, at)
    if word != BACK:
        journal.write(said)
    else:
        transaction.on_commit(lambda: journal.write(said), robust=True)


def lift(*, phone_id: UUID, channel: int, by: Actor, at: datetime) -> bool:
    """Take a phone's no back by its own word. Returns True if there was one.

    Its own word: a browser that has proven this phone, or a call or SMS from it (by a channel). Refuses
    OnlyThePhoneItself to everybody else, whatever their office.
    """
    if by.kind not in ("citizen", "channel") or (by.kind == "citizen" and current().phone != phone_id):
        raise OnlyThePhoneItself
    with system("a phone took its no back"):
        lifted = Suppression.objects.filter(phone_id=phone_id, lifted_at=None).update(lifted_at=at)
        if lifted:
            audit.record(by=by, at=at, act="people.lift", facts={"channel": channel})
            # After the commit: a line that is lost, or cannot be written, only keeps us silent after a restore.
            said = journal.No(phone_id, "", channel, at)
            transaction.on_commit(lambda: journal.write(said), robust=True)
    return bool(lifted)


def take_back_no(
    *, phone_id: UUID, said_at: datetime, is_spread: bool = False, by: Actor, at: datetime
) -> bool:
    """Take back a no that was written for a phone by a slip. Returns whether it was still the phone's last word.

    The calling act asks who may, and whether a no of the phone's own stood before. A word of the phone itself that came
    since stays, and so do the rolls that it left. The no gave up messages for the phone; they do not come back.
    is_spread: the phone is another one of the same person. Tells NoTakenBack.
    """
    with system("a no that was a slip"):
        slip = Suppression.objects.filter(phone_id=phone_id, channel=BY_WORD, at=said_at, rolls=[])
        lifted = slip.filter(lifted_at=None).update(lifted_at=at)
        if lifted:
            audit.record(by=by, at=at, act="people.take_back_no", facts={"channel": BY_WORD})
            said = journal.No(phone_id, "", BY_WORD, at)
            transaction.on_commit(lambda: journal.write(said), robust=True)
            news.tell(NoTakenBack(phone_id, said_at, is_spread, by, at))
    return bool(lifted)


def replay(*, taken_at: datetime, at: datetime, journals: Iterable[Path] = ()) -> int:
    """Bring into force again, after a restore, what people said since the backup, and end every session. Return how
    many phones had said a no. journals: more of them, beside those of this installation.

    Tells NoReplayed, WithdrawalReplayed and ErasureReplayed, so that rooms above end what was left since. In a system
    scope.
    """
    Session.objects.filter(ended_at=None).update(ended_at=at)
    Code.objects.filter(used_at=None).update(used_at=at)
    noes: dict[UUID, journal.No] = {}
    erasures: list[journal.Erasure] = []
    # of a person the last; leaving again takes a coming back away
    words: dict[UUID, journal.Word | None] = {}
    for said in journal.since(taken_at, journals):
        if isinstance(said, journal.Withdrawal):
            _withdraw_again(said)
            before = words.get(said.person_id)
            if Purpose.MEMBERSHIP in said.purposes and before is not None and before.word == BACK:
                words[said.person_id] = None
        elif isinstance(said, journal.Word):
            words.update(dict.fromkeys(said.persons, said))
        elif isinstance(said, journal.Erasure):
            erasures.append(said)
        else:
            noes[said.phone_id] = _together(noes.get(said.phone_id), said)
    for no in noes.values():
        _say_again(no)
    for person_id, word in words.items():
        if word is not None:
            news.tell(
                WordReplayed(
                    word=word.word,
                    phone_id=word.phone_id,
                    person_id=person_id,
                    channel=word.channel,
                    at=word.at,
                )
            )
    for erasure in erasures:  # last: a subscriber of the others may still read the people they are about
        erasing.erase_again(said=erasure)
    audit.record(by=Actor.system("restore"), at=at, act="people.replay", n=len(noes))
    return len(noes)


def _withdraw_again(said: journal.Withdrawal) -> None:
    """A consent given later than this word stays."""
    Consent.objects.filter(
        person_id=said.person_id, purpose__in=said.purposes, withdrawn_at=None, at__lte=said.at
    ).update(withdrawn_at=said.at, withdrawn_channel=said.channel)
    news.tell(
        WithdrawalReplayed(person_id=said.person_id, purposes=said.purposes, channel=said.channel, at=said.at)
    )


def _say_again(said: journal.No) -> None:
    """A phone that has taken this no back before the backup was taken is left alone: the backup knows better."""
    if not said.scope:
        Suppression.objects.filter(phone_id=said.phone_id, lifted_at=None, at__lte=said.at).update(
            lifted_at=said.at
        )
        return
    if Suppression.objects.filter(phone_id=said.phone_id, lifted_at__gte=said.at).exists():
        return
    _keep(said)
    news.tell(PhoneSaidNo(phone_id=said.phone_id, scope=said.scope, at=said.at, has_left=said.rolls != ()))
    news.tell(
        NoReplayed(
            phone_id=said.phone_id,
            scope=said.scope,
            rolls=said.rolls,
            held=said.held,
            channel=said.channel,
            at=said.at,
        )
    )


def _keep(said: journal.No) -> None:
    """Write a no down, together with one that stands already."""
    Suppression.objects.bulk_create([_row(said)], ignore_conflicts=True)
    found = Suppression.objects.select_for_update().get(phone_id=said.phone_id)
    before = None
    if found.lifted_at is None:
        before = journal.No(found.phone_id, found.scope, found.channel, found.at, tuple(found.rolls))
    _row(_together(before, said)).save(force_update=True)


def _row(said: journal.No) -> Suppression:
    return Suppression(
        phone_id=said.phone_id,
        scope=said.scope,
        channel=said.channel,
        at=said.at,
        rolls=list(said.rolls or ()),
        lifted_at=None,
    )


def _together(before: journal.No | None, said: journal.No) -> journal.No:
    """Return what holds after another word of the phone: of two noes the wider one, for every roll left by either."""
    if before is None or not before.scope or not said.scope:
        return said
    every = before.rolls is None or said.rolls is None
    rolls = None if every else tuple(sorted({*(before.rolls or ()), *(said.rolls or ())}))
    held = () if rolls is None else tuple(sorted({*before.held, *said.held} - {*rolls}))
    last = max(before, said, key=lambda one: one.at)
    return journal.No(
        said.phone_id,
        ALL if ALL in (before.scope, said.scope) else OUTREACH,
        last.channel,
        last.at,
        rolls,
        held,
    )
