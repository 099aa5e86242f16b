"""The desk names askers only to viewers who may read them, and heeds the noted result of a call."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils.timezone import localtime

from abhiyan.core import declared, limits
from abhiyan.core.scope import system
from abhiyan.enrolment.models import CardWanted
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.helpdesk.models import Ticket
from abhiyan.people.models import Account

from .make import one, typed, write
from .test_nobody_answers_themselves import OTHER, merged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return web_world()


def leaf(page: str) -> str:
    """The part of a request's page that says who asks; "" where there is none."""
    return page.split(">Who asks<")[1].split("<section")[0] if ">Who asks<" in page else ""


def number_of(world: World, name: str) -> str:
    found = world.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id where p.name = %s",
        [name],
    )
    return member_number(UUID(str(found[0][0])))


def test_the_desk_names_everybody_on_the_phone_with_what_usually_helps(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    sister = Human("Meena Bhat", 1991, world.asha.phone)
    world.web_join(of=sister, unit=world.booth)
    write(world, "where is my card")
    desk = officer(world, "booth_president", "JK-B001")
    page = desk.get(f"/helpline/{one().pk}/").content.decode()
    who = leaf(page)
    for human in (world.asha, sister):
        assert human.name in who and number_of(world, human.name) in who
    assert "Rajbagh School" in who and "none yet" in who and "Several people share this phone" in who
    assert who.count("Have the card printed") == who.count("Correct the entry") == 2
    assert who.count('href="/people/') >= 4
    # One press asks for the printed card, and leads back to the request.
    act = re.findall(r'action="(/people/[^"]+/card/wanted/)"', who)[0]
    there = f"http://testserver/helpline/{one().pk}/"
    done = desk.post(act, headers={"referer": there})
    assert done.status_code == 302 and done["Location"] == there
    with system("test"):
        assert CardWanted.objects.count() == 1
    who = leaf(desk.get(f"/helpline/{one().pk}/").content.decode())
    assert "asked for on" in who and who.count("Have the card printed") == 1
    # One press puts words into the answer, in the language of the person; nothing is sent.
    step = re.findall(r'name="insert" value="(step-\d)"', page.split("How to leave<")[0])[-1:]
    answer = desk.post(f"/helpline/{one().pk}/", {"text": "Good day.", "insert": step[0], "is_done": "no"})
    assert answer.status_code == 200 and one().answered_at is None
    written = answer.content.decode().split("<textarea")[1].split("</textarea")[0]
    assert re.search(r"Good day\.\s+To leave: \S*/me/leave/", written), written
    reads = "select count(*) >= 2 from core_audit where act = 'enrolment.read_person'"
    assert world.rows(reads) == [(True,)], "each look leaves a row"


def test_who_may_not_read_the_people_learns_nothing_of_the_phone(world: World) -> None:
    joined = world.web_join(of=world.asha, unit=world.booth)
    kinds = {"kind": "technical", "way": Ticket.Way.SMS}
    admin = officer(world, "it_administrator", "JK")
    elsewhere = officer(world, "district_president", "JK-JAM")

    def pages(text: str) -> list[str]:
        known = typed(world, text, phone=world.asha.phone, unit_id=world.far_booth.pk, **kinds)
        unknown = typed(world, text, phone="+919906000071", unit_id=world.far_booth.pk, **kinds)
        shown = []
        for client in (admin, elsewhere):
            told = [client.get(f"/helpline/{each.pk}/").content.decode() for each in (known, unknown)]
            for each, page in zip((known, unknown), told, strict=True):
                assert page.count("Who asks") == 0
                shown.append(
                    re.sub(r"[0-9a-f-]{36}|[A-Za-z0-9]{64}", "", page)
                    .replace(each.number, "")
                    .replace(each.last4, "")
                    .replace(" ".join(each.last4), "")
                )
        return shown

    for one_, other in zip(*[iter(pages("the page does not open"))] * 2, strict=True):
        assert one_ == other
    # At the place itself an agent who reads people sees the member, and nobody once they have left.
    own = officer(world, "call_centre_agent", "JK-SRI")
    made = typed(world, phone=world.asha.phone)
    assert world.asha.name in leaf(own.get(f"/helpline/{made.pk}/").content.decode())
    world.leave(joined, of=world.asha)
    assert leaf(own.get(f"/helpline/{made.pk}/").content.decode()) == ""


def test_past_the_days_number_nobody_is_named(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    made = typed(world)
    desk = officer(world, "booth_president", "JK-B001")
    assert world.asha.name in leaf(desk.get(f"/helpline/{made.pk}/").content.decode())
    with system("test"):
        account = Account.objects.get(name="booth_president of JK-B001")
        limits.count_or_refuse(
            declared.PEOPLE_ROWS, str(account.pk), at=world.now, n=declared.PEOPLE_ROWS.allowed - 1
        )
    page = desk.get(f"/helpline/{made.pk}/")
    assert page.status_code == 200 and leaf(page.content.decode()) == ""


def test_a_request_from_a_merged_phone_names_the_entry_that_stays(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    world.web_join(of=Human(world.asha.name, world.asha.birth_year, OTHER), unit=world.booth)
    merged(world, world.asha.phone, OTHER)
    made = typed(world, phone=OTHER)
    page = officer(world, "booth_president", "JK-B001").get(f"/helpline/{made.pk}/").content.decode()
    assert world.asha.name in leaf(page)


@pytest.mark.parametrize(
    ("result", "label"),
    [("reached", "Reached"), ("no_answer", "No answer"), ("wrong_number", "Wrong number")],
)
def test_a_call_is_noted_in_the_outcomes_of_the_product_and_shown(
    world: World, result: str, label: str
) -> None:
    made = typed(world)
    desk = officer(world, "mandal_president", "JK-SRI-M1")
    page = desk.post(f"/helpline/{made.pk}/phone/").content.decode()
    assert f"tel:{World.asha.phone}" in page
    for outcome in ("Reached", "No answer", "Wrong number", "Asked to try later"):
        assert f">{outcome}</button>" in page
    noted = desk.post(f"/helpline/{made.pk}/phone/", {"outcome": result})
    assert noted.status_code == 302 and noted["Location"] == f"/helpline/{made.pk}/"
    shown = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert f"Call: {label}" in shown and "mandal_president of JK-SRI-M1" in shown and "Noted." in shown
    assert world.rows("select room, outcome from contact_attempt") == [("helpdesk", result)]
    assert world.rows("select count(*) from core_audit where act = 'helpdesk.note_call'") == [(1,)]
    assert (
        officer(world, "mandal_president", "JK-JAM-M1").get(f"/helpline/{made.pk}/phone/").status_code == 404
    )


def test_a_later_call_has_its_time_and_the_request_rests_until_then(world: World) -> None:
    made = typed(world)
    other = typed(world, "Where is the meeting?", phone=world.bilal.phone)
    last = typed(world, "Which booth?", phone=OTHER)
    desk = officer(world, "mandal_president", "JK-SRI-M1")
    page = f"/helpline/{made.pk}/phone/"
    for wrong in ("", "2026-11-25T10:00", "2027-11-25T10:00"):
        refused = desk.post(page, {"outcome": "later", "again_at": wrong})
        assert refused.status_code == 422 and "Choose when to call again" in refused.content.decode()
    when = localtime(world.now + timedelta(hours=5))
    assert desk.post(page, {"outcome": "later", "again_at": f"{when:%Y-%m-%dT%H:%M}"}).status_code == 302
    shown = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert f"Call again at {when:%-d %b, %H:%M}" in shown
    # Next passes over both: the promised call, and the one without an answer for an hour.
    desk.post(f"/helpline/{last.pk}/phone/", {"outcome": "no_answer"})
    assert "Next request</a>" not in desk.get(f"/helpline/{other.pk}/?show=mine").content.decode()
    done = desk.post(f"/helpline/{other.pk}/?show=mine", {"text": "At ten", "is_done": "yes"})
    assert done["Location"] == "/helpline/?show=mine"


def test_a_call_about_a_merged_request_is_shown_with_it(world: World) -> None:
    first = typed(world)
    second = typed(world, "Where is the meeting?", kind="programme")
    desk = officer(world, "mandal_president", "JK-SRI-M1")
    desk.post(f"/helpline/{second.pk}/phone/", {"outcome": "reached"})
    assert desk.post(f"/helpline/{second.pk}/merge/", {"into": first.number}).status_code == 302
    shown = desk.get(f"/helpline/{first.pk}/").content.decode()
    assert "Call: Reached" in shown and second.number in shown
