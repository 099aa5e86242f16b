"""The week of somebody's work with meetings by invitation: those they came to, and those they called."""

from .numbers import meetings_worked as worked

__all__ = ["worked"]
