"""A list has a source and a basis, is approved by a second person, imported, taken back and ended."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from abhiyan.contact import actions, office
from abhiyan.contact.actions import lists as acts
from abhiyan.contact.models import ContactEntry, ContactList, ContactTry
from abhiyan.core import sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import queries as imports
from abhiyan.imports.models import StagedImport
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import REPORTED
from abhiyan.units.models import Unit

from .make import (
    DAY,
    PDF,
    TODAY,
    again,
    bring,
    contact_run,
    entries,
    filled,
    new_list,
    refused,
    step,
)

pytestmark = pytest.mark.django_db
ROWS = (
    "Unit code,Name,Phone,House\n"
    "N1111,Asha Devi,9419000001,12\n"
    "N1111,Asha Devi,9419000001,12\n"  # the same phone again
    "N1112,Ramesh Kumar,9419000002,14\n"
    "N1112,Said No,9419000003,15\n"
    "N1121,,,Blue gate\n"  # a door
    "N1211,Far Away,9419000004,1\n"  # outside the district of the list
    "NOWHERE,Nobody,9419000005,1\n"
)


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def run(world: World) -> Programme:
    return contact_run(world.unit("N1"))


def made(world: World, run: Programme, **other: object) -> tuple[acts.ContactList, acts.Actor, acts.Actor]:
    """A list of a district, its maker and its data officer."""
    maker, officer = actor(world.holder("district_president", "N11")), actor(world.officer("N1"))
    one = actions.make_list(programme=run, unit_id=world.unit("N11"), new=new_list(**other), by=maker, at=NOW)
    return one, maker, officer


@pytest.mark.parametrize(
    ("other", "why", "field"),
    [
        ({"basis": ""}, "basis_missing", "basis"),
        ({"document": b""}, "document_missing", "document"),
        ({"document": b"MZ\x90\x00 a program"}, "document_unfit", "document"),
        ({"document": b"#!/bin/sh\nrm -rf /"}, "document_unfit", "document"),
        ({"source": "  "}, "list_text_missing", "source"),
        ({"purpose": "They will get a house"}, "list_text_unfit", "purpose"),
        ({"title": "Widows by caste"}, "list_text_unfit", "title"),
        ({"scheme": "NSAP"}, "scheme_reveals", "scheme"),
        ({"scheme": "PMMVY"}, "scheme_reveals", "scheme"),
        ({"scheme": "Stand-Up India"}, "scheme_reveals", "scheme"),
        ({"scheme": "MADE-UP"}, "scheme_unknown", "scheme"),
        ({"last_day": TODAY - DAY}, "last_day_unfit", "last_day"),
        ({"phone": "+919419099999"}, "no_one_responsible", "phone"),
    ],
)
def test_a_list_without_a_basis_or_of_a_scheme_that_reveals_too_much_is_refused(
    world: World, run: Programme, other: dict[str, object], why: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        made(world, run, **other)
    assert (refusal.value.code, refusal.value.field) == (why, field) and str(refusal.value)
    with system("test"):
        assert not acts.ContactList.objects.exists()


@pytest.mark.parametrize(
    ("rows", "noes", "told"), [(1, 1, 0), (11, 9, 0), (10, 10, 0), (30, 26, 30), (14, 12, 10)]
)
def test_the_check_of_a_list_tells_nobodys_no(
    world: World, run: Programme, tmp_path: Path, rows: int, noes: int, told: int
) -> None:
    """A list of one number asked for somebody's no. Its maker may repeat the check with one number more, so
    they read no figure of noes at all; the second person reads whole tens."""
    one, maker, _officer = made(world, run)
    with system("test"):
        for n in range(noes):
            silent = people.keep_phone(number=f"+9194190{10_000 + n}")
            people.suppress(phone_id=silent, channel=1, by=maker, at=NOW)
    numbers = [f"N1111,Name {n},94190{10_000 + n},{n}" for n in range(rows)]
    public_id = bring(tmp_path / "list.csv", "\n".join(["Unit code,Name,Phone,House", *numbers]), one, maker)
    with system("test"):
        assert StagedImport.objects.get(public_id=public_id).counts == {"person": rows}
    kept = again(one)
    assert (kept.n_rows, kept.n_double, kept.n_opted_out) == (rows, 0, told)


def test_a_list_is_checked_approved_by_another_imported_and_taken_back(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    with system("test"):
        silent = people.keep_phone(number="+919419000003")
        people.suppress(phone_id=silent, channel=1, by=maker, at=NOW)
    with pytest.raises(acts.ListUnchecked):
        actions.ask_list(public_id=one.public_id, by=maker, at=NOW)
    public_id = bring(tmp_path / "list.csv", ROWS, one, maker)
    assert refused(public_id) == [(7, "unit_code", "unit_outside"), (8, "unit_code", "unit_unknown")]
    kept = again(one)
    assert (kept.n_rows, kept.n_double, kept.n_opted_out) == (4, 1, 0), "nobody's no is told"
    assert kept.columns == ["door", "name", "phone", "unit_code"] and entries(one) == []
    with pytest.raises(acts.ListWaits):
        step(public_id, "commit", maker)
    asked = actions.ask_list(public_id=one.public_id, by=maker, at=NOW)
    with pytest.raises(acts.ListAsked) as waits, translation.override("en"):
        step(public_id, "commit", maker)
    with translation.override("en"):
        assert "Can be approved by: " in str(waits.value)
    with system("test"):
        assert imports.import_for(public_id).state == "checked", "it stays as it is"
    with translation.override("en"):
        told = " ".join(office.list_sentences(asked))
    assert (
        "4 rows" in told
        and "said no to us: fewer than 10" in told
        and "House" in told
        and "25 December 2026" in told
    )
    with pytest.raises(Refused):
        acts.releases.decide_release(public_id=asked.public_id, allow=True, by=maker, at=NOW)
    acts.releases.decide_release(public_id=asked.public_id, allow=True, by=officer, at=NOW)
    assert step(public_id, "commit", maker).counts == {
        "person": 3,
        "door": 1,
        "double": 1,
        "refused": 2,
    }
    rows = entries(one)
    assert [(row.is_person, row.door) for row in rows] == [(True, "12"), (True, "14"), (False, "Blue gate")]
    assert b"Asha" not in bytes(rows[0].person_name)
    with system("test"):
        programmes.fold_changes(at=NOW)
        rungs = sql.rows("select rung, sum(n)::int from programmes_tally where day = %s group by 1", [TODAY])
        assert rungs == [(REPORTED, 2)], "imported rows are reported, and no more"
    assert recount_facts(at=NOW).differences == []
    undone = step(public_id, "undo", maker)
    assert undone.state == "undone" and entries(one) == [] and again(one).state == "draft"
    with system("test"):
        programmes.fold_changes(at=NOW)
    assert recount_facts(at=NOW).differences == []


def test_what_workers_have_met_is_not_taken_back(world: World, run: Programme, tmp_path: Path) -> None:
    one, maker, officer = made(world, run)
    public_id = filled(tmp_path, ROWS, one, maker, officer)
    row = entries(one)[0]
    with system("test"):
        ContactTry.objects.create(
            id=row.public_id,
            entry=row,
            programme=run,
            unit_id=row.unit_id,
            way="door",
            outcome="talked",
            by_id=maker.account_id or 0,
            at=NOW,
            stored_at=NOW,
        )
    assert step(public_id, "undo", maker).error == "list_worked" and len(entries(one)) == 4


def test_a_file_with_sensitive_columns_is_refused_whole_and_comes_back_mended(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, _officer = made(world, run)
    bad = "Unit code,Name,Phone,Caste,Voted for\nN1111,Asha Devi,9419000001,OBC,us\n"
    public_id = bring(tmp_path / "bad.csv", bad, one, maker)
    with system("test"):
        staged = StagedImport.objects.get(public_id=public_id)
    assert (staged.state, staged.error) == ("failed", "sensitive_columns")
    assert staged.error_facts["facts"]["columns"] == "Caste, Voted for"
    assert again(one).import_id is None
    bring(tmp_path / "good.csv", ROWS, one, maker)
    assert again(one).n_rows == 4


def test_a_door_that_lies_nowhere_or_elsewhere_is_refused_by_its_row(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, _officer = made(world, run)
    with system("test"):
        assert Unit.objects.filter(code="N1111").update(lat=33.08, lon=74.83) == 1
    places = {
        "0,0": "place_zero",
        "०,०": "place_zero",
        "74.83,33.08": "place_swapped",
        "33.08,": "place_half",
        ",74.83": "place_half",
        "51.5,-0.12": "place_abroad",
        "0,74.83": "place_abroad",
        "28.61,77.21": "place_far",
        "33.1,74.8": "",
        "३३.१,७४.८": "",
        ",": "",
    }
    rows = "".join(f"N1111,House {n},{place}\n" for n, place in enumerate(places))
    public_id = bring(tmp_path / "points.csv", f"Unit code,House,Latitude,Longitude\n{rows}", one, maker)
    assert [(row, code) for row, _field, code in refused(public_id)] == [
        (row, code) for row, code in enumerate(places.values(), 2) if code
    ]
    with system("test"):
        assert StagedImport.objects.get(public_id=public_id).counts["door"] == 3


def test_doubles_are_told_and_one_number_on_forty_people_is_refused(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, _officer = made(world, run)
    crowd = "".join(f"N1111,Person {chr(65 + n % 26)}{chr(65 + n // 26)},9419000077,{n}\n" for n in range(40))
    pairs = "".join(f"N1112,Someone,94190010{n % 12:02d},{n}\n" for n in range(24))
    public_id = bring(tmp_path / "crowd.csv", f"Unit code,Name,Phone,House\n{crowd}{pairs}", one, maker)
    assert {reason for _row, _field, reason in refused(public_id)} == {"phone_crowded"}
    with system("test"):
        staged = StagedImport.objects.get(public_id=public_id)
        told = " ".join(imports.notes_on_list(staged))
    assert staged.counts == {"person": 12, "double": 12, "refused": 40}
    assert staged.notes["/double_pct"] == 50 and "50%" in told


def test_a_list_that_ends_gives_its_doors_back_and_one_whose_day_is_past_ends_by_itself(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    with system("test"):
        ContactEntry.objects.filter(list=one).update(
            state="leased", holder_id=maker.account_id, until=NOW + DAY
        )
    with pytest.raises(NotYours):
        actions.end_list(public_id=one.public_id, by=actor(world.holder("district_president", "N12")), at=NOW)
    with system("test"):
        assert actions.end_past_lists(at=NOW + 30 * DAY) == 0
        assert actions.end_past_lists(at=NOW + 31 * DAY) == 1
    assert again(one).state == "ended" and {row.holder_id for row in entries(one)} == {None}
    with pytest.raises(acts.ListMoved):
        actions.end_list(public_id=one.public_id, by=maker, at=NOW)


def test_a_no_holds_an_entry_back_and_an_erasure_forgets_it(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    with system("test"):
        phone = entries(one)[0].phone_id
        assert phone is not None
        people.suppress(phone_id=phone, channel=1, by=maker, at=NOW)
        assert (entries(one)[0].state, entries(one)[0].why_out) == ("out", "opted_out")
        acts.forget_person(erasure=acts.ItemsErased((), phone, NOW))
    gone = entries(one)[0]
    assert (gone.phone_id, bytes(gone.person_name), gone.why_out, gone.is_person) == (
        None,
        b"",
        "erased",
        True,
    )


def test_the_pages_show_a_list_and_the_board_to_whose_people_they_are(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    with system("test"):
        page = browser(Account.objects.get(pk=maker.account_id or 0))
    lists = page.get(reverse("contact:lists", args=[run.public_id]), {"unit": "N11"}).text
    assert "Gas connections" in lists and "New list" in lists
    shown = page.get(reverse("contact:list", args=[one.public_id])).text
    assert "Consent forms of the October camp" in shown and "Ujjwala" in shown
    document = page.get(reverse("contact:list_document", args=[one.public_id]))
    assert document.content == PDF and "attachment" in document["Content-Disposition"]
    board = page.get(reverse("contact:board", args=[run.public_id]), {"unit": "N11"}).text
    assert "Unit N111" in board and "Doors on lists" in board
    for show in ("workers", "due"):
        assert (
            page.get(
                reverse("contact:board", args=[run.public_id]), {"unit": "N11", "show": show}
            ).status_code
            == 200
        )
    other = browser(world.holder("district_president", "N12"))
    for name in ("list", "list_document"):
        assert other.get(reverse(f"contact:{name}", args=[one.public_id])).status_code == 404
    assert other.get(reverse("contact:board", args=[run.public_id]), {"unit": "N11"}).status_code in (
        403,
        404,
    )
    with system("test"):
        span = world.lo("N11"), world.lo("N12")
        whole, _below = office.contacts_below(run, world.unit("N11"), span, at=NOW)
    assert (whole.doors, whole.met) == (4, 0)


def test_an_office_makes_a_list_on_its_page_and_hears_at_the_field_what_is_wrong(
    world: World, run: Programme
) -> None:
    page = browser(world.holder("district_president", "N11"))
    address = reverse("contact:list_new", args=[run.public_id]) + "?unit=N11"
    form = page.get(address).text
    assert 'enctype="multipart/form-data"' in form and "Ujjwala" in form
    given = {"title": "A list", "source": "Forms", "basis": "consent", "purpose": "Listen", "scheme": "NSAP"}
    bad = page.post(address, given | {"last_day": "2026-12-01"})
    assert bad.status_code == 422 and "Add the document" in bad.text


def test_a_list_and_a_queue_have_their_titles_in_both_languages(world: World, run: Programme) -> None:
    page = browser(world.holder("district_president", "N11"))
    titles = {"title": "Gas homes", "other_title": "गैस वाले घर"}
    form = titles | {"source": "Forms", "basis": "consent", "purpose": "Listen", "last_day": "2026-12-01"}
    address = reverse("contact:list_new", args=[run.public_id]) + "?unit=N11"
    paper = SimpleUploadedFile("forms.pdf", PDF)
    assert page.post(address, form | {"document": paper}).status_code == 302
    with system("test"):
        made = ContactList.objects.get()
        ContactList.objects.update(state=ContactList.State.APPROVED)
    queue = titles | {"lists": str(made.public_id), "opens": "10:00", "closes": "20:00", "priority": "5"}
    address = reverse("contact:calling_new", args=[run.public_id]) + "?unit=N11"
    assert page.post(address, queue).status_code == 302
    for language, title, other in (("en", "Gas homes", "गैस वाले घर"), ("hi", "गैस वाले घर", "Gas homes")):
        page.cookies["language"] = language
        for name in ("lists", "calling"):
            text = page.get(reverse(f"contact:{name}", args=[run.public_id]) + "?unit=N11").text
            assert title in text and other not in text, name
