"""Words for where an import stands."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.imports import queries
from abhiyan.imports.models import StagedImport

State = StagedImport.State
# State -> its word, and the mark it stands with.
STATES: dict[str, tuple[str | Promise, str]] = {
    State.RECEIVING: (_("Being uploaded"), "warn"),
    State.RECEIVED: (_("Columns to settle"), "warn"),
    State.CHECKING: (_("Being checked"), ""),
    State.CHECKED: (_("Checked, waits for you to confirm"), "warn"),
    State.COMMITTING: (_("Being imported"), ""),
    State.DONE: (pgettext_lazy("import", "Imported"), "ok"),
    State.FAILED: (_("Stopped"), "bad"),
    State.UNDOING: (_("Being undone"), ""),
    State.UNDONE: (_("Undone"), ""),
    State.DISCARDED: (_("Discarded"), ""),
}
NOTHING = (_("Nothing imported"), "bad")


def import_state(staged: StagedImport) -> tuple[str | Promise, str]:
    """Return the word of where an import stands, and its mark. One that took nothing in is not called done."""
    is_over = staged.state in (State.CHECKED, State.DONE)
    return NOTHING if is_over and queries.is_all_refused(staged) else STATES[staged.state]


WORKING: dict[str, str | Promise] = {
    State.CHECKING: _("Every row is read; nothing is changed yet."),
    State.COMMITTING: _("Importing the rows. You may leave this page; the work goes on."),
    State.UNDOING: _("What the import did is being reversed. You may leave this page; the work goes on."),
}
