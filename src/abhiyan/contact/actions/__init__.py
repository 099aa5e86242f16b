"""The only writers of contact."""

from .attempts import (
    LEASE,
    VISIT_LEASE,
    FinishFirst,
    NotNow,
    TriedByAnother,
    TryOver,
    begin_attempt,
    end_attempt,
    lapse_attempts,
)
from .doors import (
    MEET,
    MOST_HELD,
    HeldBack,
    NoFreeDoors,
    end_leases,
    give_back,
    lapse_leases,
    require_there,
    take_doors,
)
from .talks import (
    LATEST,
    LONGEST_DOOR,
    LONGEST_NOTE,
    DoorGone,
    DoorKnown,
    Told,
    ask_persons,
    empty_notes,
    hear_person,
    note_door,
    note_walk,
    show_number,
    undo_contact,
)
