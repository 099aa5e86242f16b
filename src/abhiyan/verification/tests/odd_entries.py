"""Workers whose entries look odd, for tests of pages."""

from datetime import datetime
from uuid import UUID, uuid4

from abhiyan.core.scope import system
from abhiyan.enrolment.queries.recount import MEASURE
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.models import Flag, Look
from abhiyan.verification.queries.looks import BUILT


def odd_entries(cast: Cast, at: datetime) -> UUID:
    """Two workers of the other district whose entries look odd; one of them is asked about it."""
    of = {"programme": cast.world.programme, "measure": MEASURE, "unit": cast.world.units["JK-JAM"]}
    asked, other = cast.accounts["district_elsewhere"], cast.accounts["call_centre_agent"]
    n = len(BUILT)
    with system("test"):
        for account in (asked, other):
            Look.objects.create(
                **of,
                worker=account.public_id,
                entries=1_237,
                hits=[29] * n,
                total=[30] * n,
                scores=[4.0] * n,
                peers=[0.1] * n,
                bad=0,
                good=0,
                peers_bad=0,
                wanted=1,
                at=at,
            )
        return Flag.objects.create(
            **of,
            id=uuid4(),
            worker=asked.public_id,
            account_id=asked.pk,
            reasons=[["bursts", 29, 30, 0.1]],
            asked_at=at,
            handled_by=[],
        ).pk
