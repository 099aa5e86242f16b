"""Texts that people pass on by WhatsApp: an invitation with its link, and any other."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _

from abhiyan.core.words import local_person, organisation_name


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which people join, to share. name: of the programme, for the reader of the page alone. by: who
    invites; "" leaves the name out. minimum: the age of the roll, in years.

    place: the unit it names, or empty. poster: a page to print. own: the page of the reader's own link and poster,
    where they may enter people. is_own_work: of the work of the reader's own office; Today shows it first."""

    name: str
    address: str
    by: str
    minimum: int
    place: str = ""
    poster: str = ""
    own: str = ""
    is_own_work: bool = False

    @property
    def text(self) -> str:
        """Return what a citizen reads first, in the language in force. It says whose it is, who invites, what it costs
        and from which age; the link comes last. It names nobody's sex, and may be passed on by others."""
        values = {"organisation": organisation_name(), "by": local_person(self.by), "n": self.minimum}
        invited = (
            _("%(by)s invites you to join %(organisation)s.")
            if self.by
            else _("You are invited to join %(organisation)s.")
        )
        terms = _("It is free, from the age of %(n)s:")
        return f"{invited % values} {terms % values} {self.address}"

    @property
    def whatsapp(self) -> str:
        """WhatsApp with the invitation, on a phone and on a desk."""
        return by_whatsapp(self.text)


def by_whatsapp(text: str, number: str = "") -> str:
    """Return the address that opens WhatsApp with a text.

    With a number it goes to that phone; without one the sender chooses.
    """
    return f"https://wa.me/{number.removeprefix('+')}?text={quote(text, safe='')}"
