"""Words that name the source of a count. The number seen comes first; the number somebody says follows, as reported."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells

Text = str | Promise


COUNTED, WAITS = _("%(n)s counted"), _("%(n)s waiting for a sign from the phone")
REPORTED, CONFIRMED = _("%(n)s reported"), _("%(n)s confirmed")


@dataclass(frozen=True, slots=True)
class CountWords:
    """The words of an activity for a count, each with `%(n)s`. A room declares those of its activity.

    seen: what passes the rules with a sign. waits: what passes, and waits for a sign. reported: one person's word.
    """

    seen: Text = COUNTED
    waits: Text = WAITS
    reported: Text = REPORTED
    confirmed: Text = CONFIRMED

    def sentence(
        self,
        *,
        seen: int | None,
        reported: int | None,
        confirmed: int | None = None,
        waiting: int = 0,
        also: tuple[tuple[Text, int], ...] = (),
        more: tuple[tuple[Text, int], ...] = (),
    ) -> str:
        """Say a count in one sentence: "3 seen by name, 88 reported, 106 invited".

        seen, reported: None for fewer than 10, seen from outside. confirmed: None where it is not said.
        waiting: left out if there is none. also: what else was seen.
        more: words and numbers that follow.
        """
        parts: list[tuple[Text, int | None]] = [] if confirmed is None else [(self.confirmed, confirmed)]
        parts += [(self.seen, seen), *also]
        if waiting:
            parts.append((self.waits, waiting))
        parts += [(self.reported, reported), *more]
        return ", ".join(str(words) % {"n": small_cells.count_in_words(n)} for words, n in parts)
