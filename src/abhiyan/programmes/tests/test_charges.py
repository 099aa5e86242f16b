"""In-charges: named by search or by a list, told, accepting or declining, missing again, published."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.kinds import kind_of_import
from abhiyan.imports.models import StagedImport
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser, undrawn
from abhiyan.programmes import actions, offers, queries
from abhiyan.programmes.actions.charges import AlreadyAnswered, AlreadyInCharge, ReasonTooLong
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.views import charges as charges_page
from abhiyan.targets import actions as target_actions
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, StandingHere, UnitsBehind
from abhiyan.units.models import Unit

from .test_make_programme import make
from .test_pages import drive as open_drive

pytestmark = pytest.mark.django_db
drive = open_drive  # a drive that is open by the real clock, as a fixture


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


def reachable(name: str, phone: str, language: str = "en") -> Account:
    """Open an account with a phone: messages reach it, and lists find it."""
    return people.open_account(phone=phone, name=name, language=language, by=SYSTEM, at=AT)


def name(world: World, drive: Programme, code: str, account: Account, by: Account, **more: Any) -> InCharge:
    with system("test"):
        return actions.name_in_charge(
            programme_id=drive.pk,
            unit_id=world.unit(code),
            account=UUID(str(account.public_id)),
            by=actor(by),
            at=AT,
            **more,
        )


def told(account: Account) -> list[dict[str, str]]:
    with system("test"):
        rows = list(Message.objects.filter(phone_id=account.phone_id, template="duty.in_charge"))
    assert all(row.kind == 2 for row in rows)
    return [json.loads(keyring().unseal(bytes(row.sealed_blanks), about=row.pk.bytes)) for row in rows]


def missing(world: World, drive: Programme, **more: Any) -> list[str]:
    with system("test"):
        lo, hi = world.lo("N1"), world.lo("N2")
        return [row.code for row in queries.units_without_charge(drive, lo=lo, hi=hi, on=TODAY, **more)[:50]]


def declined(world: World, drive: Programme, reader: Account) -> dict[str, tuple[str, str]]:
    """Return who declined each unit and why, as an account reads it."""
    viewer = viewer_of(account_id=reader.pk, on=TODAY)
    with scoped(viewer.scope):
        rows = queries.units_without_charge(
            drive, lo=world.lo("N1"), hi=world.lo("N2"), on=TODAY, viewer=viewer
        )[:50]
    return {row.code: (row.declined_by, row.reason) for row in rows if row.declined_at}


def test_who_is_named_is_told_once_in_their_language(
    world: World, drive: Programme, president: Account
) -> None:
    bilal = reachable("Bilal", "9906000011", "hi")
    made = name(world, drive, "N11", bilal, president, role="co_in_charge")
    (said,) = told(bilal)
    assert said["programme"] == "सदस्यता अभियान" and said["unit"] == "इकाई N11"
    assert said["link"].endswith("/programmes/work/") and said["role"] != "Co-in-charge"
    assert made.told_at == AT and made.state == "named"
    asha = world.account("Asha")  # no phone of hers is kept
    assert name(world, drive, "N12", asha, president).told_at is None


def test_who_is_named_in_a_draft_is_told_when_it_opens(world: World, president: Account) -> None:
    draft = make(world, president)
    bilal = reachable("Bilal", "9906000011")
    name(world, draft, "N11", bilal, president)
    assert told(bilal) == []
    with system("test"):
        actions.open_programme(programme_id=draft.pk, by=actor(president), at=AT)
        assert actions.tell_in_charges(programme_id=draft.pk, at=AT) == 0
    assert len(told(bilal)) == 1


def test_the_person_named_alone_accepts_or_declines(
    world: World, drive: Programme, president: Account
) -> None:
    asha, meena = world.account("Asha"), world.account("Meena")
    made = name(world, drive, "N11", asha, president)
    assert "N11" not in missing(world, drive)

    def answer(by: Account, accepts: bool, reason: str = "") -> InCharge:
        with scoped(viewer_of(account_id=by.pk, on=TODAY).scope):
            return actions.answer_charge(
                in_charge_id=made.pk, accepts=accepts, reason=reason, by=actor(by), at=AT
            )

    for stranger in (meena, president):
        with pytest.raises(NotFound):
            answer(stranger, accepts=True)
    assert answer(asha, accepts=True).state == "accepted"
    with pytest.raises(AlreadyAnswered):
        answer(asha, accepts=True)
    with pytest.raises(ReasonTooLong):
        answer(asha, accepts=False, reason="x" * 201)
    assert answer(asha, accepts=False, reason=" moved   away ").reason == "moved away"
    assert "N11" in missing(world, drive)
    assert declined(world, drive, president) == {"N11": ("Asha", "moved away")}
    assert (answer(asha, accepts=True).state, "N11" in missing(world, drive)) == ("accepted", False)
    answer(asha, accepts=False)
    name(world, drive, "N11", meena, president)
    assert "N11" not in missing(world, drive)
    with pytest.raises(NotFound):  # another is named
        answer(asha, accepts=True)


def test_a_programme_of_one_district_asks_for_it_and_for_what_stands_above(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = make(world, president, unit_ids=[world.unit("N11")])
    for code in ("N1", "N111"):
        name(world, drive, code, world.account("Asha"), president)
    with system("test"):
        place: dict[str, Any] = {"lo": world.lo("N"), "hi": world.lo("N") + 10_000, "on": TODAY}
        levels = [(one.kind, one.units, one.missing) for one in queries.coverage(drive, **place)]
        kinds = {"nation": (1, 1), "state": (1, 0), "district": (1, 1), "mandal": (2, 1), "booth": (4, 4)}
        assert levels == [(kind, *counts) for kind, counts in kinds.items()]
        every = [row.code for row in queries.units_without_charge(drive, **place)[:50]]
        assert every == ["N", "N11", "N1111", "N1112", "N112", "N1121", "N1122"]
        assert [row.code for row in queries.units_without_charge(drive, **place).each(at_once=2)] == every
        # A kind that is rare among the others is looked for from the top down.
        monkeypatch.setattr(sys.modules[queries.charges.__module__], "_FEW", 1)
        for kind, wanted in (
            ("mandal", ["N112"]),
            ("district", ["N11"]),
            ("state", []),
            ("booth", every[2:4]),
        ):
            found = queries.units_without_charge(drive, **place, level=kind)[:2]
            assert [row.code for row in found] == wanted


def test_somebody_from_outside_the_state_is_in_charge_like_anybody(world: World, drive: Programme) -> None:
    """A leader of the nation, and somebody without an office, are out of the reader's sight; the unit is not."""
    national = world.holder("national_president", "N", name="Nalini Rao")
    name(world, drive, "N11", national, national)
    name(world, drive, "N12", world.account("Asha"), national)
    local = world.holder("district_president", "N11")
    viewer = viewer_of(account_id=local.pk, on=TODAY)
    place: dict[str, Any] = {"lo": world.lo("N1"), "hi": world.lo("N2"), "on": TODAY}
    with scoped(viewer.scope):
        rows = queries.charges(drive, **place)
        assert [(row.unit_code, row.name) for row in rows[:9]] == [("N11", "Nalini Rao"), ("N12", "Asha")]
        assert rows[0].offices[0][0]["en"] == "National president" and len(rows) == 2
        assert [row.code for row in queries.units_without_charge(drive, **place, level="district")[:9]] == []
        shown = queries.in_charges(drive, units=[world.unit("N11")])
        assert [one.name for one in shown] == ["Nalini Rao"]
        assert queries.own_charges(local.pk, on=TODAY) == []


def test_who_is_named_reads_what_they_answer_for_and_what_they_accepted_is_kept(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha")
    world.holder("district_president", "N11", name="Bilal Wani")
    made = name(world, drive, "N111", asha, president)

    def target(n: int) -> None:
        with system("test"):
            target_actions.set_target(
                programme_id=drive.pk, unit_id=world.unit("N111"), n=n, by=SYSTEM, at=AT
            )

    def page(path: str) -> str:
        return " ".join(re.sub(r"<[^>]*>", " ", undrawn(body(browser(asha), path))).split())

    assert "No target is set here yet." in page("/programmes/work/")
    target(600)
    shown = page("/programmes/work/")
    assert re.search(r"You answer for 600 by \d+ \w+ \d{4}\..* Needed from now on: \d+ a day\.", shown)
    assert "You report to Bilal Wani" in shown and "You accepted" not in shown
    assert "You answer for" not in page("/today/")
    with system("test"):
        actions.answer_charge(in_charge_id=made.pk, accepts=True, by=actor(asha), at=AT)
    target(900)
    shown = page("/programmes/work/")
    assert "You answer for 900 by" in shown and "You accepted 600" in shown, "the target has grown since"
    assert re.search(r"You answer for 600 by \d+ \w+", page("/today/"))
    assert "Accepted for 600" in page("/programmes/work/")
    with system("test"):
        actions.answer_charge(in_charge_id=made.pk, accepts=False, by=actor(asha), at=AT)
    assert "You answer for 600" not in page("/today/")


def test_a_closed_account_is_in_charge_of_nothing(world: World, drive: Programme, president: Account) -> None:
    bilal = reachable("Bilal", "9906000011")
    made = name(world, drive, "N11", bilal, president)
    people.close_account(account_id=bilal.pk, by=SYSTEM, at=AT)
    assert "N11" in missing(world, drive)
    with system("test"):
        made.refresh_from_db()
        assert made.ended_at == AT
        assert Message.objects.get(template="duty.in_charge").state == "dropped"


def test_why_somebody_declined_and_their_digits_are_for_those_who_run_the_unit(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha")
    beside, above = world.holder("mandal_president", "N121"), world.holder("district_president", "N11")
    made = name(world, drive, "N111", asha, president)

    def digits(reader: Account) -> list[str]:
        viewer = viewer_of(account_id=reader.pk, on=TODAY)
        with scoped(viewer.scope):
            rows = queries.charges(drive, lo=world.lo("N1"), hi=world.lo("N2"), on=TODAY, viewer=viewer)
            return [row.last4 for row in rows[:9]]

    assert [digits(one) for one in (president, above, asha, beside)] == [["4213"], ["4213"], ["4213"], [""]]
    base = f"/programmes/{drive.public_id}/in-charges/"
    page = undrawn(body(browser(beside), f"{base}?unit=N1"))
    assert "Name not shown" in page and "Asha" not in page and "4213" not in page
    with system("test"):
        actions.answer_charge(in_charge_id=made.pk, accepts=False, by=actor(asha), at=AT, reason="Illness")
    known, unknown = {"N111": ("Asha", "Illness")}, {"N111": ("Asha", "")}
    for reader in (president, above, asha):
        assert declined(world, drive, reader) == known
    assert declined(world, drive, beside) == unknown
    for more in ("", "&format=csv"):
        answer = browser(beside).get(f"{base}?unit=N1&show=missing&level=mandal{more}")
        text = b"".join(answer).decode()
        assert "Asha" not in text and "Illness" not in text, "a name in another line needs a reason"


def test_the_same_person_is_named_once_whoever_is_quicker(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.account("Asha")
    name(world, drive, "N11", asha, president)
    with pytest.raises(AlreadyInCharge):
        name(world, drive, "N11", asha, president, role="co_in_charge")
    name(world, drive, "N12", asha, president)


def test_nobody_is_named_for_a_programme_that_is_over(
    world: World, drive: Programme, president: Account, tmp_path: Path
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha")
    path = tmp_path / "in_charges.csv"
    path.write_text(f"User,Unit code\n{asha.public_id},N111\n")
    with system("test"):
        at, choice = NOW, {"programme": str(drive.public_id)}
        checked = imports.import_file(kind_key="in_charges", path=path, by=SYSTEM, at=at, options=choice)
        imports.ask_import_step(public_id=checked, step="check", by=SYSTEM, at=at)
        running.run_import_step(checked, "check", at=at)
        actions.close_programme(programme_id=drive.pk, by=actor(president), at=at)
        imports.ask_import_step(public_id=checked, step="commit", by=SYSTEM, at=at)
        running.run_import_step(checked, "commit", at=at)
        staged = StagedImport.objects.get(public_id=checked)
        with override("en"):
            said = running.error_text(staged)
    assert (staged.state, said) == ("failed", "The programme is closed and cannot be changed.")
    with pytest.raises(actions.ProgrammeOver):
        name(world, drive, "N111", asha, president)
    answer = browser(president).post(
        f"/programmes/{drive.public_id}/in-charge/?unit=N111&q=asha",
        {"account": str(asha.public_id), "role": "in_charge"},
    )
    assert answer.status_code == 409
    with system("test"):
        assert not InCharge.objects.exists()


def test_a_list_is_brought_for_what_is_open_however_many_have_closed_since(
    world: World, drive: Programme
) -> None:
    kept = {one.attname: getattr(drive, one.attname) for one in Programme._meta.concrete_fields}
    with system("test"):
        Programme.objects.bulk_create(
            Programme(**kept | {"id": None, "public_id": uuid4(), "state": "closed"}) for _n in range(101)
        )
        (option,) = kind_of_import("in_charges").options
        assert option.choices is not None
        assert [key for key, _name in option.choices()] == [str(drive.public_id)]


def test_who_is_no_longer_in_charge_is_not_told_any_more(
    world: World, drive: Programme, president: Account
) -> None:
    made = name(world, drive, "N11", reachable("Bilal", "9906000011"), president)
    with system("test"):
        actions.end_in_charge(in_charge_id=made.pk, by=actor(president), at=AT)
        message = Message.objects.get(template="duty.in_charge")
    assert (message.state, message.reason) == ("dropped", "taken_back")


def test_units_that_miss_somebody_are_found_by_level_role_and_name(
    world: World, drive: Programme, president: Account
) -> None:
    name(world, drive, "N11", world.account("Asha"), president)
    name(world, drive, "N12", world.account("Meena"), president, role="co_in_charge")
    assert missing(world, drive, level="district") == ["N12"]
    assert missing(world, drive, level="district", role="co_in_charge") == ["N11"]
    assert missing(world, drive, text="unit n121") == ["N121", "N1211", "N1212"]
    assert missing(world, drive, text="100%") == missing(world, drive, text="_") == []
    with system("test"):
        levels = queries.coverage(drive, lo=world.lo("N1"), hi=world.lo("N2"), on=TODAY)
    assert [(one.kind, one.units, one.missing) for one in levels] == [
        ("state", 1, 1),
        ("district", 2, 1),
        ("mandal", 4, 4),
        ("booth", 8, 8),
    ]


def test_today_asks_for_an_answer_and_then_for_another_name(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N112", name="Asha")
    made = name(world, drive, "N111", asha, president)

    def asked(account: Account) -> list[str]:
        viewer = viewer_of(account_id=account.pk, on=TODAY)
        with scoped(viewer.scope), override("en"):
            return [
                str(one.title)
                for one in offers.todo(viewer, at=NOW)
                if isinstance(one, Owed | UnitsBehind)
                or (isinstance(one, Beside) and one.sheet == I_WAIT_FOR)
            ]

    booths = "Nothing is counted in 2 booths yet"
    assert asked(asha) == ["You are named In-charge: Membership drive", booths]
    above = world.holder("district_president", "N11")
    assert asked(above) == ["1 person named in charge has not answered"]
    assert asked(president) == [], "a state looks after districts"
    with system("test"):
        actions.answer_charge(in_charge_id=made.pk, accepts=False, by=actor(asha), at=AT)
    assert asked(asha) == [booths]
    assert asked(president) == ["1 in-charge declined: name another"]
    assert asked(above) == ["1 in-charge declined: name another"]
    assert asked(world.holder("district_president", "N12")) == []
    helper = world.account("Meena")
    beside = name(world, drive, "N112", helper, president, role="co_in_charge")
    with system("test"):
        actions.answer_charge(in_charge_id=beside.pk, accepts=False, by=actor(helper), at=AT)
    viewer = viewer_of(account_id=president.pk, on=TODAY)
    with scoped(viewer.scope), override("en"):
        found = {str(one.title): one.href for one in offers.todo(viewer, at=NOW) if isinstance(one, Owed)}
    assert found["1 in-charge declined: name another"].endswith("?show=declined&role=in_charge")
    assert found["1 co-in-charge declined: name another"].endswith("?show=declined&role=co_in_charge")
    page = body(browser(president), found["1 in-charge declined: name another"])
    assert page.count("<tr>") == 2 and re.search(r">\s*Unit N111\s", page), "the head, and the one unit"
    with system("test"):
        Unit.objects.filter(code="N112").update(closed_on=TODAY)
    assert asked(president) == ["1 in-charge declined: name another"]


def test_only_the_first_programme_and_those_with_a_target_name_booths_without_anybody(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N112", name="Asha")
    second = make(world, president, opens_on=TODAY - timedelta(days=9), names={"en": "Second", "hi": "दूसरा"})
    with system("test"):
        actions.open_programme(programme_id=second.pk, by=actor(president), at=AT)

    def named() -> list[str]:
        viewer = viewer_of(account_id=asha.pk, on=TODAY)
        with scoped(viewer.scope), override("en"):
            return [str(one.about) for one in offers.todo(viewer, at=NOW) if isinstance(one, UnitsBehind)]

    def standing() -> list[str]:
        viewer = viewer_of(account_id=asha.pk, on=TODAY)
        with scoped(viewer.scope), override("en"):
            return [str(one.title) for one in offers.todo(viewer, at=NOW) if isinstance(one, StandingHere)]

    assert len(standing()) == 1, "nothing is asked or reported of the other one"
    first = named()
    assert len(first) == 1, "nobody asked these booths for anything of the other one"
    for one in (drive, second):
        with system("test"):
            target_actions.set_target(
                programme_id=one.pk, unit_id=world.unit("N112"), n=40, by=actor(president), at=AT
            )
    assert sorted(named()) == sorted(standing()) == ["Membership drive", "Second"]


# The pages


def test_naming_from_the_page_of_missing_units_then_declining_on_ones_own(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha Devi")
    client = browser(president)
    page = body(client, f"/programmes/{drive.public_id}/in-charges/?show=missing&level=mandal&unit=N1")
    assert "Name somebody: Unit N111" in page and "Name somebody: Unit N11<" not in page
    one = f"/programmes/{drive.public_id}/"
    page = body(client, f"{one}?unit=N111&name=1")
    assert "<details open>" in page
    assert str(asha.public_id) in body(client, f"{one}?unit=N111&q=asha")
    answer = client.post(
        f"{one}in-charge/?unit=N111&q=asha", {"account": str(asha.public_id), "role": "in_charge"}
    )
    assert answer.status_code == 302
    assert client.post(f"{one}in-charge/?unit=N111&q=asha", {"role": "in_charge"}).status_code == 422
    assert client.get(f"{one}in-charge/?unit=N111&q=asha").headers["Location"] == f"{one}?unit=N111&q=asha"
    own = browser(asha)
    page = body(own, "/programmes/work/")
    assert "Waits for your answer" in page and "Unit N111" in page and "Rohini Koul" in page
    with system("test"):
        number = InCharge.objects.get(programme=drive).pk
    stranger = browser(world.holder("booth_president", "N1111"))
    assert stranger.post(f"/programmes/in-charge/{number}/", {"answer": "accept"}).status_code == 404
    for unclear in ({}, {"answer": "perhaps"}):
        assert own.post(f"/programmes/in-charge/{number}/", unclear).status_code == 422
    assert own.get(f"/programmes/in-charge/{number}/?lang=hi").headers["Location"].endswith("/work/?lang=hi")
    assert own.post(f"/programmes/in-charge/{number}/", {"answer": "accept"}).status_code == 302
    assert own.post(f"/programmes/in-charge/{number}/", {"answer": "accept"}).status_code == 409
    listed = body(client, f"{one}in-charges/?unit=N1")
    assert "Asha Devi" in listed and "Mandal president (Unit N111)" in listed and "4213" in listed
    assert (
        own.post(
            f"/programmes/in-charge/{number}/", {"answer": "decline", "reason": "Away until March"}
        ).status_code
        == 302
    )
    page = body(client, f"{one}in-charges/?show=missing&level=mandal&unit=N1")
    assert "Declined" in page and "Away until March" in page and "Asha Devi" in page
    assert "Asha Devi" not in body(client, f"{one}in-charges/?unit=N1")
    page = body(own, "/programmes/work/")
    assert "You declined" in page and "Accept after all" in page
    assert own.post(f"/programmes/in-charge/{number}/", {"answer": "decline"}).status_code == 404
    assert own.post(f"/programmes/in-charge/{number}/", {"answer": "accept"}).status_code == 302
    assert "Asha Devi" in body(client, f"{one}in-charges/?unit=N1")
    own.post(f"/programmes/in-charge/{number}/", {"answer": "decline"})
    name(world, drive, "N111", world.account("Meena"), president)
    assert "Nothing" in body(own, "/programmes/work/")
    assert own.post(f"/programmes/in-charge/{number}/", {"answer": "accept"}).status_code == 404


def test_a_reason_that_cannot_be_kept_is_said_beside_its_field(
    world: World, drive: Programme, president: Account
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha Devi")
    made = name(world, drive, "N111", asha, president)
    own = browser(asha)
    for reason, said in (("a\0b", "Null characters are not allowed."), ("x" * 201, "at most 200 characters")):
        answer = own.post(f"/programmes/in-charge/{made.pk}/", {"answer": "decline", "reason": reason})
        page = answer.content.decode()
        assert answer.status_code == 422 and said in page and "<details open>" in page
    with system("test"):
        made.refresh_from_db()
        assert made.state == "named"


def test_the_programme_is_linked_where_its_page_opens(
    world: World, drive: Programme, president: Account
) -> None:
    """Being in charge opens no page: that an appointment does."""
    for who, opens in (
        (world.holder("mandal_president", "N111"), True),
        (world.holder("district_president", "N21"), False),
        (world.account("Asha"), False),
    ):
        name(world, drive, "N111", who, president)
        client = browser(who)
        page = body(client, "/programmes/work/")
        (head,) = re.findall(r"<h2 [^>]*>(.*?)</h2>", page.partition('class="leaf measured')[2])[:1]
        if opens:
            (link,) = re.findall(r'href="([^"]+)"', head)
            assert "Unit N111" in body(client, link)
        else:
            assert head == "Membership drive"
            assert client.get(f"/programmes/{drive.public_id}/?unit=N111").status_code == 404


def test_who_was_named_by_nobody_in_person_was_named_by_the_office(world: World, drive: Programme) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha Devi")
    with system("test"):
        actions.name_in_charge(
            programme_id=drive.pk, unit_id=world.unit("N111"), account=asha.public_id, by=SYSTEM, at=AT
        )
    page = body(browser(asha), "/programmes/work/")
    assert re.search(r"<dd>the office\s+<span", page)
    assert "Yes, decline: somebody else will be named" in page


def test_the_lists_are_exported_whole_without_names(
    world: World, drive: Programme, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = world.holder("mandal_president", "N111", name="Asha Devi")
    name(world, drive, "N111", asha, president)
    client, base = browser(president), f"/programmes/{drive.public_id}/in-charges/"
    answer = client.get(f"{base}?unit=N1&format=csv")
    text = undrawn(answer.getvalue().decode())
    assert "Unit N111,N111,Mandal,In-charge,Not answered yet" in text
    assert "Asha" not in text and "4213" not in text
    asked = client.get(f"{base}?unit=N1&format=names")
    assert "Columns: Unit, Code, Kind, Role, Name, Offices, Phone, Answer." in asked.content.decode()
    answer = client.get(f"{base}?unit=N1&show=missing&level=mandal&format=csv")
    text = answer.getvalue().decode()
    assert "Unit N112,N112,Mandal,Unit N11\r" in text and "N111" not in text
    monkeypatch.setattr(charges_page, "LONGEST_FILE", 2)
    lines = b"".join(client.get(f"{base}?unit=N1&show=missing&format=csv")).decode().splitlines()
    assert len(lines) == 4 and lines[3].startswith("There are more. ")


@pytest.mark.versions
def test_another_state_sees_none_of_it(world: World, drive: Programme, president: Account) -> None:
    name(world, drive, "N111", world.account("Asha Devi"), president)
    abroad = browser(world.holder("state_president", "N2"))
    assert abroad.get(f"/programmes/{drive.public_id}/in-charges/").status_code == 404
    with scoped(viewer_of(account_id=world.holder("district_president", "N21").pk, on=TODAY).scope):
        assert not InCharge.objects.exists()


def test_a_longer_list_asks_no_more_queries(world: World, drive: Programme, president: Account) -> None:
    client, base = browser(president), f"/programmes/{drive.public_id}/in-charges/"

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            shown.append(body(client, path))
        return len(seen)

    def named_at(*codes: str) -> None:
        for code in codes:
            person = world.holder("booth_president", "N1111", name=f"Of {code}")
            name(world, drive, code, person, president)

    def decline(code: str) -> None:
        with system("test"):
            InCharge.objects.filter(unit__code=code).update(state="declined", answered_at=AT, ended_at=AT)

    shown: list[str] = []
    paths = (f"{base}?unit=N1", f"{base}?unit=N1&show=missing")
    named_at("N111", "N1212")
    decline("N1212")
    for path in paths:
        asked(path)
    before = [asked(path) for path in paths]
    named_at("N11", "N12", "N112", "N121")
    decline("N12")
    assert [asked(path) for path in paths] == before
    assert all(re.search(rf"Of {code}\b", shown[-2]) for code in ("N111", "N11", "N112", "N121"))
    assert all(re.search(rf"Of {code}\b", shown[-1]) for code in ("N1212", "N12"))


# By a list


def test_a_wing_runs_a_programme_and_who_holds_its_seats_is_in_charge(
    world: World, president: Account
) -> None:
    with system("test"):
        drive = make(world, president)
        wing, other = (
            org.make_body(
                unit_id=world.unit(code), kind="wing", names={"en": f"Wing of {code}"}, by=SYSTEM, at=AT
            )
            for code in ("N1", "N2")
        )
        for unit, body, named in (("N1", wing, "Asha Devi"), ("N2", other, "Bilal Ahmad")):
            account = world.holder("booth_worker", "N1111", name=named)
            org.appoint(
                account_id=account.pk,
                office="wing_president",
                unit_id=world.unit(unit),
                body_id=body.pk,
                starts_on=TODAY,
                by=SYSTEM,
                at=AT,
            )
        with pytest.raises(NotFound):
            actions.change_programme(programme_id=drive.pk, body=other.pk, by=actor(president), at=AT)
        actions.change_programme(programme_id=drive.pk, body=wing.pk, by=actor(president), at=AT)
    client = browser(president)
    page = f"/programmes/{drive.public_id}/"
    shown = client.get(f"{page}?unit=N11").text
    assert "Wing of N1 runs this programme" in shown and "In-charge, Wing president" in shown
    assert "Asha Devi" in shown and "Bilal Ahmad" not in shown and "No in-charge here yet" not in shown
    form = client.get(f"{page}change/").text
    assert f'value="{wing.pk}" selected' in form and f'value="{other.pk}"' not in form
    kept = {"name_en": "Drive", "closes_on": str(drive.closes_on), "body": str(wing.pk)}
    assert client.post(f"{page}change/", kept).status_code == 302
    assert client.post(f"{page}change/", kept | {"body": str(other.pk)}).status_code == 422
    with system("test"):
        assert Programme.objects.get(pk=drive.pk).body_id == wing.pk
        Appointment.objects.filter(body_id=wing.pk).update(state=Appointment.State.ENDED)
    assert "Asha Devi" not in client.get(page).text, "who left the seat is in charge no longer"
