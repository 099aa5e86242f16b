"""The one page of a unit: what is shown of each programme, its acts, and how little it reads."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.contact.rules.kinds import CALLED, LISTED, TALKED
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.tests.make import body
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Measure
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange, has_figures
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.targets import actions as target_actions

pytestmark = pytest.mark.django_db
ROLES = ("national_president", "state_president", "district_in_charge", "district_elsewhere", "booth_worker")
UNITS = ("IN", "JK", "JK-SRI", "JK-SRI-M1", "JK-B001", "JK-JAM")
MOST_STATEMENTS = 24  # of a unit with two programmes, what every page costs among them
MOST_AT_A_BOOTH = 15


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """Committed once: a drive with entries, and a programme with a target, with entries, and with neither."""
    made = Cast.make()
    today, units = day_in("Asia/Kolkata", NOW), made.world.units
    with system("test"):
        one = actions.make_programme(
            template="contact",
            names={"en": "Every door", "hi": "हर द्वार"},
            owner_id=units["JK"].pk,
            unit_ids=[units["JK"].pk],
            opens_on=today,
            closes_on=today + timedelta(days=30),
            by=SYSTEM,
            at=NOW,
        )
        for unit in ("JK", "JK-SRI"):
            target_actions.set_target(
                programme_id=one.pk, measure=TALKED, unit_id=units[unit].pk, n=400, by=SYSTEM, at=NOW
            )
        actions.open_programme(programme_id=one.pk, by=SYSTEM, at=NOW)
        posted = [
            TallyChange(one.pk, CALLED, 3, units["JK-B001"].pk, today, rung, 40)
            for rung in (REPORTED, COUNTED)
        ]
        actions.post_changes(deltas=posted, at=NOW)
    return made


def shown(page: str) -> set[tuple[str, str]]:
    """The measures that the page of a unit leads to: programme and number."""
    pinned = page.partition('<h2 id="pinned">')[2].partition("</h2>")[0]
    lines = page.partition('id="programmes"')[2].partition("</section>")[0]
    asked = [
        parse_qs(urlsplit(unescape(href)).query) for href in re.findall('href="([^"]*)"', pinned + lines)
    ]
    return {(each["programme"][0], each["measure"][0]) for each in asked}


@pytest.mark.parametrize("role", ROLES)
def test_a_measure_is_on_the_page_of_a_unit_exactly_where_it_has_a_target_or_an_entry(
    cast: Cast, role: str
) -> None:
    seen = set()
    for unit in UNITS:
        page, unit_id = body(cast.client(role), f"/units/{unit}/"), cast.world.units[unit].pk
        if "You can't see these figures" in unescape(page):
            continue
        with cast.as_(role):
            running, node = queries.running_at(unit_id, 1, day_in("Asia/Kolkata", NOW))
            assert node is not None and len(running) == 4
            of = list({one.programme.pk: one.programme for one in running}.values())
            found = queries.ladders(node=node, hierarchy=1, programmes=of, at=NOW)
            none = queries.blank(is_rounded=not node.is_exact)
            expected = {
                (str(one.programme.public_id), str(one.measure))
                for one in running
                if has_figures(found.get((one.programme.pk, one.measure), none), one.target)
            }
            if unit == "IN":  # a programme of one state is shown with the target there
                without = {one.programme.pk for one in running if not one.target}
                whose = queries.belonging(without, (node.lo, node.hi), 1)
                expected |= {(str(one.public_id), "1") for one in of if one.pk in whose}
        assert shown(page) == expected, unit
        seen |= {str(LISTED) in number for _programme, number in shown(page)}
    assert True not in seen, "nothing was listed anywhere, and no target asks for it"


def test_a_programme_that_is_asked_for_opens_also_where_it_has_no_figures(cast: Cast) -> None:
    with system("test"):
        measure = Measure.objects.get(programme__names__en="Every door", number=LISTED)
        asked = measure.programme.public_id
    page = body(cast.client("state_president"), f"/units/JK/?programme={asked}&measure={LISTED}")
    assert '<table class="ladder">' in page and f"Every door: {measure.names['en']}" in page


def test_the_first_acts_of_a_unit_open_each(cast: Cast) -> None:
    client = cast.client("state_president")
    bar = body(client, "/units/JK/").partition('<div class="row push noprint">')[2].partition("</div>")[0]
    acts = [unescape(href) for href in re.findall('<a[^>]*href="([^"]*)"', bar)]
    assert len(acts) == 5
    for act in acts:
        assert client.get(act).status_code == 200, act
    more = body(client, acts[-1]).partition('<ul class="lines leaf"')[2].partition("</ul>")[0]
    others = [unescape(href) for href in re.findall('<a[^>]*href="([^"]*)"', more)]
    assert set(acts[:-1]) <= set(others) and len(others) == len(set(others))
    for other in others:
        assert client.get(other).status_code == 200, other


@pytest.mark.parametrize(
    ("unit", "most"), [("JK", MOST_STATEMENTS), ("JK-SRI", MOST_STATEMENTS), ("JK-B001", MOST_AT_A_BOOTH)]
)
def test_the_page_of_a_unit_reads_little(cast: Cast, unit: str, most: int) -> None:
    client = cast.client("state_president")
    body(client, f"/units/{unit}/")  # what is kept in memory is read by the first
    with CaptureQueriesContext(connection) as asked:
        body(client, f"/units/{unit}/")
    assert len(asked) <= most, [str(query["sql"])[:90] for query in asked.captured_queries]
