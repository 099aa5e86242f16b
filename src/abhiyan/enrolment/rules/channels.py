"""The ways a claim comes in, and the signs from a phone. A new channel is one number and one line here."""

from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import activities

RECORD = "enrolment.enrol"  # the capability to write down people who join


class Sign(IntEnum):
    """A proof that the phone's holder took part. NONE: phone not answered yet."""

    NONE = 0
    CALL = 1
    SMS = 2
    WEB = 3
    CODE = 4
    WHATSAPP = 5

    @property
    def label(self) -> activities.Text:
        return _SIGNS[self]


_SIGNS = {
    Sign.NONE: _("None yet"),
    Sign.CALL: _("Own call"),
    Sign.SMS: _("Own SMS"),
    Sign.WEB: _("Own web session"),
    Sign.CODE: _("Code"),
    Sign.WHATSAPP: _("Own WhatsApp message"),
}


class Channel(IntEnum):
    """How a claim came: numbers of the ledger, which are never used again."""

    WEB = 1
    MISSED_CALL = 2
    API = 3
    PAPER = 4
    SMS = 5
    WHATSAPP = 6
    EARLIER = 7
    DOOR = 9  # a worker wrote it down at somebody's door; no sign by itself.
    TALK = 10  # of no claim: an organiser spoke with a friend.
    TASK = 11  # of no claim: a contributor did a task.
    WORD = 8  # of no claim: a person's own word that they leave, on their page or to somebody who asked them


@dataclass(frozen=True, slots=True)
class DriveChannel(activities.ItemChannel):
    """A channel of the drive.

    has_tokens: machines send it with a token of their own. hook: the word of its webhook, behind /hook/; what
    comes by it shows this sign. by_others: somebody else writes the person down, so one notice informs a phone
    without a sign. is_welcomed: new members by it whose phone took part get the member number.
    """

    has_tokens: bool = False
    by_others: bool = False
    is_welcomed: bool = False
    hook: str = ""
    sign: Sign = Sign.NONE


CHANNELS = (
    DriveChannel(Channel.WEB, _("Web"), is_welcomed=True),
    DriveChannel(
        Channel.MISSED_CALL,
        _("Missed call"),
        is_welcomed=True,
        by_phone=True,
        is_nameless=True,
        hears_refusals=False,
        hook="call",
        sign=Sign.CALL,
    ),
    DriveChannel(Channel.API, _("Worker's app"), has_tokens=True),
    DriveChannel(Channel.PAPER, _("Paper list"), has_tokens=True, by_others=True),
    DriveChannel(
        Channel.SMS,
        _("SMS"),
        is_welcomed=True,
        by_phone=True,
        is_nameless=True,
        hears_refusals=False,
        hook="sms",
        sign=Sign.SMS,
    ),
    DriveChannel(
        Channel.WHATSAPP,
        _("WhatsApp"),
        is_welcomed=True,
        by_phone=True,
        is_nameless=True,
        hears_refusals=False,
        hook="chat",
        sign=Sign.WHATSAPP,
    ),
    DriveChannel(Channel.EARLIER, _("List of an earlier drive")),
    DriveChannel(Channel.DOOR, _("At the door"), by_others=True, is_welcomed=True),
)
HOOKS = {channel.hook: channel for channel in CHANNELS if channel.hook}
WRITTEN = (Channel.SMS, Channel.WHATSAPP)
NAMELESS = tuple(int(channel.number) for channel in CHANNELS if channel.is_nameless)
UNHEARD = frozenset(channel.number for channel in CHANNELS if not channel.hears_refusals)
WELCOMED = tuple(int(channel.number) for channel in CHANNELS if channel.is_welcomed)
BY_OTHERS = tuple(int(channel.number) for channel in CHANNELS if channel.by_others)
WITH_TOKENS = {channel.number: channel for channel in CHANNELS if channel.has_tokens}
MANAGE = "channels.manage"
