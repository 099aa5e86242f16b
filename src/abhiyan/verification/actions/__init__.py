"""The only writers of verification."""

from .aiming import aim_checks, aim_where_it_tells, ask_aiming
from .assigning import (
    end_planned,
    finish_open,
    hand_back,
    return_checks,
    take_check,
    take_checks,
    visit_by_lot,
)
from .checks import (
    ToldCheck,
    TryOutcome,
    begin_try,
    close_answers,
    conclude_check,
    end_check_try,
    fix_visit,
    take_off,
    tell_check,
    tell_checks,
)
from .estimating import estimate_frame, refresh_estimates
from .flagging import (
    answer_flag,
    ask_worker,
    drop_flag,
    expire_flags,
)
from .frames import close_frame, draw_frame, freeze_frame, top_up_frame
from .fresh import begin_fresh_checks, judge_fresh_checks, propose_finding
from .looking import ask_look, look_at_workers, look_nightly
from .planting import plant_people, withdraw_planted
from .public import close_page, open_page
from .redraws import ask_redraw
from .ties import end_tie, state_tie
