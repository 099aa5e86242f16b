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
    show_host,
    store,
    tell_next,
    unfit,
    withdraw,
    withdraw_import,
)
from .days import (
    IN_AREA,
    AreaLost,
    DayMarked,
    DayPast,
    DaysClosed,
    NoDaysThere,
    NotOwnArea,
    NotThatDay,
    drop_day,
    mark_day,
    plan_day,
)
from .marking import MarkGiven, StayReport, add_mark, add_report, ask_hosts, hear_host
from .thanks import (
    LETTER,
    ChecksInDoubt,
    LetterEnded,
    TooFewDays,
    issue_letter,
    revoke_letter,
    set_least,
)
