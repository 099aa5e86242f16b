"""Abhiyan: field campaigns whose numbers you can trust."""

__version__ = "0.1.0"
