"""Our own numbers, and what every text says of them: where an answer goes, what to call to stop or to leave.

Decided here for every room. A room gives its own blanks; the sender fills these, from what is there when it sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from abhiyan.core import environment

from .models import Number
from .rules import inbound
from .rules.serving import numbers_serving

Meaning = Number.Meaning
OUR_BLANKS = (
    "answer",
    "reply",
    "join",
    "stop",
    "leave",
)  # what texts say of our numbers, in any part that may be left out


@dataclass(frozen=True, slots=True)
class AnswerWay:
    """The place to which people write their answer. number: ours (E.164), "" for none; takes_replies: a reply to the
    text itself reaches us. With neither only a link takes an answer."""

    number: str = ""
    takes_replies: bool = False

    def __bool__(self) -> bool:
        return bool(self.number) or self.takes_replies


@dataclass(frozen=True, slots=True)
class OurNumbers:
    """Our numbers in use, read once."""

    rows: Sequence[Number] = field(
        default_factory=lambda: list(Number.objects.filter(is_active=True).order_by("pk"))
    )

    def of(self, meaning: str, programme_id: int = 0, *, providers: Sequence[str] = inbound.PROVIDERS) -> str:
        """The number with this meaning that serves a programme; "" while there is none.

        The programme's own comes first, then that of the open drive above it, then one of all programmes.
        """
        fit = [row for row in self.rows if row.meaning == meaning and row.provider in providers]
        of_programmes = {row.programme_id for row in fit} - {None}
        # We ask for the drive above only where its number may be the answer.
        above = numbers_serving(programme_id) if of_programmes and programme_id not in of_programmes else ()
        order: dict[int | None, int] = {
            ident: n for n, ident in enumerate(dict.fromkeys((programme_id, *above, None)))
        }
        candidates = [row for row in fit if row.programme_id in order]
        return min(candidates, key=lambda row: order[row.programme_id]).number if candidates else ""

    def first(self, meaning: str, *, providers: Sequence[str] = inbound.PROVIDERS) -> str:
        """Return the first number with this meaning, for the whole installation; "" while there is none."""
        numbers = (row.number for row in self.rows if row.meaning == meaning and row.provider in providers)
        return next(numbers, "")

    def answer_way(self, programme_id: int = 0) -> AnswerWay:
        """Return where an answer by text goes. A number of the programme's drive comes first, then our number for
        answers. Without them it is a reply to the text, if the gateway takes replies (ABHIYAN_SMS_REPLIES)."""
        number = self.of(Meaning.JOIN, programme_id, providers=inbound.WITH_TEXTS) or self.first(
            Meaning.ANSWERS, providers=inbound.WITH_TEXTS
        )
        return AnswerWay(number, not number and environment.SMS_REPLIES())

    def blanks(self, programme_id: int = 0) -> dict[str, str]:
        """Return the numbers that a text of a programme may name; "" for one that we lack."""
        way = self.answer_way(programme_id)
        # The number for leaving may be that of another roll, which the reader would leave then.
        leave = partial(self.of, programme_id=programme_id) if programme_id else self.first
        return {
            "answer": way.number,
            "reply": "1" if way.takes_replies else "",
            "join": self.of(Meaning.JOIN, programme_id, providers=inbound.WITH_TEXTS),
            "stop": self.first(Meaning.STOP, providers=inbound.WITH_CALLS),
            "leave": leave(Meaning.LEAVE, providers=inbound.WITH_CALLS),
        }
