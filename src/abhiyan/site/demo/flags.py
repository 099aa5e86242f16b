"""The demo's questions to workers whose entries are odd: some wait, some are answered, of two fresh checks are made."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.recount import MEASURE
from abhiyan.programmes.models import Programme
from abhiyan.verification import actions
from abhiyan.verification.models import Flag
from abhiyan.verification.queries.looks import looks_of
from abhiyan.verification.refusals import NotProven

LOOKED, ANSWERED, CHECKED, PROPOSED = 38, 39, 40, 43  # after these days of the drive
ASKED, HEARD, FRESH = 6, 3, 2  # how many are asked, answer, are checked afresh
SAID = (
    "मेले में एक ही जगह बहुत लोग मिले, रात को घर पर बैठकर सबके नाम एक साथ भरे। (नमूना)",
    "मेरे फ़ोन में नेटवर्क नहीं था, इसलिए सब नाम काग़ज़ से एक साथ डाले। (नमूना)",
    "यह मेरे मोहल्ले के लोग हैं, आप उनसे पूछ सकते हैं। (नमूना)",
)


@dataclass
class Flags:
    """Who is asked while the drive goes on. planner: who asks."""

    programme: Programme
    planner: Actor
    _asked: list[Flag] = field(default_factory=list)
    _checked: list[Flag] = field(default_factory=list)  # whose fresh checks have begun

    def after(self, number: int, until: datetime) -> None:
        """What happens once a day of the drive is over. number: of the day, from 1; until: its end."""
        at = until + timedelta(hours=9) if number != PROPOSED else until
        if number == LOOKED:
            self._ask(at)
        elif number == ANSWERED:
            for flag, text in zip(self._asked[:HEARD], SAID, strict=False):
                by = Actor(kind="person", id=flag.worker, account_id=flag.account_id)
                actions.answer_flag(flag_id=flag.pk, text=text, by=by, at=at)
        elif number == CHECKED:
            for flag in self._asked[:FRESH]:
                with suppress(Refused):  # too few of their entries are in the frame
                    actions.begin_checks(flag_id=flag.pk, by=self.planner, at=at)
                    self._checked.append(flag)
        elif number == PROPOSED:
            self._look(at)
            for flag in self._checked:
                with suppress(NotProven):
                    actions.propose_finding(flag_id=flag.pk, by=self.planner, at=at)

    def _look(self, at: datetime) -> None:
        actions.look_at_workers(programme=self.programme, measure=MEASURE, by=self.planner, at=at)

    def _ask(self, at: datetime) -> None:
        self._look(at)
        with system("demo"):
            odd = [one.worker for one in looks_of(self.programme, MEASURE, most=10 * ASKED) if one.reasons]
        self._asked = [
            actions.ask_worker(programme=self.programme, measure=MEASURE, worker=one, by=self.planner, at=at)
            for one in odd[:ASKED]
        ]
