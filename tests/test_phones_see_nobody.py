"""With one SMS code no page, file, answer or form of any address shows another person's name or number."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client

from abhiyan.core.access import AccessLevel
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import Human
from abhiyan.pages.access import addresses_by_name
from abhiyan.pages.tests.test_field import entry, send
from abhiyan.pages.tests.test_phones import LEADER, WORKER, let_in, number
from abhiyan.people.models import Account
from abhiyan.site.tests.addresses import address, body, filled, more_things, things
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.posted import POSTS
from abhiyan.stays.models import Stay

NEIGHBOUR = Human("Zubindawati Nishaanchee", 1971, "+919797312645")  # a member of the phones' own booth
ENTERED = Human("Qasimuddin Rakhaahuanee", 1970, "+919797312656")  # at a door there, by somebody else
# Other office-bearers are called Inchaargeya besides; a number shows in whole or by its last digits.
SECRET = re.compile(
    r"Zubindawati|Nishaanchee|Qasimuddin|Rakhaahuanee|Inchaargeya|Planted|Rasool|Asha Devi|9797312645|9797312656"
    r"|• ?2645|• ?2656|9797654389|9906000001"
)
PHONES = {"booth_worker": WORKER, "booth_president": LEADER}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast.world.web_join(of=NEIGHBOUR, unit=cast.world.booth)
    for role, phone in PHONES.items():
        number(cast, role, phone)
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return {role: let_in(phone) for role, phone in PHONES.items()}


@pytest.fixture(scope="module")
def found(cast: Cast, clients: dict[str, Client], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Things that fill addresses, of the own district and of the other."""
    # An entry that another made in one's own booth is the other's.
    entered = send(cast.client("cluster_in_charge"), entry(cast, ENTERED, "cluster_in_charge"))["href"]
    own = things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(NEIGHBOUR))
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    with system("test"):
        mine = [cast.accounts[role].pk for role in PHONES]
        Account.objects.exclude(pk__in=mine).update(name=Concat("name", Value(" Inchaargeya")))
    return own, foreign, others, entered


def shown(client: Client, where: str, sent: dict[str, Any] | None = None) -> str:
    """What an address answers; whatever it changed is undone."""
    with transaction.atomic():
        answer = client.get(where) if sent is None else client.post(where, sent)
        assert answer.status_code < 500, where
        text = body(answer)
        transaction.set_rollback(True)
    return text


@pytest.mark.parametrize("role", PHONES)
def test_no_address_shows_a_phone_anybody_else(role: str, clients: dict[str, Client], found: Any) -> None:
    own, foreign, others, entered = found
    client, told = clients[role], []
    asked: list[tuple[str, dict[str, Any] | None]] = [(entered, None), (entered, {"send": "1"})]
    for name in sorted(addresses_by_name()):
        for of in (own, foreign):
            where = address(name, of, **filled(name, others))
            and_ = "&" if "?" in where else "?"
            asked += [(where + more, None) for more in ("", f"{and_}q=Zubindawati", f"{and_}q=9797312645")]
            asked += [(f"{where}{and_}format={kind}", None) for kind in ("csv", "xlsx")]
            if addresses_by_name()[name].act:
                asked.append((where, {"unit": "JK-B001"} | POSTS.get(name, {})))
    for where, sent in asked:
        told += [
            (where, each) for each in SECRET.findall(shown(client, where, sent).replace("q=Zubindawati", ""))
        ]
    # A search field shows its own text again.
    assert [(where, each) for where, each in told if each not in where] == []


def test_what_is_looked_for_would_be_found(cast: Cast, found: Any) -> None:
    client = cast.client("booth_president")
    page = shown(client, "/people/?unit=JK-B001&q=Zubindawati")
    assert {"Zubindawati", "Nishaanchee"} <= set(SECRET.findall(page))
    assert "Inchaargeya" in shown(client, "/units/JK-SRI/")


def test_few_addresses_open_by_one_code() -> None:
    """An address may be added here only if its page names no other person."""
    assert {name for name, each in addresses_by_name().items() if each.opens.level is AccessLevel.PHONE} == {
        "doorstep:field",
        "doorstep:field_entries",
        "doorstep:field_entry",
        "doorstep:field_try",
        "org:my_phone_act",
        "org:my_phones",
        "pages:field_due",
        "pages:field_keep",
        "pages:field_list",
        "pages:field_outbox",
        "pages:field_send",
        "pages:field_start",
        "stays:field_stay",
        "stays:field_step",
        "stays:host_no",
    }


def test_a_worker_sees_and_marks_their_own_stay_and_no_host(cast: Cast, found: Any) -> None:
    _own, _foreign, others, _entered = found
    client = let_in(WORKER)
    stays = Stay.objects.filter(pk=others["stay"])
    page = f"/field/stay/{others['stay']}/"
    assert client.get(page).status_code == 404, "of another"
    with transaction.atomic():
        with system("test"):
            stays.update(
                worker_id=cast.accounts["booth_worker"].pk,
                host_name="Ghulam Rasool",
                state=Stay.State.ACCEPTED,
            )
        text = client.get(page).text
        assert f"{page}arrive/" in text and SECRET.findall(text) == []
        assert client.post(f"{page}arrive/").status_code == 302
        assert client.post(f"{page}host/").status_code == 403, "it asks for both proofs"
        with system("test"):
            assert "arrive" in stays.get().marks
        transaction.set_rollback(True)
