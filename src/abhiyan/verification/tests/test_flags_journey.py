"""From odd entries to a finding, in the browser: one who plans checks asks, the worker answers, another decides."""

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.org.models import Release
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.verification import tasks
from abhiyan.verification.actions import judge_fresh_checks
from abhiyan.verification.models import Flag
from abhiyan.verification.tests.test_checks import drawn
from abhiyan.verification.tests.test_flagging import PRESIDENT, SECOND, plant, told
from abhiyan.verification.tests.test_journey import opens, served
from abhiyan.verification.tests.test_looks import HASTY, rows_of_ten_workers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["opens", "served"]  # fixtures of the other journey
SAID = {"hi": "उस दिन मेले में भतीजे ने सब दर्ज किया।", "en": "There was a fair; my nephew typed them all."}


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_worker_is_asked_answers_and_a_second_reviewer_decides(
    opens: Open,
    look: Look,
    cast: Cast,
    size: str,
    language: str,
) -> None:
    cast.world.send(*rows_of_ten_workers(cast))
    planner = opens(f"/checks/of/{cast.world.programme.public_id}/", PRESIDENT, size=size, language=language)
    go(planner, "main a[href$='/workers/']")
    look(planner, "nobody compared yet")
    go(planner, "form[action$='/workers/'] button[type=submit]")
    tasks.compare_workers(str(cast.world.programme.public_id), ENROLMENTS)  # the job
    planner.reload()
    look(planner, "workers with reasons")
    sheet = planner.locator(f"main a.bearer[href$='/bearers/{cast.accounts[HASTY].public_id}/']")
    assert sheet.count() == 1
    worker_id = cast.accounts[HASTY].public_id
    go(planner, f"a[href$='/{worker_id}/ask/']")
    look(planner, "before asking")
    go(planner, "form[data-asks] button[type=submit]")
    look(planner, "asked")

    worker = opens("/today/", HASTY, size=size, language=language)
    go(worker, "a[href$='/mine/'][href*='/flag/']")
    look(worker, "what I am asked")
    worker.fill("[name=text]", SAID[language])
    go(worker, "form[data-asks] button[type=submit]")
    assert SAID[language] in worker.inner_text("main")
    look(worker, "my answer")

    frame = drawn(cast)
    planner.reload()
    assert SAID[language] in planner.inner_text("main")
    go(planner, "nav.crumbs a[href$='/workers/']")
    look(planner, "people with a known answer are missing")
    with system("test"):
        plant(frame, Flag.objects.get().unit_id, 40)
    planner.reload()
    go(planner, "main a[href$='/workers/fresh/']")
    look(planner, "before fresh checks")
    go(planner, "form[data-asks] button[type=submit]")
    look(planner, "fresh checks are under way")
    with system("test"):
        flag = Flag.objects.get()
    told(frame, flag, NOW, bad=12)
    judge_fresh_checks(at=NOW)
    go(planner, f"main a[href$='/flag/{flag.pk}/']")
    look(planner, "fresh checks are judged")
    go(planner, "a[href$='/propose/']")
    planner.fill("[name=reason]", SAID[language])
    look(planner, "before proposing")
    go(planner, "form[data-asks] button[type=submit]")
    look(planner, "a second person decides")

    second = opens("/today/", SECOND, size=size, language=language)
    go(second, "main a[href*='/approvals/'], main a[href*='/releases/']")
    look(second, "what waits for the second reviewer")
    with system("test"):
        asked = Release.objects.get()
    go(second, f"a[href*='{asked.public_id}'][href*='allow=yes']")
    look(second, "before approving")
    go(second, "form[data-asks] button[type=submit], main form button[type=submit]")
    with system("test"):
        flag.refresh_from_db()
    worker.goto(worker.url)
    look(worker, "a finding with my answer")
    assert flag.step == Flag.Step.FOUND
