"""The week of somebody's work at the helpline: the requests they wrote down, and those they answered."""

from .numbers import requests_worked as worked

__all__ = ["worked"]
