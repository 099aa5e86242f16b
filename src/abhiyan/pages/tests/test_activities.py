"""A kind of campaign no room knows, with two measures and a channel that is nobody's, opens every page."""

import ast
import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from abhiyan.core.rooms import offered
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.intake.activity import DRIVE
from abhiyan.programmes import actions
from abhiyan.programmes.doctor import orphan_findings
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import (
    Activity,
    ItemChannel,
    MeasureTemplate,
    Page,
    Panel,
    ProgrammeTemplate,
    Step,
)
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.targets import actions as target_actions
from abhiyan.ui.owed import Owed

pytestmark = pytest.mark.django_db
ROOMS = Path(__file__).resolve().parents[2]
NIGHTS, MET = 1, 2  # measures
FIELD_APP, UNKNOWN = 98, 99  # channels
HEARD = 3  # a rung of its own


def panel(viewer: object, programme: Programme, unit: Any, hierarchy: int, at: object) -> Panel:
    return Panel("Hosts", "programmes/_here.html", {"own": {"said": [f"Hosts in {unit.code}: 7."]}})


def owes(viewer: object, held: Any, stand: Any, at: object) -> Iterator[Owed]:
    yield Owed(
        urgency=1,
        title=f"Ask the hosts of {held.unit_code}: {stand.ladder.counted} nights",
        meta="",
        href="/",
        act="Ask",
        icon="check",
    )


MEANINGS = {
    "reported": "A worker says: I was there.",
    "counted": "They arrived in the evening and left in the morning.",
    "confirmed": "The host says yes.",
    "uncounted": "Not counted: part of a night.",
}
VILLAGES = Activity(
    kind="nights",
    name="Nights in villages",
    templates=(
        ProgrammeTemplate(
            code="village_nights",
            names={"en": "Village nights", "hi": "ग्राम प्रवास"},
            about={"en": "Workers stay a night.", "hi": "कार्यकर्ता एक रात ठहरते हैं।"},
            measures=(
                MeasureTemplate(NIGHTS, "nights", {"en": "Nights stayed", "hi": "रातें"}, MEANINGS),
                MeasureTemplate(MET, "met", {"en": "People met", "hi": "मिले लोग"}, MEANINGS),
            ),
            days=30,
        ),
    ),
    channels=(ItemChannel(FIELD_APP, "Field app"),),
    steps=(
        Step("reported", "Said", "A worker says: I was there.", (REPORTED,)),
        Step("heard", "Heard of", "A host was called.", (HEARD,)),
        Step("counted", "A whole night", "Arrived and left.", (COUNTED,)),
    ),
    page=Page("programmes:in_charges", "Hosts and villages"),
    days=Page("targets:versions", "Night by night"),
    beside=(Page("pages:units", "All villages", "programmes.make"),),
    public=(Page("people:sign_in", "Invite us to your village"),),
    panel=panel,
    owes=owes,
    orphans={"nights without a host": "select 3 as n"},
)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """Committed once; what each test makes of it is rolled back."""
    return Cast.make()


@pytest.fixture
def nights(cast: Cast) -> Iterator[Programme]:
    """Such a programme, made by the guided form, with figures of both measures and a target of the second."""
    activities.register(VILLAGES)
    try:
        yield made(cast)
    finally:
        activities.forget_activity("nights")


def made(cast: Cast) -> Programme:
    client = cast.client("state_president")
    form = client.get("/programmes/new/").content.decode()
    assert 'value="village_nights"' in form and "Workers stay a night." in form
    given = {"template": "village_nights", "name_en": "Village nights", "owner": "JK", "hierarchy": "1"}
    assert client.post("/programmes/new/", given).status_code == 302
    with system("test"):
        one = Programme.objects.get(kind="nights")
    for step in ("when", "who", "target", "check"):
        assert client.get(f"/programmes/{one.public_id}/draft/{step}/").status_code == 200, step
    assert client.post(f"/programmes/{one.public_id}/open/").status_code == 302
    booth = cast.world.booth.pk
    posted = [
        change(one, NIGHTS, FIELD_APP, booth, REPORTED, 14),
        change(one, NIGHTS, FIELD_APP, booth, COUNTED, 12),
        change(one, MET, UNKNOWN, booth, REPORTED, 340),
        change(one, MET, UNKNOWN, booth, HEARD, 320),
        change(one, MET, UNKNOWN, booth, COUNTED, 310),
    ]
    with system("test"):
        actions.post_changes(deltas=posted, at=NOW)
        target_actions.set_target(
            programme_id=one.pk, measure=MET, unit_id=cast.world.state.pk, n=500, by=SYSTEM, at=NOW
        )
    values = ", ".join(
        str(tuple(str(part) if isinstance(part, date) else part for part in row)) for row in posted
    )
    columns = "programme_id, measure, channel, unit_id, day, rung, n"
    activities.forget_activity("nights")
    activities.register(replace(VILLAGES, facts=f"select {columns} from (values {values}) posted({columns})"))
    return one


def change(one: Programme, measure: int, channel: int, unit: int, rung: int, n: int) -> TallyChange:
    return TallyChange(one.pk, measure, channel, unit, today(), rung, n)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    main = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def exported(client: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).getvalue().decode("utf-8-sig"))))


def test_the_unit_page_shows_both_measures_and_reads_the_one_that_is_asked(
    cast: Cast, nights: Programme
) -> None:
    client = cast.client("state_president")
    unit = f"/units/JK/?in=organisational&programme={nights.public_id}"
    page = text(client, "/units/JK/")
    for name in ("Village nights: Nights stayed", "Village nights: People met", "Membership drive"):
        assert name in page
    assert "Village nights: People met 310 of 500" in page, "one line with its count"
    first = text(client, unit)
    assert "Nights stayed People met" in first, "each measure leads to the other"
    assert "Below: Village nights: Nights stayed" in first and "Field app" in first
    assert "Another way" not in first and "340" not in first.split("How they joined")[1]
    second = text(client, f"{unit}&measure=2")
    assert "Below: Village nights: People met" in second
    funnel = second.split("How they joined")[1]
    assert "Another way" in funnel and "Heard of" in funnel and "Night by night" in funnel
    for figure in ("340", "320", "310"):
        assert figure in funnel
    assert "500" in second.split("Below:")[0]
    assert "Hosts in JK: 7." in second
    assert f"programme={nights.public_id}&amp;measure=2" in client.get(unit).content.decode()


def test_the_unit_pages_export_is_of_the_measure_that_is_asked(cast: Cast, nights: Programme) -> None:
    client = cast.client("state_president")
    for measure, counted in ((NIGHTS, "12"), (MET, "310")):
        path = f"/units/JK/?programme={nights.public_id}&measure={measure}&format=csv"
        rows = {row["Code"]: row for row in exported(client, path)}
        assert rows["JK-SRI"]["Counted"] == counted


def test_a_measure_nobody_knows_is_the_programmes_first(cast: Cast, nights: Programme) -> None:
    client = cast.client("state_president")
    for asked in ("7", "", "x", "-1"):
        shown = text(client, f"/units/JK/?programme={nights.public_id}&measure={asked}")
        assert "Below: Village nights: Nights stayed" in shown


def test_programmes_pages_and_today_open_with_it(cast: Cast, nights: Programme) -> None:
    client = cast.client("state_president")
    assert text(client, "/today/")
    listed = text(client, "/programmes/")
    assert "Village nights" in listed and "All villages" in listed
    page = f"/programmes/{nights.public_id}/"
    shown = text(client, f"{page}?unit=JK&measure=2")
    for name in ("Nights stayed", "People met", "Hosts and villages", "310"):
        assert name in shown
    below = {row["Code"]: row for row in exported(client, f"{page}?unit=JK&measure=2&format=csv")}
    assert below["JK-SRI"]["Counted"] == "310"
    for more in ("close/", "targets/?measure=2", "change/", "in-charges/"):
        assert text(client, page + more)
    assert "Membership beside votes" in text(client, "/units/JK/membership-and-votes/")
    assert "Village nights" not in text(client, "/units/JK/membership-and-votes/"), (
        "nobody is put on a roll by it"
    )


def test_today_tells_of_each_measure_and_asks_once_what_the_activity_asks(
    cast: Cast, nights: Programme
) -> None:
    shown = text(cast.client("state_president"), "/today/")
    for said in ("Village nights: Nights stayed 12 counted.", "Village nights: People met 310 counted."):
        assert said in shown
    assert shown.count("Ask the hosts of JK: 12 nights") == 1
    assert "Membership drive" in shown and "Membership drive:" not in shown, "one measure needs no name"
    part = f"/programmes/{nights.public_id}/?unit=JK"
    page = html.unescape(page_of(cast, "state_president"))
    assert f'href="{part}"' in page and f'href="{part}&measure=2"' in page


def page_of(cast: Cast, role: str) -> str:
    return str(cast.client(role).get("/today/").content.decode())


def test_what_nobody_has_counted_is_seen_from_outside_as_fewer_than_ten(
    cast: Cast, nights: Programme
) -> None:
    asked = f"/units/JK-SRI/?in=organisational&programme={nights.public_id}&measure=2"
    outside = cast.client("district_elsewhere")
    assert "Village nights" not in text(outside, "/units/JK-SRI/"), "neither a target nor ten entries"
    ladder = (
        str(outside.get(asked).content.decode()).split('<article class="measure">')[1].split("</article>")[0]
    )
    assert "fewer than 10" in ladder
    assert ladder.count("fewer than 10") == 3, "of 310 counted today nothing is said"
    assert "Village nights: People met 310 counted" in text(
        cast.client("district_in_charge"), "/units/JK-SRI/"
    )


def test_its_public_page_is_at_the_sign_in(cast: Cast, nights: Programme) -> None:
    assert (
        "Invite us to your village"
        in Client().get("/sign-in/", headers={"Accept-Language": "en"}).content.decode()
    )


def test_a_recount_counts_its_facts_and_its_orphans(cast: Cast, nights: Programme) -> None:
    found = actions.recount_facts(at=NOW)
    assert found.differences == [] and found.orphans["nights without a host"] == 3
    cast.fold()
    assert actions.recount_facts(at=NOW).differences == []
    with system("test"):
        (said,) = orphan_findings(NOW)
    assert "3 nights without a host" in said.text
    with system("test"):
        actions.post_changes(deltas=[change(nights, MET, UNKNOWN, cast.world.booth.pk, COUNTED, 1)], at=NOW)
    (off,) = actions.recount_facts(at=NOW).differences
    assert (off.measure, off.channel, off.wanted, off.found) == (MET, UNKNOWN, 310, 311)


def test_once_its_room_is_gone_its_pages_still_open(cast: Cast, nights: Programme) -> None:
    activities.forget_activity("nights")
    client = cast.client("state_president")
    unit = f"/units/JK/?programme={nights.public_id}&measure=2"
    assert "Below: Village nights: People met" in text(client, unit)
    assert exported(client, f"{unit}&format=csv")
    page = f"/programmes/{nights.public_id}/"
    for path in ("/", "/programmes/", page, f"{page}close/", "/programmes/new/"):
        assert text(client, path)


def test_what_would_make_the_ledger_unreadable_is_refused_at_the_start() -> None:
    (template,) = VILLAGES.templates
    first, second = template.measures
    twice = replace(template, code="again", measures=(first, replace(second, number=first.number)))

    def of_measure(meanings: dict[str, str]) -> Activity:
        return replace(
            VILLAGES, templates=(replace(template, measures=(replace(first, meanings=meanings),)),)
        )

    flaws = {
        "kinds": replace(DRIVE, templates=()),
        "templates": replace(VILLAGES, kind="other", templates=(template, template)),
        "channels": replace(VILLAGES, channels=(ItemChannel(98, "One"), ItemChannel(98, "Two"))),
        "steps": replace(VILLAGES, steps=VILLAGES.steps * 2),
        "measures": replace(VILLAGES, templates=(twice,)),
        "ladder": of_measure(MEANINGS | {"certain": "Nobody doubts it."}),
        "lacks": of_measure({"reported": "A worker says: I was there."}),
        "ledger": replace(VILLAGES, steps=(Step("x", "X", "Of no rung.", (12,)),)),
    }
    for what, flawed in flaws.items():
        with pytest.raises(ValueError, match=what):
            activities.register(flawed)
    assert activities.activity_of("nights").templates == ()


def test_today_collects_from_every_room_that_owes_something() -> None:
    owing = [
        room
        for room in settings.ROOMS
        if re.search(r"^(def todo\(|todo = )", _source(ROOMS / room / "offers.py"), re.MULTILINE)
    ]
    assert [todo.__module__.split(".")[1] for todo in offered("todo")] == owing
    assert {"org", "programmes", "enrolment", "pages"} <= set(owing)


def _source(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_no_room_asks_which_kind_another_rooms_programme_is() -> None:
    asked = []
    for path in sorted(ROOMS.glob("*/**/*.py")):
        if {"tests", "migrations"} & set(path.parts) or path.relative_to(ROOMS).parts[0] == "enrolment":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith("kind"):
                kinds = [one.value for one in node.comparators if isinstance(one, ast.Constant)]
                asked += [f"{path}:{node.lineno}" for kind in kinds if kind == DRIVE.kind]
    assert asked == []


def test_the_countable_items_of_a_drive_are_what_its_ledger_counts(cast: Cast) -> None:
    world = cast.world
    world.paper_row(of=cast.world.chandra, unit=world.far_booth)  # no sign from the phone
    items = activities.activity_items(DRIVE.kind, 1)
    assert items is not None
    found = world.rows(f"select unit_id, is_signed, is_confirmed, item_id, stored_at from ({items.sql}) i")
    for unit in (world.booth, world.far_booth):
        ladder = world.ladder(unit)
        here = [row[1:3] for row in found if row[0] == unit.pk]
        assert (here.count((True, False)), here.count((False, False))) == (ladder.counted, ladder.unsigned)
    assert len(found) == 3 and all(row[3] and row[4] for row in found)
