"""A stranger spends every limit; then a leader, a worker behind a carrier, somebody who joins and a leaver get in.

The stranger has 2,000 requests, 50 networks (one is the carrier's) and ten minutes. They know the numbers of the
leader, the worker and the member, and the first digits of everybody's. Nobody knows beforehand who will join. The test
reads from `core.declared` what a stranger can spend: it tries each new limit once it is declared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID, uuid4

import pytest
from django.test import Client

from abhiyan.core import declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.declared import LIMITS, STRANGERS_REQUESTS, DeclaredLimit, LimitKey, Spender
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import code_sent, typed, web_world
from abhiyan.org import actions as org
from abhiyan.org.actions import phones as field_phones
from abhiyan.org.models import Appointment, Office
from abhiyan.people import actions as people
from abhiyan.people.actions import factors, sessions
from abhiyan.people.actions.codes import CodeNotRight
from abhiyan.people.models import Account
from abhiyan.people.rules import totp
from abhiyan.people.tests.make import browser, inbox

pytestmark = pytest.mark.django_db
LEADER, WORKER = "+919906112201", "+919906112202"
JOINER = Human("Bilal Ahmad", 1990, "+919906112203")
NETWORKS = [f"203.0.{n}.0/24" for n in range(50)]
CARRIER = "203.0.7"  # a network of the stranger's, and of the worker, the joiner and the leaver
SYSTEM = Actor.system("test")
OF_A_STRANGER = [limit for limit in LIMITS.values() if limit.spender is Spender.STRANGER]


@dataclass
class People:
    """The four, and the leader's app."""

    world: World
    leader: Account
    app: bytes

    @property
    def leaver(self) -> Human:
        return self.world.asha


@pytest.fixture
def four() -> People:
    world = web_world()
    world.web_join(of=world.asha)
    with system("test"):
        for phone, office, unit in (
            (LEADER, "district_president", "JK-SRI"),
            (WORKER, "booth_worker", "JK-B001"),
        ):
            account = people.open_account(
                phone=phone, name="Asha Devi", language="en", by=SYSTEM, at=NOW - timedelta(days=9)
            )
            org.appoint(account_id=account.pk, office=office, unit_id=world.units[unit].pk, by=SYSTEM, at=NOW)
        leader = Account.objects.get(phone_id=keyring().phone_id(LEADER))
    by = Actor(kind="person", id=leader.public_id, account_id=leader.pk)
    with scoped(Scope(account=leader.pk)):
        _factor, app = factors.begin_totp(account_id=leader.pk, by=by, at=NOW - timedelta(days=8))
        then = NOW - timedelta(days=8)
        code = totp.totp_code(app, totp.step_at(then))
        factors.confirm_totp(account_id=leader.pk, code=code, name="phone", by=by, at=then)
    return People(world, leader, app)


def seen_at(client: Client, address: str) -> Client:
    """A browser behind an address."""
    client.defaults["REMOTE_ADDR"] = address
    return client


def known(phone: str, address: str) -> Client:
    """The browser in which somebody has proven their phone before, and signed out since."""
    client = seen_at(browser(), address)
    client.cookies["known"] = sessions.known_with("", phone_id=keyring().phone_id(phone))
    return client


def sends(client: Client, address: str, form: dict[str, str]) -> str:
    """Send a form, and return where it leads on."""
    answer = client.post(address, form)
    assert answer.status_code == 302, (address, answer.status_code, answer.content.decode()[-3000:])
    return str(answer["Location"])


def leader_gets_in(four: People, client: Client) -> None:
    """Number, code, second proof."""
    at = given.present()
    sends(client, "/sign-in/", {"phone": LEADER})
    sends(client, "/sign-in/code/", {"code": code_sent(LEADER, "sign_in")})
    sends(client, "/sign-in/second/", {"code": totp.totp_code(four.app, totp.step_at(at))})
    assert client.get("/").status_code == 200


def worker_gets_in(client: Client) -> None:
    """Number, code."""
    sends(client, "/field/sign-in/", {"phone": WORKER})
    sends(client, "/field/sign-in/code/", {"code": code_sent(WORKER, "field")})
    assert client.get("/field/start/").status_code == 200


def joins(client: Client) -> None:
    """The form, code."""
    assert client.get("/join/winter/places/").status_code == 200
    asked = sends(client, "/join/winter/", typed(JOINER, unit="JK-B001"))
    assert sends(client, asked, {"code": code_sent(JOINER.phone)}) == "/join/winter/done/"


def leaves(four: People, client: Client) -> None:
    """Number, code, leave."""
    sends(client, "/me/", {"phone": four.leaver.phone})
    sends(client, "/me/code/", {"code": code_sent(four.leaver.phone, "member")})
    assert client.get("/me/").status_code == 200
    assert "You have left" in client.post("/me/leave/").content.decode()


def all_get_in(four: People) -> None:
    leader_gets_in(four, seen_at(browser(), "198.51.100.7"))
    worker_gets_in(known(WORKER, f"{CARRIER}.20"))
    joins(seen_at(browser(), f"{CARRIER}.21"))
    leaves(four, known(four.leaver.phone, f"{CARRIER}.22"))


def subjects(limit: DeclaredLimit, four: People) -> Iterator[str]:
    """Return what a stranger can spend of a limit, the worst for the four first."""
    numbers = [LEADER, WORKER, four.leaver.phone, JOINER.phone]
    ids = [str(keyring().phone_id(number)) for number in numbers]
    networks = sorted(NETWORKS, key=lambda network: not network.startswith(f"{CARRIER}."))
    by_key = {
        LimitKey.NETWORK: networks,
        LimitKey.SERIES: sorted({number[:8] for number in numbers}),
        LimitKey.PHONE: ids,
        LimitKey.PHONE_NETWORK: [f"{own} {network}" for network in networks for own in ids[:3]],
        LimitKey.ALL: ["all"],
        LimitKey.SESSION: [f"browser {n}" for n in range(200)],
        LimitKey.FORM: [f"form {n}" for n in range(200)],
    }
    assert limit.key in by_key, f"{limit.name}: say here how a stranger chooses {limit.key}"
    for subject in by_key[limit.key]:
        for part in limit.parts or ("",):
            yield part if part and limit.key is LimitKey.ALL else f"{part} {subject}".strip()


def let_in(request: UUID, phone: str, session: str, code: str, by: Actor, at: datetime) -> sessions.Started:
    """A phone of the field types a code."""
    return field_phones.let_phone_in(
        request_id=request,
        phone_id=keyring().phone_id(phone),
        session=session,
        code=code,
        device="",
        by=by,
        at=at,
    )


def spend(limit: DeclaredLimit, four: People, requests: int) -> int:
    """Spend a limit as far as so many requests reach; how many it took."""
    at, left = given.present(), requests
    for subject in subjects(limit, four):
        n = min(left, limits.allowed_by(limit, at))
        if n:
            limits.count_or_refuse(limit, subject, at=at, n=n)
            left -= n
    return requests - left


@pytest.mark.parametrize("limit", OF_A_STRANGER, ids=lambda limit: limit.name)
def test_all_requests_on_one_limit_keep_nobody_out(limit: DeclaredLimit, four: People) -> None:
    assert spend(limit, four, STRANGERS_REQUESTS) > 0
    all_get_in(four)


def test_each_limit_spent_for_those_whom_it_hurts_keeps_nobody_out(four: People) -> None:
    """The requests are shared out: first what is small."""
    left = STRANGERS_REQUESTS
    for limit in sorted(OF_A_STRANGER, key=lambda limit: limit.allowed):
        left -= spend(limit, four, min(left, STRANGERS_REQUESTS // len(OF_A_STRANGER)))
    all_get_in(four)


def test_a_shared_browser_that_proved_the_phone_keeps_its_owner_out_of_no_browser(four: People) -> None:
    """The leader signed in once at a cafe. Somebody else there asks for codes until none is left."""
    answers = [known(LEADER, "203.0.3.9").post("/sign-in/", {"phone": LEADER}).status_code for _ in range(30)]
    assert answers[-1] == 429
    sends(seen_at(browser(), "198.51.101.7"), "/sign-in/", {"phone": LEADER})
    leader_gets_in(four, known(LEADER, "198.51.100.7"))


def requests_of_a_stranger(four: People) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Doors in turn, for ever: address, the door of the code that it asks for, and the form."""
    invented = (f"+9190{n:08d}" for n in range(10**6))
    series = (f"+9199061{n:05d}" for n in range(10**5))
    doors: tuple[Callable[[], tuple[str, str, dict[str, str]]], ...] = (
        lambda: ("/sign-in/", "/sign-in/code/", {"phone": LEADER}),
        lambda: ("/field/sign-in/", "/field/sign-in/code/", {"phone": WORKER}),
        lambda: ("/me/", "/me/code/", {"phone": four.leaver.phone}),
        lambda: ("/sign-in/", "", {"phone": next(invented)}),
        lambda: ("/field/sign-in/", "", {"phone": next(invented)}),
        lambda: ("/join/winter/", "", typed(Human("Nobody", 1980, next(series)), unit="JK-B001")),
        lambda: ("/j/guessed/", "", {}),
        lambda: ("/check/guessed/", "", {}),
        lambda: ("/office/guessed/", "", {}),
        lambda: ("/join/winter/places/", "", {}),
    )
    for door in cycle(doors):
        yield door()


@pytest.mark.parametrize("requests", [400, pytest.param(STRANGERS_REQUESTS, marks=pytest.mark.slow)])
def test_real_requests_from_fifty_networks_keep_nobody_out(requests: int, four: People) -> None:
    """Each browser is new. A door that asks for a code gets five wrong ones."""
    sent = 0
    for n, (address, to_code, form) in enumerate(requests_of_a_stranger(four), 1):
        if sent >= requests:
            break
        given.time(NOW + timedelta(minutes=10) * sent / requests)
        # Every fifth is the carrier's: never for the numbers whose owners are behind it.
        network = CARRIER if n % 5 == 0 else f"203.0.{n % 50}"
        stranger = seen_at(browser(), f"{network}.99")
        answer = stranger.post(address, form) if form else stranger.get(address)
        assert answer.status_code in (200, 302, 404, 429), (address, answer.status_code)
        sent += 1
        if to_code and answer.status_code == 302:
            for _try in range(5):
                assert stranger.post(to_code, {"code": "000000"}).status_code == 422
                sent += 1
    assert set(limits.refused_lately(NOW + timedelta(minutes=10))) >= {"code.phone", "code.phone_network"}
    all_get_in(four)


# Committed sign by sign: in one transaction each count of a limit would lie behind all its older versions.
COMMITTED = (pytest.mark.slow, pytest.mark.django_db(transaction=True))


@pytest.mark.parametrize("n", [200, pytest.param(20_000, marks=COMMITTED)])
def test_twenty_thousand_workers_get_in_at_six_in_the_evening(n: int, four: People) -> None:
    """Behind eight addresses of carriers, within the hour, by the acts of the page. Wrong codes are typed, too.

    The shorter run counts the others at once, where their codes would count.
    """
    evening = NOW.replace(hour=12, minute=30)
    given.time(evening)
    carriers = [f"10.{net}.0.0/24" for net in range(8)]
    workers = [f"+9198{number:08d}" for number in range(n)]
    with system("test"):
        newcomers = [people.Newcomer(phone, "Ravi Kumar", None) for phone in workers]
        accounts = people.open_accounts(newcomers=newcomers, by=SYSTEM, at=evening - timedelta(days=8))
        office, booth = Office.objects.get(code="booth_worker"), four.world.units["JK-B001"]
        Appointment.objects.bulk_create(
            Appointment(
                public_id=uuid4(),
                account_id=account.pk,
                office=office,
                unit=booth,
                hierarchy=1,
                state=Appointment.State.ACTIVE,
                starts_on=evening.date() - timedelta(days=8),
                made_at=evening - timedelta(days=8),
                accepted_at=evening - timedelta(days=8),
                accepted_how=Appointment.How.NAMED,
            )
            for account in accounts
        )
    limits.forget_all()
    for carrier in carriers:
        if others := (20_000 - n) // len(carriers):
            limits.count_or_refuse(declared.CODE_NETWORK_KNOWN, f"field {carrier}", at=evening, n=others)
    for number, phone in enumerate(workers):
        at = evening + timedelta(minutes=55) * number / n
        by = Actor.public(origin=carriers[number % len(carriers)])
        session = f"browser {number}"
        with inbox() as told:
            request = field_phones.ask_phone_code(phone=phone, session=session, language="hi", by=by, at=at)
        if number % 10 == 0:
            with pytest.raises(CodeNotRight):
                let_in(request, phone, session, "000000", by, at)
        begun = let_in(request, phone, session, told[-1].code, by, at)
        assert begun.session.is_phone
    assert limits.refused_lately(evening) == {}
