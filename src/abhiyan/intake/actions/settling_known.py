"""Settling keeps here what it knows of a phone: its members, first call and friends."""

from dataclasses import dataclass, field

from abhiyan.enrolment.rules.phone import PhoneMembership


@dataclass(slots=True)
class KnownMember:
    """A membership on a phone, with its latest term."""

    id: bytes
    public_id: bytes
    slot: int
    person: bytes
    unit: bytes
    term: int
    is_live: bool
    is_struck: bool
    has_left: bool
    is_this_drive: bool  # or one it stands beneath, or beside
    stays: bool  # its term runs on, whatever drive takes the claim
    who: tuple[str, int] | None
    enrolment: bytes
    programme: bytes
    kind: int
    at: tuple[bytes, bytes, bytes]  # the term's channel, unit and day: where its tally stands
    rung: int
    is_elsewhere: bool = False  # a place they left: their number changed

    def known(self) -> PhoneMembership:
        here = self.is_this_drive or self.stays
        return PhoneMembership(
            self.slot, self.who, self.is_live, self.is_struck, here, self.has_left, self.is_elsewhere
        )


@dataclass(slots=True)
class KnownWaiting:
    """A phone's first call in the drive."""

    id: bytes
    claim: bytes
    unit: bytes
    day: bytes
    channel: bytes
    is_opened: bool
    is_complete: bool
    completed_by: bytes | None
    completed_as: int | None
    receipt: bytes
    sign: bytes
    is_placed: bytes
    member_public: bytes | None


@dataclass(frozen=True, slots=True)
class KnownFriend:
    """Somebody on a roll that gives way, with all that their running term counts as."""

    id: bytes
    phone: bytes
    who: tuple[str, int]
    enrolment: bytes
    programme: bytes
    at: tuple[bytes, bytes, bytes]  # channel, unit and day
    rungs: tuple[int, ...]


@dataclass(slots=True)
class KnownPhone:
    """The knowledge about a phone; it changes as its claims are decided one after the other."""

    members: list[KnownMember] = field(default_factory=list)
    waiting: KnownWaiting | None = None
    is_suppressed: bool = False
    erased: set[bytes] = field(default_factory=set)  # digests of people on it who had everything erased
    friends: list[KnownFriend] = field(default_factory=list)  # who give way to this drive's roll


@dataclass(slots=True)
class Stored:
    """A claim as it was stored before."""

    is_mine: bool  # by the fast statement of this very batch, hoping it would join
    taken: int
    receipt: bytes
    phone: bytes
    member_public: bytes | None
