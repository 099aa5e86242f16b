"""One figure has one value on every page at the same moment; where two figures look alike, their words differ."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.tests.make import typed
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import refresh_estimates
from abhiyan.verification.models import Estimate
from abhiyan.verification.tests.test_checks import drawn
from abhiyan.work.models import Task

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def words(client: Client, path: str) -> str:
    """Return what somebody reads on a page."""
    main = body(client, path).partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def number(text: str, pattern: str) -> int:
    """The one number of a sentence."""
    (found,) = set(re.findall(pattern, text))
    return int(found.replace(",", ""))


def titles(client: Client, where: str) -> list[str]:
    """The titles of slides about a unit."""
    made = client.post(f"/review/slides/new/{where}", {"language": "en"})
    assert made.status_code == 302, made.content.decode()[:2000]
    page = unescape(body(client, str(made["Location"])))
    return re.findall(r"<li><span>\d+\. (?:<a[^>]*>)?(.*?)(?:</a>)?</span></li>", page)


def listed(client: Client, path: str) -> int:
    """How long a list is, by its own words."""
    return number(words(client, path), r"Showing [\d,]+–[\d,]+ of ([\d,]+)")


def test_vacancies_are_as_many_on_today_in_their_list_on_the_unit_page_and_on_slides(cast: Cast) -> None:
    cast._seat("state_data_officer", "data_officer", "JK", 1)
    for role, unit in (("district_in_charge", "JK-SRI"), ("state_president", "JK")):
        client = cast.client(role)
        today = words(client, "/today/")
        every = number(today, r"([\d,]+) offices are vacant here and below")
        others = number(today, r"others fill ([\d,]+) of them")
        assert every == others + listed(client, f"/appointments/?unit={unit}&show=fill"), role
        assert every == listed(client, f"/appointments/?unit={unit}&show=vacant")
        (title,) = [one for one in titles(client, f"?unit={unit}") if "vacant here and below" in one]
        assert title == f"{every} offices are vacant here and below", role
        below = words(client, f"/units/{unit}/").partition("Vacant below")[2].partition("See all")[0]
        own = words(client, f"/units/{unit}/").partition("Who is responsible")[2].partition("Vacant below")[0]
        n = sum(int(n) for n in re.findall(r"(\d+) of \d+", below))
        assert n + own.count("Vacant") == every, role


def test_requests_at_ones_desk_and_requests_of_all_below_are_two_figures_with_two_names(cast: Cast) -> None:
    for n, unit in enumerate((cast.world.booth, cast.world.booth, cast.world.far_booth)):
        typed(cast.world, phone=f"+9199060020{n:02}", unit_id=unit.pk)
    with system("test"):
        first = Ticket.objects.filter(unit_id=cast.world.booth.pk).values("pk")[:1]
        late = {"desk_id": cast.world.units["JK-SRI"].pk, "due_at": NOW - timedelta(days=1)}
        Ticket.objects.filter(pk__in=first).update(**late)
    client = cast.client("district_in_charge")
    own = number(words(client, "/today/"), r"(\d+) helpline requests? at your desk")
    assert own == listed(client, "/helpline/?show=mine") == 1
    dossier = words(client, "/review/dossier/JK-SRI/")
    assert number(dossier, r"Waiting at this desk (\d+)") == own
    every = number(words(client, "/units/JK-SRI/more/"), r"(\d+) requests here and below, 1 overdue")
    assert every == listed(client, "/helpline/?unit=JK-SRI") == 2
    assert number(dossier, r"Waiting here and below (\d+)") == every
    assert number(dossier, r"Overdue here and below (\d+)") == 1


def test_tasks_of_a_dossier_are_those_of_the_lists(cast: Cast) -> None:
    with system("test"):
        for n, (unit, state) in enumerate(
            (("JK-SRI", "asked"), ("JK-SRI-M1", "done"), ("JK-SRI-M1", "confirmed"), ("JK-JAM", "asked"))
        ):
            Task.objects.create(
                unit=cast.world.units[unit],
                public_id=uuid4(),
                typed_title=f"Task {n}",
                due_at=NOW - timedelta(days=1),
                asked_by=cast.accounts["state_president"].pk,
                asked_at=NOW - timedelta(days=3),
                state_at=NOW - timedelta(days=3),
                state=state,
            )
    client = cast.client("state_president")
    dossier = words(client, "/review/dossier/JK-SRI/")
    page = "/programmes/tasks/?show=unit&unit=JK-SRI"
    assert number(dossier, r"Not finished, here and below (\d+)") == listed(client, page) == 2
    assert number(dossier, r"Late now, here and below (\d+)") == listed(client, f"{page}&state=late") == 1
    assert number(dossier, r"Open, of this unit (\d+)") == 1


def test_who_is_furthest_behind_is_one_ranking_by_people(cast: Cast) -> None:
    for unit, n in (("JK", 5_000), ("JK-SRI", 4_000), ("JK-JAM", 900)):
        cast.target(unit, n)
    cast.crowd(10, "JK-B001", "70065")  # by share Jammu is behind Srinagar, by people Srinagar behind Jammu
    client = cast.client("state_president")
    short = number(words(client, "/today/"), r"Srinagar ([\d,]+) fewer than due by today")
    unit = words(client, "/units/JK/?show=all")
    assert number(unit, r"Furthest behind Srinagar ([\d,]+) fewer Jammu") == short
    rows = words(client, f"/programmes/{cast.world.programme.public_id}/units/?unit=JK&level=district")
    assert rows.index("Srinagar sample") < rows.index("Jammu sample") and f" {short} " in rows
    (title,) = [one for one in titles(client, "?unit=JK") if "lacks most" in one]
    assert title.startswith(f"Srinagar lacks most: {short} fewer than the ")
    assert unit.partition("Against due by today")[2].index("Srinagar") < unit.partition(
        "Against due by today"
    )[2].index("Jammu")


def test_figures_of_another_unit_are_as_of_the_evening_before_wherever_they_are_read(cast: Cast) -> None:
    outside, own = cast.client("district_in_charge"), cast.client("district_elsewhere")
    for path in ("/units/JK-JAM/", "/units/JK-JAM/?show=all", "/review/dossier/JK-JAM/"):
        assert "As of the evening of 24 Nov 2026" in words(outside, path), path
        assert "As of 25 Nov 2026, " not in words(outside, path), path
        assert "As of 25 Nov 2026, 12:00" in words(own, path), path


def test_large_numbers_are_grouped_in_every_cell(cast: Cast) -> None:
    cast.crowd(20, "JK-B001", "70066")
    frame = drawn(cast)
    refresh_estimates(at=NOW)
    with system("test"):
        of = Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED)
        of.update(items=1_162_345, reported=3_771_612)
    for path in ("/review/dossier/JK/", f"/checks/frame/{frame.public_id}/beside/?unit=IN"):
        said = words(cast.client("state_president" if "dossier" in path else "national_president"), path)
        assert "37,71,612" in said and "11,62,345" in said, path
        assert "3771612" not in said and "1162345" not in said, path
