"""The only writers of stays."""

from .assigning import (
    ANSWER_PAGE,
    BEFORE,
    HOST,
    IN_PLACE,
    LONGEST_HOST,
    LONGEST_WHY,
    ROOM,
    STAYS,
    WORKER,
    NewStay,
    answer_stay,
    assign,
    copy_last,
    forget_host,
    hear_answer,
    require_open,
    store,
    tell_next,
    unfit,
    withdraw,
    withdraw_import,
)
from .marking import MarkGiven, StayReport, add_mark, add_report, ask_hosts, hear_host
