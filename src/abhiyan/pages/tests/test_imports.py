"""The Imports pages: bring a list, settle its columns, check, import, undo; as each role sees them."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions, queries, running, store
from abhiyan.imports.kinds import registered
from abhiyan.imports.models import StagedImport
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.units.models import Placement, Unit

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")
HEAD = "Code,Kind,Name in English,Name in Hindi,Organisational parent,Aadhaar\n"
LIST = (
    HEAD
    + "JK-B101,booth,New School,नया विद्यालय,JK-SRI-M1,999911112222\n"
    + "JK-B102,booth,New Library,,JK-SRI-M1,\n"
    + "JK-B103,booth,Lost Library,,JK-SRI-M9,\n"
    + "JK-B001,booth,Rajbagh High School,,JK-SRI-M1,\n"
)


@pytest.fixture
def world() -> Any:
    from abhiyan.enrolment.tests.make import World

    found = World.make()
    with system("test"):
        org.ensure_offices()
    return found


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    for public_id in store.kept_files():
        store.delete(public_id)


def account(name: str, **more: Any) -> Account:
    from uuid import uuid4

    with system("test"):
        return Account.objects.create(
            public_id=uuid4(),
            phone_id=uuid4(),
            last4="4213",
            name=name,
            created_at=NOW,
            language="en",
            **more,
        )


def holder(world: Any, office: str, unit: str, hierarchy: int = 1) -> Account:
    found = account(f"{office} of {unit}")
    with system("test"):
        org.appoint(
            account_id=found.pk,
            office=office,
            unit_id=world.units[unit].pk,
            hierarchy=hierarchy,
            starts_on=NOW.date(),
            by=SYSTEM,
            at=NOW,
        )
    return found


def text(answer: Any, status: int = 200) -> str:
    found: str = answer.content.decode()
    assert answer.status_code == status, found[:3000]
    return found


def send(client: Client, kind: str, body: str | bytes, name: str = "list.csv", **fields: str) -> Any:
    content = body.encode() if isinstance(body, str) else body
    return client.post(f"/imports/new/{kind}/", {"file": SimpleUploadedFile(name, content), **fields})


def where(answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def work(path: str, step: str) -> StagedImport:
    """Do what the jobs would do."""
    public_id = UUID(path.rstrip("/").rpartition("/")[2])
    running.run_import_step(public_id, step, at=NOW)
    with system("test"):
        return queries.import_for(public_id)


def columns(**chosen: int) -> dict[str, str]:
    return {f"column_{key}": str(index) for key, index in chosen.items()}


UNITS = columns(code=0, kind=1, name_en=2, name_hi=3, organisational_parent=4)


def test_a_list_of_units_from_the_file_to_the_undo(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    assert "Units" in text(admin.get("/imports/"))
    page = where(send(admin, "units", LIST, unit="all", option_hierarchy=""))
    shown = text(admin.get(page))
    assert "Sensitive columns are not read: Aadhaar." in shown and "999911112222" not in shown
    assert where(admin.post(f"{page}columns/", UNITS)) == page
    assert "every row is read" in text(admin.get(page)).lower()
    assert 'hx-get="' in text(admin.get(f"{page}progress/"))

    assert work(page, "check").state == "checked"
    assert admin.get(f"{page}progress/")["HX-Refresh"] == "true"
    shown = text(admin.get(page))
    assert "Result of the check" in shown and "JK-SRI-M9" in shown and "Rajbagh High School" in shown
    refused = text(admin.get(f"{page}refused/"))
    assert re.search(r">\s*4\s*<", refused) and "JK-SRI-M9" in refused
    assert refused.count("?correct=") == 2 and "?as=" not in refused, "each file is offered once"
    csv = b"".join(admin.get(f"{page}refused/?as=csv")).decode()
    assert "JK-SRI-M9" in csv and csv.startswith("\ufeffRow,Field")
    assert admin.get(f"{page}refused/?as=xlsx").content.startswith(b"PK")
    assert "Rajbagh School" in text(admin.get(f"{page}differences/"))

    assert "Import these rows?" in text(admin.get(f"{page}commit/"))
    assert where(admin.post(f"{page}commit/")) == page
    assert work(page, "commit").state == "done"
    with system("test"):
        assert Unit.objects.filter(code__in=["JK-B101", "JK-B102"]).count() == 2
    assert "Undo …" in text(admin.get(page))
    assert "Undo this import?" in text(admin.get(f"{page}undo/"))
    admin.post(f"{page}undo/")
    assert work(page, "undo").state == "undone"
    with system("test"):
        assert not Unit.objects.filter(code__in=["JK-B101", "JK-B102"]).exists()
        assert Unit.objects.get(code="JK-B001").names["en"] == "Rajbagh School"
    assert re.search(r"\d entries of this list were taken back", text(admin.get(page)))


def test_a_list_of_which_every_column_is_known_is_checked_without_asking(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    body = "Code,Kind,Name in English,Organisational parent\nJK-B777,booth,A School,JK-SRI-M1\n"
    page = where(send(admin, "units", body, unit="all"))
    with system("test"):
        assert queries.import_for(UUID(page.split("/")[2])).state == "checking"
    assert work(page, "check").counts == {"made": 1}
    shown = text(admin.get(page))
    assert "Change the columns" in shown
    form = shown.split(f'action="{page}commit/"')[1].split("</form>")[0]
    assert "You can undo the whole import later." in form and "Import now" in form
    assert "None" not in form, "there is no tick where the list does nothing beyond its rows"
    assert where(admin.post(f"{page}commit/")) == page and work(page, "commit").state == "done"


def test_columns_only_a_new_unit_needs_are_not_called_optional(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    shown = text(admin.get("/imports/new/units/"))
    for name in ("Kind", "Name in English"):
        assert re.search(rf"<b>{name}</b>\s*<span[^>]*>\(needed for a new unit\)", shown), name
    assert re.search(r"<b>Name in Hindi</b>\s*<span[^>]*>\(optional\)", shown)
    page = where(send(admin, "units", LIST, unit="all", option_hierarchy=""))
    assert text(admin.get(page)).count("(needed for a new unit)") == 2


def test_a_file_comes_piece_by_piece_and_goes_on_where_it_stopped(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    body = (HEAD + "".join(f"X{n},booth,Booth {n},,JK-SRI-M1,\n" for n in range(40_000))).encode()
    begun = admin.post(
        "/imports/new/units/",
        {"unit": "all", "file_name": "long.csv", "file_bytes": str(len(body))},
        HTTP_ACCEPT="application/json",
    ).json()

    def piece(offset: int, part: bytes) -> Any:
        return admin.post(
            begun["piece"],
            part,
            content_type="application/octet-stream",
            headers={"Upload-Offset": str(offset), "Accept": "application/json"},
        )

    half = begun["piece_bytes"]
    assert begun["received"] == 0 and len(body) > half
    assert piece(0, body[:half]).json() == {"received": half}
    assert piece(0, body[:half]).json() == {"received": half}  # its answer was lost
    wrong = piece(half + 5, body[half:])
    assert wrong.status_code == 409 and wrong.json()["received"] == half
    assert piece(half, body[half:] + b"more").status_code == 413
    assert "not complete" in text(admin.get(begun["page"]))
    rest = f"{begun['page']}rest/"
    other = admin.post(rest, {"file_name": "long.csv", "file_bytes": "7"}, HTTP_ACCEPT="application/json")
    assert other.status_code == 422 and "not the file" in other.json()["message"]
    going_on = admin.post(
        rest, {"file_name": "long.csv", "file_bytes": str(len(body))}, HTTP_ACCEPT="application/json"
    )
    assert going_on.json()["received"] == half
    assert piece(half, body[half:]).json() == {"received": len(body)}
    assert "Which column is what?" in text(admin.get(begun["page"]))


def test_without_javascript_a_half_sent_file_is_gone_on_with_too(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    begun = admin.post(
        "/imports/new/units/",
        {"unit": "all", "file_name": "list.csv", "file_bytes": str(len(LIST.encode()))},
        HTTP_ACCEPT="application/json",
    ).json()
    admin.post(f"{begun['page']}rest/", {"file": SimpleUploadedFile("list.csv", LIST.encode())})
    assert "Which column is what?" in text(admin.get(begun["page"]))


def test_only_whoever_may_import_here_gets_anywhere(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", LIST, unit="all"))
    worker = browser(holder(world, "booth_worker", "JK-B001"))
    district = browser(holder(world, "district_president", "JK-SRI"))
    for path in ("/imports/", "/imports/new/units/", page):
        assert browser().get(path).status_code == 302
        assert worker.get(path).status_code == 403, path
    assert text(district.get("/imports/"))
    assert district.get(page).status_code == 404, "another's list, of no unit of theirs"
    assert district.post(f"{page}check/").status_code == 404


def test_a_bad_mapping_is_refused_with_words(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", LIST, unit="all"))
    twice = text(admin.post(f"{page}columns/", columns(code=0, kind=0)), 422)
    assert "more than one field" in twice
    missing = text(admin.post(f"{page}columns/", columns(kind=1)), 422)
    assert "This field is required." in missing
    sensitive = text(admin.post(f"{page}columns/", columns(code=0, name_en=5)), 422)
    assert "not one of the available choices" in sensitive


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("कोड,नाम\nक,ख\n".encode("utf-16")[:-3], "ends in the middle"),
        (b"Code,Name\n\xe0\xa4\x95\xff,x\n" + "क,ख\n".encode(), "UTF-8"),
        (",".join(f"c{n}" for n in range(600)).encode() + b"\n", "columns; at most"),
        (b"%PDF-1.7 nothing", "not a table"),
        (b'Code,Name\n"open,x\n', "in the middle of a row"),
        (b"Code,Kind\n", "no rows"),
    ],
    ids=["half-utf16", "broken-utf8", "600-columns", "pdf", "open-quote", "no-rows"],
)
def test_a_file_nothing_can_be_made_of_is_refused_with_the_fix(world: Any, body: bytes, said: str) -> None:
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", body, unit="all"))
    shown = text(admin.get(page))
    assert said in shown and "Stopped" in shown
    assert UUID(page.split("/")[2]) not in store.kept_files()
    assert where(admin.post(f"{page}discard/")) == "/imports/"


def test_doubled_headers_wait_for_a_choice_and_200_columns_do_not_matter(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    more = ",".join(f"extra {n}" for n in range(195))
    header = f"Code,Code,Kind,Name in English,Organisational parent,{more}"
    body = f"{header}\nJK-B777,x,booth,A School,JK-SRI-M1{',' * 195}\n"
    page = where(send(admin, "units", body, unit="all"))
    assert "Several columns are named" in text(admin.get(page))
    admin.post(f"{page}columns/", columns(code=0, kind=2, name_en=3, organisational_parent=4))
    assert work(page, "check").counts == {"made": 1}


def test_an_empty_file_and_none_at_all_are_refused_on_the_form(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    assert "Choose a file." in text(admin.post("/imports/new/units/", {"unit": "all"}), 422)
    assert "empty" in text(send(admin, "units", b"", unit="all"), 422)


def test_the_list_of_imports_filters_sorts_and_asks_no_more_for_more_rows(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    for n in range(3):
        send(admin, "units", LIST, name=f"list-{n}.csv", unit="all")
    with CaptureQueriesContext(connection) as few:
        assert text(admin.get("/imports/?sort=file")).index("list-0") < text(
            admin.get("/imports/?sort=file")
        ).index("list-2")
    for n in range(3, 9):
        send(admin, "units", LIST, name=f"list-{n}.csv", unit="all")
    with CaptureQueriesContext(connection) as many:
        admin.get("/imports/?sort=file")
        admin.get("/imports/?sort=file")
    assert len(many) <= len(few)
    assert "No import fits" in (of_none := text(admin.get("/imports/?kind=pins"))) and "list-1" not in of_none
    assert "list-1.csv" in text(admin.get("/imports/?kind=units&state=received"))
    assert b"list-1.csv" in b"".join(admin.get("/imports/?format=csv"))


def test_a_list_of_which_every_row_is_refused_is_not_called_done(world: Any, tmp_path: Any) -> None:
    import json

    body = HEAD + "JK-B103,booth,Lost Library,,JK-SRI-M9,\n"
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", body, unit="all", option_hierarchy=""))
    admin.post(f"{page}columns/", UNITS)
    work(page, "check")
    shown = text(admin.get(page))
    assert (
        "Nothing of this list can be imported" in shown and f'href="{page}refused/">See the refused' in shown
    )
    assert f"{page}commit/" not in shown and "Nothing imported" in text(admin.get("/imports/"))
    assert "Nothing can be imported" in text(admin.post(f"{page}commit/", follow=True), 422)
    assert '<span class="badge bad">Nothing imported' in text(admin.get(page))
    path = tmp_path / "units.csv"
    path.write_text(body)
    assert "Nothing was taken in" in console("units", str(path), "--yes", code=1).stderr
    found = json.loads(console("units", str(path), "--yes", "--json", code=1).stdout)
    assert (found["taken_in"], found["counts"]) == (0, {"refused": 1})


def test_the_commands_help_names_every_kind_of_list() -> None:
    said = console("--help").stdout
    assert all(re.search(rf"\b{one.key}\b", said) for one in registered())
    assert {one.key for one in registered()} >= {"units", "paper", "totals", "in_charges"}


def test_whoever_may_bring_any_list_has_the_imports_in_the_menu(world: Any) -> None:
    runs = browser(holder(world, "constituency_in_charge", "JK-PC1", hierarchy=2))  # programmes, nothing else
    assert 'href="/imports/"' in text(runs.get("/programmes/"))
    assert "In-charges of a programme" in text(runs.get("/imports/"))


def test_a_template_has_the_headers_in_the_readers_language(world: Any) -> None:
    admin = browser(account("Root", is_root=True), language="hi")
    assert "मतदाता संख्या" in b"".join(admin.get("/imports/new/units/empty.csv")).decode()
    assert admin.get("/imports/new/units/empty.xlsx").content.startswith(b"PK")


def console(*arguments: str, code: int = 0) -> Any:
    from click.testing import CliRunner

    from abhiyan.site.commands.importing import import_list

    with translation.override("en"):  # as the command line does
        done = CliRunner().invoke(import_list, [*arguments])
    assert done.exit_code == code, done.output
    return done


def test_the_console_checks_imports_and_undoes_by_the_same_acts(world: Any, tmp_path: Any) -> None:
    import json

    path = tmp_path / "units.csv"
    path.write_text(LIST)
    listed = console().stdout
    assert all(kind in listed for kind in ("units", "pins", "paper"))
    dry = json.loads(console("units", str(path), "--dry-run", "--json").stdout)
    assert dry["state"] == "checked" and dry["counts"] == {"made": 2, "changed": 1, "refused": 1}
    assert dry["refused"][0]["row"] == 4 and dry["dropped_columns"] == {"aadhaar": 1}
    with system("test"):
        assert not Unit.objects.filter(code="JK-B101").exists()
        assert StagedImport.objects.get().state == "discarded"
    strict = console("units", str(path), "--strict", "--yes", code=1)
    assert "row 4, Organisational parent:" in strict.stderr
    done = json.loads(console("units", str(path), "--yes", "--json").stdout)
    assert done["state"] == "done"
    with system("test"):
        assert Unit.objects.filter(code="JK-B101").exists()
    listed = console("--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == [done["import"]], "what was discarded is over"
    assert "units.csv" in listed and "done" in listed
    assert [one["import"] for one in json.loads(console("--list", "--json").stdout)] == [done["import"]]
    undone = console("--undo", done["import"]).stdout
    assert f"Undone: units.csv (Units), import {done['import']}" in undone
    assert "3  taken back" in undone and "2  New" in undone and "1  Changed" in undone
    with system("test"):
        assert not Unit.objects.filter(code="JK-B101").exists()
    assert "--list" in console("--undo", done["import"], code=1).stderr
    assert "--list" in console("--undo", str(uuid4()), code=1).stderr
    within = json.loads(console("units", str(path), "--unit", "JK-JAM", "--dry-run", "--json", code=1).stdout)
    assert within["counts"] == {"refused": 4}


def test_the_console_names_the_reasons_of_a_list_that_fails_and_writes_all_of_them(
    world: Any, tmp_path: Any
) -> None:
    path, refused = tmp_path / "results.csv", tmp_path / "refused.csv"
    head = "year,state_eci,pc_no,pc_name,position,candidate,party,votes,electors\n"
    seats = [
        f"2024,S05,{seat},{name},{place},{who},{party},{votes},500000\n"
        for seat, name in ((1, "North Goa"), (2, "South Goa"))
        for place, (who, party, votes) in enumerate(
            [("A", "BJP", "many"), ("B", "INC", 50), *((f"C{n}", "IND", 40 - n) for n in range(12))], 1
        )
    ]
    path.write_text(head + "".join(seats))
    asked = ("results", str(path), "-o", "election=LS2024", "--refused", str(refused), "--yes")
    done = console(*asked, code=1)
    said = done.stderr
    assert "row 2, Votes: Votes is not a whole number." in said
    assert "… and 8 more rows (--refused FILE.csv writes all" in said
    lines = refused.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row,field,reason" and len(lines) == 1 + 28


def test_the_console_shows_what_a_list_changes_field_by_field_and_no_more_than_twenty(
    world: Any, tmp_path: Any
) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name_en\nJK-JAM,Jammu District\n")
    for asked in ("--dry-run", "--yes"):
        said = console("units", str(path), asked)
        assert re.search(r"row 2: JK-JAM: Name in English: .+ → Jammu District", said.stdout)
    codes = [f"JK-X{n}" for n in range(25)]
    head = "code,kind,name_en,organisational_parent\n"
    path.write_text(head + "".join(f"{code},booth,{code},JK-JAM\n" for code in codes))
    assert "→" not in console("units", str(path), "--yes").stdout, "what is new differs from nothing"
    path.write_text("code,electors\n" + "".join(f"{code},500\n" for code in codes))
    said = console("units", str(path), "--dry-run").stdout
    assert said.count("→") == 20
    assert "nothing → 500" in said and "… and 5 more" in said


def test_columns_that_are_not_read_are_named_and_their_cells_shown_nowhere(world: Any, tmp_path: Any) -> None:
    import json

    path = tmp_path / "units.csv"
    path.write_text("code,name_en,caste,Remark\nJK-JAM,Jammu District,VALUE,VALUE\n")
    said = console("units", str(path), "--dry-run")
    for text_ in ("not read: caste.", "does not use these columns: Remark."):
        assert text_ in said.stdout
    assert "VALUE" not in said.output
    remarks = json.loads(console("units", str(path), "--yes", "--json").stdout)["remarks"]
    assert [one.rpartition(": ")[2] for one in remarks] == ["caste.", "Remark."]
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", path.read_text(), unit="all"))
    assert "does not use these columns: Remark." in text(admin.get(page))
    admin.post(f"{page}columns/", columns(code=0, name_en=1))
    work(page, "check")
    checked = text(admin.get(page))
    assert (
        "not read: caste." in checked
        and "does not use these columns: Remark." in checked.partition("<details>")[0]
    )


def test_the_console_says_what_was_called_wrongly(tmp_path: Any) -> None:
    path = tmp_path / "units.csv"
    path.write_text(LIST)
    assert "KIND is one of units, pins" in console("unit", str(path), code=2).stderr
    assert "'hierachy'" in console("units", str(path), "-o", "hierachy=1", code=2).stderr
    assert "-o hierarchy=" in console("units", str(path), "-o", "hierarchy=9", code=2).stderr
    assert "JK-NONE" in console("units", str(path), "--unit", "JK-NONE", code=2).stderr


def test_what_the_console_brought_is_seen_and_undone_by_who_may_over_the_whole(
    world: Any, tmp_path: Any
) -> None:
    import json

    path = tmp_path / "from-the-console.csv"
    path.write_text(LIST)
    page = f"/imports/{json.loads(console('units', str(path), '--yes', '--json').stdout)['import']}/"
    state = browser(holder(world, "state_president", "JK"))
    district = browser(holder(world, "district_president", "JK-SRI"))
    for below in (state, district):
        shown = text(below.get("/imports/"))
        assert "from-the-console" not in shown and "Shown here: the lists you brought, and those for" in shown
        assert below.get(page).status_code == below.post(f"{page}undo/").status_code == 404
    for over_all, said in (
        (browser(account("Root", is_root=True)), "for the whole organisation: Units"),
        (browser(holder(world, "it_administrator", "IN")), "for the whole organisation: Units"),
        (president := browser(holder(world, "national_president", "IN")), "Every list that was brought"),
    ):
        shown = text(over_all.get("/imports/"))
        assert "from-the-console" in shown
        assert said in shown
        assert b",All units,Imported," in b"".join(over_all.get("/imports/?format=csv"))
        assert "Undo …" in text(over_all.get(page))
    assert where(president.post(f"{page}undo/")) == page
    assert work(page, "undo").state == "undone"


def test_where_two_trees_stand_side_by_side_neither_top_is_over_the_whole(world: Any, tmp_path: Any) -> None:
    import json

    path = tmp_path / "from-the-console.csv"
    path.write_text(LIST)
    page = f"/imports/{json.loads(console('units', str(path), '--yes', '--json').stdout)['import']}/"
    keeper, president = (
        browser(holder(world, office, "IN")) for office in ("it_administrator", "national_president")
    )
    assert "Undo …" in text(keeper.get(page)) and "Undo …" in text(president.get(page))
    with system("test"):
        beside = Unit.objects.create(code="XX", kind="nation", names={"en": "Beside"})
        top = Placement.objects.filter(hierarchy=1, parent=None).get()
        assert top.hi is not None
        Placement.objects.filter(pk=top.pk).update(hi=top.hi - 9)  # the last of its room is the other's
        Placement.objects.create(
            hierarchy=1, unit=beside, depth=0, lo=top.hi - 9, hi=top.hi, valid_from=top.valid_from
        )
    assert keeper.get(page).status_code == 404
    assert "Undo …" not in text(president.get(page)) and president.post(f"{page}undo/").status_code == 403


def test_a_list_of_people_from_the_console_is_for_those_who_see_people(world: Any) -> None:
    with system("test"):
        staged = actions.begin_import(
            kind_key="paper",
            file_name="people.csv",
            file_bytes=9,
            options={"drive": str(world.programme.public_id)},
            by=SYSTEM,
            at=NOW,
        )
    page = f"/imports/{staged.public_id}/"
    assert text(browser(holder(world, "national_president", "IN")).get(page))
    for office, status in (("it_administrator", 404), ("verifier", 403)):
        assert browser(holder(world, office, "IN")).get(page).status_code == status, office
    assert browser(account("Root", is_root=True)).get(page).status_code == 404


def test_an_import_offers_only_what_is_allowed(world: Any) -> None:
    """The bringer of a list sees it, also when the office that let them is over."""
    chief = holder(world, "state_president", "JK")
    client = browser(chief)
    page = where(send(client, "units", LIST, unit=str(world.units["JK"].pk)))
    assert f"{page}columns/" in text(client.get(page))
    with system("test"):
        Appointment.objects.filter(account_id=chief.pk).delete()
    with system("test"):
        org.appoint(
            account_id=chief.pk,
            office="district_president",
            unit_id=world.units["JK-SRI"].pk,
            hierarchy=1,
            starts_on=NOW.date(),
            by=SYSTEM,
            at=NOW,
        )
    shown = text(client.get(page))
    assert f"{page}columns/" not in shown and f"{page}discard/" not in shown
    assert client.get(f"{page}discard/").status_code == 403


def test_the_console_says_what_is_wrong_and_ends_with_a_code(world: Any, tmp_path: Any) -> None:
    path = tmp_path / "units.csv"
    path.write_text("Alpha,Beta\n1,2\n")
    assert "No column found" in console("units", str(path), "--yes", code=1).stderr
    with system("test"):
        assert StagedImport.objects.get().state == "discarded"
    path.write_bytes(b"%PDF-1.7")
    assert "not a table" in console("units", str(path), "--yes", code=1).stderr
    console("units", "no-such-file.csv", code=2)
    console("units", code=2)


MISSING = "Code,Kind,Name in English,Organisational parent\nJK-B001,booth,Rajbagh School,JK-SRI-M1\n"


def test_units_that_a_list_lacks_are_shown_and_closed_only_when_it_is_said_twice(world: Any) -> None:
    admin = browser(account("Root", is_root=True))
    page = where(send(admin, "units", MISSING, unit="all", option_hierarchy=""))
    chosen = columns(code=0, kind=1, name_en=2, organisational_parent=3)
    admin.post(f"{page}columns/", chosen)
    work(page, "check")
    shown = text(admin.get(page))
    assert "leaves out 1 unit that is below its places. They stay as they are." in shown
    assert "JK-B002" in shown and "Lal Chowk Library" in text(admin.get(f"{page}lacking/"))
    assert "JK-B002" in b"".join(admin.get(f"{page}lacking/?as=csv")).decode()
    assert text(admin.get(f"{page}lacking/?page=9")).count("JK-B002") == 0
    assert 'name="sure"' not in text(admin.get(f"{page}commit/"))
    admin.post(f"{page}commit/")
    assert work(page, "commit").state == "done"
    assert not Unit.objects.exclude(closed_on=None).exists()

    page = where(send(admin, "units", MISSING, "again.csv", unit="all", option_close_missing="yes"))
    admin.post(f"{page}columns/", chosen)
    work(page, "check")
    asked = text(admin.get(f"{page}commit/"))
    assert "Close 1 unit that is not in the list" in asked and 'name="sure"' in asked
    assert 'name="sure"' in text(admin.post(f"{page}commit/"), 422)
    with system("test"):
        assert StagedImport.objects.get(public_id=page.split("/")[-2]).state == "checked"
    assert where(admin.post(f"{page}commit/", {"sure": "yes"})) == page
    assert work(page, "commit").state == "done"
    assert Unit.objects.get(code="JK-B002").closed_on is not None
    admin.post(f"{page}undo/")
    assert work(page, "undo").state == "undone"
    assert Unit.objects.get(code="JK-B002").closed_on is None


def test_the_console_names_what_a_list_lacks_and_asks_apart_before_it_closes_it(
    world: Any, tmp_path: Any
) -> None:
    import json

    from click.testing import CliRunner

    from abhiyan.site.commands.importing import import_list

    path = tmp_path / "units.csv"
    path.write_text(MISSING)
    said = console("units", str(path), "--dry-run").stdout
    assert "not in the list: JK-B002" in said and "They stay as they are." in said
    assert json.loads(console("units", str(path), "--dry-run", "--json").stdout)["lacking"] == ["JK-B002"]
    with translation.override("en"):
        called = ["units", str(path), "-o", "close_missing=yes"]
        done = CliRunner().invoke(import_list, called, input="y\nn\n")
        assert done.exit_code == 1 and "Close 1 unit that is not in the list?" in done.output
        assert not Unit.objects.exclude(closed_on=None).exists()
        done = CliRunner().invoke(import_list, called, input="y\ny\n")
        assert done.exit_code == 0 and "1  Closed, not in the list" in done.output
    assert Unit.objects.get(code="JK-B002").closed_on is not None
