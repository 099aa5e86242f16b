"""Offer the week of somebody's work at doors."""

from .numbers import entered_at_doors

work_done = entered_at_doors
