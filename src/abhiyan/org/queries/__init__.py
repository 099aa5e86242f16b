"""Read viewers, authority, offices with their holders, and releases that wait for a second person."""

from .appointers import Appointer, appointers
from .authority import (
    NotYours,
    as_held,
    decides,
    grants_at,
    holds,
    is_root,
    require,
    seat_over,
    sits_in,
    whom_to_ask,
)
from .bodies import BodyHere, BodySeat, SeatHolder, bodies_of, body_at, body_called, body_seats, seat_holders
from .body_kinds import (
    OwnKind,
    bodies_missing,
    body_kind_names,
    body_kinds_asked,
    count_bodies,
    kinds_to_make,
    own_body_kind,
    own_body_kinds,
    seat_offices,
)
from .deciding import Deciders, deciders
from .desks import nearest_each, nearest_with
from .disputes import Dispute, OwnDispute, claimants, own_dispute, own_disputes, why_not_decide
from .line import Bearer, bearer_for
from .lists import Gives, appointment_rows, next_vacancy, offers_of, sight, vacant_rows, with_holders
from .names import are_names_free, free_names, names_of_page
from .officers import WANTED, may_stop_data, officers_of_top, top_unit
from .offices import (
    Leader,
    OfficeBelow,
    OfficeHere,
    UnitVacancies,
    Vacancy,
    WorkHolder,
    accepted,
    appointment_for,
    ask_leaders_of,
    ask_offices_here,
    ask_vacancies_below,
    cast,
    held_office,
    holders_in,
    holders_of,
    holds_one_of,
    is_phone_in_office,
    line_of_command,
    offered_office,
    office_bearers,
    office_titles,
    offices_held,
    offices_of,
    offices_to_give,
    offices_used,
    units_served,
    vacancies,
    vacancies_of,
)
from .own_offices import (
    count_holders,
    has_over_all_of,
    kinds_from,
    offices_asked,
    offices_short,
    own_office,
    own_offices,
    rights_to_give,
)
from .releases import (
    askers,
    release_about,
    release_for,
    releases,
    releases_asked,
    releases_for,
    releases_of,
    resets_of,
)
from .resets import highest_of, is_high, open_holder, why_not_hand_over, why_not_reset
from .taking import leaders_at
from .talks import bearer_of_talk, last_talk, promises_due, talks_about
from .viewers import (
    by_one_code,
    comes_by_code,
    own_work,
    reader_over,
    scope_of,
    seeing_as,
    seen_by,
    sign_in_path,
    viewer_of,
    viewer_then,
    visit_of,
)
