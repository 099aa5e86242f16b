"""Read why people joined: one's own choice, and counts for offices."""

from uuid import UUID

from django.db.models import Count
from django.utils.functional import Promise

from abhiyan.core.scope import system
from abhiyan.enrolment.models_motives import Motive
from abhiyan.enrolment.rules.motives import MOTIVES


def own_motive(membership: UUID) -> Promise | str:
    """Return what a person chose when they joined, by their membership's public id; "" if they chose nothing."""
    with system("why somebody joined, for themselves"):
        why = Motive.objects.filter(membership=membership).values_list("why", flat=True).order_by("at").last()
    return dict(MOTIVES).get(why or 0, "")


def motives(programme_id: int) -> list[tuple[Promise, int]]:
    """Return each motive with how many chose it, of the people in the viewer's sight. One query."""
    n_by_motive = dict(
        Motive.objects.filter(programme_id=programme_id).values_list("why").annotate(n=Count("membership"))
    )
    return [(label, n_by_motive.get(code, 0)) for code, label in MOTIVES]
