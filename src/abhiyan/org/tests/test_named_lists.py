"""A list with names as a file: asked by one person, approved by another, taken once; what was typed is never kept."""

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils.translation import override

from abhiyan.core import declared, limits, sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions
from abhiyan.org.actions.named_lists import take_names
from abhiyan.org.models import Release
from abhiyan.org.rules.named_lists import wanted
from abhiyan.org.rules.releases import details_of, release_use_page
from abhiyan.people.actions import reading
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser

from .make import World, actor

pytestmark = pytest.mark.django_db
LIST = "/appointments/?unit=N11&office=booth_president"
NAMED = f"{LIST}&format=names"


@pytest.fixture
def district(world: World) -> Client:
    world.named(world.holder("booth_president", "N1111"), "Ravi Kumar")
    return browser(world.holder("district_president", "N11", name="Asha Devi"))


@pytest.fixture
def officer(world: World) -> Client:
    return browser(world.officer("N11"))


def ask(client: Client, page: str = NAMED, kind: str = "csv") -> Release:
    answer = client.post(page, {"reason": "letters", "kind": kind})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with system("test"):
        return Release.objects.order_by("-id")[0]


def decided(client: Client, one: Release) -> str:
    """Return what the deciding person reads before they approve, and say their yes."""
    page = f"/releases/{one.public_id}/decide/?allow=yes"
    said = body(client, page)
    assert client.post(page, {"allow": "yes"}).status_code == 302
    return said


def taken(client: Client, page: str = NAMED) -> Any:
    return client.post(page)


def trail(act: str) -> list[tuple[int, int]]:
    with system("test"):
        return sql.rows("select account_id, n from core_audit where act = %s order by id", [act])


def test_a_file_has_no_names_until_somebody_else_says_yes_and_then_once(
    world: World, district: Client, officer: Client
) -> None:
    page = body(district, LIST)
    assert "Ravi Kumar" in page and "Files leave out names." in page and "With names" in page
    for kind in ("csv", "xlsx"):
        answer: Any = district.get(f"{LIST}&format={kind}")
        assert b"Ravi" not in (b"".join(answer) if answer.streaming else answer.content)
    one = ask(district)
    assert "You have asked for this list" in body(district, NAMED)
    assert "Ravi" not in taken(district).content.decode(), "not before somebody else has said yes"
    decided(officer, one)
    assert "Download once" in body(district, NAMED)
    file = taken(district)
    assert file["Content-Disposition"] == 'attachment; filename="appointments.csv"'
    assert "Unit N1111,Booth president,Ravi Kumar," in file.getvalue().decode()
    assert trail("org.export_names") == [(one.asked_by, 1)]
    assert "Ask for the file" in body(district, NAMED), "once is once"
    assert taken(district).status_code == 422, "asks for a reason again"


def test_whoever_approves_reads_which_list_how_narrowed_how_long_and_which_columns(
    district: Client, officer: Client
) -> None:
    one = ask(district)
    said = decided(officer, one)
    for words in (
        "List: Who holds which office.",
        "Narrowed by Office: Booth president; Unit: N11.",
        "Rows: 1. Columns: Unit, Office, Name, Since, Status, Until.",
    ):
        assert words in said
    with override("hi"):
        assert "नाम" in " ".join(details_of(one)), "in their own language"
    page = release_use_page(one.act)
    assert page is not None
    assert page(one).replace("%2F", "/") == ("/appointments/?office=booth_president&unit=N11&format=names")


def test_today_and_approvals_lead_to_the_file(world: World, district: Client, officer: Client) -> None:
    one = ask(district)
    file = re.compile(r'href="(/appointments/[^"]*format=names)"')
    assert not file.search(body(district, "/releases/"))
    decided(officer, one)
    (href,) = file.findall(body(district, "/releases/").split("<main")[1])
    assert "Download once" in body(district, href.replace("&amp;", "&"))
    assert "format=names" not in body(officer, "/releases/")


def test_an_excel_file_is_asked_for_and_taken_alike(district: Client, officer: Client) -> None:
    decided(officer, ask(district, kind="xlsx"))
    rows = list(openpyxl.load_workbook(io.BytesIO(taken(district).content)).worksheets[0].values)
    assert rows[1][:3] == ("Unit N1111", "Booth president", "Ravi Kumar")


@pytest.mark.parametrize("other", ["&state=x", "&show=ended", "&unit=N1111"])
def test_what_is_approved_is_one_list_and_no_other(district: Client, officer: Client, other: str) -> None:
    decided(officer, ask(district))
    page = f"/appointments/?unit=N11&office=booth_president{other}&format=names"
    assert "Download once" not in body(district, page)
    assert taken(district, page).status_code == 422


def test_nobody_takes_what_another_asked_for(world: World, district: Client, officer: Client) -> None:
    one = ask(district)
    decided(officer, one)
    other = browser(world.holder("district_in_charge", "N11"))
    assert "Ask for the file" in body(other, NAMED)
    assert taken(other).status_code == 422
    with pytest.raises(actions.NotReleased):
        take_names(
            public_id=one.public_id,
            wanted=wanted("/appointments/", [("unit", "N11"), ("office", "booth_president")]),
            n=1,
            by=actor(world.holder("district_in_charge", "N11")),
            at=NOW,
        )


def test_an_approval_of_one_list_opens_no_other_by_the_act_either(
    world: World, district: Client, officer: Client
) -> None:
    one = ask(district)
    decided(officer, one)
    with system("test"):
        asker = Account.objects.get(pk=one.asked_by)
    with pytest.raises(actions.NotReleased):
        take_names(
            public_id=one.public_id,
            wanted=wanted("/appointments/", [("unit", "N1")]),
            n=1,
            by=actor(asker),
            at=NOW,
        )


def test_an_approval_has_its_time(district: Client, officer: Client) -> None:
    one = ask(district)
    decided(officer, one)
    with system("test"):
        Release.objects.filter(pk=one.pk).update(expires_at=NOW - timedelta(minutes=1))
    assert "Ask for the file" in body(district, NAMED)


def test_the_file_is_of_what_its_taker_sees_at_that_moment(
    world: World, district: Client, officer: Client
) -> None:
    one = ask(district)
    decided(officer, one)
    world.named(world.holder("booth_president", "N1112"), "Later One")
    assert "Later One" in taken(district).getvalue().decode()
    assert trail("org.export_names") == [(one.asked_by, 2)]


@pytest.mark.parametrize("typed", ["name=ravi", "unit=Unit+N1111", "unit=Ravi"])
def test_words_that_somebody_typed_are_in_no_request(district: Client, typed: str) -> None:
    page = f"/appointments/?{typed}&format=names"
    answer = district.get(page)
    if answer.status_code == 200:
        assert "Take them out first" in answer.content.decode()
    assert district.post(page, {"reason": "letters", "kind": "csv"}).status_code in (200, 404, 422)
    with system("test"):
        assert not Release.objects.exists()


def test_a_list_too_long_is_asked_of_nobody(district: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_EXPORTED", 0)
    assert "too many for one file" in body(district, NAMED)


def test_names_in_files_count_among_the_people_one_may_read_in_a_day(
    district: Client, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(officer, ask(district))
    with system("test"):
        reader = Account.objects.get(name="Asha Devi")
    limits.count_or_refuse(declared.PEOPLE_ROWS, str(reader.pk), at=NOW, n=declared.PEOPLE_ROWS.allowed)
    assert taken(district).status_code == 429
    monkeypatch.setenv("ABHIYAN_LIMITS", f"people.rows={declared.PEOPLE_ROWS.allowed + 5}")
    assert "Ravi Kumar" in taken(district).getvalue().decode(), "what was refused is not used up"


def test_only_who_may_take_people_out_of_that_unit_is_offered_names(world: World, district: Client) -> None:
    worker = browser(world.holder("mandal_president", "N111"))
    assert "With names" not in body(worker, "/appointments/?unit=N111")
    assert worker.get("/appointments/?unit=N111&format=names").status_code == 403
    assert "With names" not in body(district, "/appointments/?unit=N1"), "of the units above their own"
    assert district.get("/appointments/?unit=N1&format=names").status_code == 403
    assert (
        district.post("/appointments/?unit=N1&format=names", {"reason": "x", "kind": "csv"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "sent", [{"unit": "N1"}, {"unit": "N1111", "in": "electoral"}, {"office": "", "q": "x"}]
)
def test_what_is_sent_narrows_and_widens_nothing(
    district: Client, officer: Client, world: World, sent: dict[str, str]
) -> None:
    """The address alone says which list is asked for, approved and taken."""
    page = "/appointments/?office=booth_president&format=names"
    world.named(world.holder("booth_president", "N1211"), "Of Another")
    answer = district.post(page, {"reason": "letters", "kind": "csv"} | sent)
    assert answer.status_code == 302
    with system("test"):
        one = Release.objects.get()
    assert (one.payload["asked"], one.payload["rows"]) == ([["office", "booth_president"]], 1)
    decided(officer, one)
    rows = district.post(page, sent).getvalue().decode().splitlines()[1:]
    assert [row[:10] for row in rows] == ["Unit N1111"]


def test_a_list_takes_no_other_form(district: Client) -> None:
    for query in ("", "?format=csv", "?format=xlsx", "?format=other"):
        assert (
            district.post(f"/appointments/{query}", {"reason": "letters", "kind": "csv"}).status_code == 405
        )


def test_a_list_without_names_is_not_asked_for(district: Client) -> None:
    assert district.get("/appointments/?show=vacant&format=names").status_code == 404


def test_a_forged_form_asks_for_nothing(world: World, district: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = district.cookies
    assert strict.post(NAMED, {"reason": "letters", "kind": "csv"}).status_code == 403
    with system("test"):
        assert not Release.objects.exists()


def test_where_rows_are_people_there_is_no_file_without_approval(world: World) -> None:
    world.holder("booth_president", "N1111", name="Ravi Kumar")
    client = browser(world.holder("mandal_president", "N111"))
    page = body(client, "/programmes/work/")
    assert "Export these rows" not in page
    assert client.get("/programmes/work/?format=csv").status_code == 403
