"""The widest table of a unit fits a desk: units below with checks and an earlier drive beside."""

import pytest
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.programmes.models import Programme, UnitTotal
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import cut_at_crores, visits
from abhiyan.targets import actions as targets
from abhiyan.verification.actions import refresh_estimates
from abhiyan.verification.models import Check
from abhiyan.verification.tests.test_checks import drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "hi"])
def test_units_below_with_checks_and_an_earlier_drive_are_not_cut(
    chromium: Browser, served: Server, language: str
) -> None:
    cast = Cast.make(own=45, foreign=45)
    frame = drawn(cast, 90)
    with system("test"):
        Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM).update(
            outcome=Check.Outcome.GENUINE, done_at=NOW
        )
    refresh_estimates(at=NOW)
    programme, label = cast.world.programme, "Drive of 2019"
    with system("test"):
        Programme.objects.filter(pk=programme.pk).update(earlier=label)
        for number, code in enumerate(("JK-SRI", "JK-JAM"), 1):
            unit = cast.world.units[code].pk
            UnitTotal.objects.create(
                unit_id=unit, label=label, n=1_65_000, source="office", import_id=1, row=number
            )
            targets.set_target(programme_id=programme.pk, unit_id=unit, n=12_34_567, by=SYSTEM, at=NOW)
    for opens in visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role))):
        page = opens("/units/JK/?show=all", "state_president", size="desk", language=language)
        assert page.locator(".scroll:has(.tbl.brief) thead th").count() == 10
        assert cut_at_crores(page) <= 0
