"""Hold a programme: every change of it or its targets does so first."""

from abhiyan.core.refusals import or_refuse
from abhiyan.programmes.models import Programme


def lock_programme(*, programme_id: int) -> Programme:
    """Return the programme, locked until the transaction ends. Every change of it or its targets holds it first.

    Rows that only point to it, such as who is in charge, are written meanwhile.
    """
    programmes = Programme.objects.select_for_update(of=("self",), no_key=True)
    return or_refuse(programmes.filter(pk=programme_id).first())
