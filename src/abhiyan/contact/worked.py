"""The week of somebody's work in contact: the doors they went to, and the calls they made.

The talks among them are items of programmes.
"""

from .numbers import tries_made as worked

__all__ = ["worked"]
