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
    spoken_no = journal.No(phone_id, scope, channel, at, tuple(sorted(rolls)), tuple(sorted(held)))
    with system("a phone said no"):
        _keep(spoken_no)
        audit.record(by=by, at=at, act="people.suppress", facts={"scope": scope, "channel": channel})
        news.tell(PhoneSaidNo(phone_id=phone_id, scope=scope, at=at, has_left=bool(spoken_no.rolls)))
        journal.write_line(spoken_no)


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
    journal_entry = journal.PhoneWord(word, phone_id, tuple(person_ids), channel, at)
    if word != BACK:
        journal.write_line(journal_entry)
    else:
        transaction.on_commit(lambda: journal.write_line(journal_entry), robust=True)


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
            spoken_no = journal.No(phone_id, "", channel, at)
            transaction.on_commit(lambda: journal.write_line(spoken_no), robust=True)
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
            spoken_no = journal.No(phone_id, "", BY_WORD, at)
            transaction.on_commit(lambda: journal.write_line(spoken_no), robust=True)
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
    erasures: list[journal.ErasureLine] = []
    # of a person the last; leaving again takes a coming back away
    words: dict[UUID, journal.PhoneWord | None] = {}
    for journal_entry in journal.since(taken_at, journals):
        if isinstance(journal_entry, journal.Withdrawal):
            _withdraw_again(journal_entry)
            before = words.get(journal_entry.person_id)
            if Purpose.MEMBERSHIP in journal_entry.purposes and before is not None and before.word == BACK:
                words[journal_entry.person_id] = None
        elif isinstance(journal_entry, journal.PhoneWord):
            words.update(dict.fromkeys(journal_entry.persons, journal_entry))
        elif isinstance(journal_entry, journal.ErasureLine):
            erasures.append(journal_entry)
        else:
            noes[journal_entry.phone_id] = _together(noes.get(journal_entry.phone_id), journal_entry)
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
        erasing.erase_again(erasure=erasure)
    audit.record(by=Actor.system("restore"), at=at, act="people.replay", n=len(noes))
    return len(noes)


def _withdraw_again(withdrawal: journal.Withdrawal) -> None:
    """A consent given later than this word stays."""
    Consent.objects.filter(
        person_id=withdrawal.person_id,
        purpose__in=withdrawal.purposes,
        withdrawn_at=None,
        at__lte=withdrawal.at,
    ).update(withdrawn_at=withdrawal.at, withdrawn_channel=withdrawal.channel)
    news.tell(
        WithdrawalReplayed(
            person_id=withdrawal.person_id,
            purposes=withdrawal.purposes,
            channel=withdrawal.channel,
            at=withdrawal.at,
        )
    )


def _say_again(spoken_no: journal.No) -> None:
    """A phone that has taken this no back before the backup was taken is left alone: the backup knows better."""
    if not spoken_no.scope:
        Suppression.objects.filter(phone_id=spoken_no.phone_id, lifted_at=None, at__lte=spoken_no.at).update(
            lifted_at=spoken_no.at
        )
        return
    if Suppression.objects.filter(phone_id=spoken_no.phone_id, lifted_at__gte=spoken_no.at).exists():
        return
    _keep(spoken_no)
    news.tell(
        PhoneSaidNo(
            phone_id=spoken_no.phone_id,
            scope=spoken_no.scope,
            at=spoken_no.at,
            has_left=spoken_no.rolls != (),
        )
    )
    news.tell(
        NoReplayed(
            phone_id=spoken_no.phone_id,
            scope=spoken_no.scope,
            rolls=spoken_no.rolls,
            held=spoken_no.held,
            channel=spoken_no.channel,
            at=spoken_no.at,
        )
    )


def _keep(spoken_no: journal.No) -> None:
    """Write a no down, together with one that stands already."""
    Suppression.objects.bulk_create([_row(spoken_no)], ignore_conflicts=True)
    suppression = Suppression.objects.select_for_update().get(phone_id=spoken_no.phone_id)
    before = None
    if suppression.lifted_at is None:
        before = journal.No(
            suppression.phone_id,
            suppression.scope,
            suppression.channel,
            suppression.at,
            tuple(suppression.rolls),
        )
    _row(_together(before, spoken_no)).save(force_update=True)


def _row(spoken_no: journal.No) -> Suppression:
    return Suppression(
        phone_id=spoken_no.phone_id,
        scope=spoken_no.scope,
        channel=spoken_no.channel,
        at=spoken_no.at,
        rolls=list(spoken_no.rolls or ()),
        lifted_at=None,
    )


def _together(before: journal.No | None, spoken_no: journal.No) -> journal.No:
    """Return what holds after another word of the phone: of two noes the wider one, for every roll left by either."""
    if before is None or not before.scope or not spoken_no.scope:
        return spoken_no
    every = before.rolls is None or spoken_no.rolls is None
    rolls = None if every else tuple(sorted({*(before.rolls or ()), *(spoken_no.rolls or ())}))
    held_rolls = () if rolls is None else tuple(sorted({*before.held, *spoken_no.held} - {*rolls}))
    last = max(before, spoken_no, key=lambda spoken_no: spoken_no.at)
    return journal.No(
        spoken_no.phone_id,
        ALL if ALL in (before.scope, spoken_no.scope) else OUTREACH,
        last.channel,
        last.at,
        rolls,
        held_rolls,
    )
