"""Why somebody may say they joined: one optional choice. It names no scheme and asks for no proof."""

from django.utils.translation import gettext_lazy as _

SCHEME, WORK = 1, 2
MOTIVES = ((SCHEME, _("A public scheme reached me")), (WORK, _("I like the work")))


def motive_of(text: str) -> int:
    """Return the motive that a form names; 0: none was chosen."""
    return next((code for code, _label in MOTIVES if str(code) == text), 0)
