"""Forms are filled in, corrected, accepted and sent back. The caller's act asks who may, in its transaction."""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, audit, declared, limits, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import UnreadableFile
from abhiyan.core.keys import keyring
from abhiyan.core.pictures import Redrawn, redraw
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.models import FormVersion, Submission, SubmissionPicture, SubmissionStep
from abhiyan.forms.news import AnswersForgotten, SubmissionChanged
from abhiyan.forms.queries import is_form_unnamed, submission_for
from abhiyan.forms.rules import answers as rules
from abhiyan.units.news import UnitsGoing

LONGEST_REASON = 500
LONGEST_KEY = 100
LARGEST_PICTURE = 12 << 20  # bytes

State, Act = Submission.State, SubmissionStep.Act


class AnswersUnfit(Refused):
    """Answers do not fit their questions. errors: by key, in the reader's language."""

    message = _("Some answers do not fit their questions. Correct them and send again.")


class SentOtherwise(Refused, status=409):
    """A submission is sent once. Under its key came other answers."""

    message = _("This form was already sent with other answers. Open it to correct them.")


class WrongState(Refused, status=409):
    message: ClassVar[str | Promise] = _("Its state has changed meanwhile: %(state)s. Look at it again.")


class ReturnReasonMissing(Refused):
    message = _("Write why you send it back, in at most %(longest)s letters.")


class SentPictureTooLarge(Refused):
    message = _("The picture is larger than %(mb)s MB. Take it with a smaller picture size.")


class SentPictureUnfit(Refused):
    message = _("This file is no picture we can open. Take a JPEG or PNG picture.")


class FormUnitsInUse(Refused, status=409):
    """Units with forms or submissions cannot be taken back by undoing the import that made them."""

    message = _("Units of this import already have forms: %(n)s. Close or move them instead.")


def submit_form(
    *,
    key: str,
    version: FormVersion,
    unit_id: int,
    answers: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
    body_id: int | None = None,
    about: tuple[str, str] = ("", ""),
    place: Sequence[float | None] | None = None,
    filled_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Submission:
    """Take a form that somebody filled in for a unit, or for a body of it. The same again is the same submission.

    key: the sender's own for this form, such as that of the outbox. answers, pictures: as `FilledForm` has them.
    about: kind and id of the caller's thing. place: latitude, longitude, metres; without one the first place among
    the answers. filled_at: when, by the phone. Pictures are drawn again and sealed. by: the public sends by a
    link, under a key that is its alone. Refuses AnswersUnfit, SentOtherwise, NotFound, TooMany, SentPictureTooLarge,
    SentPictureUnfit, FilesBusy.
    """
    account_id = None if by.kind == "public" else or_refuse(by.account_id)
    pictures = pictures or {}
    checked = rules.check(version.asked, answers, pictures=pictures, is_own=account_id is None)
    if checked.errors or version.used_from is None or not key or len(key) > LONGEST_KEY:
        raise AnswersUnfit(errors=checked.errors)
    sent_id = UUID(bytes=_keyed(b"submission|%d|" % (account_id or 0) + key.encode())[:16])
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(pictures.items())}
    content = [version.pk, unit_id, body_id, about, checked.answers, list(place or ()), sums]
    digest = _keyed(b"answers|" + json.dumps(content, sort_keys=True).encode())
    with system("a form is filled in"):
        sql.wait_for(f"submission {sent_id}")  # the same sent twice at once is one
        if there := Submission.objects.filter(pk=sent_id).first():
            if not hmac.compare_digest(bytes(there.digest), digest):
                raise SentOtherwise
            return there
        drawn = _redrawn({name: pictures[name] for name in checked.pictures}, by=by, at=at)
        submission = Submission(
            id=sent_id,
            digest=digest,
            version=version,
            form_id=version.form_id,
            unit_id=unit_id,
            body_id=body_id,
            about_kind=about[0],
            about_id=about[1],
            sent_by=account_id,
            at=min(filled_at or at, at),
            is_unnamed=is_form_unnamed(version.form),
        )
        _fill(submission, version, checked.answers, place)
        submission.save(force_insert=True)
        _keep_pictures(submission, drawn, checked.pictures, at=at)
        _note(submission, Act.SENT, answers=submission.answers, by=by, at=at)
        news.tell(SubmissionChanged(submission))
    return submission


def mend(
    *,
    submission_id: UUID,
    answers: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
    place: Sequence[float | None] | None = None,
    by: Actor,
    at: datetime,
) -> Submission:
    """Correct a submission that waits or was sent back; it waits again. A picture not sent again stays.

    Refuses NotFound, WrongState (an accepted one must be sent back first), AnswersUnfit.
    """
    with system("a submission is mended"):
        submission = _locked(submission_id, State.REPORTED, State.RETURNED)
        kept = set(submission.pictures.values_list("question", flat=True))
        is_own = submission.sent_by is None
        checked = rules.check(
            submission.version.asked, answers, pictures={*kept, *(pictures or {})}, is_own=is_own
        )
        if checked.errors:
            raise AnswersUnfit(errors=checked.errors)
        sent = pictures or {}
        drawn = _redrawn({name: sent[name] for name in checked.pictures if name in sent}, by=by, at=at)
        _fill(submission, submission.version, checked.answers, place)
        submission.state, submission.reason = State.REPORTED, ""
        submission.save()
        _keep_pictures(submission, drawn, checked.pictures, at=at)
        _note(submission, Act.MENDED, answers=submission.answers, by=by, at=at)
        news.tell(SubmissionChanged(submission))
    return submission


def accept(*, submission_id: UUID, by: Actor, at: datetime) -> Submission:
    """Accept a submission that waits. Accepted again it stays so.

    Refuses NotFound, WrongState (what was sent back is mended first).
    """
    with system("a submission is accepted"):
        submission = _locked(submission_id, State.REPORTED, State.ACCEPTED)
        if submission.state == State.ACCEPTED:
            return submission
        submission.state = State.ACCEPTED
        submission.save(update_fields=["state"])
        _note(submission, Act.ACCEPTED, by=by, at=at)
    return submission


def send_back(*, submission_id: UUID, reason: str, by: Actor, at: datetime) -> Submission:
    """Send a submission back to be mended, with the reason; also one that was accepted by mistake.

    Refuses NotFound, WrongState, ReturnReasonMissing.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise ReturnReasonMissing(field="reason", longest=LONGEST_REASON)
    with system("a submission is sent back"):
        submission = _locked(submission_id, State.REPORTED, State.ACCEPTED)
        submission.state, submission.reason = State.RETURNED, reason
        submission.save(update_fields=["state", "reason"])
        _note(submission, Act.RETURNED, reason=reason, by=by, at=at)
        news.tell(SubmissionChanged(submission))
    return submission


def send_back_all(*, about: tuple[str, str], reason: str, by: Actor, at: datetime) -> None:
    """Send back what was filled in about another room's thing: it counts no more. In the act of that room."""
    with system("what was filled in about a thing"):
        submissions = Submission.objects.filter(about_kind=about[0], about_id=about[1])
        for submission_id in submissions.exclude(state=State.RETURNED).values_list("pk", flat=True):
            send_back(submission_id=submission_id, reason=reason, by=by, at=at)


def forget_answers(*, about_kind: str, about_ids: Collection[str], at: datetime) -> None:
    """Empty what was filled in about things of a room, with its history, pictures and quotes: its person is erased.

    In the transaction of the erasure.
    """
    with system("answers of somebody who is erased"):
        sent = Submission.objects.filter(about_kind=about_kind, about_id__in=list(about_ids))
        ids = list(sent.values_list("pk", flat=True))
        if not ids:
            return
        SubmissionPicture.objects.filter(submission__in=ids).delete()
        news.tell(AnswersForgotten(ids, at))
        sent.update(answers={}, state=State.RETURNED, reason="", lat=None, lon=None, accuracy=None)
        SubmissionStep.objects.filter(submission__in=ids, answers__isnull=False).update(answers={})


def note_picture_read(*, submission_id: UUID, by: Actor, at: datetime) -> None:
    """Note in the trail that somebody opened a picture in their sight. Refuses NotFound."""
    submission = submission_for(submission_id)
    audit.record(
        by=by, at=at, act="forms.read_picture", subject=str(submission.pk), unit_id=submission.unit_id
    )


def _keyed(text: bytes) -> bytes:
    return hmac.digest(keyring().lookup, text, "sha256")


def _locked(submission_id: UUID, *states: Submission.State) -> Submission:
    rows = Submission.objects.select_related("version__form").select_for_update(of=("self",))
    submission = or_refuse(rows.filter(pk=submission_id).first())
    if submission.state not in states:
        raise WrongState(state=State(submission.state).label)
    return submission


def _fill(
    submission: Submission,
    version: FormVersion,
    answers: Mapping[str, Any],
    place: Sequence[float | None] | None,
) -> None:
    first = next(
        (
            answers[question.key]
            for question in version.asked
            if question.kind == "place" and question.key in answers
        ),
        None,
    )
    point = rules.point_in_answer(place) if place else first
    submission.answers = dict(answers)
    submission.lat, submission.lon, submission.accuracy = point or (None, None, None)


def _redrawn(pictures: Mapping[str, bytes], *, by: Actor, at: datetime) -> dict[str, Redrawn]:
    """Draw the pictures again, by the questions' keys. No transaction waits meanwhile (core.apart)."""
    if not pictures:
        return {}
    if large := next((key for key, data in pictures.items() if len(data) > LARGEST_PICTURE), None):
        raise SentPictureTooLarge(field=large, mb=LARGEST_PICTURE >> 20)
    work = ("pictures", *(hashlib.sha256(data).digest() for data in pictures.values()))
    if not apart.is_done(work):
        limits.count_or_refuse(declared.FORM_PICTURES, str(by.account_id), at=at, n=len(pictures))
    return apart.done(work, lambda: {key: _made_anew(key, data) for key, data in pictures.items()})


def _made_anew(key: str, data: bytes) -> Redrawn:
    try:
        return redraw(data)
    except UnreadableFile:
        raise SentPictureUnfit(field=key) from None


def _keep_pictures(
    submission: Submission, drawn: Mapping[str, Redrawn], asked: Sequence[str], *, at: datetime
) -> None:
    """Seal new pictures, each under an id of its own; drop those they replace, and those no longer asked for."""
    submission.pictures.exclude(question__in=set(asked) - drawn.keys()).delete()
    ring = keyring()
    for key, made in drawn.items():
        picture_id = lot.uuid()
        SubmissionPicture.objects.create(
            id=picture_id,
            submission=submission,
            question=key,
            small=ring.seal(made.small, about=picture_id.bytes + b"small"),
            sealed=ring.seal(made.picture, about=picture_id.bytes + b"sealed"),
            size=len(made.picture),
            added_at=at,
        )


def _note(
    submission: Submission,
    act: SubmissionStep.Act,
    *,
    reason: str = "",
    answers: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    SubmissionStep.objects.create(
        submission=submission, act=act, by_account=by.account_id, at=at, reason=reason, answers=answers
    )
    audit.record(
        by=by, at=at, act=f"forms.{_AUDITED[act]}", subject=str(submission.pk), unit_id=submission.unit_id
    )


_AUDITED = {Act.SENT: "submit", Act.MENDED: "mend", Act.ACCEPTED: "accept", Act.RETURNED: "send_back"}


def refuse_units_going(*, units_going: UnitsGoing) -> None:
    """Refuse (FormUnitsInUse) to take back units made by an import that have forms or submissions."""
    with system("units about to go"):
        n = sql.value(
            "select count(*) from units_change c where c.import_id = %s and c.change = 'made' and ("
            " exists (select from forms_form f where f.unit_id = c.unit_id)"
            " or exists (select from forms_submission s where s.unit_id = c.unit_id))",
            [units_going.import_id],
        )
    if n:
        raise FormUnitsInUse(n=n)
