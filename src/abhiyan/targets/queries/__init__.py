"""Every read of targets."""

from .misfits import Misfit, misfits_below
from .plans import plan_as_targets, planned_takeover
from .splits import (
    ALL_THE_WAY,
    Changes,
    TargetDifference,
    described,
    far_at_once,
    planned_return,
    planned_split,
    set_from,
    to_nothing,
)
from .versions import (
    Version,
    expected_before,
    last_split,
    locked_below,
    standing_split,
    target_versions,
    targets,
    version_differences,
    version_in_sight,
    versions_of_targets,
)
from .weights import SOURCES, basis, basis_in_words, elections_offered, weights_by_result
from .whole_trees import changes_under_way, target_change_for
