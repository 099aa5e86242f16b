"""The only writers of contact."""

from .attempts import (
    LEASE,
    VISIT_LEASE,
    FinishFirst,
    NotNow,
    NoVisit,
    TriedByAnother,
    TryOver,
    begin_attempt,
    end_attempt,
    lapse_attempts,
    note_other_try,
)
from .bridging import ASKED, MOST_ASKS, BridgeAskedOut, BridgeBusy, BridgeOff, hear_bridge, ring_by_bridge
from .calls import (
    MOST_OWN,
    BridgeWorks,
    CentrePaused,
    NoCallerHere,
    OwnCallsDone,
    TurnOver,
    end_turns,
    give_person_back,
    lapse_turns,
    leave_seat,
    may_use_own,
    note_seen,
    pause_centre,
    resume_centre,
    ring,
    take_next,
    take_person_back,
)
from .closing import ENTRIES, bring_lists_back, move_closing_lists
from .doors import (
    MEET,
    MOST_HELD,
    HeldBack,
    NoFreeDoors,
    end_leases,
    give_doors_back,
    lapse_leases,
    require_there,
    take_doors,
)
from .handing import hand_call_over
from .helping import answer_help, ask_help, drop_help
from .inbound import CallerFound, CallerSaid, look_up_caller, note_caller_no, take_inbound
from .lists import (
    ACT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    OPEN,
    RUN,
    AnotherFileApproved,
    BasisMissing,
    DocumentMissing,
    ListAsked,
    ListWaits,
    NewEntry,
    NewList,
    add_entries,
    ask_list,
    empty_list,
    end_filling,
    end_list,
    end_past_lists,
    forget_person,
    hear_list_decided,
    hear_no_to_lists,
    lock_list,
    make_list,
    note_checked,
)
from .missed import heed_helpline_call, leave_missed, take_missed
from .offering import (
    LONGEST_HELPER,
    DoorNumberUnfit,
    HelperUnknown,
    HelpSaid,
    NumberOwn,
    offer_help,
    typed_phone,
)
from .outcomes import (
    CallTold,
    CorrectedTooLate,
    TakenBackTooLate,
    correct_call,
    note_centre_call,
    take_back_call,
)
from .queues import (
    LONGEST_QUEUE_TITLE,
    MOST_LISTS,
    NewQueue,
    QueueListsUnfit,
    make_queue,
    pause_queue,
    resume_queue,
    write_queue_words,
)
from .reminding import APPOINT, remind_centres
from .signing import LONGEST_WITH, SignedUnfit, ask_signed, end_signed, hear_signed, resume_signed
from .standing import bring_back_entries
from .talks import (
    LONGEST_DOOR,
    LONGEST_NOTE,
    DoorGone,
    DoorKnown,
    FollowUpUnfit,
    NeedUnsaid,
    Told,
    ask_persons,
    empty_notes,
    hear_person,
    note_door,
    note_walk,
    show_door_number,
    undo_contact,
)
from .tries import note_door_visit, note_person_try, replace_try, undo_door_visit
