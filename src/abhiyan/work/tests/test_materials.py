"""Materials: put up for offices of a programme, read by them alone, replaced, withdrawn and brought back."""

import io
import zipfile
import zlib
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from abhiyan.core import file_pool, news, sql
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.places import MARKS, with_places
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.actions.programmes import NameMissing, NotOpen
from abhiyan.programmes.actions.trees import UnitsInUse
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.programmes.refusals import NotCovered
from abhiyan.programmes.tests import make
from abhiyan.units.news import UnitsGoing
from abhiyan.work.actions import materials as acts
from abhiyan.work.models import Material, MaterialVersion
from abhiyan.work.queries import materials as found
from abhiyan.work.rules.materials import LARGEST, LARGEST_PART, file_name, look_into

pytestmark = pytest.mark.django_db


def drawn(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(made, kind)
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj leaflet endobj\n%%EOF\n"
PNG, JPEG = drawn("PNG"), drawn("JPEG")


def office_file(*parts: str, **written: str) -> bytes:
    """parts: their names. written: the contents of the parts with a name; the others have next to none."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in ("[Content_Types].xml", *parts):
            said = written.get(part.rpartition("/")[2].partition(".")[0], "")
            packed.writestr(part, said if said.startswith("<!") else f"<x xmlns:w='w'>{said}</x>")
    return made.getvalue()


@pytest.fixture
def programme(world: World) -> Programme:
    with system("test"):
        made = make.programme(world.units["N1"])
        ProgrammeUnit.objects.create(programme=made, unit=world.units["N1"])
    return made


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def worker(world: World) -> Account:
    return world.holder("booth_worker", "N1111", name="Bilal Dar")


def as_(account: Account, do: Any, at: Any = AT, **given: Any) -> Any:
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return do(**given, by=actor(account), at=at)


def put_up(world: World, programme: Programme, by: Account, **other: Any) -> Material:
    given = {
        "programme_id": programme.pk,
        "unit_id": world.unit("N1"),
        "names": {"hi": "पर्चा", "en": "Leaflet"},
        "offices": [],
        "data": PDF,
    }
    made: Material = as_(by, acts.add_material, **given | other)
    return made


def read(account: Account, one: Material, number: int = 1, on: Any = TODAY) -> bytes:
    """Return what somebody gets who opens a version, noted as the page does."""
    viewer = viewer_of(account_id=account.pk, on=on)
    with scoped(viewer.scope):
        seen = found.material_for(viewer, one.public_id)
        version = found.version_of_material(seen, number, leads=found.may_lead(viewer, seen))
        place = found.reached_by(viewer, seen)
        if place is not None:
            acts.note_material_opened(version=version, place=place, by=actor(account), at=AT)
        return version.opened()


def own(account: Account, on: Any = TODAY) -> tuple[int, int]:
    viewer = viewer_of(account_id=account.pk, on=on)
    with scoped(viewer.scope):
        assert found.own_materials(viewer).count() == found.count_own(viewer)[0]
        return found.count_own(viewer)


def rows_in_sight(account: Account) -> tuple[int, int]:
    """Materials and versions the database shows, whatever a query asks for."""
    with scoped(viewer_of(account_id=account.pk, on=TODAY).scope):
        return Material.objects.count(), MaterialVersion.objects.count()


def kind_of(data: bytes) -> str | None:
    try:
        found: str = file_pool.read_in_pool(look_into, data)["kind"]
    except file_pool.UnreadableFile:
        return None
    return found


def test_a_file_is_known_by_what_is_in_it_not_by_its_name() -> None:
    docx, xlsx = office_file("word/document.xml"), office_file("xl/workbook.xml")
    assert [kind_of(one) for one in (PDF, PNG, JPEG, docx, xlsx)] == ["pdf", "png", "jpg", "docx", "xlsx"]
    others = (
        b"",
        b"<html><script>alert(1)</script>%PDF-1.7 %%EOF",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        PDF[:-7],
        PNG[:40],
        b"MZ" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        office_file("ppt/presentation.xml"),
        office_file("word/document.xml", "word/vbaProject.bin"),
        office_file("word/document.xml", "xl/workbook.xml"),
    )
    assert [kind_of(one) for one in others] == [None] * len(others)


def test_no_material_starts_or_fetches_anything() -> None:
    rels, word = "word/_rels/document.xml.rels", "word/document.xml"
    link = '<Relationship Type="http://x/relationships/%s" Target="http://a.example/e.dotm" TargetMode="External"/>'
    whole = office_file(word, rels, document=link % "hyperlink")
    assert kind_of(whole) == "docx", "a link that is clicked"
    packed = zlib.compress(b"<</S/JavaScript/JS(app.alert(1))>>")
    inside = b"%PDF-1.7\n1 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + packed + b"\nendstream\n%%EOF"
    assert kind_of(PDF.replace(b"leaflet", b"<</OpenAction[3 0 R/XYZ null null 0]>>")) == "pdf", (
        "where to begin"
    )
    others = {
        "a template from elsewhere": office_file(word, rels, document=link % "attachedTemplate"),
        "a picture from elsewhere": office_file(word, rels, document=link % "image"),
        "macros under another name": office_file(
            word, "word/MACROS.BIN", **{"[Content_Types]": "application/vnd.ms-word.document.macroEnabled"}
        ),
        "macros in small letters": office_file(word, "word/vbaproject.bin"),
        "a command in a field": office_file(
            word, document="<w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\\\cmd</w:instrText>"
        ),
        "a sheet of elsewhere": office_file("xl/workbook.xml", "xl/externalLinks/externalLink1.xml"),
        "words behind others": office_file(word, document="<!DOCTYPE x [<!ENTITY a 'DDE'>]><x>&a;</x>"),
        "no XML": office_file(word, document="<w:p>"),
        "far more than it looks": office_file(word, "word/media.xml", media=" " * (LARGEST_PART + 1)),
        "a program": PDF.replace(b"leaflet", b"<</S/Launch/F(cmd.exe)>>"),
        "a script": PDF.replace(b"leaflet", b"<</S/JavaScript/JS(1)>>"),
        "a script spelt by numbers": PDF.replace(b"leaflet", b"<</S/J#61vaScript/JS(1)>>"),
        "a script that is packed": inside,
        "packed so that nobody can look": inside.replace(packed, b"\0" * 40),
        "a file in the file": PDF.replace(b"leaflet", b"<</EmbeddedFiles 4 0 R>>"),
    }
    assert {why: kind_of(data) for why, data in others.items()} == dict.fromkeys(others)


def test_a_downloaded_file_is_called_by_its_title_without_tricks() -> None:
    assert file_name("बूथ का पर्चा", "pdf") == "बूथ का पर्चा.pdf"
    assert file_name("../../etc/pass\0wd", "pdf") == "etc pass wd.pdf"
    assert file_name("notes\u202efdp.exe\r\nSet-Cookie: a", "png") == "notes fdp.exe Set-Cookie a.png"
    assert file_name(" . ", "xlsx") == "file.xlsx"


@pytest.mark.versions
def test_a_file_put_up_for_a_state_is_read_below_and_nowhere_else(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    with system("test"):
        assert b"leaflet" not in bytes(MaterialVersion.objects.get().sealed)
    assert own(worker) == (1, 1)
    assert read(worker, one) == PDF and own(worker) == (1, 0)
    elsewhere = world.holder("booth_worker", "N2111", name="Chandra Kala")
    nobody = world.account("Nobody")
    for stranger in (elsewhere, nobody):
        assert rows_in_sight(stranger) == (0, 0) and own(stranger) == (0, 0)
        with pytest.raises(NotFound):
            read(stranger, one)
    nation = world.holder("call_centre_agent", "N", name="Dev")  # the database shows the nation everything
    with pytest.raises(NotFound):
        read(nation, one)


def test_only_the_named_offices_read_it(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president, offices=["booth_president"])
    beside = world.holder("call_centre_agent", "N1", name="Dev")  # sees the people of the same unit
    for other in (worker, beside):
        assert rows_in_sight(other) == (0, 0) and own(other) == (0, 0)
        with pytest.raises(NotFound):
            read(other, one)
    head = world.holder("booth_president", "N1111", name="Asha")
    assert own(head) == (1, 1) and read(head, one) == PDF


def test_outside_the_units_of_the_programme_nobody_reads_it(world: World, president: Account) -> None:
    with system("test"):
        narrow = make.programme(world.units["N1"])
        ProgrammeUnit.objects.create(programme=narrow, unit=world.units["N11"])
    put_up(world, narrow, president)
    assert own(world.holder("booth_president", "N1111", name="Asha")) == (1, 1)
    assert own(world.holder("booth_president", "N1211", name="Bilal")) == (0, 0)


def test_a_new_version_replaces_the_older_which_stays_with_those_who_put_it_up(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    read(worker, one)
    assert as_(president, acts.replace_material, public_id=one.public_id, data=PNG) == 2
    assert own(worker) == (1, 1) and read(worker, one, 2)[:8] == PNG[:8] and own(worker) == (1, 0)
    assert rows_in_sight(worker) == (1, 1)
    with pytest.raises(NotFound):
        read(worker, one, 1)
    assert read(president, one, 1) == PDF and read(president, one, 2)[:8] == PNG[:8]
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        assert [version.number for version in found.material_versions(one)] == [2, 1]


def test_a_withdrawn_file_is_gone_for_its_readers_until_it_is_brought_back(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    as_(president, acts.withdraw_material, public_id=one.public_id, reason="A wrong number on it")
    assert own(worker) == (0, 0) and rows_in_sight(worker) == (0, 0)
    with pytest.raises(NotFound):
        read(worker, one)
    assert read(president, one) == PDF
    for refusal, act, given in (
        (acts.WithdrawnAlready, acts.withdraw_material, {}),
        (acts.WithdrawnAlready, acts.replace_material, {"data": PNG}),
        (NotFound, acts.withdraw_material, {"public_id": uuid4()}),
        (acts.MaterialReasonTooLong, acts.withdraw_material, {"reason": "x" * 501}),
    ):
        with pytest.raises(refusal):
            as_(president, act, **{"public_id": one.public_id} | given)
    as_(president, acts.bring_back_material, public_id=one.public_id)
    assert read(worker, one) == PDF
    with pytest.raises(acts.NotWithdrawn):
        as_(president, acts.bring_back_material, public_id=one.public_id)


def test_empty_too_large_disguised_and_repeated_files_are_refused(
    world: World, programme: Programme, president: Account
) -> None:
    one = put_up(world, programme, president)
    for refusal, data in (
        (acts.FileMissing, b""),
        (acts.MaterialTooLarge, b"%PDF-" + b"\0" * (LARGEST + 1 - 5)),
        (acts.FileUnfit, b"<html><script>alert(1)</script></html>"),
        (acts.FileThere, PDF),
    ):
        with pytest.raises(refusal) as refused:
            put_up(world, programme, president, data=data)
        assert refused.value.field == "file"
        with pytest.raises(refusal):
            as_(president, acts.replace_material, public_id=one.public_id, data=data)
    assert "Leaflet" in str(refused.value) or "पर्चा" in str(refused.value)
    as_(president, acts.replace_material, public_id=one.public_id, data=PNG)
    assert as_(president, acts.replace_material, public_id=one.public_id, data=PDF) == 3, (
        "back to the first file"
    )


def test_what_is_put_up_has_a_title_known_offices_and_a_running_programme(
    world: World, programme: Programme, president: Account
) -> None:
    refusals: tuple[tuple[type[Refused], dict[str, Any]], ...] = (
        (NameMissing, {"names": {"hi": " ", "en": ""}}),
        (acts.OfficeUnfit, {"offices": ["booth_president", "no_such_office"]}),
        (NotFound, {"programme_id": 99_999}),
    )
    for refusal, given in refusals:
        with pytest.raises(refusal):
            put_up(world, programme, president, **given)
    nation = world.holder("national_president", "N", name="Dev")
    with pytest.raises(NotCovered):
        put_up(world, programme, nation, unit_id=world.unit("N2"))
    with system("test"):
        Programme.objects.filter(pk=programme.pk).update(state=Programme.State.CLOSED)
    with pytest.raises(NotOpen):
        put_up(world, programme, president)


def test_who_does_not_run_programmes_there_puts_nothing_up_and_changes_nothing(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    below = world.holder("district_president", "N11", name="Bilal")
    for other in (worker, below):
        for act, given in (
            (acts.replace_material, {"data": PNG}),
            (acts.withdraw_material, {}),
            (acts.bring_back_material, {}),
        ):
            with pytest.raises(NotYours):
                as_(other, act, public_id=one.public_id, **given)
        with pytest.raises(NotYours):
            put_up(world, programme, other, data=PNG)
    assert put_up(world, programme, below, unit_id=world.unit("N11"), data=PNG).pk


def test_a_reader_whose_office_ended_reads_nothing(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    with system("test"):
        held = Appointment.objects.get(account_id=worker.pk)
        org.end_appointment(public_id=held.public_id, reason="moved away", by=SYSTEM, at=AT)
    assert own(worker) == (0, 0) and rows_in_sight(worker) == (0, 0)
    with pytest.raises(NotFound):
        read(worker, one)


def test_a_file_is_sent_to_keep_and_never_as_a_page(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    leads, reads = browser(president), browser(worker)
    new = f"/programmes/materials/new/{programme.public_id}/?unit=N1"
    given = {"name_hi": "बूथ का पर्चा", "offices": ["booth_worker"]}
    html = SimpleUploadedFile("leaflet.pdf", b"<html>%PDF-</html>", content_type="application/pdf")
    assert leads.post(new, given | {"file": html}).status_code == 422
    assert leads.post(new, given | {"file": SimpleUploadedFile("a.pdf", b"")}).status_code == 422
    assert leads.post(new, given).status_code == 422
    made = leads.post(new, given | {"file": SimpleUploadedFile("x.html", PDF, content_type="text/html")})
    assert made.status_code == 302
    sent = reads.get(f"{made['Location']}1/")
    assert sent.content == PDF and sent["Content-Type"] == "application/pdf"
    assert sent["Content-Disposition"].startswith("attachment;") and ".pdf" in sent["Content-Disposition"]
    assert sent["X-Content-Type-Options"] == "nosniff" and "sandbox" in sent["Content-Security-Policy"]
    assert "no-store" in sent["Cache-Control"]
    assert reads.get(f"{made['Location']}2/").status_code == 404
    stranger = browser(world.holder("booth_worker", "N2111", name="Chandra Kala"))
    assert stranger.get(f"{made['Location']}1/").status_code == 404


def test_lists_of_files_ask_the_same_however_many_there_are(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    client = browser(worker)
    client.get("/programmes/materials/")  # the first page of a process reads the helplines
    asked = []
    for n in range(4):
        put_up(world, programme, president, data=PDF + b"%d" % n, offices=["booth_worker"])
        if n in (0, 3):
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/programmes/materials/").status_code == 200
            asked.append(len(queries))
    assert asked[0] == asked[1]


def test_units_with_a_file_for_their_workers_are_not_let_go(
    world: World, programme: Programme, president: Account
) -> None:
    def let_go() -> None:
        with system("test"):
            news.tell(UnitsGoing(1, SYSTEM, AT))

    with system("test"):
        sql.run(
            "insert into units_change (import_id, row, unit_id, change) values (1, 1, %s, 'made')",
            [world.unit("N11")],
        )
    let_go()
    put_up(world, programme, president, unit_id=world.unit("N11"))
    with pytest.raises(UnitsInUse):
        let_go()


def test_openings_count_once_a_person_by_office_and_level_for_those_who_put_it_up(
    world: World, programme: Programme, president: Account, worker: Account
) -> None:
    one = put_up(world, programme, president)
    head = world.holder("booth_president", "N1111", name="Asha")
    for account in (worker, worker, head, president):
        read(account, one)
    as_(president, acts.replace_material, public_id=one.public_id, data=PNG)
    read(worker, one, 2)
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        rows = {
            (row.office_names["en"], row.kind): (row.newest, row.ever) for row in found.material_openings(one)
        }
    assert rows == {("Booth president", "booth"): (0, 1), ("Booth worker", "booth"): (1, 1)}
    with scoped(viewer_of(account_id=world.holder("booth_worker", "N2111", name="D").pk, on=TODAY).scope):
        assert found.material_openings(one) == []


def test_nothing_but_its_points_is_kept_of_a_picture(
    world: World, programme: Programme, president: Account
) -> None:
    for n, data in enumerate(with_places().values()):
        one = put_up(world, programme, president, names={"hi": f"चित्र {n}", "en": f"Picture {n}"}, data=data)
        kept = read(president, one)
        assert not [mark for mark in MARKS if mark in kept]
        before, after = (Image.open(io.BytesIO(each)) for each in (data, kept))
        assert (before.format, before.size) == (after.format, after.size)
