"""What org tells the rooms above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """An appointment ended. is_last: the account holds none any more; what works in its name ends too."""

    account_id: int
    unit_id: int
    office: str
    is_last: bool
    at: datetime
