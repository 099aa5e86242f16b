"""Every address as every role, with things of one's own district and of another.

`tests/access.tsv` says what each of them gets. `make access` writes it; its diff says who may open what from now on.
"""

import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils.translation import override, trans_real
from django.utils.translation.trans_real import DjangoTranslation

from abhiyan.core import limits
from abhiyan.core.access import Access
from abhiyan.pages import languages
from abhiyan.pages.access import FOR_ALL, HOT, addresses_by_name
from abhiyan.programmes.rules.activities import registered_activities
from abhiyan.site.tests import files
from abhiyan.site.tests.addresses import (
    FOREIGN_CROWD,
    SECRETS,
    Things,
    address,
    body,
    filled,
    more_things,
    outcome,
    secrets_in,
    things,
)
from abhiyan.site.tests.answers import FILE, IS_WRITING, AccessTable, Answers, access_text, at_the_door
from abhiyan.site.tests.cast import EVERYBODY, OVER_THE_OTHER, ROLES, Cast
from abhiyan.ui import messages
from abhiyan.verification.tests.odd_entries import DECIDERS, ask_three, words_of


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(foreign=FOREIGN_CROWD)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return cast.everybody()


@pytest.fixture(scope="module")
def of_flags(cast: Cast) -> re.Pattern[str]:
    """Workers are asked about their entries; and what a page would have on it that told of one."""
    return words_of(cast, ask_three(cast))


@pytest.fixture(scope="module")
def own(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))


@pytest.fixture(scope="module")
def foreign(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


@pytest.fixture(scope="module")
def others(
    cast: Cast,
    own: Things,
    foreign: Things,
    of_flags: re.Pattern[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """Plans, tokens, versions and the like, of the other district and of the state: what is named there is there."""
    return more_things(cast, foreign, tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def filled_in(own: Things, foreign: Things, others: dict[str, Any], cast: Cast) -> files.Filled:
    """What fills addresses; and a unit whose name is a formula."""
    files.plant_formula(cast)
    return files.Filled(cast, (own, foreign), others)


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    answers = Answers()
    yield answers
    if IS_WRITING:
        answers.write()


@pytest.mark.parametrize("name", sorted(addresses_by_name()))
def test_every_address_as_every_role(
    name: str,
    clients: dict[str, Client],
    own: Things,
    foreign: Things,
    others: dict[str, Any],
    of_flags: re.Pattern[str],
    answers: Answers,
) -> None:
    """A role that the first door keeps out is computed, as the middleware does. All others really ask."""
    near, far = (address(name, of, **filled(name, others)) for of in (own, foreign))
    told: list[tuple[str, str]] = []
    for column, where in {"near": near, "far": far}.items():
        if column == "far" and near == far:
            answers.hold(name, column, dict.fromkeys(EVERYBODY, "-"))
            continue
        found = {}
        limits.forget_all()  # all roles ask from one network
        for role in EVERYBODY:
            found[role] = at_the_door(addresses_by_name()[name].opens, role)
            if not found[role]:
                found[role], secrets = asked(clients[role], where, role, of_flags, name)
                told += [(role, each) for each in secrets]
        answers.hold(name, column, found)
    assert told == []


def asked(
    client: Client, where: str, role: str, of_flags: re.Pattern[str], name: str
) -> tuple[str, list[str]]:
    """Return what a role gets, and what it must not see of it. All changes by the look are undone."""
    with transaction.atomic():
        answer = client.get(where)
        text = body(answer)
        transaction.set_rollback(True)
    secrets = secrets_in(text, role, name)
    return outcome(answer), secrets + ([] if role in DECIDERS else of_flags.findall(text))  # type: ignore[arg-type]  # the client's own shape


def test_the_words_of_pages_for_all_may_be_translated(
    clients: dict[str, Client], own: Things, others: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A language that somebody brings can say every word of the pages for the public (`pages.languages.PUBLIC`).

    Left out: the name of the software, and questions of checks, which are quoted as a verifier asked them. Django has
    the months in every language.
    """
    ours = {key[:2] for room in messages.rooms() for key in messages.collect(room).strings}
    counted_items = [items for activity in registered_activities() for items in activity.items]
    with override("en"):
        quoted = {str(question.text) for items in counted_items for question in items.questions}
    months = {
        key[:2] for room in messages.rooms() for key in messages.collect(room, ["ui/months.py"]).strings
    }
    known = languages.strings().keys() | months | {("", word) for word in (*quoted, "Abhiyan")}
    asked_words: set[str] = set()

    class Noting(DjangoTranslation):
        def gettext(self, message: str) -> str:
            asked_words.add(message)
            return super().gettext(message)

    monkeypatch.setattr(trans_real, "DjangoTranslation", Noting)
    lacking: dict[str, str] = {}
    monkeypatch.setattr(trans_real, "_translations", {})
    for name in addresses_by_name():
        where = address(name, own, **filled(name, others))
        for role in ("anonymous", "visitor", "member") if where.startswith(FOR_ALL) else ():
            asked_words.clear()
            limits.forget_all()
            with transaction.atomic():
                text = unescape(body(clients[role].get(where)))
                transaction.set_rollback(True)
            for word in asked_words:
                context, _mark, english = word.rpartition("\x04")
                if (context, english) in ours - known and english in text:
                    lacking.setdefault(word, f"{name} as {role}")
    assert not lacking, "\n".join(f"{where}: {word!r}" for word, where in lacking.items())


# The addresses of each way to be open, by one of them that fills no district's thing but its own.
DOORS = {page.opens: name for name, page in sorted(addresses_by_name().items(), reverse=True)}


@pytest.mark.parametrize("opens", DOORS, ids=DOORS.values())
def test_the_middleware_keeps_out_whom_the_first_door_is_computed_to_keep_out(
    opens: Access, clients: dict[str, Client], own: Things, of_flags: re.Pattern[str]
) -> None:
    where = address(DOORS[opens], own)
    for role in EVERYBODY:
        if computed := at_the_door(opens, role):
            assert asked(clients[role], where, role, of_flags, DOORS[opens]) == (computed, []), role
            with transaction.atomic():
                sent = clients[role].post(where)
                transaction.set_rollback(True)
            assert sent.status_code == 403, role


def test_the_file_says_of_each_address_what_every_role_gets() -> None:
    """Addresses, doors, patterns and roles that are gone have left it, and nobody wrote it in another way."""
    text = FILE.read_text()
    table = AccessTable(text)
    assert table.lines.keys() == addresses_by_name().keys(), "see `make access`"
    assert table.roles == set(EVERYBODY), "see `make access`"
    assert access_text(table.asked(), addresses_by_name(), table.patterns) == text, "see `make access`"


def test_the_secrets_looked_for_would_be_found(clients: dict[str, Client], own: Things) -> None:
    """The other district's own in-charge sees name, last digits and the exact count."""
    client = clients["district_elsewhere"]
    found = set()
    for path in ("/people/?unit=JK-JAM&q=9797654389", "/units/JK-JAM/", "/units/JK-JAM/?format=csv"):
        found |= set(SECRETS.findall(body(client.get(path))))
    assert {"Planted", "Rasool", "4389", "1,237", "1237"} <= found


@pytest.mark.parametrize(
    "path",
    [
        "/people/?q=Planted",
        "/people/?q=9797654389",
        "/people/?q=%2B919797654389&unit=JK",
        "/people/?unit=JK-B004",
        "/people/?unit=JK",
        "/people/unplaced/?unit=JK-JAM",
        "/search/?q=Planted",
        "/search/?q=9797654389",
        "/units/JK/",
        "/units/JK/?format=csv",
        "/units/JK-JAM/?format=csv",
        "/units/JK-JAM-M1/?format=csv",
        "/units/JK-B004/?in=electoral",
        "/units/JK-AC75/?in=electoral&format=csv",
        "/units/JK-BL2/?in=administrative&format=csv",
        "/appointments/?unit=JK-JAM&name=Planted",
    ],
)
def test_no_narrowing_or_export_shows_the_other_district(
    path: str, clients: dict[str, Client], own: Things
) -> None:
    for role in ROLES:
        if role in OVER_THE_OTHER:
            continue
        with transaction.atomic():
            answer = clients[role].get(path)
            assert answer.status_code < 500, role
            # A field shows its question again; nothing else is shown.
            told = [each for each in SECRETS.findall(body(answer)) if each not in path]
            assert told == [], role
            transaction.set_rollback(True)


def mark(*told: object) -> str:
    """Return the value of `after`, by which one page of a list follows another."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def test_every_list_is_a_csv_and_an_excel_file_without_names_or_formulas(
    clients: dict[str, Client], filled_in: files.Filled
) -> None:
    assert filled_in.faults("state_president", clients) == []
    where = filled_in.where("programmes:below") + "?unit=JK&level=mandal&format=csv"
    as_text = "'" + files.FORMULA.replace('"', '""')
    assert as_text in body(clients["state_president"].get(where)), "a name that is a formula is only text"


@pytest.mark.slow
@pytest.mark.parametrize("role", EVERYBODY)
def test_every_file_as_every_role(role: str, clients: dict[str, Client], filled_in: files.Filled) -> None:
    assert filled_in.faults(role, clients) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["national_president", "call_centre_agent", "data_officer", "member"])
def test_no_page_offers_a_file_that_nobody_looks_into(
    role: str, clients: dict[str, Client], filled_in: files.Filled
) -> None:
    names = addresses_by_name().keys() - {files.KIT}
    assert {name for name in names if files.offered(clients[role], filled_in.where(name))[1]} <= {
        *files.FILED
    }


CRAFTED = (
    "q=%00&matching=a%00b&name=%00&unit=%00&sort=%00&show=moon&side=%00&election=%00&in=%00&format=x",
    f"page={'9' * 5000}&q={'9' * 5000}&number={'9' * 30}&level=moon&role=moon&state=moon&versions=moon&measure=-1",
    f"after={mark(1, '0001-01-01T00:00:00+23:59', str(UUID(int=1)))}",
    "after=%00&since=0000-00-00&until=moon&channel=9&day=moon",
)
MORE_CRAFTED = (
    "&".join(
        f"{key}=%0%000" for key in ("q", "matching", "name", "unit", "sort", "show", "side", "election", "in")
    ),
    f"after={mark(1, '9999-12-31T23:59:59-23:59', str(UUID(int=1)))}",
    f"after={mark(1, '2026-11-10T00:00:00', 'moon')}&sort=moon",
    f"after={mark(9 * 10**30, '9' * 40, '9' * 40)}",
    f"after={mark(1, chr(0), chr(0))}",
    f"after={mark(1, [], {})}&since=0001-01-01&until=9999-12-31",
)


@pytest.mark.parametrize(
    "crafted", [CRAFTED, pytest.param(MORE_CRAFTED, marks=pytest.mark.slow)], ids=["few", "more"]
)
@pytest.mark.parametrize("name", sorted(addresses_by_name()))
def test_nothing_asked_in_an_address_breaks_its_page(
    name: str, crafted: tuple[str, ...], clients: dict[str, Client], own: Things
) -> None:
    where = address(name, own)
    for each in crafted:
        with transaction.atomic():
            answer = clients["state_president"].get(where + ("&" if "?" in where else "?") + each)
            assert answer.status_code < 500, each[:80]
            transaction.set_rollback(True)


def test_the_hot_path_knows_tokens_only_whoever_is_signed_in(open_database: None, cast: Cast) -> None:
    """Office-bearers' cookies open nothing there; secrets of nobody are answered alike."""
    from abhiyan.enrolment.tests.server import Answered, Server

    paths = ("/api/v1/claims", "/api/v1/claims/batch", "/hook/call/generic/no", "/hook/sms/exotel/no")
    assert {next(prefix for prefix in HOT if path.startswith(prefix)) for path in paths} == set(HOT)
    server = Server().start()
    answers: dict[tuple[str, str, str], Future[Answered]] = {}
    try:
        # A wrong secret is answered late on purpose, so many ask at once.
        with ThreadPoolExecutor(20) as hands:
            for role in ROLES:
                headers = {"Content-Type": "application/json"}
                if role not in ("anonymous", "visitor", "member"):
                    headers["Cookie"] = f"session={cast.token(role)}"
                for path in (*paths, "/hook/receipt/twilio/no"):
                    for method in ("GET", "POST"):
                        answers[role, method, path] = hands.submit(server.send, method, path, b"{}", headers)
        for asked, answer in answers.items():
            assert answer.result().status in (401, 403, 404, 405), (asked, answer.result().status)
    finally:
        server.stop()
