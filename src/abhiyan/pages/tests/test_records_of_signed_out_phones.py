"""A record of a signed-out phone writes what its sender might have sent then, for every kind and accepter."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time, timedelta
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client

from abhiyan.contact.models import ContactEntry, ContactTry
from abhiyan.contact.tests.at_doors import contact_programme, listed
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.dialogues.models import CallPlan, Dialogue
from abhiyan.dialogues.tests.make import programme as dialogues_programme
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.enrolment.tests.make import Human
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.pages.views.field import record_kinds
from abhiyan.people import actions as people
from abhiyan.people.actions import field as held_acts
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account
from abhiyan.people.models_field import FieldHeld
from abhiyan.site.tests.cast import OFFICES, SYSTEM, Cast
from abhiyan.stays.models import FieldDay, Stay
from abhiyan.stays.tests.make import programme as stays_programme
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Due

from .test_field import FIELD, KAMLA, Sent

DAY, HOURS = timedelta(days=1), 3 * 3600
TODAY = NOW.date()


@dataclass
class Case:
    """One kind of record. sender, boss: roles. own, foreign: page and form that the sender might have sent, and might
    not. shown: words of the own one that the boss must read. by: the account that what was written names."""

    sender: str
    boss: str
    own: tuple[str, dict[str, Any]]
    foreign: tuple[str, dict[str, Any]]
    shown: list[str]
    by: Callable[[], list[Any]]
    is_by_account: bool = True


def door(cast: Cast) -> Case:
    form = {"name": KAMLA.name, "birth_year": 1979, "phone": KAMLA.phone[3:], "heard": "on", "notice": "1.en"}
    return Case(
        "booth_worker",
        "mandal_president",
        ("/field/?unit=JK-B001", form),
        ("/field/?unit=JK-B002", form),
        ["Rajbagh School · JK-B001", KAMLA.name, "1979", "••• 7732"],
        lambda: list(DoorEntry.objects.values_list("by", flat=True)),
        is_by_account=False,
    )


def at_no_door(cast: Cast) -> Case:
    return Case(
        "booth_worker",
        "mandal_president",
        ("/field/?unit=JK-B001", {"outcome": 2}),
        ("/field/?unit=JK-B002", {"outcome": 2}),
        ["Rajbagh School · JK-B001"],
        lambda: list(DoorTry.objects.values_list("by", flat=True)),
        is_by_account=False,
    )


def asked(cast: Cast, kind: str, title: str, expected: int) -> str:
    asking = Asking(
        title=title,
        wanted="report",
        rhythm="weekly",
        first_on=TODAY - 2 * DAY,
        last_on=TODAY + 20 * DAY,
        office=f"{kind}_president",
        kind=kind,
    )
    with cast.as_("state_president"):
        by, state = cast.actor("state_president"), cast.world.state.pk
        one = ask_units(asking=asking, unit_id=state, expected=expected, by=by, at=NOW - DAY)
    return f"/field/due/{one.public_id}/?from={(TODAY - 2 * DAY).isoformat()}&unit="


def due(cast: Cast) -> Case:
    """Foreign: the report that the mandal owes itself (its president may send it, and accepts)."""
    form = {"text": "We cleaned <b>the</b> lane"}
    return Case(
        "booth_president",
        "mandal_president",
        (asked(cast, "booth", "Cleaning day", 4) + "JK-B001", form),
        (asked(cast, "mandal", "Workshop", 3) + "JK-SRI-M1", form),
        ["Rajbagh School · JK-B001", "Cleaning day", "We cleaned &lt;b&gt;the&lt;/b&gt; lane"],
        lambda: list(Due.objects.values_list("said_by", flat=True)),
    )


def meeting(cast: Cast, unit: str, by: str, *people_ids: int) -> Meeting:
    place = cast.world.units[unit]
    with system("test"):
        made = Meeting.objects.create(
            public_id=uuid4(),
            kind="meeting",
            typed_title=f"Meeting of {unit}",
            unit=place,
            hierarchy=1,
            first_on=TODAY,
            last_on=TODAY,
            starts=time(8),
            called_at=NOW - DAY,
            called_by=cast.accounts[by].pk,
        )
        for account in people_ids:
            Invitee.objects.create(
                public_id=uuid4(),
                meeting=made,
                account_id=account,
                phone_id=Account.objects.get(pk=account).phone_id,
                office="",
                unit=place,
                called_in_id=place.pk,
                is_private=False,
                invited_at=NOW - DAY,
            )
    return made


def attendance(cast: Cast) -> Case:
    worker, agent = cast.accounts["booth_worker"].pk, cast.accounts["call_centre_agent"].pk
    own = meeting(cast, "JK-B001", "booth_president", worker, agent)
    other = meeting(cast, "JK-SRI-M1", "mandal_president", worker)
    with system("test"):
        come = [str(one.public_id) for one in own.invitees.all()]
        there = [str(one.public_id) for one in other.invitees.all()]
    return Case(
        "booth_president",
        "mandal_president",
        (f"/field/meeting/{own.public_id}/", {"invitee": come, "n": 12, "walk_ins": 1}),
        (f"/field/meeting/{other.public_id}/", {"invitee": there, "n": 480}),
        ["Meeting of JK-B001", "booth_worker", "call_centre_agent", "12"],
        lambda: list(Meeting.objects.exclude(total=None).values_list("total_by", flat=True)),
    )


def doors(cast: Cast) -> Case:
    run = contact_programme(cast.world.state.pk)
    listed(run, cast.world.booth.pk, 2)
    with system("test"):
        first, second = ContactEntry.objects.order_by("pk")
        for one, role in ((first, "booth_president"), (second, "mandal_president")):
            one.state, one.holder_id, one.until = "leased", cast.accounts[role].pk, NOW + DAY
            one.save()
    form = {"outcome": "not_home"}
    return Case(
        "booth_president",
        "mandal_president",
        (f"/field/door/{first.public_id}/", form),
        (f"/field/door/{second.public_id}/", form),
        ["Rajbagh School · JK-B001", "Person 0", "House 0", "Not at home"],
        lambda: list(ContactTry.objects.values_list("by_id", flat=True)),
    )


def walk(cast: Cast) -> Case:
    run = contact_programme(cast.world.state.pk)
    page, form = f"/field/walk/{run.public_id}/?unit=", {"outcome": "not_home", "door": "House 7"}
    return Case(
        "booth_president",
        "mandal_president",
        (page + "JK-B001", form),
        (page + "JK-B002", form),
        ["Rajbagh School · JK-B001", "House 7", "Not at home"],
        lambda: list(ContactTry.objects.values_list("by_id", flat=True)),
    )


def stay(cast: Cast) -> Case:
    run = stays_programme(cast.world.state.pk)
    made = {}
    for role, unit in (("booth_worker", "JK-B003"), ("mandal_president", "JK-B002")):
        with system("test"):
            made[role] = Stay.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                unit_id=cast.world.units[unit].pk,
                worker_id=cast.accounts[role].pk,
                state=Stay.State.ACCEPTED,
                made_at=NOW - DAY,
            ).pk
    return Case(
        "booth_worker",
        "mandal_president",
        (f"/field/stay/{made['booth_worker']}/arrive/", {}),
        (f"/field/stay/{made['mandal_president']}/arrive/", {}),
        ["Hazratbal College · JK-B003", "Village stays"],
        lambda: list(Stay.objects.exclude(item_id=None).values_list("worker_id", flat=True)),
    )


def call(cast: Cast) -> Case:
    run = dialogues_programme(cast.world.state.pk)
    roles, made = ["district_in_charge", "state_president"], {}
    with system("test"):
        CallPlan.objects.create(programme_id=run.pk, offices=roles, per_day=2)
    for role, unit in (("district_in_charge", "JK-B001"), ("state_president", "JK-B002")):
        with system("test"):
            made[role] = Dialogue.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                day=TODAY,
                leader_id=cast.accounts[role].pk,
                unit_id=cast.world.units[unit].pk,
                president_id=cast.accounts["booth_president"].pk,
                came=1,
            ).pk
    form = {"outcome": "no_answer"}
    return Case(
        "district_in_charge",
        "state_president",
        (f"/field/call/{made['district_in_charge']}/", form),
        (f"/field/call/{made['state_president']}/", form),
        ["Rajbagh School · JK-B001", "booth_president", "No answer"],
        lambda: list(Dialogue.objects.exclude(outcome="").values_list("leader_id", flat=True)),
    )


def day(cast: Cast) -> Case:
    run = stays_programme(cast.world.state.pk, kind="field_days")
    made = {}
    for role in ("mandal_president", "state_president"):
        with system("test"):
            made[role] = FieldDay.objects.create(
                id=uuid4(),
                programme_id=run.pk,
                leader_id=cast.accounts[role].pk,
                day=TODAY,
                unit_id=cast.world.booth.pk,
                area_id=cast.world.units["JK-SRI-M1"].pk,
                planned_at=NOW - DAY,
            ).pk
    return Case(
        "mandal_president",
        "state_president",
        (f"/field/day/{made['mandal_president']}/", {}),
        (f"/field/day/{made['state_president']}/", {}),
        ["Rajbagh School · JK-B001", "25 Nov 2026"],
        lambda: list(FieldDay.objects.exclude(item_id=None).values_list("leader_id", flat=True)),
    )


CASES: dict[str, Callable[[Cast], Case]] = {
    "door": door,
    "try": at_no_door,
    "call": call,
    "attendance": attendance,
    "due": due,
    "stay": stay,
    "day": day,
    "doors": doors,
    "walk": walk,
}


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@dataclass
class Lost:
    """A phone in the field of a role: both proofs were shown on it. `end` signs it out as its leaders do."""

    cast: Cast
    role: str
    client: Client = field(
        default_factory=lambda: Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
    )

    def __post_init__(self) -> None:
        account = self.cast.accounts[self.role]
        with system("test"):
            account.phone_id = people.keep_phones(phones=["+919906112233"])[0]
            account.save(update_fields=["phone_id"])
        started = sessions.start_phone(
            account=account,
            unit_id=self.cast.world.units[OFFICES[self.role][1]].pk,
            device="Android",
            by=self.cast.actor(self.role),
            at=NOW,
            strong=True,
        )
        self.id = started.session.public_id
        self.client.cookies[configured.PHONE_COOKIE_NAME] = started.token
        self.client.cookies["language"] = "en"

    def end(self) -> None:
        own = self.cast.actor(self.role)
        assert sessions.end_phone(public_id=self.id, account_id=own.account_id or 0, by=SYSTEM, at=NOW)

    def sent(self, code: str, page: str, form: dict[str, Any], **other: Any) -> Sent:
        by = self.cast.accounts[self.role].public_id
        words = urlencode(form, doseq=True)
        return {"key": uuid4(), "by": by, "record": code, "page": page, "form": words, "age": HOURS} | other

    def send(self, sent: Sent) -> tuple[int, dict[str, Any]]:
        answer = self.client.post("/field/send/", sent, headers=FIELD)
        return answer.status_code, answer.json()

    def slip_in(self, code: str, page: str, form: dict[str, Any]) -> UUID:
        """Keep a record that nobody judged when it came."""
        sent, by = self.sent(code, page, form), self.cast.actor(self.role)
        phone = sessions.SignedOutPhone(self.id, by.account_id or 0, by.id, NOW, was_strong=True)
        with system("test"):
            held_acts.hold_record(
                key=sent["key"],
                record=code,
                held={"page": page, "form": sent["form"], "pictures": ""},
                age=timedelta(hours=3),
                pictures=(),
                phone=phone,
                answer={},
                by=by,
                at=NOW,
            )
            return FieldHeld.objects.get().public_id


def only_held() -> FieldHeld:
    with system("test"):
        return FieldHeld.objects.get()


def test_every_kind_of_record_has_a_case() -> None:
    assert set(CASES) == {code for code, kind in record_kinds().items() if kind.tile}


@pytest.mark.django_db
@pytest.mark.parametrize("code", CASES)
def test_a_record_inside_the_senders_work_is_shown_whole_and_stands_as_theirs(code: str, cast: Cast) -> None:
    case = CASES[code](cast)
    lost, boss = Lost(cast, case.sender), cast.client(case.boss)
    lost.end()
    status, told = lost.send(lost.sent(code, *case.own))
    assert status == 200, told
    with system("test"):
        assert case.by() == [], "it counts nowhere yet"
    page = f"/phones/held/{only_held().public_id}/accept/"
    shown = boss.get(page).content.decode()
    assert [words for words in [*case.shown, case.sender] if words not in shown] == []
    answer = boss.post(page)
    assert answer.status_code == 302, answer.content.decode()
    assert only_held().state == FieldHeld.State.ACCEPTED
    sender, chief = cast.accounts[case.sender], cast.accounts[case.boss]
    with system("test"):
        assert set(case.by()) == {sender.pk if case.is_by_account else sender.public_id}
        trail = AuditEntry.objects.filter(facts__accepted_by=str(chief.public_id))
        assert {one.who for one in trail} <= {sender.public_id}
        assert trail.exists() or code == "try", "of a try the trail keeps nothing"
    assert boss.post(page).status_code == 409, "accepted once"


@pytest.mark.django_db
@pytest.mark.parametrize("code", CASES)
def test_a_record_outside_it_is_refused_when_it_comes_and_when_it_is_accepted(code: str, cast: Cast) -> None:
    case = CASES[code](cast)
    lost, boss = Lost(cast, case.sender), cast.client(case.boss)
    assert boss.get(case.foreign[0]).status_code == 200, "who would accept it may do it"
    lost.end()
    status, told = lost.send(lost.sent(code, *case.foreign))
    assert (status, told["code"]) == (409, "not_theirs_then"), told
    assert told["message"].startswith("When this phone was signed out, its holder could not send this")
    with system("test"):
        assert not FieldHeld.objects.exists()
    page = f"/phones/held/{lost.slip_in(code, *case.foreign)}/accept/"
    shown = boss.get(page).content.decode()
    assert "its holder could not send this" in shown and ">Accept<" not in shown
    assert boss.post(page).status_code == 409
    assert only_held().state == FieldHeld.State.WAITS
    with system("test"):
        assert case.by() == []
    assert boss.post(page.replace("accept", "aside"), {"reason": "not theirs"}).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("code", [code for code in CASES if code != "doors"])
def test_a_phone_whose_last_office_ended_sends_by_that_office(code: str, cast: Cast) -> None:
    """Doors of a list go back to the others when the office ends."""
    case = CASES[code](cast)
    lost = Lost(cast, case.sender)
    with system("test"):
        org.end_appointment(public_id=cast.appointments[case.sender], reason="moved", by=SYSTEM, at=NOW)
    given.time(NOW + timedelta(hours=1))
    status, told = lost.send(lost.sent(code, *case.own))
    assert status == 200, told
    page = f"/phones/held/{only_held().public_id}/accept/"
    answer = cast.client(case.boss).post(page)
    assert answer.status_code == 302, answer.content.decode()
    with system("test"):
        assert len(case.by()) >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("code", CASES)
def test_an_office_given_after_the_phone_was_signed_out_lends_it_nothing(code: str, cast: Cast) -> None:
    case = CASES[code](cast)
    lost = Lost(cast, case.sender)
    lost.end()
    given.time(NOW + timedelta(hours=1))
    with system("test"):
        cast.appoint(cast.accounts[case.sender], "district_president", "JK-SRI", by=SYSTEM)
    status, told = lost.send(lost.sent(code, *case.foreign))
    assert status == 409, told
    assert lost.send(lost.sent(code, *case.own))[0] == 200
    own = cast.client(case.sender).post(f"/phones/held/{only_held().public_id}/accept/")
    assert own.status_code == 403, "nobody accepts what they sent"
    assert only_held().state == FieldHeld.State.WAITS


@pytest.mark.django_db
def test_a_term_that_is_over_lets_the_phone_send_what_was_made_in_it(cast: Cast) -> None:
    case = CASES["try"](cast)
    lost = Lost(cast, case.sender)
    with system("test"):
        Appointment.objects.filter(public_id=cast.appointments[case.sender]).update(ends_on=TODAY)
        org.end_terms(at=NOW + DAY)
    given.time(NOW + DAY)
    assert lost.send(lost.sent("try", *case.own))[0] == 200
    assert lost.send(lost.sent("try", *case.foreign))[0] == 409


@pytest.mark.django_db
def test_who_accepts_reads_every_name_and_their_own_phone_is_no_bar(cast: Cast) -> None:
    with system("test"):
        phones = people.keep_phones(phones=[f"+9170060{n:05d}" for n in range(400)])
        crowd = Account.objects.bulk_create(
            Account(
                public_id=uuid4(),
                phone_id=phone_id,
                last4="0000",
                name=f"Invited <i>{n}</i>",
                language="en",
                created_at=NOW,
            )
            for n, phone_id in enumerate(phones)
        )
    made = meeting(cast, "JK-B001", "booth_president", *(one.pk for one in crowd))
    with system("test"):
        form = {"invitee": [str(one.public_id) for one in made.invitees.all()]}
    lost = Lost(cast, "booth_president")
    lost.end()
    assert lost.send(lost.sent("attendance", f"/field/meeting/{made.public_id}/", form))[0] == 200
    shown = (
        cast.client("mandal_president").get(f"/phones/held/{only_held().public_id}/accept/").content.decode()
    )
    assert all(f"Invited &lt;i&gt;{n}&lt;/i&gt;" in shown for n in range(400)) and "<i>" not in shown


@pytest.mark.django_db
def test_the_limit_of_the_own_phone_is_the_senders(cast: Cast) -> None:
    lost, boss = Lost(cast, "booth_worker"), cast.accounts["mandal_president"]
    with system("test"):
        boss.phone_id = people.keep_phones(phones=["+919906112299"])[0]
        boss.save(update_fields=["phone_id"])
    lost.end()
    page, form = CASES["door"](cast).own
    for phone, status in (("9906112299", 302), ("9906112233", 422)):
        who = Human("Kamla Devi" if status == 302 else "Nazir Wani", 1979, phone)
        typed = form | {"phone": who.phone, "name": who.name}
        assert lost.send(lost.sent("door", page, typed))[0] == 200
        with system("test"):
            waits = FieldHeld.objects.get(state=FieldHeld.State.WAITS).public_id
        answer = cast.client("mandal_president").post(f"/phones/held/{waits}/accept/")
        assert answer.status_code == status, answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_does(cast: Cast) -> None:
    """Two threads post at the same moment, so rows must be committed."""
    case = CASES["try"](cast)
    lost = Lost(cast, case.sender)
    lost.end()
    assert lost.send(lost.sent("try", *case.own))[0] == 200
    page, together = f"/phones/held/{only_held().public_id}/accept/", Barrier(2)
    answers = []

    def accept(client: Client) -> None:
        together.wait(PATIENCE_S)
        answers.append(client.post(page).status_code)
        connection.close()

    clients = [cast.client(role) for role in ("booth_president", "mandal_president")]
    threads = [Thread(target=accept, args=[client]) for client in clients]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE_S)
    assert sorted(answers) == [302, 409]
    with system("test"):
        assert DoorTry.objects.get().n == 1
