"""Offices and their holders, releases, and what only they open."""

from .appointments import (
    AlreadyEnded,
    NotOffered,
    OfficeBearer,
    SeatHeld,
    WrongTerm,
    appoint,
    appoint_many,
    appoint_new,
    decide_dispute,
    end_appointment,
    end_terms,
    ensure_offices,
    require_term,
)
from .bodies import change_body, end_body, make_bodies, make_body
from .body_kinds import ask_body_kind, close_body_kind
from .doors import (
    NoNumber,
    ask_factor_reset,
    make_holder_word,
    reset_factors,
    reveal_bearer,
    reveal_phone,
    send_bearer,
)
from .emergency import ask_to_end_stop, stop_data
from .held_below import count_held
from .office_offers import answer_by_phone, answer_offer
from .officers import (
    end_officer,
    name_data_officer,
    seat_awaited_officers,
)
from .own_offices import ask_office, end_office
from .releases import (
    Lapsed,
    NotReleased,
    ask_release,
    close_release,
    decide_release,
    lapse_releases,
    require_to_decide,
    stop_reset,
    use_release,
)
from .taking import TakenAlready, give_back_work, take_work
from .talks import (
    forget_bearer_talks,
    forget_talks_of,
    move_promise,
    note_bearer_talk,
    remove_bearer_talk,
    settle_promise,
)
