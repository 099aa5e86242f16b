"""The only writers of forms. What other rooms call asks nobody: the caller's act asks who may, in its transaction."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.units.news import UnitsGoing

from .models import FormVersion, Submission, SubmissionStep
from .news import SubmissionAccepted, SubmissionReturned
from .rules import answers as rules

LONGEST_REASON = 500
LONGEST_KEY = 100

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


class FormUnitsInUse(Refused, status=409):
    """Units with forms or submissions cannot be taken back by undoing the import that made them."""

    message = _("Units of this import already have forms: %(n)s. Close or move them instead.")


def submit(
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
    the answers. filled_at: when, by the phone. Refuses AnswersUnfit, SentOtherwise, NotFound.
    """
    account_id = needed(by.account_id)
    pictures = pictures or {}
    checked = rules.check(version.asked, answers, pictures=pictures)
    if checked.errors or version.used_from is None or not key or len(key) > LONGEST_KEY:
        raise AnswersUnfit(errors=checked.errors)
    sent_id = UUID(bytes=_keyed(b"submission|%d|" % account_id + key.encode())[:16])
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(pictures.items())}
    said = [version.pk, unit_id, body_id, about, checked.answers, list(place or ()), sums]
    digest = _keyed(b"answers|" + json.dumps(said, sort_keys=True).encode())
    with system("a form is filled in"):
        sql.wait_for(f"submission {sent_id}")  # the same sent twice at once is one
        if there := Submission.objects.filter(pk=sent_id).first():
            if not hmac.compare_digest(bytes(there.digest), digest):
                raise SentOtherwise
            return there
        one = Submission(
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
        )
        _fill(one, version, checked.answers, place)
        one.save(force_insert=True)
        _note(one, Act.SENT, answers=one.answers, by=by, at=at)
    return one


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
        one = _locked(submission_id, State.REPORTED, State.RETURNED)
        kept = set(one.pictures.values_list("question", flat=True))
        checked = rules.check(one.version.asked, answers, pictures={*kept, *(pictures or {})})
        if checked.errors:
            raise AnswersUnfit(errors=checked.errors)
        _fill(one, one.version, checked.answers, place)
        one.state, one.reason = State.REPORTED, ""
        one.save()
        _note(one, Act.MENDED, answers=one.answers, by=by, at=at)
    return one


def accept(*, submission_id: UUID, by: Actor, at: datetime) -> Submission:
    """Accept a submission that waits, and tell the rooms above (SubmissionAccepted). Accepted again it stays so.

    Refuses NotFound, WrongState (what was sent back is mended first).
    """
    with system("a submission is accepted"):
        one = _locked(submission_id, State.REPORTED, State.ACCEPTED)
        if one.state == State.ACCEPTED:
            return one
        one.state = State.ACCEPTED
        one.save(update_fields=["state"])
        _note(one, Act.ACCEPTED, by=by, at=at)
        news.tell(
            SubmissionAccepted(
                submission_id=one.pk,
                form_id=one.form_id,
                unit_id=one.unit_id,
                body_id=one.body_id,
                about=one.about,
                answers=one.answers,
                by=by,
                at=at,
            )
        )
    return one


def send_back(*, submission_id: UUID, reason: str, by: Actor, at: datetime) -> Submission:
    """Send a submission back to be mended, with the reason; also one accepted by mistake (SubmissionReturned tells).

    Refuses NotFound, WrongState, ReturnReasonMissing.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise ReturnReasonMissing(field="reason", longest=LONGEST_REASON)
    with system("a submission is sent back"):
        one = _locked(submission_id, State.REPORTED, State.ACCEPTED)
        was_accepted = one.state == State.ACCEPTED
        one.state, one.reason = State.RETURNED, reason
        one.save(update_fields=["state", "reason"])
        _note(one, Act.RETURNED, reason=reason, by=by, at=at)
        news.tell(
            SubmissionReturned(
                submission_id=one.pk,
                unit_id=one.unit_id,
                body_id=one.body_id,
                about=one.about,
                was_accepted=was_accepted,
                by=by,
                at=at,
            )
        )
    return one


def _keyed(text: bytes) -> bytes:
    return hmac.digest(keyring().lookup, text, "sha256")


def _locked(submission_id: UUID, *states: Submission.State) -> Submission:
    rows = Submission.objects.select_related("version").select_for_update(of=("self",))
    one = needed(rows.filter(pk=submission_id).first())
    if one.state not in states:
        raise WrongState(state=State(one.state).label)
    return one


def _fill(
    one: Submission, version: FormVersion, answers: Mapping[str, Any], place: Sequence[float | None] | None
) -> None:
    first = next(
        (answers[each.key] for each in version.asked if each.kind == "place" and each.key in answers), None
    )
    found = rules.place_of(place) if place else first
    one.answers = dict(answers)
    one.lat, one.lon, one.accuracy = found or (None, None, None)


def _note(
    one: Submission,
    act: SubmissionStep.Act,
    *,
    reason: str = "",
    answers: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    SubmissionStep.objects.create(
        submission=one, act=act, by_account=by.account_id, at=at, reason=reason, answers=answers
    )
    audit.record(by=by, at=at, act=f"forms.{_AUDITED[act]}", subject=str(one.pk), unit_id=one.unit_id)


_AUDITED = {Act.SENT: "submit", Act.MENDED: "mend", Act.ACCEPTED: "accept", Act.RETURNED: "send_back"}


def refuse_units_going(*, told: UnitsGoing) -> None:
    """Refuse (FormUnitsInUse) to let go of units made by an import that have forms or submissions."""
    with system("units about to go"):
        n = sql.value(
            "select count(*) from units_change c where c.import_id = %s and c.change = 'made' and ("
            " exists (select from forms_form f where f.unit_id = c.unit_id)"
            " or exists (select from forms_submission s where s.unit_id = c.unit_id))",
            [told.import_id],
        )
    if n:
        raise FormUnitsInUse(n=n)
