"""A claim as a channel hands it over, and what the act answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused, refusal_code
from abhiyan.enrolment.models import Taken
from abhiyan.enrolment.rules.ids import claim_id
from abhiyan.people import fields
from abhiyan.people.models import Purpose

WAITS_S = 3_600  # A sender tries again after this time, for an operator has to act first.
TRY_AGAIN_S = 2  # after which a sender has to send again
MEMBERSHIP_ONLY: tuple[int, ...] = (Purpose.MEMBERSHIP.value,)


@dataclass(slots=True)
class ClaimMessage:
    """What one message says. Anything but channel, key, phone and by may be missing.

    key: the sender's idempotency key, with the sender's own id mixed in (`sender_key`).
    phone: as written; the act brings it to E.164. unit_code or unit_id: the place; neither: place unknown.
    within: ids of units the sender may claim for (a token's unit, a worker's units); None: the whole drive.
    field_at: when it happened by the sender's clock, aware; None: when it arrives. sign: models.Sign.
    by: public id of worker, channel or person. worker: phone of the worker who wrote it down, as the sender gives it;
    the act keeps that worker in place of `by`. says_adult: the person said "18 or older" themselves.
    consents: purposes agreed to, under the notice's version and in its language.

    id and receipt follow from channel and key; the receipt once the act has prepared the claim (`receipt_of`).
    """

    channel: int
    key: bytes
    phone: str
    by: UUID
    name: str | None = None
    birth_year: int | None = None
    unit_code: str | None = None
    unit_id: int | None = None
    within: tuple[int, ...] | None = None
    field_at: datetime | None = None
    sign: int = 0
    notice_version: int | None = None
    language: str = ""
    consents: tuple[int, ...] = MEMBERSHIP_ONLY
    device: str = ""
    says_adult: bool = False
    worker: str | None = None
    id: bytes = field(init=False, compare=False, repr=False)
    receipt: bytes = field(init=False, compare=False, repr=False, default=b"")

    def __post_init__(self) -> None:
        self.id = claim_id(self.channel, self.key)


class ClaimOutcome:
    """The outcome of a claim; also the answer to every resend of it.

    receipt: the public id of the claim behind it: its own, or the call it completed. membership: the member's
    public id, once there is one.
    """

    taken: ClassVar[Taken]
    code: ClassVar[str]
    __slots__ = ("_membership", "_receipt")

    def __init_subclass__(cls, *, taken: Taken) -> None:
        cls.taken, cls.code = taken, refusal_code(cls.__name__)

    def __init__(self, receipt: bytes, membership: bytes | None = None) -> None:
        self._receipt = receipt
        self._membership = membership

    @property
    def receipt(self) -> UUID:
        return UUID(bytes=self._receipt)

    @property
    def membership(self) -> UUID | None:
        return UUID(bytes=self._membership) if self._membership else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ClaimOutcome) or type(self) is not type(other):
            return False
        return (self._receipt, self._membership) == (other._receipt, other._membership)

    def __hash__(self) -> int:
        return hash((self._receipt, self._membership))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.receipt}, {self.membership})"


class Joined(ClaimOutcome, taken=Taken.JOINED):
    """A first term."""

    __slots__ = ()


class Renewed(ClaimOutcome, taken=Taken.RENEWED):
    """The next term of somebody who was a member before."""

    __slots__ = ()


class AlreadyMember(ClaimOutcome, taken=Taken.ALREADY):
    """On the roll in this drive already; the claim is one more word for it."""

    __slots__ = ()


class Waits(ClaimOutcome, taken=Taken.WAITS):
    """A call or SMS of somebody unknown: waits at its phone until link, code or a row completes it."""

    __slots__ = ()


class OnWorklist(ClaimOutcome, taken=Taken.WORKLIST):
    """Stored; somebody has to say whose it is."""

    __slots__ = ()


class Late(ClaimOutcome, taken=Taken.LATE):
    """Happened in the window, arrived more than seven days after it: stays reported."""

    __slots__ = ()


class ClaimRefused(Refused):
    """A claim that is not taken. Nothing of it is kept, unless `receipt` says so."""

    on: ClassVar[str] = ""  # the field it concerns
    receipt: UUID | None = None

    def __init_subclass__(cls, *, on: str = "", code: str = "", status: int = 0) -> None:
        super().__init_subclass__(code=code, status=status)
        cls.on = on or cls.on

    def __init__(self, *, field: str = "", **facts: object) -> None:
        super().__init__(field=field or self.on, **facts)


class PhoneInvalid(ClaimRefused, on="phone"):
    message = fields.INVALID


class PhoneAbroad(ClaimRefused, on="phone"):
    message = fields.ABROAD


class PhoneFull(ClaimRefused, on="phone"):
    """As many people as a phone may hold. The claim is kept as reported, and has a receipt."""

    message = _("%(limit)s people have already joined with this phone. Use another phone.")


class Suppressed(ClaimRefused, on="phone"):
    message = _("The owner of this phone asked not to be a member. Only they can join, from their own phone.")


class NameInvalid(ClaimRefused, on="name"):
    message = _("Write the name in letters, without digits, at most 200 characters.")


class PersonNameMissing(ClaimRefused, code="name_missing", on="name"):
    message = _("Give the person's name.")


class BirthYearMissing(ClaimRefused, on="birth_year"):
    message = _("Give the year of birth: only adults may join.")


class BirthYearInvalid(ClaimRefused, on="birth_year"):
    message = _("This cannot be a year of birth. Write four digits, such as 1980.")


class NotAdult(ClaimRefused, on="birth_year"):
    """Under age on the day. Nothing is kept but a counter."""

    message = _("Only people of 18 years and over can join. Nothing was kept.")


class WouldBeMinor(NotAdult, code="not_adult"):
    """A correction that would make a member a minor."""

    message = _("Only people of 18 years and over can be members. Nothing was changed.")


class NoticeMissing(ClaimRefused, on="notice_version"):
    message = _("Say which version of the notice the person was given.")


class NoticeUnknown(ClaimRefused, on="notice_version"):
    """Nobody has agreed to a text that was never published."""

    message = _("There is no version %(version)s of this drive's notice. Give one there is: %(published)s.")


class ConsentMissing(ClaimRefused, on="consents"):
    message = _("Nobody can join without consent to be on the roll of members.")


class ClaimUnitUnknown(ClaimRefused, code="unknown_unit", on="unit"):
    message = _("There is no such unit. Use the code from the list of units, or leave the place out.")


class OutsideScope(ClaimRefused, on="unit"):
    message = _("This unit is outside this drive, or outside your own units.")


class WorkerUnknown(ClaimRefused, on="worker"):
    """Nobody of that phone works in the sender's units; a number that is none is answered alike."""

    message = _("No worker in your units has this phone number. Check it, or appoint the worker first.")


class SenderHalted(ClaimRefused, on="worker", status=409):
    """So many of this sender's people said no that somebody looks first. Nothing is kept; sent again, it is taken."""

    message = _(
        "Entries from this sender are paused until somebody above has looked: many people said no. "
        "Keep this entry and send it again later."
    )


class DriveNotOpen(ClaimRefused, on="field_at"):
    message = _("The drive had not opened on that day.")


class DriveClosed(ClaimRefused, on="field_at"):
    message = _("The drive is closed.")


class FieldTimeInvalid(ClaimRefused, on="field_at"):
    message = _("This time cannot be right. Check the date, the time and the zone of the device.")


class KeyReused(ClaimRefused, on="key", status=409):
    """One idempotency key for two phones: a fault of the sender's program."""

    message = _("This key was used for another phone. Each claim needs a key of its own.")


class Unreadable(ClaimRefused):
    """The database would not take a value no rule had caught; the rest of the batch is not held up by it."""

    message = _("This entry could not be read.")


class JoiningWaits(ClaimRefused, status=503):
    """The drive's notice is another organisation's. Nothing is kept, so nobody agrees with the wrong one.

    A call or an SMS without a person's details is kept: it is answered once the notice is right.
    """

    message = _(
        "Joining waits: the notice is by %(other)s, and that is not the name of this organisation now. Nothing was "
        "kept. Send the same again later."
    )

    def __init__(self, *, other: str) -> None:
        super().__init__(other=other, wait_s=WAITS_S)


class PhoneBusy(ClaimRefused, code="try_again", status=503):
    """The phone is held by other work, such as a paper list. Nothing was stored; the sender sends it again."""

    message = _("This phone is busy now. Nothing was stored. Send the same again.")

    def __init__(self) -> None:
        super().__init__(wait_s=TRY_AGAIN_S)


class TryAgain(Refused, status=503):
    """Nothing was done; the same batch may be sent again as it is."""

    message = _("The register is not available now. Nothing was stored. Send the same again.")

    def __init__(self) -> None:
        super().__init__(wait_s=TRY_AGAIN_S)


STORED: dict[int, type[ClaimOutcome]] = {
    kind.taken.value: kind for kind in (Joined, Renewed, AlreadyMember, Waits, OnWorklist, Late)
}


def stored_outcome(
    taken: int, receipt: bytes, membership: bytes | None, *, limit: int
) -> ClaimOutcome | ClaimRefused:
    """Return the outcome a stored claim had."""
    if taken == Taken.FULL:
        full = PhoneFull(limit=limit)
        full.receipt = UUID(bytes=receipt)
        return full
    return STORED[taken](receipt, membership)
