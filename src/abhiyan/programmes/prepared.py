"""This room knows how far a programme is prepared: in-charges, targets, meetings and reports."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.units.models import Kind

from .models import Programme
from .queries.charges import coverage
from .rules.prepared import PreparedLine

LEVELS = 3  # of in-charges, the highest first


def prepared(one: Programme, *, lo: int, hi: int, on: date) -> Iterator[PreparedLine]:
    """Yield its lines at positions [lo, hi): numbers alone. In a system scope."""
    for level in coverage(one, lo=lo, hi=hi, on=on)[:LEVELS]:
        kind = str(Kind(level.kind).label).lower()
        label = _("In-charges named: %(kind)s") % {"kind": kind}
        yield PreparedLine(label, level.units - level.missing, level.units)
    targets, asked, done = sql.row(
        """select (select count(*) from programmes_target t where t.programme_id = %(of)s and t.replaced_at is null),
          count(d.id), count(*) filter (where d.state in (4, 5)) from programmes_schedule s
        left join programmes_due d on d.schedule_id = s.id where s.programme_id = %(of)s""",
        {"of": one.pk},
    )
    yield PreparedLine(_("Targets set"), targets)
    if asked:
        yield PreparedLine(_("Workshops and meetings held"), done, asked)
