"""Every limit of the server: what it counts, who can spend it, who is hurt then, and which guard prevents that.

`limits.count_or_refuse` takes only a limit of this page; `tests/floors/test_limits.py` refuses one made elsewhere. It
also refuses a limit without a guard that a stranger can spend and that hurts somebody else.
`tests/test_stranger_at_every_limit.py` spends each limit of a stranger. Then it lets in a leader, a worker, somebody
who joins, and a member who leaves.

The order of an act that asks several: session, network, series and hour, phone. So what is refused for its session or
network spends nothing of the phone. An operator sets a value by ABHIYAN_LIMITS (docs/reference.md).
"""

from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR, DAY = 60, 3600, 86_400
# A stranger sends no more requests than this. A limit with the guard ROOM allows more.
STRANGERS_REQUESTS = 2_000


class LimitKey(StrEnum):
    """A limit counts by one of these."""

    REQUEST = "one request for a code, in one browser"
    SESSION = "a browser, while it keeps its cookie"
    NETWORK = "a network: /24 of IPv4, /48 of IPv6; behind a carrier's stand thousands of phones"
    PHONE = "a phone number"
    PHONE_NETWORK = "a phone number, in each network"
    PHONE_UNIT = "a phone number, for each unit that asks"
    PHONE_TEXT = "a phone number, for each text"
    SERIES = "the first five digits of numbers"
    ALL = "everybody together"
    ACCOUNT = "an account"
    ACCOUNT_TEXT = "an account, for each text"
    UNIT = "a unit"
    MEMBER = "a member"
    FORM = "one filled form"
    TOKEN = "a channel's token"  # noqa: S105  # words


class Spender(StrEnum):
    """One of these can spend a limit."""

    STRANGER = "anybody, without a proof"
    PROVEN = "only the holder of the key, who has shown a proof of it"
    ACCOUNT = "only somebody who has signed in"


class Hurt(StrEnum):
    """One of these is refused once a limit is full."""

    NOBODY = "nobody: a message or an alarm is left out"
    SPENDER = "the spender alone"
    OWNER = "the person whose phone it is"
    NEIGHBOURS = "others in the same network or series"
    ALL = "everybody"


class LimitGuard(StrEnum):
    """A guard keeps others from being hurt."""

    RIGHT_PASSES = "only wrong tries count; what is right never asks this limit"
    LONGER = "when it is full, new codes have eight digits; a right code passes"
    BEYOND = "when it is full, each network still has a few"
    KNOWN_BROWSER = "a browser that proved this phone before has a room of its own"
    KEPT = "people who have an account or a proven phone have a room of their own"
    ROOM = "it allows more than a stranger sends, and grows with the offices held"


@dataclass(frozen=True, slots=True)
class DeclaredLimit:
    """One limit. allowed: so many in a window of `window_s` seconds, and `grows` more for each office that is held.

    parts: rooms of their own, such as those of sign-in and of joining, where there are several. is_fixed: an
    operator cannot set it, for it bounds how well a code or a proof can be guessed.
    """

    name: str
    allowed: int
    window_s: int
    counts: str
    key: LimitKey
    spender: Spender
    hurts: Hurt
    guards: tuple[LimitGuard, ...] = ()
    grows: float = 0.0
    parts: tuple[str, ...] = ()
    is_fixed: bool = False

    @property
    def hurts_others(self) -> bool:
        """Return True if a full limit refuses somebody else than its spender."""
        return self.hurts in (Hurt.OWNER, Hurt.NEIGHBOURS, Hurt.ALL)

    def most(self, offices: int) -> int:
        """Return the number allowed while so many offices are held."""
        return self.allowed + int(self.grows * offices)


_KEY, _BY, _HURT, _GUARD = LimitKey, Spender, Hurt, LimitGuard

# Codes. Parts of who is known: a code leaves only for an account or a member. Open parts: it leaves for every number.
KNOWN_PARTS = ("sign_in", "field", "leave", "member")
OPEN_PARTS = ("join", "door", "phone", "entry", "email")

CODE_REQUEST = DeclaredLimit(
    "code.try", 5, DAY, "tries of one code", _KEY.REQUEST, _BY.PROVEN, _HURT.SPENDER, is_fixed=True
)
CODE_SESSION = DeclaredLimit(
    "code.session", 10, HOUR, "codes asked for", _KEY.SESSION, _BY.STRANGER, _HURT.SPENDER
)
CODE_NETWORK_KNOWN = DeclaredLimit(
    "code.network_known",
    3_000,
    HOUR,
    "codes that leave for numbers that have an account or are known",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM, _GUARD.KNOWN_BROWSER),
    grows=1.5,
    parts=KNOWN_PARTS,
)
CODE_NETWORK = DeclaredLimit(
    "code.network",
    3_000,
    HOUR,
    "codes asked for where they leave for every number; those of people who are signed in do not count",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=0.5,
    parts=OPEN_PARTS,
)
CODE_SERIES = DeclaredLimit(
    "code.series",
    5_000,
    HOUR,
    "the same by the first five digits, for a fraud that walks through one series",
    _KEY.SERIES,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=0.1,
    parts=OPEN_PARTS,
)
CODE_HOUR = DeclaredLimit(
    "code.hour",
    50_000,
    HOUR,
    "the same of all together: what codes for strangers may cost",
    _KEY.ALL,
    _BY.STRANGER,
    _HURT.ALL,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=5,
    parts=OPEN_PARTS,
)
CODE_PHONE = DeclaredLimit(
    "code.phone",
    5,
    HOUR,
    "codes asked for one number",
    _KEY.PHONE,
    _BY.STRANGER,
    _HURT.OWNER,
    (_GUARD.BEYOND, _GUARD.KNOWN_BROWSER),
    parts=(*KNOWN_PARTS, *OPEN_PARTS),
)
CODE_PHONE_DAY = DeclaredLimit(
    "code.phone_day",
    12,
    DAY,
    "codes asked for one number",
    _KEY.PHONE,
    _BY.STRANGER,
    _HURT.OWNER,
    (_GUARD.BEYOND, _GUARD.KNOWN_BROWSER),
    parts=(*KNOWN_PARTS, *OPEN_PARTS),
)
CODE_PHONE_NETWORK = DeclaredLimit(
    "code.phone_network",
    2,
    HOUR,
    "codes asked for one number beyond `code.phone`",
    _KEY.PHONE_NETWORK,
    _BY.STRANGER,
    _HURT.OWNER,
    (_GUARD.KNOWN_BROWSER,),
    parts=(*KNOWN_PARTS, *OPEN_PARTS),
)
CODE_PHONE_BROWSER = DeclaredLimit(
    "code.phone_browser",
    10,
    HOUR,
    "codes asked for one number in browsers that proved it before; beyond it they count as any other browser",
    _KEY.PHONE,
    _BY.PROVEN,
    _HURT.SPENDER,
    parts=(*KNOWN_PARTS, *OPEN_PARTS),
)
CODE_WRONG_PHONE = DeclaredLimit(
    "code.wrong_phone",
    12,
    DAY,
    "wrong codes for one number",
    _KEY.PHONE,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.LONGER,),
    parts=(*KNOWN_PARTS, *OPEN_PARTS),
)
CODE_WRONG_NETWORK = DeclaredLimit(
    "code.wrong_network",
    300,
    HOUR,
    "wrong codes",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.LONGER,),
    grows=0.05,
)
CODE_WRONG_ALL = DeclaredLimit(
    "code.wrong_all",
    5_000,
    HOUR,
    "wrong codes",
    _KEY.ALL,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.LONGER,),
    grows=0.5,
)
CONSOLE_WRONG = DeclaredLimit(
    "console.wrong",
    20,
    HOUR,
    "wrong one-time links of the console",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.RIGHT_PASSES,),
)
FACTOR_TRY = DeclaredLimit(
    "factor.try",
    10,
    15 * MINUTE,
    "tries of a second proof or first word, once the phone is proven",
    _KEY.ACCOUNT,
    _BY.PROVEN,
    _HURT.SPENDER,
    is_fixed=True,
)
# One limit of guesses for every link that an SMS carries.
LINK_WRONG = DeclaredLimit(
    "link.wrong",
    1_000,
    HOUR,
    "links of messages, cards and certificates that do not exist",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.RIGHT_PASSES,),
)
TOKEN_WRONG = DeclaredLimit(
    "token.wrong",
    60,
    MINUTE,
    "wrong tokens of the API",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.RIGHT_PASSES,),
)
HOOK_WRONG = DeclaredLimit(
    "hook.wrong",
    60,
    MINUTE,
    "wrong secrets of webhooks",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.RIGHT_PASSES,),
)
BRIDGE_WRONG = DeclaredLimit(
    "bridge.wrong",
    60,
    MINUTE,
    "reports of a bridge that are not genuine",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NOBODY,
    (_GUARD.RIGHT_PASSES,),
)

# Joining.
JOIN_PLACES = DeclaredLimit(
    "join.places",
    20_000,
    HOUR,
    "looks for a place in the form",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM,),
    grows=1,
)
JOIN_STEPS = DeclaredLimit(
    "join.steps",
    20_000,
    HOUR,
    "steps of the form that the server checks",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM,),
    grows=1,
)
MINOR = DeclaredLimit(
    "minor", 1, 7 * DAY, "refusals of a minor that count", _KEY.FORM, _BY.STRANGER, _HURT.NOBODY
)
MINOR_NETWORK = DeclaredLimit(
    "minor.network", 300, HOUR, "refusals of minors that count", _KEY.NETWORK, _BY.STRANGER, _HURT.NOBODY
)
CLAIMS = DeclaredLimit(
    "enrolment.claims",
    5_000_000,
    DAY,
    "claims of one channel; ABHIYAN_CLAIMS_PER_DAY sets it",
    _KEY.TOKEN,
    _BY.PROVEN,
    _HURT.SPENDER,
    is_fixed=True,
)
CLAIMS_SECOND = DeclaredLimit(
    "enrolment.claims_second",
    20_000,
    1,
    "claims of one channel by the API; ABHIYAN_CLAIMS_PER_SECOND sets it",
    _KEY.TOKEN,
    _BY.PROVEN,
    _HURT.SPENDER,
    is_fixed=True,
)
DOOR_PHONE = DeclaredLimit(
    "door.phone", 5, HOUR, "entries of one number by workers", _KEY.PHONE, _BY.ACCOUNT, _HURT.OWNER
)
DOOR_WORKER = DeclaredLimit(
    "door.worker", 90, HOUR, "entries by one worker", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
DOOR_WORKER_DAY = DeclaredLimit(
    "door.worker_day", 500, DAY, "entries by one worker", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
DOOR_TRIES = DeclaredLimit(
    "door.tries",
    240,
    HOUR,
    "doors without an entry, by one worker",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.SPENDER,
)
ENROLMENT_PHOTOS = DeclaredLimit(
    "enrolment.photos", 300, HOUR, "pictures of sheets", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)

# Members.
ME_WHICH = DeclaredLimit(
    "me.which", 20, DAY, "tries to say who of a phone one is", _KEY.PHONE, _BY.PROVEN, _HURT.SPENDER
)
CARD_FILES = DeclaredLimit("card.files", 60, HOUR, "cards drawn", _KEY.MEMBER, _BY.PROVEN, _HURT.SPENDER)
PHONE_CHANGE = DeclaredLimit(
    "phone.change", 3, 30 * DAY, "changes asked from one number", _KEY.PHONE, _BY.PROVEN, _HURT.SPENDER
)
PHONE_NOTICE = DeclaredLimit(
    "phone.notice",
    2,
    30 * DAY,
    "messages to an old number, by a proven phone that knows name and year of its member",
    _KEY.PHONE,
    _BY.PROVEN,
    _HURT.OWNER,
)

# What phones write.
QUESTION_WORDS = DeclaredLimit(
    "question.words", 20, DAY, "answers by words of one phone", _KEY.PHONE, _BY.PROVEN, _HURT.SPENDER
)
TEXT_MISTAKE = DeclaredLimit(
    "text.mistake", 1, 7 * DAY, "mistakes that a rule answers", _KEY.PHONE, _BY.PROVEN, _HURT.NOBODY
)
TEXT_REPLIES = DeclaredLimit(
    "text.replies", 5, DAY, "replies to one phone", _KEY.PHONE, _BY.PROVEN, _HURT.NOBODY
)
TEXT_SAME = DeclaredLimit(
    "text.same", 1, DAY, "replies to the same text", _KEY.PHONE_TEXT, _BY.PROVEN, _HURT.NOBODY
)

# The helpline.
HELP_NETWORK = DeclaredLimit(
    "helpdesk.network",
    3_000,
    HOUR,
    "requests by the web of phones that are not proven",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=0.05,
)
HELP_NEW = DeclaredLimit(
    "helpdesk.new",
    10_000,
    HOUR,
    "new requests that no agent typed",
    _KEY.ALL,
    _BY.STRANGER,
    _HURT.ALL,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=0.1,
    parts=("proven", "unproven", "quiet"),
)
HELP_RECEIPT = DeclaredLimit(
    "helpdesk.receipt", 2, DAY, "receipts to one phone", _KEY.PHONE, _BY.STRANGER, _HURT.NOBODY
)
HELP_TYPED = DeclaredLimit(
    "helpdesk.typed", 400, DAY, "requests typed for others", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
HELP_UNHEARD = DeclaredLimit(
    "helpdesk.typed_unheard",
    20,
    DAY,
    "receipts to phones that never wrote",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.NOBODY,
)
HELP_ANSWERS = DeclaredLimit(
    "helpdesk.answers", 500, DAY, "answers to requests", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
HELP_TO_PHONE = DeclaredLimit(
    "helpdesk.to_phone", 6, DAY, "answers to one phone", _KEY.PHONE, _BY.ACCOUNT, _HURT.OWNER
)
HELP_SAME = DeclaredLimit(
    "helpdesk.same_answer",
    20,
    DAY,
    "the same answer without a second person's yes",
    _KEY.ACCOUNT_TEXT,
    _BY.ACCOUNT,
    _HURT.SPENDER,
)
INBOUND_LOOKS = DeclaredLimit(
    "contact.inbound", 400, DAY, "callers looked up", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)

# Offices.
OFFER_SMS = DeclaredLimit(
    "offers.phone",
    3,
    30 * DAY,
    "messages about an offered office",
    _KEY.PHONE_UNIT,
    _BY.ACCOUNT,
    _HURT.NOBODY,
)
CIRCULARS = DeclaredLimit(
    "messages.circular", 5, DAY, "circulars, wherever they go", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
CIRCULAR_REMINDERS = DeclaredLimit(
    "messages.reminder",
    5,
    DAY,
    "circulars of which readers are reminded",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.SPENDER,
)
MEETING_NEWS = DeclaredLimit(
    "meetings.news",
    30,
    DAY,
    "meetings called, moved or cancelled, and further invitations",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.SPENDER,
)
CONTRIBUTOR_TASKS = DeclaredLimit(
    "contributor.task", 20, DAY, "contributors asked (law.md T3)", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
CHECKS_BACK = DeclaredLimit(
    "checks.back", 10, DAY, "checks handed back", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
IMPORTS_BEGUN = DeclaredLimit(
    "imports.begin", 120, HOUR, "uploads begun", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
PEOPLE_REVEALED = DeclaredLimit(
    "people.reveal", 200, DAY, "numbers seen in clear", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
PEOPLE_ROWS = DeclaredLimit(
    "people.rows", 20_000, DAY, "rows of people read", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
PEOPLE_MANY = DeclaredLimit(
    "people.many",
    10_000,
    DAY,
    "rows of people read before an alarm",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.NOBODY,
)
PEOPLE_ALARM = DeclaredLimit(
    "people.alarm", 1, DAY, "alarms about rows read", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.NOBODY
)
BEARER_NAMES = DeclaredLimit(
    "bearers.names",
    400,
    DAY,
    "names of office-bearers beyond one's own line",
    _KEY.ACCOUNT,
    _BY.ACCOUNT,
    _HURT.SPENDER,
)
BEARER_ALARM = DeclaredLimit(
    "bearers.alarm", 1, DAY, "alarms about names read", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.NOBODY
)
FORM_PICTURES = DeclaredLimit(
    "forms.pictures", 120, HOUR, "pictures of forms", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
FIELD_PICTURES = DeclaredLimit(
    "field.pictures", 240, HOUR, "pictures sent by phones", _KEY.ACCOUNT, _BY.ACCOUNT, _HURT.SPENDER
)
FIELD_HELD = DeclaredLimit(
    "field.held", 300, DAY, "records of a phone that was signed out", _KEY.ACCOUNT, _BY.PROVEN, _HURT.SPENDER
)
FRAME_FILES = DeclaredLimit(
    "frame.files",
    3_000,
    HOUR,
    "published files read without an account; one may have tens of megabytes",
    _KEY.NETWORK,
    _BY.STRANGER,
    _HURT.NEIGHBOURS,
    (_GUARD.ROOM, _GUARD.KEPT),
    grows=0.01,
)

LIMITS: dict[str, DeclaredLimit] = {
    value.name: value for value in list(globals().values()) if isinstance(value, DeclaredLimit)
}
