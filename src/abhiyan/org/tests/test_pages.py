"""The pages of appointments and releases, as each role sees them."""

import io
import re
from html import unescape
from uuid import uuid4

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.models import Appointment, Release
from abhiyan.people.models import Account, Factor
from abhiyan.people.tests.make import body, browser
from abhiyan.ui import tables

from .make import World
from .rights import Rights

pytestmark = pytest.mark.django_db


def test_every_page_as_every_role(world: World) -> None:
    held = world.appoint(world.account("Held Here"), "booth_president", "N1111")
    roles: dict[str, tuple[Client, dict[str, int]]] = {
        "nobody": (browser(), {"list": 302, "new": 302, "one": 302, "releases": 302}),
        "weak": (
            browser(world.holder("district_president", "N11"), strong=False),
            {"list": 302, "new": 302, "one": 302, "releases": 302},
        ),
        "worker": (
            browser(world.holder("booth_worker", "N1111")),
            {"list": 403, "new": 403, "one": 200, "releases": 200},
        ),
        "district": (
            browser(world.holder("district_in_charge", "N11")),
            {"list": 200, "new": 200, "one": 200, "releases": 200},
        ),
        "another district": (
            browser(world.holder("district_president", "N12")),
            {"list": 200, "new": 403, "one": 200, "releases": 200},
        ),
        "another state": (
            browser(world.holder("state_president", "N2")),
            {"list": 200, "new": 403, "one": 404, "releases": 200},
        ),
        "nation": (
            browser(world.holder("national_president", "N")),
            {"list": 200, "new": 200, "one": 200, "releases": 200},
        ),
    }
    pages = {
        "list": "/appointments/",
        "new": "/appointments/new/?unit=N1111",
        "one": f"/appointments/{held.public_id}/",
        "releases": "/releases/",
    }
    roles["data officer"] = (
        browser(world.officer("N11")),
        {"list": 200, "new": 403, "one": 200, "releases": 200},
    )
    for role, (client, expected) in roles.items():
        for page, path in pages.items():
            assert client.get(path).status_code == expected[page], (role, page)


def test_the_list_shows_the_unit_and_below_by_state_office_and_name(world: World) -> None:
    president = world.holder("district_president", "N11", name="Asha Devi")
    world.named(world.holder("booth_president", "N1111"), "Ravi Kumar")
    world.holder("district_president", "N12", name="Other One")
    client = browser(president)
    page = body(client, "/appointments/")
    assert "Asha Devi" in page and "Ravi Kumar" in page and "Other One" not in page
    page = body(client, "/appointments/?office=booth_president")
    assert "Ravi Kumar" in page and "1</span> – 1" not in page
    assert "Asha Devi" not in page.split("<tbody>")[1]
    for text in ("rav", "रवि", "kumar+ravi"):
        assert "Ravi Kumar" in body(client, f"/appointments/?name={text}").split("<tbody>")[1], text
    for text in ("asha+ravi", "!", "another"):
        assert "No appointment fits" in body(client, f"/appointments/?name={text}"), text
    elsewhere = "/appointments/?unit=N12"
    assert "Other One" not in body(client, elsewhere)
    assert "Other One" in client.post(elsewhere, {"names_reason": "A joint meeting"}, follow=True).text
    assert client.get("/appointments/?unit=nowhere-at-all").status_code == 404
    vacant = body(client, "/appointments/?show=vacant")
    assert "Unit N1112" in vacant and "Unit N1111" not in vacant.split("<tbody>")[1]
    assert "/appointments/new/?unit=N1112&amp;office=booth_president" in vacant
    assert re.search(r'Unit N1112\s*<span class="ci">Unit N111</span>', vacant), "and what it is part of"
    codes = re.findall(r'<th scope="row">Unit (\w+)', vacant)
    assert [*map(len, codes)] == sorted(map(len, codes)) and len(codes) > 1, "the highest units first"
    for asked, said in (("", "Unit N1111"), ("&show=vacant", "Unit N1112")):
        answer = client.get(f"/appointments/?format=csv{asked}")
        assert said in answer.getvalue().decode() and "Ravi Kumar" not in answer.getvalue().decode()


def test_a_name_stands_in_the_readers_script(world: World) -> None:
    world.named(world.holder("booth_president", "N1111"), "Ravi Kumar")
    client = browser(world.holder("district_president", "N11"), "hi")
    read = body(client, "/appointments/?office=booth_president")
    assert "रवि कुमार" in read and "Ravi Kumar" not in read


def test_the_pages_of_appointments_open_to_named_rights_alone(world: World) -> None:
    who = Rights(world.unit)
    who.opens("/appointments/?unit=N11", needs="org.read", at="N11")
    with pytest.raises(AssertionError):  # people that data officers are named by may see it too
        who.opens("/appointments/new/?unit=N111", needs="org.appoint", at="N11")


def test_vacancies_and_appointments_are_one_file_each_in_the_hierarchy_of_the_page(world: World) -> None:
    client = browser(world.holder("state_president", "N1", name="Asha Devi"))
    page = body(client, "/appointments/?unit=N1&in=electoral")
    assert '/appointments/?unit=N1&amp;in=organisational"' in page and 'name="in" value="electoral"' in page
    assert 'href="/appointments/new/?unit=N1&amp;in=electoral"' in page
    book = client.get("/appointments/?unit=N1&in=electoral&show=vacant&format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0].values)
    assert rows[0] == ("Unit", "Office", "Unit code", "Phone", "Name")
    assert ("Unit C1", "Constituency in-charge", "C1") in [row[:3] for row in rows]
    lines = body(client, "/appointments/?format=csv").splitlines()
    assert lines[0] == "\ufeffUnit,Office,Since,Status,Until"
    assert any(line.startswith("Unit N1,State president,2026-01-01,") for line in lines)


def test_a_list_sorts_by_every_column_and_one_too_long_to_be_sorted_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(world.holder("district_president", "N11", name="Mohan"))
    world.holder("booth_president", "N1111", name="Zeba")
    world.holder("mandal_president", "N111", name="Asha")

    def names(sort: str = "") -> list[str]:
        rows = body(client, f"/appointments/?sort={sort}").split("<tbody>")[1]
        return re.findall(r"(Mohan|Zeba|Asha)(?:</a>|<svg)", rows)

    assert names() == names("unit") == ["Mohan", "Asha", "Zeba"]
    assert names("-unit") == ["Zeba", "Asha", "Mohan"]
    assert names("name") == ["Asha", "Mohan", "Zeba"]
    assert names("-name") == ["Zeba", "Mohan", "Asha"]
    assert sorted(names("office")) == sorted(names("since")) == ["Asha", "Mohan", "Zeba"]
    monkeypatch.setattr(tables, "DEEPEST_ROW", 2)
    page = body(client, "/appointments/?sort=name")
    assert "aria-sort" not in page and "Choose a unit, an office or a name" in page
    assert names("name")[0] == "Mohan", "in the order of the tree"
    assert "aria-sort" in body(client, "/appointments/?office=booth_president")


def test_the_number_of_queries_does_not_grow_with_the_rows(world: World) -> None:
    client = browser(world.holder("district_president", "N11"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            body(client, "/appointments/")
        return len(seen)

    world.holder("booth_worker", "N1111")
    queries()  # the first page of a process reads the helplines
    first = queries()
    for _each in range(10):
        world.holder("booth_worker", "N1111")
    assert queries() == first


def test_an_appointment_is_made_and_ended_on_pages(world: World) -> None:
    client = browser(world.holder("district_president", "N11"))
    page = body(client, "/appointments/new/?unit=n1111&office=booth_president")
    sends_to = re.search(r'action="(/appointments/new/[^"]*)"', page)
    assert sends_to and "unit=N1111" in sends_to[1], "opened by a name, it is sent with the code"
    assert re.search(r'<option value="booth_president" selected', page)
    assert 'value="state_president"' not in page
    sent = {
        "office": "booth_president",
        "phone": "98765 43210",
        "name": "Meena Bai",
        "starts_on": "2026-11-20",
    }
    for wrong, said in (
        (sent | {"phone": "123"}, "not a mobile number"),
        (sent | {"phone": ""}, "Choose a person"),
        (sent | {"starts_on": "someday"}, "valid date"),
        (sent | {"office": "state_president"}, "valid choice"),
        (sent | {"ends_on": "2020-01-01"}, "ends before it begins"),
    ):
        answer = client.post("/appointments/new/?unit=N1111", wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    wrong = sent | {"phone": "123", "name": "1", "ends_on": "2020-01-01"}
    page = client.post("/appointments/new/?unit=N1111", wrong).content.decode()
    for said in ("not a mobile number", "2 to 100 letters", "ends before it begins"):
        assert said in page, "all that is wrong is told at once"
    answer = client.post("/appointments/new/?unit=N1111", sent)
    assert answer.status_code == 302, answer.content.decode()
    where = answer["Location"]
    page = body(client, where)
    assert "Meena Bai" in page and "It starts once they accept" in page and "What happens next" in page
    assert f"{settings.ORIGIN}/field/sign-in/" in page, "one code opens an office of a booth"
    assert "authenticator app" in page and "•3210" in page
    follows = "/appointments/new/?unit=N1112&amp;in=organisational&amp;office=booth_president"
    assert f'href="{follows}"' in page, "the next booth without a president"
    last = client.post("/appointments/new/?unit=N1122", sent | {"phone": "98765 43211"})["Location"]
    again = "/appointments/new/?unit=N1111&amp;in=organisational&amp;office=booth_president"
    assert f'href="{again}"' in body(client, last), "after the last the first: it is not accepted yet"
    elsewhere = body(browser(world.holder("district_president", "N12")), where)
    assert "Next vacancy" not in elsewhere
    assert "What happens next" not in elsewhere, "only who might have appointed them is told"
    asked = body(client, f"{where}end/")
    assert "End this appointment? Meena Bai" in asked and "The rights of this office end at once." in asked
    unsaid = client.post(f"{where}end/", {"reason": ""})
    assert unsaid.status_code == 422 and "Write why it ends" in unsaid.content.decode()
    assert client.post(f"{where}end/", {"reason": "moved away"}).status_code == 302
    assert "moved away" in body(client, where)
    assert client.post(f"{where}end/", {"reason": "again"})["Location"] == where
    page = body(client, where)
    assert "ended already" in page and "moved away" in page


def test_who_has_a_second_proof_already_signs_in_as_before(world: World) -> None:
    known = world.holder("booth_worker", "N1111", name="Suresh Near")
    with system("test"):
        Factor.objects.create(
            public_id=uuid4(),
            account_id=known.pk,
            kind=Factor.Kind.TOTP,
            sealed=b"secret",
            created_at=NOW,
            confirmed_at=NOW,
        )
    client = browser(world.holder("district_president", "N11"))
    sent = {"office": "booth_president", "account": str(known.public_id), "starts_on": "2026-11-20"}
    answer = client.post("/appointments/new/?unit=N1112&q=suresh", sent)
    assert answer.status_code == 302, answer.content.decode()
    page = body(client, answer["Location"])
    assert "It starts once they accept" in page and "What happens next" not in page


def test_somebody_known_is_found_within_ones_own_units_only(world: World) -> None:
    world.holder("booth_worker", "N1111", name="Suresh Near")
    world.holder("booth_worker", "N1211", name="Suresh Far")
    client = browser(world.holder("district_president", "N11"))
    page = body(client, "/appointments/new/?unit=N1112&q=suresh")
    assert "Suresh Near" in page and "Suresh Far" not in page
    assert "Suresh Near" in body(client, "/appointments/new/?unit=N1112&q=4213")
    account = re.search(r'name="account" value="([0-9a-f-]{36})"', page)
    assert account
    answer = client.post(
        "/appointments/new/?unit=N1112&q=suresh",
        {"office": "booth_president", "account": account.group(1), "starts_on": "2026-11-20"},
    )
    assert answer.status_code == 302, answer.content.decode()


def test_a_dispute_is_shown_and_decided_on_its_page(world: World) -> None:
    one = world.appoint(world.account("One Claims"), "district_president", "N11")
    world.appoint(world.account("Two Claims"), "district_president", "N11")
    path = f"/appointments/{one.public_id}/"
    claimant = browser(world.account("x"))
    with system("test"):
        own = Account.objects.get(id=one.account_id)
    claimant = browser(own)
    page = body(claimant, path)
    assert "Two Claims" in page and "/decide/" not in page
    assert claimant.post(f"{path}decide/", {"order_no": "1"}).status_code == 403
    above = browser(world.holder("state_president", "N1"))
    assert "/decide/" in body(above, path)
    assert "Disputed" in body(above, "/appointments/?show=disputed")
    assert above.post(f"{path}decide/", {"order_no": ""}).status_code == 422
    assert above.post(f"{path}decide/", {"order_no": "7"}).status_code == 302
    with system("test"):
        assert Appointment.objects.get(id=one.pk).state == "active"


def test_an_office_that_is_held_is_disputed_only_after_its_holder_was_named(world: World) -> None:
    sitting = world.appoint(world.account("Asha Sits"), "district_president", "N11")
    client = browser(world.holder("state_president", "N1"))
    where = "/appointments/new/?unit=N11"
    sent = {
        "office": "district_president",
        "phone": "98765 43210",
        "name": "Meena Bai",
        "starts_on": "2026-11-20",
    }
    asked = client.post(where, sent)
    page = asked.content.decode()
    assert asked.status_code == 409 and "Asha Sits" in page and "Not appointed" in page
    assert "Appoint anyway" in page and "none can act" in page
    with system("test"):
        assert Appointment.objects.get(id=sitting.pk).state == "active"
        assert not Account.objects.filter(name="Meena Bai").exists(), "nobody appointed them yet"
    meant = re.findall(r'name="disputing" value="([^"]+)"', page)
    assert meant == [str(sitting.public_id)]
    assert client.post(where, sent | {"disputing": ["nonsense", str(uuid4())]}).status_code == 409
    made = client.post(where, sent | {"disputing": meant})
    assert made.status_code == 302
    with system("test"):
        second = Appointment.objects.get(account_id=Account.objects.get(name="Meena Bai").pk)
        assert Appointment.objects.get(id=sitting.pk).state == "active", "nobody accepted yet"
        meena = Account.objects.get(pk=second.account_id)
    accepted = browser(meena).post(f"/appointments/{second.public_id}/answer/", {"answer": "accept"})
    assert accepted.status_code == 302
    assert "Disputed" in body(client, made["Location"])


def test_who_holds_a_disputed_office_is_told_so_today_and_where_they_may_not_act(world: World) -> None:
    one = world.account("One Claims")
    held = world.appoint(one, "district_president", "N11")
    client = browser(one)
    assert "disputed" not in body(client, "/today/")
    world.appoint(world.account("Two Claims"), "district_president", "N11")
    page = body(client, "/today/")
    assert "Your office is disputed: District president, Unit N11" in page
    assert "Since 20 November 2026" in page and "the people who run this website" in page
    assert f"/appointments/{held.public_id}/" in page
    above = browser(world.holder("state_president", "N1"))
    assert "These can decide: State president, Unit N1." in body(client, "/today/")
    assert "Office disputed in 1 unit: District president" in body(above, "/today/")
    refused = client.get("/appointments/new/?unit=N1111")
    assert refused.status_code == 403
    said = "Your office is disputed: District president, Unit N11. Until it is decided you can read, but not act."
    assert said in refused.content.decode()
    above.post(f"/appointments/{held.public_id}/decide/", {"order_no": "7"})
    assert client.get("/appointments/new/?unit=N1111").status_code == 200
    assert "disputed" not in body(client, "/today/") and "disputed" not in body(above, "/today/")


def test_a_claimant_with_an_office_above_is_told_why_they_do_not_decide(world: World) -> None:
    account = world.account("Both")
    world.appoint(account, "national_president", "N")
    held = world.appoint(account, "state_president", "N1")
    rival = world.appoint(world.account("Other"), "state_president", "N1")
    for each in (held, rival):
        page = body(browser(account), f"/appointments/{each.public_id}/")
        assert "You claim this office yourself." in page and "/decide/" not in page
        assert ("/end/" in page) == (each is held), "one's own claim may be given up"


def test_one_may_step_down_oneself(world: World) -> None:
    account = world.account("Worker")
    held = world.appoint(account, "booth_worker", "N1111")
    client = browser(account)
    assert "Step down" in body(client, f"/appointments/{held.public_id}/")
    answer = client.post(f"/appointments/{held.public_id}/end/", {"reason": "no time"})
    assert answer.status_code == 302
    assert client.get("/appointments/")["Location"].startswith("/sign-in/")


def test_a_page_that_ends_an_office_names_its_holder_in_the_readers_script(world: World) -> None:
    held = world.appoint(world.account("मदन राथर"), "booth_worker", "N1111")
    client = browser(world.holder("district_president", "N11"))
    assert "End this appointment? Madan Rather" in body(client, f"/appointments/{held.public_id}/end/")


def test_a_release_is_decided_on_its_page(world: World) -> None:
    booth = world.account("Lost Phone")
    held = world.appoint(booth, "booth_president", "N1111")
    president = world.holder("district_president", "N11", name="मदन राथर")
    asker, other = browser(president), browser(world.officer("N11"))
    path = f"/appointments/{held.public_id}/reset/"
    assert asker.post(path, {"reason": ""}).status_code == 422
    for _double_click in range(2):
        assert asker.post(path, {"reason": "lost the phone"}).status_code == 302
    with system("test"):
        asked = Release.objects.get()
    page = body(other, "/releases/")
    decide = f"/releases/{asked.public_id}/decide/"
    assert "Madan Rather, District president, " in page, "a name alone proves nothing"
    assert "Madan Rather, District president, " in body(other, f"{decide}?allow=yes")
    assert f"{decide}?allow=yes" in page and "lost the phone" in page
    assert "Reset a lost second proof" in body(other, "/today/")
    assert f"{decide}?allow=yes" not in body(asker, "/releases/")
    question = body(other, f"{decide}?allow=yes")
    assert "Approve this" in question and "lost the phone" in question
    assert "You cannot take that back." in question
    assert "Refuse this" in body(other, f"{decide}?allow=no")
    assert other.get(f"{decide}?allow=perhaps")["Location"] == "/releases/"
    assert asker.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code == 403
    assert other.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code == 302
    assert "Reset it now" in body(asker, "/releases/")
    assert other.post(f"/releases/{asked.public_id}/reset/").status_code == 403
    done = asker.post(f"/releases/{asked.public_id}/reset/")
    assert re.search(r'<p class="code">[A-Z0-9]{4}-[A-Z0-9]{4}</p>', done.content.decode())
    for code, role in (("N12", "district_president"), ("N12", "data_officer")):
        far = browser(world.holder(role, code))
        assert "Madan Rather" not in body(far, "/releases/").split("<main")[1]
        assert far.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"}).status_code == 404


def test_a_data_officer_sees_what_is_asked_and_no_people(world: World) -> None:
    client = browser(world.officer("N11"))
    assert "Approvals" in body(client, "/appointments/")
    for path in ("/people/", "/appointments/new/?unit=N1111"):
        assert client.get(path).status_code == 403, path


def test_whoever_may_not_decide_is_told_why_and_whom_to_ask(world: World) -> None:
    held = world.appoint(world.account("Lost Phone"), "booth_president", "N1111")
    asker = browser(world.holder("district_president", "N11"))
    asker.post(f"/appointments/{held.public_id}/reset/", {"reason": "lost the phone"})
    page = body(asker, "/releases/").split("<tbody>")[1]
    assert (
        "Nobody can approve this yet. If filled, these could approve later requests: Data officer, Unit N11;"
        in page
    )
    world.officer("N11", name="Second Person")
    beside = browser(world.holder("district_in_charge", "N11"))
    told = "Can be approved by: Data officer, Unit N11."
    for client, why in (
        (asker, "You asked for this yourself."),
        (beside, "Your office is not above theirs."),
    ):
        page = body(client, "/releases/").split("<tbody>")[1]
        assert why in page and told in page and "Second Person" not in page
    verifier = world.account()
    world.appoint(verifier, "booth_worker", "N1111")
    page = body(browser(verifier), "/releases/").split("<tbody>")[1]
    assert "do this here." in page and told in page
    with system("test"):
        Release.objects.update(expires_at=NOW)
    page = body(beside, "/releases/").split("<tbody>")[1]
    assert "The time for this is over." in page and told not in page


def test_the_number_of_queries_does_not_grow_with_what_waits(world: World) -> None:
    world.officer("N11")
    held = world.appoint(world.account("Lost Phone"), "booth_president", "N1111")
    client = browser(world.holder("state_president", "N1"))

    def queries() -> int:
        browser(world.holder("district_president", "N11")).post(
            f"/appointments/{held.public_id}/reset/", {"reason": "lost the phone"}
        )
        with CaptureQueriesContext(connection) as seen:
            body(client, "/releases/")
        return len(seen)

    queries()  # the first page of a process reads the helplines
    assert len({queries() for _each in range(4)}) == 1


def refused_words(world: World, office: str, unit: str, path: str, language: str = "en") -> str:
    """Return what the page of a refusal says to the holder of an office."""
    holder = world.holder(office, unit)
    with system("test"):
        Account.objects.filter(pk=holder.pk).update(language=language)
    answer = browser(holder).get(path)
    assert answer.status_code == 403
    return unescape(answer.content.decode())


def test_a_no_says_whose_work_it_is_and_which_office_above_to_ask(world: World) -> None:
    world.holder("district_president", "N11")
    path = "/appointments/new/?unit=N1111"
    page = refused_words(world, "booth_worker", "N1111", path)
    who = "appoint and end appointments below or name data officers below"
    assert f"Only people who may {who} can do this here." in page
    assert "Ask the district president (" in page
    assert "with this right" not in page and "not_yours" not in page


def test_a_no_to_somebody_with_the_right_elsewhere_sends_them_further_up(world: World) -> None:
    world.holder("district_in_charge", "N12")
    world.holder("state_president", "N1")
    page = refused_words(world, "district_president", "N12", "/appointments/new/?unit=N1111")
    assert "Ask the state president (" in page and "in-charge (" not in page


def test_a_no_says_where_nobody_may_do_it(world: World) -> None:
    page = refused_words(world, "booth_worker", "N1111", "/appointments/new/?unit=N12")
    assert "At your office and above, nobody may do this today." in page


def test_a_no_that_would_name_many_rights_says_whom_to_ask_and_no_code(world: World) -> None:
    world.holder("mandal_president", "N111")
    page = refused_words(world, "booth_worker", "N1111", "/imports/")
    assert "Your role can't open this page. Ask the mandal president (" in page
    assert "Only people" not in page and "not_yours" not in page and "name this" not in page


def test_releases_are_narrowed_and_taken_out(world: World) -> None:
    held = world.appoint(world.account("Lost Phone"), "booth_president", "N1111")
    client = browser(world.holder("district_president", "N11", name="The President"))
    client.post(f"/appointments/{held.public_id}/reset/", {"reason": "lost the phone"})
    for asked, is_shown in (
        ("", True),
        ("?act=factors.reset&state=asked", True),
        ("?state=used", False),
        ("?act=people.export", False),
    ):
        assert ("lost the phone" in body(client, f"/releases/{asked}")) == is_shown, asked
    assert "No request fits." in body(client, "/releases/?state=used")
    listed = client.get("/releases/?format=csv&state=asked").getvalue().decode()
    assert "Reset a lost second proof,Unit N11" in listed and "The President" not in listed
    assert "lost the phone" not in listed, "words about somebody leave only by two people"


@pytest.mark.parametrize(("allow", "said"), [("yes", "Approved: Reset"), ("no", "Refused: Reset")])
def test_whoever_asked_is_told_the_answer_today(world: World, allow: str, said: str) -> None:
    held = world.appoint(world.account("Lost Phone"), "booth_president", "N1111")
    president = world.holder("district_president", "N11", name="मदन राथर")
    asker, other = browser(president), browser(world.officer("N11"))
    asker.post(f"/appointments/{held.public_id}/reset/", {"reason": "lost the phone"})
    with system("test"):
        asked = Release.objects.get()
    assert said not in body(asker, "/today/")
    other.post(f"/releases/{asked.public_id}/decide/", {"allow": allow})
    assert said in body(asker, "/today/") and said not in body(other, "/today/")
    if allow == "yes":
        asker.post(f"/releases/{asked.public_id}/reset/")
        assert said not in body(asker, "/today/"), "used"


def test_offices_to_choose_from_stand_by_level_then_name(world: World) -> None:
    page = body(browser(world.holder("district_president", "N11")), "/appointments/")
    choices = re.search(r'<select name="office".*?</select>', page, re.DOTALL)
    assert choices
    offered = re.findall(r'<option value="(\w+)"', choices[0])
    assert offered.index("national_president") < offered.index("state_general_secretary")
    assert offered.index("state_president") < offered.index("district_in_charge")
    assert offered.index("district_in_charge") < offered.index("district_president")  # by name
    assert offered.index("booth_president") < offered.index("verifier")  # of no level


def test_who_holds_no_office_is_not_told_of_a_state_of_their_own(world: World) -> None:
    world.holder("state_president", "N1")
    nobody = world.account("Nobody Yet")
    assert browser(nobody).get("/appointments/?unit=N").status_code == 403
    with system("test"):
        Account.objects.filter(pk=nobody.pk).update(is_root=True)
    page = body(browser(nobody), "/appointments/?unit=N&show=ended")
    assert "No appointment fits." in page and "own state only" not in page


def test_every_page_speaks_hindi_too(world: World) -> None:
    world.holder("booth_president", "N1111")
    client = browser(world.holder("district_president", "N11"), language="hi")
    page = body(client, "/appointments/")
    assert "ज़िला अध्यक्ष" in page
