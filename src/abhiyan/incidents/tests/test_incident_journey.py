"""An incident from the first note to the closed record: clocks, the affected, a second yes, notices, what they read."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import blanks, main, officer, open_me, web_world
from abhiyan.incidents import actions as incidents
from abhiyan.incidents.models import Incident, IncidentPerson, IncidentReport
from abhiyan.incidents.rules import reports as rules
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.queries.deciding import OwnAsking
from abhiyan.people.models import Account

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORDS = {"words_hi": "एक सूची की नक़ल हुई।", "words_en": "A list was copied.", "reason": "a list was copied"}


def account(name: str) -> Account:
    with system("tests"):
        return Account.objects.get(name=name)


def acts(name: str) -> Actor:
    holder = account(name)
    return Actor(kind="person", id=holder.public_id, account_id=holder.pk)


def named(world: World, office: str, unit: str, name: str) -> Client:
    """The browser of somebody in an office, with a name of their own."""
    client = officer(world, office, unit)
    with system("tests"):
        Account.objects.filter(name=f"{office} of {unit}").update(name=name)
    return client


def reads(
    world: World, act: str, unit: str, *, about: UUID | None = None, n: int = 1, hours: float = 2
) -> None:
    """The reader of the world reads people some hours ago."""
    with system("tests"):
        audit.record(
            by=acts("Reader"),
            at=NOW - hours * HOUR,
            act=act,
            unit_id=world.units[unit].pk,
            n=n,
            subject=str(about or ""),
        )


def written(hours: float) -> str:
    return (NOW - hours * HOUR).strftime("%Y-%m-%dT%H:%M+00:00")


def noted(**other: object) -> dict[str, object]:
    """The fields of an incident, as a data officer types them."""
    typed = {
        "kind": "access",
        "what": "A list was copied.",
        "about": ["name", "phone"],
        "measures": "Access ended.",
    }
    return typed | {"began_at": written(3), "until_at": written(1), "known_at": written(0.5)} | other


def begun(client: Client, unit: str = "JK", **other: object) -> str:
    """An incident is written down; its address."""
    answer = client.post(f"/incidents/new/?unit={unit}", noted(**other))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


@pytest.fixture
def world() -> World:
    world = web_world()
    named(world, "district_president", "JK-SRI", "Reader")
    world.take(world.claim(world.asha, Channel.WEB, unit=world.booth))
    world.take(world.claim(world.bilal, Channel.WEB, unit=world.next_booth))
    world.take(world.claim(world.chandra, Channel.WEB, unit=world.far_booth))
    with system("tests"):
        Membership.objects.update(at=NOW - 24 * HOUR)
    return world


def member(world: World, human: Human) -> UUID:
    ((incident,),) = world.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id where p.name = %s",
        [human.name],
    )
    return UUID(str(incident))


def test_an_incident_from_the_first_note_to_the_closed_record(world: World) -> None:
    first, second = named(world, "data_officer", "JK", "First"), named(world, "data_officer", "JK", "Second")
    assert "No incident is written down" in first.get("/incidents/").content.decode()
    reads(world, "enrolment.read_people", "JK-SRI", n=2)
    reads(world, "enrolment.read_person", "JK-B001", about=member(world, world.asha))
    reads(world, "helpdesk.read_tickets", "JK-SRI", n=7)
    page = begun(first)
    html = first.get(page).content.decode()
    assert "Not counted yet" in html and "[…]" in html
    assert "Incident: Somebody without a right" in first.get("/today/").content.decode()

    reader = str(account("Reader").pk)
    assert first.post(f"{page}count/", {"reader": reader}).status_code == 302
    with system("tests"):
        incident = Incident.objects.get()
    assert (incident.named, incident.listed, incident.others) == (1, 1, 7), "Chandra is of another district"
    html = first.get(page).content.decode()
    assert "2 people may be affected" in html and "Read by Reader" in html

    assert first.post(f"{page}tell/", WORDS).status_code == 302
    assert "waits for a second data officer" in first.get(page).content.decode()
    with system("tests"):
        assert not IncidentPerson.objects.exists(), "nothing happens on one click"
        release = Release.objects.get()
    with pytest.raises(OwnAsking), transaction.atomic():
        org.decide_release(public_id=release.public_id, allow=True, by=acts("First"), at=NOW)
    assert "A list was copied." in main(
        second.get(reverse("org:decide_release", args=[release.public_id]) + "?allow=yes").content
    )
    org.decide_release(public_id=release.public_id, allow=True, by=acts("Second"), at=NOW)
    with system("tests"):
        assert incidents.tell_affected(at=NOW) == 2
        assert incidents.tell_affected(at=NOW) == 0, "each once"
    (sent,) = blanks(world.bilal.phone, incidents.TEMPLATE)
    assert sent["link"].endswith("/me/")
    assert blanks(world.chandra.phone, incidents.TEMPLATE) == []

    me = open_me(world.asha).get("/me/").content.decode()
    assert "Your data at an incident" in me and "A list was copied." in me and "Access ended." in me
    assert "Your own page or number was opened." in me and "Reader" not in me
    assert "You may have been in it" in open_me(world.bilal).get("/me/").content.decode()
    assert "Your data at an incident" not in open_me(world.chandra).get("/me/").content.decode()

    refused = first.post(f"{page}close/", {}).content.decode()
    assert "Note every report first" in refused and "CERT-In" in refused
    for report in (rules.CERT_IN, rules.BOARD, rules.BOARD_FULL):
        sent_at = written(0)
        answer = first.post(f"{page}report/", {"report": report, "sent_at": sent_at, "way": "e-mail"})
        assert answer.status_code == 302, answer.content.decode()
    assert "Close the incident" in first.get("/today/").content.decode()
    assert first.post(f"{page}close/", {}).status_code == 302
    html = first.get(page).content.decode()
    assert "Closed" in html and "e-mail" in html, "the record stays"
    with system("tests"):
        trail = set(AuditEntry.objects.filter(act__startswith="enrolment.").values_list("act", flat=True))
        assert IncidentReport.objects.count() == 4
    assert {f"enrolment.{act}" for act in ("open_incident", "count_incident", "decide_incident")} <= trail


def test_only_data_officers_of_the_unit_read_and_write_an_incident(world: World) -> None:
    top, district = (
        named(world, "data_officer", "JK", "Top"),
        named(world, "data_officer", "JK-JAM", "Elsewhere"),
    )
    leader = officer(world, "state_president", "JK")
    page = begun(top, "JK-SRI")
    for client, status in ((top, 200), (district, 404), (leader, 403)):
        assert client.get(page).status_code == status
    for step in ("change/", "count/", "tell/", "report/", "untold/", "close/"):
        assert district.get(f"{page}{step}").status_code == 404
        assert leader.post(f"{page}{step}", {}).status_code == 403
    assert "Somebody without a right" not in district.get("/incidents/").content.decode()
    assert "Incident:" not in district.get("/today/").content.decode()
    with system("tests"):
        incident = Incident.objects.get()
    for act in (incidents.close_incident, incidents.reopen_incident):
        with pytest.raises(NotYours), transaction.atomic():
            act(public_id=incident.public_id, by=acts("Elsewhere"), at=NOW)
    assert district.post("/incidents/new/?unit=JK-SRI", noted()).status_code == 403


def test_a_lost_device_concerns_everybody_in_the_unit_who_was_there(world: World) -> None:
    client = named(world, "data_officer", "JK", "First")
    page = begun(client, "JK-SRI", kind="device")
    assert client.post(f"{page}count/", {"reader": ""}).status_code == 302
    with system("tests"):
        incident = Incident.objects.get()
    assert (incident.named, incident.listed) == (0, 2)


@pytest.mark.parametrize(
    ("act", "hours", "unit", "counts"),
    [
        ("enrolment.read_people", 2, "JK-B001", 1),
        ("enrolment.read_people", 2, "JK", 3),
        ("enrolment.export_people", 2, "JK-SRI", 2),
        ("enrolment.read_people", 5, "JK", 0),  # before it began
        ("enrolment.read_people", 0.2, "JK", 0),  # after it was over
        ("people.reveal_many", 2, "JK-SRI-M1", 2),
        ("helpdesk.read_tickets", 2, "JK", 0),
        ("org.export_names", 2, "JK", 0),
        ("enrolment.enrol", 2, "JK", 0),  # no reading
        ("enrolment.read_people", 2, "HP-B001", 0),  # of another state
    ],
)
def test_whom_a_list_reached_is_who_was_in_its_unit_then(
    act: str, hours: float, unit: str, counts: int, world: World
) -> None:
    client = named(world, "data_officer", "JK", "First")
    reads(world, act, unit, n=5, hours=hours)
    reads(world, "enrolment.read_person", "JK", hours=2, about=UUID(int=7))  # nobody we know
    page = begun(client)
    assert client.post(f"{page}count/", {"reader": str(account("Reader").pk)}).status_code == 302
    with system("tests"):
        incident = Incident.objects.get()
    assert (incident.named, incident.listed) == (0, counts)


def test_who_said_no_to_all_gets_no_message_and_is_listed_for_another_way(world: World) -> None:
    client = named(world, "data_officer", "JK", "First")
    named(world, "data_officer", "JK", "Second")
    page = begun(client, "JK-SRI")
    client.post(f"{page}count/", {"reader": ""})
    client.post(f"{page}tell/", WORDS)
    with system("tests"):
        release = Release.objects.get()
    org.decide_release(public_id=release.public_id, allow=True, by=acts("Second"), at=NOW)
    world.rows(
        "insert into people_suppression (phone_id, scope, channel, at) select m.phone_id, 'all', 1, %s"
        " from enrolment_membership m where m.public_id = %s returning 1",
        [NOW.isoformat(), str(member(world, world.asha))],
    )
    with system("tests"):
        incidents.tell_affected(at=NOW)
    assert blanks(world.asha.phone, incidents.TEMPLATE) == []
    html = client.get(f"{page}untold/").content.decode()
    assert "said no to all messages" in html and world.asha.name not in html


def test_another_count_closes_the_request_that_waited(world: World) -> None:
    client = named(world, "data_officer", "JK", "First")
    reads(world, "helpdesk.read_tickets", "JK-SRI")
    page = begun(client, "JK-SRI")
    client.post(f"{page}count/", {"reader": ""})
    client.post(f"{page}tell/", WORDS)
    client.post(f"{page}count/", {"reader": str(account("Reader").pk)})
    with system("tests"):
        assert Release.objects.get().state == Release.State.WITHDRAWN
    assert "nobody to tell" in client.post(f"{page}tell/", WORDS).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "nonsense"},
        {"about": ["aadhaar"]},
        {"about": []},
        {"what": ""},
        {"began_at": "yesterday"},
        {"known_at": written(-48)},
        {"until_at": written(9)},
        {"known_at": written(9)},
        {"what": "x" * 1001},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(typed: dict[str, object], world: World) -> None:
    client = named(world, "data_officer", "JK", "First")
    answer = client.post("/incidents/new/?unit=JK", noted(**typed))
    assert 400 <= answer.status_code < 500 and b"error" in answer.content
    page = begun(client)
    for bad in ({"report": "moon"}, {"sent_at": written(-48)}, {"way": ""}, {"sent_at": written(99)}):
        report = {"report": rules.BOARD, "sent_at": written(0), "way": "e-mail"} | bad
        assert 400 <= client.post(f"{page}report/", report).status_code < 500
    assert 400 <= client.post(f"{page}count/", {"reader": "0x7"}).status_code < 500
    assert 400 <= client.post(f"{page}tell/", {"words_hi": "x"}).status_code < 500
    assert client.post(f"{page}burn/", {}).status_code == 404


def test_an_erased_person_is_in_no_incident(world: World) -> None:
    client = named(world, "data_officer", "JK", "First")
    named(world, "data_officer", "JK", "Second")
    page = begun(client, "JK-SRI")
    client.post(f"{page}count/", {"reader": ""})
    client.post(f"{page}tell/", WORDS)
    with system("tests"):
        release = Release.objects.get()
    org.decide_release(public_id=release.public_id, allow=True, by=acts("Second"), at=NOW)
    me = open_me(world.asha)
    me.get("/me/")
    gone = member(world, world.asha)
    with system("tests"):
        IncidentPerson.objects.update(lack=incidents.SAID_NO)
    assert member_number(gone) in client.get(f"{page}untold/").content.decode()
    assert me.post("/me/erase/").status_code == 200
    with system("tests"):
        assert [row.member for row in IncidentPerson.objects.all()] == [member(world, world.bilal)] != [gone]
    assert member_number(gone) not in client.get(f"{page}untold/").content.decode()


@pytest.mark.parametrize("kind", sorted(rules.KINDS))
def test_each_kind_has_its_clocks_and_an_unknown_law_is_not_passed_over(kind: str) -> None:
    at = NOW
    clocks = {clock.report: clock for clock in rules.incident_clocks(kind, at, {rules.BOARD: at})}
    assert (rules.CERT_IN in clocks) == (kind not in rules.NOT_OF_COMPUTERS)
    assert clocks[rules.BOARD_FULL].due_at - at == 72 * HOUR
    assert clocks[rules.BOARD].sent_at == at and clocks[rules.BOARD].is_at_once
    assert clocks[rules.BOARD_FULL].is_late(at + 73 * HOUR) and not clocks[rules.BOARD_FULL].is_late(at)
    if rules.CERT_IN in clocks:
        assert clocks[rules.CERT_IN].due_at - at == 6 * HOUR
