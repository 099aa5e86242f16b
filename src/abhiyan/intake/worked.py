"""The week of somebody's work in a drive: the people who joined by their own link."""

from .numbers import joined_by_link as worked

__all__ = ["worked"]
