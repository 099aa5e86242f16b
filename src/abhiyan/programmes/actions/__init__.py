"""Every act on programmes and the tally ledger."""

from abhiyan.programmes.queries.items import item_key
from abhiyan.programmes.refusals import (
    NotCovered,
    ProgrammeGone,
    ProgrammeOver,
    UnknownMeasure,
)

from .charges import (
    LONGEST_REASON,
    Naming,
    UnknownAccount,
    answer_charge,
    end_charges_of_account,
    end_in_charge,
    end_named_by,
    end_together,
    look_at_namings,
    name_in_charge,
    name_leaders,
    name_many,
    remind_in_charges,
    tell_in_charges,
)
from .closing import restore_from_closing, settle_programmes_at_closing
from .items import (
    AskedItem,
    ByReporter,
    KnownOtherwise,
    NewItem,
    ask_whether,
    confirm_items,
    count_items,
    end_items,
    erase_items,
    move_items,
    report_items,
    resume_items,
    set_total,
    sign_items,
    take_back_items,
)
from .ledger import fold_changes, forget_horizon, post_changes
from .own_figures import type_figure
from .parts import start_in_units
from .past import make_past
from .pinning import pin_programme, unpin_programme
from .programmes import (
    NameMissing,
    NotADraft,
    ScopeTwice,
    change_programme,
    close_programme,
    discard_programme_draft,
    make_programme,
    open_programme,
    require_run,
)
from .recount import recount_facts
from .trees import follow, refuse_going, resize
