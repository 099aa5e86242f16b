"""Offices and their holders, releases, and what only they open."""

from .appointments import (
    AlreadyEnded,
    AlreadyHolds,
    BeyondYourOwn,
    NoSeatLeft,
    NotDisputed,
    NotOffered,
    NotPlaced,
    OfferOver,
    OfficeBearer,
    OfficeNotHere,
    OfficerElsewhere,
    OrderMissing,
    SeatHeld,
    UnknownOffice,
    WrongTerm,
    appoint,
    appoint_many,
    appoint_new,
    decide,
    end_appointment,
    end_terms,
    ensure_offices,
    require_term,
)
from .bodies import BodyNameMissing, UnknownKind, end_body, make_body
from .doors import HasProof, TooEarly, ask_factor_reset, make_first_word, reset_factors, reveal_phone
from .held_below import count_held
from .offers import answer_link, answer_offer, offer_behind
from .officers import (
    AdministratorsNumber,
    HasAppointed,
    NotAnOfficer,
    end_officer,
    name_officer,
    seat_awaited_officers,
)
from .releases import (
    AlreadyDecided,
    ApprovalOver,
    Lapsed,
    NotReleased,
    ReasonMissing,
    UnknownAct,
    ask_release,
    decide_release,
    lapse_releases,
    stop_reset,
    use_release,
)
