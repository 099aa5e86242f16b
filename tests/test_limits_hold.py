"""Each limit lets through what it allows, and no more. A limit of `core.declared` without a line here fails.

Counters are filled up to one below what is allowed; then the real act is tried twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

import abhiyan
from abhiyan.contact import actions as contact
from abhiyan.contact.tests.at_calls import centre_in, seated
from abhiyan.core import address, clock, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.declared import LIMITS, DeclaredLimit
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, TooMany, or_refuse
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import ClaimMessage, phone_changes
from abhiyan.enrolment.models import Drive, Membership
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import officer, open_me, typed, web_world
from abhiyan.forms import actions as forms
from abhiyan.forms.actions import SentPictureUnfit
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests import make as forms_made
from abhiyan.friends.actions.contributors import ask_helpers
from abhiyan.friends.tests.test_contributors import become_contributor, contributors_programme, helper_of
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.actions import answering
from abhiyan.helpdesk.models import Ticket
from abhiyan.imports import actions as imports
from abhiyan.intake.actions import Gateway, refused, texts
from abhiyan.intake.hotpath import batches, claims
from abhiyan.intake.hotpath.answers import Busy
from abhiyan.meetings.actions.calling import MeetingPlan, call_meeting, count_invited
from abhiyan.meetings.queries import Inviting, chosen_parameters
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import offices
from abhiyan.messaging.models import Message
from abhiyan.messaging.queries import message_id
from abhiyan.messaging.rules import inbound
from abhiyan.org.news import AppointmentOffered
from abhiyan.org.tests.make import actor
from abhiyan.paper.actions import batches as paper
from abhiyan.paper.actions import photos
from abhiyan.people import actions as people
from abhiyan.people.actions import codes, factors, reading
from abhiyan.people.actions import field as field_actions
from abhiyan.people.actions.sessions import SignedOutPhone
from abhiyan.people.models import Account, FieldPhone
from abhiyan.people.tests.make import browser
from abhiyan.verification.actions import hand_back
from abhiyan.verification.refusals import NotTaken
from abhiyan.work import actions as work

PACKAGE = Path(abhiyan.__file__).parent
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 7 * 86_400
HERE = address.network_of("127.0.0.1")  # the network of a test's browser
Asked = tuple[
    bytes | str, Callable[[], bool]
]  # the person concerned; one more, and whether it was let through


@dataclass
class Ground:
    """The ground for trying limits: two people on one phone, and a drive in which no code is asked."""

    world: World
    at: datetime
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def phone(self, start: str = "+919797") -> str:
        return f"{start}{next(self.numbers):0{13 - len(start)}d}"

    def public(self, origin: str = "10.9.9.0") -> Actor:
        return Actor(kind="public", id=uuid4(), origin=origin)

    def join(self, phone: str) -> bool:
        form = typed(Human("Bilal Ahmad", 1990, phone), unit="JK-B001")
        return passed(browser().post("/join/winter/", form), 302)


@pytest.fixture(scope="module")
def ground(open_database: None) -> Ground:
    world = web_world()
    world.web_join(of=world.asha)
    world.web_join(of=world.mohan)
    with system("test"):
        Drive.objects.update(codes_off=[{"unit": "JK", "from": "", "to": "9999"}])
    return Ground(world, NOW)


def passed(answer: Any, status: int) -> bool:
    """Return True if a page was let through, with the status it then has; else it says "too many"."""
    assert answer.status_code in (status, 429), answer.content.decode()[:2000]
    return bool(answer.status_code == status)


def let(act: Callable[[], object], *besides: type[Refused], over: type[Refused] = TooMany) -> bool:
    """Return True if an act got past its limit. besides: what it then refuses, such as a guessed code."""
    try:
        act()
    except over:
        return False
    except besides:
        return True
    return True


def code(
    ground: Ground,
    *,
    phone: str = "",
    session: str = "",
    origin: str = "",
    purpose: str = "join",
    knows: bool = False,
) -> Callable[[], bool]:
    """A code more; of another phone, browser and network each time but for what is given."""

    def one_more() -> bool:
        by = ground.public(origin or uuid4().hex)
        whose, browsers = phone or ground.phone(), session or uuid4().hex
        return let(
            lambda: people.ask_code(
                purpose=purpose,
                phone=whose,
                session=browsers,
                by=by,
                at=ground.at,
                knows=lambda _phone: knows,
            )
        )

    return one_more


def code_phone(ground: Ground) -> Asked:
    """A network has had the codes of its own."""
    phone = ground.phone()
    whose = f"join {keyring().phone_id(phone)}"
    fill(declared.CODE_PHONE_NETWORK, f"{whose} 10.0.3.0", declared.CODE_PHONE_NETWORK.allowed, ground.at)
    return whose, code(ground, phone=phone, origin="10.0.3.0")


def code_phone_network(ground: Ground) -> Asked:
    """Return the limit of a phone for which others have asked too often."""
    phone = ground.phone()
    whose = f"join {keyring().phone_id(phone)}"
    fill(declared.CODE_PHONE, whose, declared.CODE_PHONE.allowed, ground.at)
    return f"{whose} 10.0.2.0", code(ground, phone=phone, origin="10.0.2.0")


def code_phone_browser(ground: Ground) -> Asked:
    """A browser proved the phone before. Beyond this limit it is any other browser, so others are full."""
    phone = ground.phone()
    whose = f"join {keyring().phone_id(phone)}"
    fill(declared.CODE_PHONE, whose, declared.CODE_PHONE.allowed, ground.at)
    fill(declared.CODE_PHONE_NETWORK, f"{whose} 10.0.3.0", declared.CODE_PHONE_NETWORK.allowed, ground.at)
    return whose, code(ground, phone=phone, knows=True, origin="10.0.3.0")


def code_session(ground: Ground) -> Asked:
    return "this browser", code(ground, session="this browser")


def code_network(ground: Ground) -> Asked:
    return "join 10.0.0.0", code(ground, origin="10.0.0.0")


def code_network_known(ground: Ground) -> Asked:
    return "member 10.0.0.0", code(ground, origin="10.0.0.0", purpose="member")


def code_series(ground: Ground) -> Asked:
    return "join +9198765", lambda: code(ground, phone=ground.phone("+9198765"))()


def code_hour(ground: Ground) -> Asked:
    return "join", code(ground)


def code_try(ground: Ground) -> Asked:
    request_id, phone = uuid4(), ground.phone()

    def one_more() -> bool:
        given = {"purpose": "join", "session": "s", "code": "000000", "network": "10.0.0.0"}
        return let(
            lambda: people.check_code(request_id=request_id, phone=phone, at=ground.at, **given),
            codes.CodeNotRight,
            over=codes.CodeSpent,
        )

    return str(request_id), one_more


def wrong_codes(ground: Ground, whose: str, *, phone: str = "", origin: str = "") -> Asked:
    """One wrong code more; past the limit no one is refused: the next code is longer."""
    ours = origin or "10.8.0.0"

    def one_more() -> bool:
        given = {"purpose": "join", "session": "s", "code": "000000", "network": ours}
        asked = phone or ground.phone()
        with pytest.raises(codes.CodeNotRight):
            people.check_code(request_id=uuid4(), phone=asked, at=ground.at, **given)
        return not codes._is_guessed_at("join", keyring().phone_id(asked), ours, ground.at)

    return whose, lambda: not one_more()


def code_wrong_phone(ground: Ground) -> Asked:
    phone = ground.phone()
    return longer(wrong_codes(ground, f"join {keyring().phone_id(phone)}", phone=phone))


def code_wrong_network(ground: Ground) -> Asked:
    return longer(wrong_codes(ground, "10.8.1.0", origin="10.8.1.0"))


def code_wrong_all(ground: Ground) -> Asked:
    return longer(wrong_codes(ground, "all"))


def longer(asked: Asked) -> Asked:
    """The last wrong code that is allowed makes the next code longer, and so does each after it."""
    subject, is_longer = asked
    results = iter((True, False))

    def one_more() -> bool:
        assert is_longer()
        return next(results)

    return subject, one_more


def console(ground: Ground) -> Asked:
    by = ground.public("10.0.0.0")
    return "10.0.0.0", lambda: let(
        lambda: people.check_console(secret="guessed", by=by, at=ground.at), codes.LinkOver
    )


def factor_try(ground: Ground) -> Asked:
    by = ground.public()
    return "4711", lambda: let(
        lambda: factors.check_totp(account_id=4711, code="000000", by=by, at=ground.at),
        factors.FactorNotRight,
    )


def imports_begin(ground: Ground) -> Asked:
    officer(ground.world, "national_president", "IN")
    with system("test"):
        account = Account.objects.latest("pk")
    person = Actor(kind="person", id=account.public_id, account_id=account.pk)

    def begin() -> object:
        with system("test"):
            return imports.begin_import(
                kind_key="units", file_name="units.csv", file_bytes=10, options={}, by=person, at=ground.at
            )

    return str(person.id), lambda: let(begin)


def reveal(ground: Ground) -> Asked:
    client = officer(ground.world, "district_president", "JK-SRI")
    with system("test"):
        account = Account.objects.latest("pk")
    ((member,),) = ground.world.rows("select public_id from enrolment_membership order by slot limit 1")
    return str(account.pk), lambda: passed(client.post(f"/people/{member}/reveal/"), 200)


def reader() -> Actor:
    return Actor(kind="person", id=uuid4(), account_id=next(ACCOUNTS))


ACCOUNTS = count(10_000)


def read(ground: Ground, by: Actor) -> None:
    with system("test"):
        reading.read_people(by=by, unit_id=ground.world.booth.pk, n=1, at=ground.at)


def rows(ground: Ground) -> Asked:
    by = reader()
    return str(by.account_id), lambda: let(lambda: read(ground, by), over=reading.ReadEnough)


def many(ground: Ground) -> Asked:
    """Past it nothing is refused: an alarm is raised."""
    by = reader()
    return str(by.account_id), lambda: not alarmed(ground, by)


def alarm(ground: Ground) -> Asked:
    """Past `people.many`; raised once a day."""
    by = reader()
    fill(declared.PEOPLE_MANY, str(by.account_id), declared.PEOPLE_MANY.allowed, ground.at)
    return str(by.account_id), lambda: alarmed(ground, by)


def alarmed(ground: Ground, by: Actor) -> bool:
    """Return True if one more row read raises the alarm."""
    raised = "select count(*) from core_audit where act = 'enrolment.reads_many' and account_id = %s"
    ((before,),) = ground.world.rows(raised, [by.account_id or 0])
    read(ground, by)
    ((after,),) = ground.world.rows(raised, [by.account_id or 0])
    return bool(after != before)


def bearers(ground: Ground) -> Asked:
    by = reader()
    return str(by.account_id), lambda: read_a_bearer(ground, by)


def bearers_alarm(ground: Ground) -> Asked:
    """Past `bearers.names`; raised once a day."""
    by = reader()
    fill(declared.BEARER_NAMES, str(by.account_id), declared.BEARER_NAMES.allowed, ground.at)
    raised = "select count(*) from core_audit where act = 'org.reads_many' and account_id = %s"

    def is_raised() -> bool:
        ((before,),) = ground.world.rows(raised, [by.account_id or 0])
        assert not read_a_bearer(ground, by)
        ((after,),) = ground.world.rows(raised, [by.account_id or 0])
        return bool(after != before)

    return str(by.account_id), is_raised


def read_a_bearer(ground: Ground, by: Actor) -> bool:
    unit, at = ground.world.booth.pk, ground.at
    with system("test"):
        return let(lambda: reading.read_bearers(by=by, unit_id=unit, n=1, reason="A visit", at=at))


def minor(ground: Ground) -> Asked:
    return "one form", lambda: count_a_minor(ground, key="one form")


def minor_network(ground: Ground) -> Asked:
    return "10.0.0.0", lambda: count_a_minor(ground, origin="10.0.0.0")


def count_a_minor(ground: Ground, **given: str) -> bool:
    """Return True if the refusal of a minor is counted; it is refused all the same."""
    told = {"key": uuid4().hex, "origin": uuid4().hex} | given
    unit, drive = ground.world.state.pk, ground.world.programme.pk
    return refused.count_minor(
        programme_id=drive, unit_id=unit, zone="Asia/Kolkata", channel=Channel.WEB, at=ground.at, **told
    )


def claims_of_a_token(ground: Ground) -> Asked:
    by = Actor(kind="channel", id=uuid4())
    lane = batches.DriveLane(ground.world.programme.pk, by, allowed=claims.claims_per_day())
    hands = Gateway()
    return by.id.bytes, lambda: let(
        lambda: batches.enrol_in_lane(hands, lane, [one_claim(ground)], by, ground.at)
    )


def claims_of_a_second(ground: Ground) -> Asked:
    """Send each claim to a worker of its own, which has a new lane."""
    by = Actor(kind="channel", id=uuid4())

    def ask() -> bool:
        lane = batches.DriveLane(ground.world.programme.pk, by, claims.claims_per_day(), claims.per_second())
        return let(
            lambda: batches.enrol_in_lane(Gateway(), lane, [one_claim(ground)], by, ground.at), over=Busy
        )

    return by.id.bytes, ask


def one_claim(ground: Ground) -> ClaimMessage:
    human = Human("Bilal Ahmad", 1990, ground.phone())
    return ground.world.claim(human, Channel.API, unit=ground.world.booth)


def wrong_token(ground: Ground) -> Asked:
    failures, network = claims.Failures(declared.TOKEN_WRONG), "10.1.0.0"
    return network, lambda: let(lambda: failures._count(network))


def wrong_secret(ground: Ground) -> Asked:
    failures, network = claims.Failures(declared.HOOK_WRONG), "10.2.0.0"
    return network, lambda: let(lambda: failures._count(network))


def door(ground: Ground) -> tuple[str, Callable[[str], bool]]:
    """A worker, and one entry more of theirs, of a phone."""
    client = officer(ground.world, "booth_worker", "JK-B001")
    with system("test"):
        account = Account.objects.latest("pk")

    def enter(phone: str) -> bool:
        form = {"phone": phone, "name": "Bilal Ahmad", "birth_year": "1990", "heard": "on", "call": "1"}
        return passed(client.post("/field/", form), 302)

    return str(account.public_id), enter


def door_phone(ground: Ground) -> Asked:
    phone = ground.phone()
    return str(keyring().phone_id(phone)), lambda: door(ground)[1](phone)


def door_worker(ground: Ground) -> Asked:
    who, enter = door(ground)
    return who, lambda: enter(ground.phone())


def door_tries(ground: Ground) -> Asked:
    client = officer(ground.world, "booth_worker", "JK-B001")
    with system("test"):
        account = Account.objects.latest("pk")

    def press() -> bool:
        answer = client.post("/field/tries/", {"unit": "JK-B001", "outcome": "2"})
        return "noted=2" in answer["Location"]

    return str(account.public_id), press


def offers_to_a_phone(ground: Ground) -> Asked:
    """The phone counts, and the unit that offers; past it the message is left out, not the office."""
    with system("test"):
        account = people.open_account(
            phone=ground.phone(), name="Nobody Yet", language="en", by=Actor.system("test"), at=ground.at
        )

    def is_told() -> bool:
        before = Message.objects.count()
        told = AppointmentOffered(
            public_id=uuid4(),
            account_id=account.pk,
            unit_id=ground.world.booth.pk,
            by_unit_id=ground.world.mandal.pk,
            office_names={"en": "Booth worker"},
            unit_names=ground.world.booth.names,
            at=ground.at,
        )
        offices.ask_holder(appointment_offered=told)
        return Message.objects.count() > before

    def offer_one() -> bool:
        with system("test"):
            return is_told()

    return f"{account.phone_id} {ground.world.mandal.pk}", offer_one


def president_of(ground: Ground) -> Account:
    """The state president, with a worker below. One world has one president: a second would be disputed."""
    with system("test"):
        known = Account.objects.filter(name="state_president of JK").first()
    if known is None:
        officer(ground.world, "booth_worker", "JK-B001")
        officer(ground.world, "state_president", "JK")
        return president_of(ground)
    return known


def sent_circular(ground: Ground, president: Account, *, ago: timedelta = timedelta()) -> UUID:
    return messaging.send_circular(
        title="Booths",
        text="Meet them.",
        number="",
        office="",
        unit_id=ground.world.units["JK"].pk,
        hierarchy=1,
        by=actor(president),
        at=ground.at - ago,
    )


def circulars_of_a_sender(ground: Ground) -> Asked:
    president = president_of(ground)
    return str(president.pk), lambda: let(lambda: sent_circular(ground, president))


def reminders_of_a_sender(ground: Ground) -> Asked:
    president = president_of(ground)
    sent = [sent_circular(ground, president, ago=timedelta(hours=25)) for _one in range(2)]

    def one_more() -> bool:
        return let(lambda: messaging.remind_readers(public_id=sent.pop(), by=actor(president), at=ground.at))

    return str(president.pk), one_more


def news_of_meetings(ground: Ground) -> Asked:
    president = president_of(ground)
    numbers = count(1)
    unit_id = ground.world.units["JK"].pk

    def one_more() -> bool:
        on = clock.day_in(settings.TIME_ZONE, ground.at) + timedelta(days=3)
        plan = MeetingPlan("meeting", f"Review {next(numbers)}", on, on, time(11), place="Party office")
        inviting = Inviting(("booth_worker",))
        with system("test"):  # as the page shows it: other tests appoint workers too
            given = chosen_parameters(inviting, unit_id=unit_id, hierarchy=1, on=on)
            expected = count_invited(given, plan.kind)
        return let(
            lambda: call_meeting(
                plan=plan,
                inviting=inviting,
                unit_id=unit_id,
                hierarchy=1,
                expected=expected,
                by=actor(president),
                at=ground.at,
            )
        )

    return str(president.pk), one_more


def join_places(ground: Ground) -> Asked:
    return HERE, lambda: passed(browser().get("/join/winter/places/"), 200)


def join_steps(ground: Ground) -> Asked:
    step = typed(Human("Bilal Ahmad", 1990, ground.phone()), unit="JK-B001") | {"step": "about"}
    return HERE, lambda: passed(browser().post("/join/winter/", step), 200)


def link(ground: Ground) -> Asked:
    return HERE, lambda: passed(browser().get("/j/guessed/"), 404)


def field_pictures(ground: Ground) -> Asked:
    by = reader()

    def keep() -> None:
        with system("test"):
            field_actions.keep_picture(key=uuid4(), n=1, data=b"picture", by=by, at=ground.at)

    return str(by.account_id), lambda: let(keep)


def field_held(ground: Ground) -> Asked:
    by = reader()
    with system("test"):
        lost = FieldPhone.objects.create(
            id=uuid4(),
            account_id=or_refuse(by.account_id),
            unit_id=ground.world.units["JK-B001"].pk,
            begun_at=ground.at,
            ends_at=ground.at,
        ).pk
    phone = SignedOutPhone(lost, or_refuse(by.account_id), by.id, ground.at, was_strong=False)

    def hold() -> None:
        with system("test"):
            field_actions.hold_record(
                key=uuid4(),
                record="door",
                held={},
                age=timedelta(0),
                pictures=(),
                phone=phone,
                answer={},
                by=by,
                at=ground.at,
            )

    return str(lost), lambda: let(hold)


def card_files(ground: Ground) -> Asked:
    client = open_me(ground.world.asha)
    client.post("/me/which/", {"birth_year": str(ground.world.asha.birth_year)})
    with system("test"):
        asha = keyring().phone_id(ground.world.asha.phone)
        ident = Membership.objects.get(phone_id=asha, slot=0).public_id
    return str(ident), lambda: passed(client.get("/me/card/card.pdf"), 200)


def frame_files(ground: Ground) -> Asked:
    return HERE, lambda: passed(browser().get(f"/checks/public/{uuid4()}/{uuid4()}/file/"), 404)


def checks_back(ground: Ground) -> Asked:
    by = reader()

    def ask() -> bool:
        try:
            hand_back(check_id=uuid4(), reason="language", by=by, at=ground.at)
        except TooMany:
            return False
        except NotTaken:  # it is nobody's, and counted all the same
            pass
        return True

    return str(by.account_id), ask


def photos_of_sheets(ground: Ground) -> Asked:
    """By one account. A file that is no picture is counted as well."""
    by, at = Actor.system("test"), ground.at
    drive, unit = ground.world.programme.pk, ground.world.mandal.pk
    batch = paper.make_batch(programme_id=drive, unit_id=unit, sheets=1, language="hi", by=by, at=at)
    return str(by.id), lambda: let(
        lambda: photos.add_photos(batch=batch.pk, photos=[("a.jpg", b"")], by=by, at=at), photos.PhotoMissing
    )


def pictures_of_forms(ground: Ground) -> Asked:
    """By one account. A file that is no picture is counted as well."""
    by, at = Actor(kind="person", id=uuid4(), account_id=7), ground.at
    version = forms_made.form_in_use(
        ground.world.units["JK"], forms_made.question("picture", QuestionKind.PICTURE)
    )
    given: Any = {"version": version, "unit_id": ground.world.mandal.pk, "answers": {}, "by": by, "at": at}
    return "7", lambda: let(
        lambda: forms.submit_form(key=uuid4().hex, pictures={"picture": b""}, **given), SentPictureUnfit
    )


def me_which(ground: Ground) -> Asked:
    client, phone_id = open_me(ground.world.asha), ground.world.phone_id(ground.world.asha)
    return str(phone_id), lambda: passed(client.post("/me/which/", {"birth_year": "1999"}), 422)


def typed_requests(ground: Ground) -> Asked:
    """By one account. The system's own acts ask no office, and are counted by their actor."""
    by = Actor.system("test")
    return str(by.id), lambda: let(
        lambda: helpdesk.type_ticket(opening=a_request(ground, Ticket.Way.CALL), by=by, at=ground.at)
    )


def inbound_looks(ground: Ground) -> Asked:
    district = ground.world.units["JK-SRI"].pk
    centre = centre_in(district)
    who = seated(centre, district, 1)
    return str(who.pk), lambda: let(
        lambda: contact.look_up_caller(body_id=centre, phone=ground.phone(), by=actor(who), at=ground.at)
    )


def tasks_of_contributors(ground: Ground) -> Asked:
    """By one account. The system asks in its own name."""
    contributors_programme(ground.world)
    human = Human("Meena Kaul", 1979, ground.phone())
    become_contributor(human)
    to = [helper_of(ground.world, human).public_id]
    what = work.What(title="Call ten families", due_at=ground.at + timedelta(days=3))
    place = {"unit_id": ground.world.state.pk, "hierarchy": 1}

    def ask() -> None:
        with system("test"):
            ask_helpers(what=what, to=to, **place, by=Actor.system("test"), at=ground.at)

    return "None", lambda: let(ask)


def a_request(ground: Ground, way: Ticket.Way) -> helpdesk.Opening:
    return helpdesk.Opening(way, ground.phone(), ["Help"], ground.world.booth.pk, "en")


def written_requests(ground: Ground) -> Asked:
    return "10.3.0.0", lambda: let(
        lambda: helpdesk.add_web(
            opening=a_request(ground, Ticket.Way.WEB),
            network="10.3.0.0",
            by=ground.public(),
            at=ground.at,
        )
    )


def new_requests(ground: Ground) -> Asked:
    """Of all phones; a text past it is refused, so that its provider sends it again."""
    return "proven", lambda: let(
        lambda: helpdesk.add_own(opening=a_request(ground, Ticket.Way.SMS), by=ground.public(), at=ground.at)
    )


def request_receipts(ground: Ground) -> Asked:
    """Past it the request is taken all the same, without a message."""
    phone = ground.phone()
    kinds = iter(Ticket.Kind.values)

    def one_more() -> bool:
        opening = replace(a_request(ground, Ticket.Way.CALL), phone=phone, kind=next(kinds))
        made = helpdesk.type_ticket(opening=opening, by=Actor.system("test"), at=ground.at)
        with system("test"):
            return Message.objects.filter(pk=message_id(f"helpdesk|{made.pk}|opened")).exists()

    return str(keyring().phone_id(phone)), one_more


def an_answer(ground: Ground, phone: str) -> bool:
    opening = replace(a_request(ground, Ticket.Way.CALL), phone=phone)
    made = helpdesk.type_ticket(opening=opening, by=Actor.system("test"), at=ground.at)
    return let(
        lambda: helpdesk.answer_ticket(
            ticket=made.pk, text="Soon", is_done=False, by=Actor.system("test"), at=ground.at
        )
    )


def request_answers(ground: Ground) -> Asked:
    return str(Actor.system("test").id), lambda: an_answer(ground, ground.phone())


def answers_to_phone(ground: Ground) -> Asked:
    phone = ground.phone()
    return str(keyring().phone_id(phone)), lambda: an_answer(ground, phone)


def typed_receipts(ground: Ground) -> Asked:
    """To phones that never contacted us. Past it the agent tells the caller the number."""
    by = Actor(kind="system", id=uuid4(), reason="test", account_id=5)

    def one_more() -> bool:
        made = helpdesk.type_ticket(opening=a_request(ground, Ticket.Way.CALL), by=by, at=ground.at)
        with system("test"):
            return Message.objects.filter(pk=message_id(f"helpdesk|{made.pk}|opened")).exists()

    return str(by.account_id), one_more


def same_answers(ground: Ground) -> Asked:
    by = Actor.system("test")

    def one_more() -> bool:
        made = helpdesk.add_own(opening=a_request(ground, Ticket.Way.SMS), by=ground.public(), at=ground.at)
        return let(
            lambda: helpdesk.answer_ticket(ticket=made.pk, text="Soon.", is_done=False, by=by, at=ground.at),
            over=answering.SameAnswerOften,
        )

    return answering.same_answer("soon", by), one_more


def phone_change(ground: Ground) -> Asked:
    number, by = ground.phone(), Actor(kind="citizen", id=uuid4())
    phone_id = keyring().phone_id(number)

    def ask() -> None:
        with scoped(Scope(phone=phone_id)):
            phone_changes.ask_change(
                old=ground.phone(),
                name="Nobody",
                birth_year=1980,
                number=number,
                language="en",
                by=by,
                at=ground.at,
            )

    return str(phone_id), lambda: let(ask)


def phone_notice(ground: Ground) -> Asked:
    phone_id = uuid4()
    return str(phone_id), lambda: phone_changes._may_tell(phone_id, ground.at)


def question_words(ground: Ground) -> Asked:
    phone_id = uuid4()

    def try_a_word() -> bool:
        with system("test"):
            answered = messaging.answer_question(
                phone_id=phone_id,
                yes=True,
                code="BCDF",
                channel="sms",
                ref="",
                by=ground.public(),
                at=ground.at,
            )
        return answered is not messaging.Answered.LIMITED

    return str(phone_id), try_a_word


def wrong_report(_ground: Ground) -> Asked:
    return HERE, lambda: passed(browser().post("/contact/bridge/"), 403)


def reply_to_a_text(ground: Ground, phone: str, text: Callable[[], str], *, other: str = "") -> bool:
    """Return True if a phone that asks for help, or sends a picture (other), is answered."""
    ref = uuid4().hex
    sms = inbound.Sms("generic", ref, phone, "+911800000001", text(), None, other)
    texts.hear_text(
        text_in=texts.TextIn(sms, "sms", "+911800000001", "notice", None), by=ground.public(), at=ground.at
    )
    with system("test"):
        return Message.objects.filter(pk=message_id(f"text|generic|{ref}")).exists()


def text_replies(ground: Ground) -> Asked:
    phone = f"+9198{uuid4().int % 10**8:08d}"
    subject = keyring().phone_id(phone).bytes
    texts_ = iter(range(9))
    return subject, lambda: reply_to_a_text(ground, phone, lambda: "HELP" + "!" * next(texts_))


def text_mistakes(ground: Ground) -> Asked:
    """Past it a person answers."""
    phone = f"+9198{uuid4().int % 10**8:08d}"
    return keyring().phone_id(phone).bytes, lambda: reply_to_a_text(ground, phone, str, other="image")


def text_same(ground: Ground) -> Asked:
    phone = f"+9198{uuid4().int % 10**8:08d}"
    return "", lambda: reply_to_a_text(ground, phone, lambda: "HELP")


TRIED: dict[str, Callable[[Ground], Asked]] = {
    "code.phone": code_phone,
    "code.phone_day": code_phone,
    "code.phone_network": code_phone_network,
    "code.phone_browser": code_phone_browser,
    "code.session": code_session,
    "code.network": code_network,
    "code.network_known": code_network_known,
    "code.series": code_series,
    "code.hour": code_hour,
    "code.try": code_try,
    "code.wrong_phone": code_wrong_phone,
    "code.wrong_network": code_wrong_network,
    "code.wrong_all": code_wrong_all,
    "console.wrong": console,
    "link.wrong": link,
    "factor.try": factor_try,
    "imports.begin": imports_begin,
    "people.reveal": reveal,
    "people.rows": rows,
    "people.many": many,
    "people.alarm": alarm,
    "bearers.names": bearers,
    "bearers.alarm": bearers_alarm,
    "minor": minor,
    "minor.network": minor_network,
    "enrolment.claims": claims_of_a_token,
    "enrolment.claims_second": claims_of_a_second,
    "token.wrong": wrong_token,
    "bridge.wrong": wrong_report,
    "hook.wrong": wrong_secret,
    "door.phone": door_phone,
    "door.worker": door_worker,
    "door.worker_day": door_worker,
    "door.tries": door_tries,
    "join.places": join_places,
    "join.steps": join_steps,
    "card.files": card_files,
    "frame.files": frame_files,
    "checks.back": checks_back,
    "enrolment.photos": photos_of_sheets,
    "forms.pictures": pictures_of_forms,
    "me.which": me_which,
    "phone.change": phone_change,
    "phone.notice": phone_notice,
    "question.words": question_words,
    "text.mistake": text_mistakes,
    "text.replies": text_replies,
    "text.same": text_same,
    "offers.phone": offers_to_a_phone,
    "messages.circular": circulars_of_a_sender,
    "messages.reminder": reminders_of_a_sender,
    "meetings.news": news_of_meetings,
    "contact.inbound": inbound_looks,
    "contributor.task": tasks_of_contributors,
    "helpdesk.typed": typed_requests,
    "helpdesk.typed_unheard": typed_receipts,
    "helpdesk.same_answer": same_answers,
    "helpdesk.network": written_requests,
    "helpdesk.new": new_requests,
    "helpdesk.receipt": request_receipts,
    "helpdesk.answers": request_answers,
    "helpdesk.to_phone": answers_to_phone,
    "field.held": field_held,
    "field.pictures": field_pictures,
}


SOON = timedelta(minutes=2)


def fill(limit: DeclaredLimit, subject: bytes | str, n: int, at: datetime) -> None:
    """Count n against a limit: in the windows of an instant and of now, and in those in which the test may end."""
    ends = (at, at + SOON, NOW, NOW + timedelta(minutes=1))
    for instant in {int(end.timestamp()) // limit.window_s: end for end in ends}.values():
        limits.count_or_refuse(limit, subject, at=instant, n=n)


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_that_is_allowed_passes_and_one_more_does_not(ground: Ground, name: str) -> None:
    limit = LIMITS[name]
    subject, one_more = TRIED[name](ground)
    if (before := limits.allowed_by(limit, ground.at) - 1) > 0:
        fill(limit, subject, before, ground.at)
    assert one_more(), "the last one"
    assert not one_more(), "one more"


@pytest.mark.parametrize(
    "address",
    [
        "/j/guessed/",
        "/q/guessed/",
        "/q/item/guessed/",
        "/stays/answer/guessed/",
        "/meetings/answer/guessed/",
        "/office/guessed/",
        "/help/guessed/",
        "/check/guessed/",
    ],
)
def test_guesses_of_every_link_of_a_message_count_together(ground: Ground, address: str) -> None:
    fill(declared.LINK_WRONG, HERE, declared.LINK_WRONG.allowed - 1, ground.at)
    assert passed(browser().get(address), 404), "the last one"
    assert not passed(browser().get("/j/guessed/"), 404), "one more, of another kind"
    assert not passed(browser().get(address), 404), "one more"
