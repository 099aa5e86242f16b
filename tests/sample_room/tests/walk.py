"""The sample room, installed: every page walked, its list brought, its figures counted again.

Run by tests/test_sample_room.py, with settings of its own.
"""

import csv
import html
import io
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import get_resolver

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import StagedImport
from abhiyan.org.rules.capabilities import MEANINGS
from abhiyan.pages.access import addresses_by_name
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import SYSTEM, Cast
from sample_room.models import Stay, Village

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def nights(cast: Cast, tmp_path: Path) -> Programme:
    """Villages with beds, and an open programme made by the guided form."""
    brought(tmp_path, "Unit code,Beds\nJK-B001,2\nJK-B004,3\n")
    client = cast.client("state_president")
    given = {"template": "nights", "name_en": "Village nights", "owner": "JK", "hierarchy": "1"}
    assert client.post("/programmes/new/", given).status_code == 302
    with system("test"):
        one = Programme.objects.get(kind="nights")
    assert client.post(f"/programmes/{one.public_id}/open/").status_code == 302
    return one


def brought(folder: Path, text: str) -> StagedImport:
    (folder / "beds.csv").write_text(text)
    with system("test"):
        public_id = imports.import_file(
            kind_key="beds", path=folder / "beds.csv", by=SYSTEM, at=NOW, options={}
        )
    return stepped(public_id, "check", "commit")


def stepped(public_id: Any, *steps: str) -> StagedImport:
    with system("test"):
        for step in steps:
            imports.ask_import_step(public_id=public_id, step=step, by=SYSTEM, at=NOW)
            running.run_import_step(public_id, step, at=NOW)
        return StagedImport.objects.get(public_id=public_id)


def beds() -> dict[str, int]:
    query = "select v.*, u.code from sample_village v join units_unit u on u.id = v.unit_id"
    with system("test"):
        return {one.code: one.beds for one in Village.objects.raw(query)}


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    main = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def report(client: Client, one: Programme, unit_id: int, **said: Any) -> Any:
    given = {"village": unit_id, "day": str(today()), "nights": "3", "met": "40", **said}
    return client.post(f"/nights/{one.public_id}/report/", given)


def test_its_list_comes_shows_what_it_would_change_and_is_undone(cast: Cast, tmp_path: Path) -> None:
    first = brought(tmp_path, "गाँव,Unit code,Beds\nx,JK-B001,2\n,JK-B004,3\n,NOWHERE,1\n,JK-B001,9\n")
    assert first.counts == {"new": 2, "refused": 2} and beds() == {"JK-B001": 2, "JK-B004": 3}
    second = brought(tmp_path, "Unit code,Beds\nJK-B001,5\nJK-B004,3\n")
    assert second.counts == {"changed": 1, "same": 1} and beds()["JK-B001"] == 5
    assert stepped(first.public_id, "undo").error == "later_changes"
    assert stepped(second.public_id, "undo").state == "undone" and beds()["JK-B001"] == 2
    assert stepped(first.public_id, "undo").state == "undone" and beds() == {}
    page = text(cast.client("state_president"), "/imports/")
    assert "Beds in villages" in page


def test_a_worker_reports_and_every_page_shows_it(cast: Cast, nights: Programme) -> None:
    worker, chief = cast.client("booth_worker"), cast.client("state_president")
    booth, page = cast.world.booth.pk, f"/nights/{nights.public_id}/"
    assert "No stay yet" in text(chief, page)
    form = worker.get(f"{page}report/").content.decode()
    assert f'<option value="{booth}"' in form and "Report a stay" in form
    answer = report(worker, nights, booth)
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert "40" in text(worker, page) and "3" in text(worker, page)
    assert "Stays" in text(chief, f"/programmes/{nights.public_id}/")
    unit = f"/units/JK/?in=organisational&programme={nights.public_id}"
    for measure, counted in ((1, "2"), (2, "40")):  # of three nights there was a bed for two
        rows = csv.DictReader(
            io.StringIO(chief.get(f"{unit}&measure={measure}&format=csv").getvalue().decode("utf-8-sig"))
        )
        assert {row["Code"]: row["Counted"] for row in rows}["JK-SRI"] == counted
        assert "How they joined Field" in text(chief, f"{unit}&measure={measure}")
    today_ = text(chief, "/today/")
    assert (
        "Village nights: Nights stayed 2 counted." in today_
        and "Village nights: People met 40 counted." in today_
    )
    found = recount_facts(at=NOW)
    assert found.is_right and found.orphans["stays of unknown programmes"] == 0


def test_what_is_wrong_is_said_at_its_field_and_writes_nothing(cast: Cast, nights: Programme) -> None:
    worker, booth = cast.client("booth_worker"), cast.world.booth.pk
    wrong = {"day": str(nights.closes_on.replace(year=nights.closes_on.year + 1)), "nights": "0", "met": "-1"}
    for field, value in wrong.items():
        answer = report(worker, nights, booth, **{field: value})
        assert answer.status_code == 422, field
        assert f'id="id_{field}_error"' in answer.content.decode(), field
    assert report(worker, nights, cast.world.far_booth.pk).status_code in (403, 422), "not theirs"
    with system("test"):
        assert not Stay.objects.exists()


def test_its_list_is_exported_as_it_is_shown(cast: Cast, nights: Programme) -> None:
    chief, page = cast.client("state_president"), f"/nights/{nights.public_id}/"
    report(chief, nights, cast.world.booth.pk, nights="2", met="7")
    report(chief, nights, cast.world.far_booth.pk, nights="5", met="11")
    shown = chief.get(f"{page}?sort=-met&format=csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert [(row["Nights"], row["People met"]) for row in rows] == [("5", "11"), ("2", "7")]
    book = ZipFile(io.BytesIO(chief.get(f"{page}?format=xlsx").getvalue()))
    assert "xl/worksheets/sheet1.xml" in book.namelist()
    assert len(text(cast.client("booth_worker"), page).split("11")) == 1, (
        "seen by those who see the people there"
    )


def test_its_pages_speak_hindi_to_those_who_read_it(cast: Cast, nights: Programme) -> None:
    client, page = cast.client("state_president", "hi"), f"/nights/{nights.public_id}/"
    assert "अभी कोई प्रवास नहीं" in text(client, page) and "प्रवास दर्ज करें" in text(client, f"{page}report/")
    assert "गाँवों में बिस्तर" in text(client, "/imports/")


def test_its_addresses_stand_in_the_access_table_and_are_closed_to_strangers(
    cast: Cast, nights: Programme
) -> None:
    names = {
        f"nights:{name}" for name in get_resolver("sample_room.urls").reverse_dict if isinstance(name, str)
    }
    assert names and names <= addresses_by_name().keys()
    assert {one for name in names for one in addresses_by_name()[name].opens.any_of} <= set(MEANINGS)
    for path in (f"/nights/{nights.public_id}/", f"/nights/{nights.public_id}/report/"):
        assert Client().get(path).status_code == 302
        assert cast.client("weak").get(path).status_code == 302
    assert cast.client("data_officer").get(f"/nights/{nights.public_id}/report/").status_code == 403


def test_without_a_scope_no_row_is_seen(cast: Cast, nights: Programme) -> None:
    report(cast.client("booth_worker"), nights, cast.world.booth.pk)
    assert not Stay.objects.exists() and not Village.objects.exists()
