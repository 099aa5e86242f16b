"""The week of somebody's work in a drive: the people they entered at doors."""

from .numbers import entered_at_doors as worked

__all__ = ["worked"]
