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
