"""The week of somebody's work with forms: those they filled in by themselves, and what became of them.

Forms about another room's thing are that room's work.
"""

from .queries import forms_worked as worked

__all__ = ["worked"]
