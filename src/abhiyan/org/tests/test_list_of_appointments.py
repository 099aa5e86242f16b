"""Many appointed by a list: each row by the act of the page, and refused by itself."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.messaging.models import Message
from abhiyan.org import actions, lists
from abhiyan.org.lists import LAYOUT
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.people.tests.make import body, browser
from abhiyan.units.models import Unit

from .make import World, actor

pytestmark = pytest.mark.django_db


def bring(path: Path, rows: str, world: World, by: Any, *steps: str, **options: str) -> StagedImport:
    path.write_text(rows)
    with system("test"):
        public_id = imports.import_file(
            kind_key="appointments", path=path, by=by, at=NOW, unit_id=world.unit("N11"), options=options
        )
        for step in ("check", *steps):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=NOW)
            running.run_import_step(public_id, step, at=NOW)
        return StagedImport.objects.get(public_id=public_id)


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [(row.row, row.field, row.reason) for row in rows]


def offices() -> list[tuple[str, str]]:
    with system("test"):
        held = Appointment.objects.filter(state="offered").order_by("pk")
        return [(one.office.code, one.unit.code) for one in held.select_related("office", "unit")]


def test_rows_are_offered_and_an_office_above_ones_own_is_refused_by_itself(
    world: World, tmp_path: Path
) -> None:
    leader = actor(world.holder("district_president", "N11"))
    media = actions.make_body(
        unit_id=world.unit("N11"), kind="committee", names={"en": "Media"}, seats=2, by=leader, at=NOW
    )
    rows = (
        "Phone,Name,Office,Unit code,Since,Committee or wing\n"
        "9906000011,Asha Devi,Booth president,N1111,1/10/2026,\n"
        "9906000012,Bilal Khan,बूथ अध्यक्ष,N1112,,\n"
        "9906000013,Meena Kaul,Member,N11,,media\n"
        "9906000014,Ravi Das,State president,N1,,\n"  # outside
        "9906000014,Ravi Das,District president,N11,,\n"  # as high as one's own
        "9906000015,Ravi Das,Data officer,N11,,\n"
        "9906000016,Ravi Das,Booth president,N1111,,\n"  # the seat of row 2
        "9906000017,Ravi Das,Member,N11,,Sport\n"
        "9906000018,Ravi Das,Chairman,N11,,\n"
        "9906000019,Ravi Das,,N111,,\n"
        "12,Ravi Das,Booth president,N1121,,\n"
        "9906000020,Ravi Das,Booth president,NOWHERE,,\n"
    )
    staged = bring(tmp_path / "list.csv", rows, world, leader)
    assert staged.counts == {"offered": 3, "refused": 9} and offices() == []
    assert refused(staged) == [
        (5, "unit_code", "unit_outside"),
        (6, "office", "not_yours"),
        (7, "office", "not_yours"),
        (8, "office", "seat_held"),
        (9, "body", "body_unknown"),
        (10, "office", "office_unknown"),
        (11, "office", "office_needed"),
        (12, "phone", "phone"),
        (13, "unit_code", "unit_unknown"),
    ]
    staged = bring(tmp_path / "list.csv", rows, world, leader, "commit")
    assert staged.counts == {"offered": 3, "refused": 9}
    assert offices() == [("booth_president", "N1111"), ("booth_president", "N1112"), ("body_member", "N11")]
    with system("test"):
        made = Appointment.objects.get(body=media)
        assert made.made_by == leader.account_id and made.starts_on == NOW.date()
        Appointment.objects.filter(pk=made.pk).update(state="active")
        imports.ask_import_step(public_id=staged.public_id, step="undo", by=leader, at=NOW)
        running.run_import_step(staged.public_id, "undo", at=NOW)
        staged.refresh_from_db()
        assert staged.undone == {"offered": 2, "stays": 1}
    assert offices() == []


def messages_of_offers() -> int:
    with system("test"):
        return Message.objects.filter(template="duty.office").count()


def test_a_fourth_offer_of_one_unit_leaves_out_the_message_and_an_office_of_another_unit_is_not_held(
    world: World, tmp_path: Path
) -> None:
    places = ("N1111", "N1112", "N1121", "N1122")
    rows = "Phone,Name,Office,Unit code\n" + "".join(
        f"9906000011,Asha Devi,Booth worker,{place}\n" for place in places
    )
    leader = actor(world.holder("district_president", "N11"))
    staged = bring(tmp_path / "list.csv", rows, world, leader)
    assert (staged.counts, refused(staged)) == ({"offered": 4}, [])
    staged = bring(tmp_path / "list.csv", rows, world, leader, "commit")
    assert offices() == [("booth_worker", place) for place in places]
    assert messages_of_offers() == 3, "a check offers nothing, and counts for nothing"
    above = actor(world.holder("state_president", "N1"))
    higher = "Phone,Name,Office,Unit code\n9906000011,Asha Devi,Mandal president,N111\n"
    assert bring(tmp_path / "higher.csv", higher, world, above, "commit").counts == {"offered": 1}
    assert messages_of_offers() == 4


def test_a_booth_list_as_districts_keep_it_is_mapped_by_guess(world: World, tmp_path: Path) -> None:
    with system("test"):
        Unit.objects.filter(code="N1111").update(code="N1-56-126")
        Unit.objects.filter(code="N1122").update(names={"en": "High School", "hi": "उच्च विद्यालय"})
    rows = (
        "मंडल,शक्ति केंद्र,विधानसभा सं.,भाग सं.,केंद्र का नाम,अध्यक्ष,मोबाइल\n"
        "इकाई N111,,56,126,प्राथमिक विद्यालय,आशा देवी,9906000011\n"
        "इकाई N112,,,,उच्च विद्यालय,बिलाल ख़ान,9906000012\n"
        "इकाई N111,,,,उच्च विद्यालय,मीना कौल,9906000013\n"
        ",,56,999,,मीना कौल,9906000014\n"
    )
    leader = actor(world.holder("district_president", "N11"))
    staged = bring(tmp_path / "booths.csv", rows, world, leader, "commit", office="booth_president")
    assert {LAYOUT.fields[n].key for n in range(11)} >= set(staged.mapping) and len(staged.mapping) == 7
    assert staged.counts == {"offered": 2, "refused": 2}
    assert refused(staged) == [(4, "place", "unit_unnamed"), (5, "part_no", "unit_unknown")]
    assert offices() == [("booth_president", "N1-56-126"), ("booth_president", "N1122")]


def test_the_organisers_of_65_constituencies_are_one_list_and_a_longer_one_than_the_locks_is_refused(
    world: World, tmp_path: Path
) -> None:
    assert 65 * 31 <= lists.most_rows() <= lists.MOST_ROWS
    rows = "Phone,Name,Office,Unit code\n" + "9906000011,Asha Devi,Booth worker,N1111\n" * (
        lists.most_rows() + 1
    )
    leader = actor(world.holder("district_president", "N11"))
    staged = bring(tmp_path / "list.csv", rows, world, leader)
    assert staged.state == "failed" and offices() == []


def test_a_list_needs_the_right_to_bring_one(world: World, tmp_path: Path) -> None:
    for office, code in (("booth_president", "N1111"), ("district_president", "N12")):
        with pytest.raises(NotYours):
            bring(tmp_path / "list.csv", "Phone,Name\n", world, actor(world.holder(office, code)))


def test_the_file_of_vacancies_is_a_list_to_fill_in(world: World, tmp_path: Path) -> None:
    account = world.holder("district_president", "N11")
    client = browser(account)
    assert "/imports/new/appointments/" in body(client, "/appointments/?show=fill")
    where = "/appointments/?show=fill&office=booth_president&format=csv"
    head, *lines = read(client, where).splitlines()
    assert len(lines) == 4
    filled = [head, *(line.replace(",,", f",99060000{n:02d},Asha Devi", 1) for n, line in enumerate(lines))]
    staged = bring(tmp_path / "filled.csv", "\n".join(filled), world, actor(account), "commit")
    assert staged.counts == {"offered": 4}, (head, refused(staged))
    assert body(client, "/appointments/?show=offered").count("Asha Devi") >= 4


def test_refused_rows_are_corrected_in_a_file_by_who_brought_the_list(world: World, tmp_path: Path) -> None:
    account = world.holder("district_president", "N11")
    colleague = world.holder("state_president", "N1")
    rows = (
        "Remark,Mobile,Name,Office,Unit code\n"
        "first,9906000011,Asha Devi,Booth president,N1111\n"
        "second,12,Bilal Khan,Booth president,N1112\n"
        "third,9906000013,Meena Kaul,Booth president,NOWHERE\n"
    )
    staged = bring(tmp_path / "list.csv", rows, world, actor(account), "commit")
    assert staged.counts == {"offered": 1, "refused": 2}
    where = f"/imports/{staged.public_id}/refused/?correct=csv"
    page = body(browser(account), f"/imports/{staged.public_id}/")
    assert where in page.replace("&amp;", "&") and "correct=xlsx" in page
    assert "correct=" not in body(browser(colleague), f"/imports/{staged.public_id}/refused/")
    assert browser(colleague).get(where).status_code == 404
    found = read(browser(account), where)
    with system("test"):
        (left,) = AuditEntry.objects.filter(act="imports.refused_taken")
    assert (left.n, left.subject) == (2, str(staged.public_id))
    head, *lines = found.splitlines()
    assert head == "Remark,Mobile,Name,Office,Unit code,Why it was refused" and len(lines) == 2
    assert lines[0].startswith("second,12,Bilal Khan,Booth president,N1112,") and "Phone: " in lines[0]
    corrected = found.replace(",12,", ",9906000012,").replace("NOWHERE", "N1121", 1)
    staged = bring(tmp_path / "corrected.csv", corrected, world, actor(account), "commit")
    assert staged.counts == {"offered": 2}, refused(staged)


def read(client: Client, where: str) -> str:
    """A file as it comes."""
    return b"".join(client.get(where).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed
