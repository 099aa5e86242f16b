"""The week of a verifier's work: the back-checks they finished. Their findings stay with the frame."""

from .queries.checks import checks_made as worked

__all__ = ["worked"]
