"""A machine channel names the worker who wrote an entry down, and the entry keeps that worker, as a paper row does."""

from datetime import timedelta
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import ClaimMessage, OutsideScope
from abhiyan.enrolment.actions.claims import Joined, WorkerUnknown
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import World, make_token
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.test_people import member_of
from abhiyan.enrolment.tests.web import officer
from abhiyan.intake import actions as intake
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body

from .test_hotpath import asha

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
WALI, RAJA = "9797000001", "9797000002"


def appointed(world: World, phone: str, name: str, code: str) -> Appointment:
    """A worker of a booth, from before the drive."""
    with system("test"):
        org.ensure_offices()
    return org.appoint_new(
        phone=phone,
        name=name,
        office="booth_worker",
        unit_id=world.units[code].pk,
        starts_on=world.now.date() - timedelta(days=40),
        by=SYSTEM,
        at=world.now,
    )


def account_of(held: Appointment) -> UUID:
    with system("test"):
        return Account.objects.get(pk=held.account_id).public_id


def senders(world: World) -> list[UUID]:
    return [UUID(str(by)) for (by,) in world.rows('select "by" from enrolment_claim order by at, id')]


def named(world: World, worker: str, **given: object) -> ClaimMessage:
    claim = world.claim(world.asha, Channel.API, unit=world.booth, key=str(given.pop("key", "k1")))
    claim.worker = worker
    for field, value in given.items():
        setattr(claim, field, value)
    return claim


def test_one_claim_and_a_batch_keep_the_worker_they_name(server: Server, world: World, token: str) -> None:
    wali = account_of(appointed(world, WALI, "Wali Mohammad", "JK-B001"))
    assert server.claim(token, asha("a", worker=f"0{WALI}")).status == 201
    told = [asha("b", phone=world.bilal.phone, worker="९७९७० ००००१"), asha("c", phone=world.chandra.phone)]
    assert server.claim(token, {"claims": told}, "/api/v1/claims/batch").status == 200
    by = {row[0]: row[1] for row in world.rows('select phone_id, "by" from enrolment_claim')}
    assert by[world.phone_id(world.asha)] == by[world.phone_id(world.bilal)] == wali
    ((channel,),) = world.rows("select public_id from enrolment_channel_token")
    assert by[world.phone_id(world.chandra)] == channel, "without a worker the token is the sender"
    assert world.rows('select distinct "by" from people_consent where "by" = %s', [wali]) == [(wali,)]
    trail = world.rows("select distinct who from core_audit where act = 'enrolment.enrol'")
    assert trail == [(channel,)], "the trail still says by which token it came"


def test_a_stranger_a_worker_elsewhere_and_no_number_at_all_are_refused_alike(
    server: Server, world: World
) -> None:
    appointed(world, RAJA, "Raja of Bahu", "JK-B004")
    token = make_token(world, unit_id=world.district.pk).secret
    answers = [server.claim(token, asha(worker=phone)) for phone in ("9797000009", RAJA, "12345", "\u0000")]
    assert {(answer.status, answer.body) for answer in answers} == {(422, answers[0].body)}
    assert (answers[0].json["code"], answers[0].json["field"]) == ("worker_unknown", "worker")
    assert "No worker in your units has this phone number" in answers[0].json["message"]
    assert world.count("enrolment_claim") == 0
    assert server.claim(make_token(world).secret, asha(worker=RAJA)).status == 201, "the state's token may"


def test_a_worker_appointed_after_a_refusal_may_be_named(world: World) -> None:
    assert isinstance(world.send(named(world, WALI))[0], WorkerUnknown)
    held = appointed(world, WALI, "Wali Mohammad", "JK-B001")
    world.tick()
    assert isinstance(world.send(named(world, WALI))[0], Joined)
    assert senders(world) == [account_of(held)]


def test_entries_of_a_worker_who_left_during_the_drive_still_come_and_of_one_who_left_before_not(
    world: World,
) -> None:
    for phone, days in ((WALI, 3), (RAJA, 20)):  # the drive opened nine days ago
        held = appointed(world, phone, "Worker", "JK-B001")
        with system("test"):
            Appointment.objects.filter(pk=held.pk).update(
                state=Appointment.State.ENDED,
                ends_on=world.now.date() - timedelta(days=days),
                ended_at=world.now - timedelta(days=days),
            )
    given = world.send(
        named(world, WALI, key="k1"), named(world, RAJA, key="k2", phone=world.bilal.phone, name="Bilal")
    )
    assert isinstance(given[0], Joined) and isinstance(given[1], WorkerUnknown)


@pytest.mark.parametrize("is_declined", [False, True])
def test_whoever_never_accepted_an_office_is_no_worker(world: World, is_declined: bool) -> None:
    held = appointed(world, WALI, "Wali Mohammad", "JK-B001")
    with system("test"):  # as it is written when a leader gives it
        Appointment.objects.filter(pk=held.pk).update(
            state=Appointment.State.ENDED if is_declined else Appointment.State.OFFERED,
            ends_on=world.now.date() if is_declined else None,
            accepted_at=None,
            accepted_how="",
        )
    assert isinstance(world.send(named(world, WALI))[0], WorkerUnknown)


def test_a_resend_finds_its_first_outcome_though_its_worker_is_no_more(world: World) -> None:
    held = appointed(world, WALI, "Wali Mohammad", "JK-B001")
    first = world.send(named(world, WALI))
    with system("test"):
        Appointment.objects.filter(pk=held.pk).delete()
    intake.forget_drives()
    world.tick()
    assert world.send(named(world, WALI)) == first
    assert isinstance(world.send(named(world, WALI, key="k2"))[0], WorkerUnknown)


def test_a_worker_is_known_within_one_tokens_units_and_not_within_anothers(world: World) -> None:
    appointed(world, WALI, "Wali Mohammad", "JK-B001")
    near, far = (world.district.pk,), (world.units["JK-JAM"].pk,)
    given = world.send(
        named(world, WALI, key="k1", within=near),
        named(world, WALI, key="k2", within=far, phone=world.bilal.phone, unit_code="JK-B004"),
        named(world, WALI, key="k3", within=far, phone=world.bilal.phone),
    )
    assert [type(one) for one in given] == [Joined, WorkerUnknown, OutsideScope]


def test_the_persons_page_names_the_worker_of_an_entry_by_paper_and_by_api(world: World) -> None:
    wali = appointed(world, WALI, "Wali Mohammad", "JK-B001")
    raja = appointed(world, RAJA, "Raja Begum", "JK-B001")
    world.send(named(world, WALI))
    world.paper_row(of=world.asha, by=Actor(kind="person", id=account_of(raja)))
    page = body(
        officer(world, "district_president", "JK-SRI"), f"/people/{member_of(world, world.asha)}/", 200
    )
    assert "Wali Mohammad" in page and "Raja Begum" in page
    assert WALI not in page and str(account_of(wali)) not in page
