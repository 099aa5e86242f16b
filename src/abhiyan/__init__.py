"""Abhiyan: field campaigns whose numbers you can trust."""

__version__ = "0.2.0"  # the newest heading of CHANGELOG.md
