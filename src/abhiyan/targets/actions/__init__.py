"""Every act on targets."""

from abhiyan.targets.refusals import ChangedMeanwhile, NoTarget, TargetUnfit

from .expected import set_expected
from .sums import settle_closed, settle_due
from .targets import go_back, lock_target, set_target, split_target, take_over_plan
from .whole_trees import MOST_AT_ONCE, change_targets, do_change, end_change
