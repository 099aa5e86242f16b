"""The access table, asked: every address as every role, with things of one's own district and of another.

The table below says what each of them gets; whoever changes who may open what changes it here, and sees it.
"""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.site.access import ACCESS, HOT
from abhiyan.site.tests.addresses import FOREIGN_CROWD, SECRETS, Things, address, body, outcome, things
from abhiyan.site.tests.cast import ROLES, Cast

# o: opened, or led on within. s: sent to where the missing is shown (sign-in, second factor, code). n: 403, not yours.
# g: 404, no such thing in sight. m: 405, an act, not done by looking. u: 400 or 422.
# One letter per role, in the order of ROLES: anonymous, visitor, member, weak, no_office, national_president,
# state_president, district_in_charge, district_elsewhere, mandal_president, cluster_in_charge, booth_president,
# booth_worker, call_centre_agent, verifier, it_administrator, constituency_in_charge, root.
# A pair: with things of the own district, and of the other one.
EXPECTED: dict[str, str | tuple[str, str]] = {
    "elections:alliance": "ssssg ggggggggggggg",
    "elections:alliance_withdraw": "ssssn ggnnnnnnnnnnn",
    "elections:alliances": "ssssg ggggggggggggg",
    "elections:classes": "ssssg ggggggggggggg",
    "elections:classes_withdraw": "ssssn ggnnnnnnnnnnn",
    "elections:election": "ssssg ggggggggggggg",
    "elections:list": "sssso ooooooooooooo",
    "elections:plan": "ssssg ggggggggggggg",
    "elections:plan_below": "ssssg ggggggggggggg",
    "elections:plan_change": "ssssn ggnnnnnnnnnnn",
    "elections:plan_check": "sssso ooooooooooooo",
    "elections:plan_compare": "ssssg ggggggggggggg",
    "elections:plan_create": "ssssn oonnnnnnnnnnn",
    "elections:plan_lock_part": "ssssn oonnnnnnnnnnn",
    "elections:plan_pass": "ssssn oonnnnnnnnnnn",
    "elections:plan_pass_all": "ssssn oonnnnnnnnnnn",
    "elections:plan_seats": "ssssn ggnnnnnnnnnnn",
    "elections:plan_set_part": "ssssn oonnnnnnnnnnn",
    "elections:plan_sides": "ssssg ggggggggggggg",
    "elections:plan_withdraw": "ssssn ggnnnnnnnnnnn",
    "elections:plans": "sssso ooooooooooooo",
    "elections:seat": "ssssg ggggggggggggg",
    "elections:seats": "ssssg ggggggggggggg",
    "elections:stated": "ssssn ggnnnnnnnngnn",
    "elections:unit": "sssso ooooooooooooo",
    "enrolment:card_check": "ggggg ggggggggggggg",
    "enrolment:drive": "ssssg ooooooooooooo",
    "enrolment:drive_ask_token": "ssssn mmnnnnnnnnmnn",
    "enrolment:drive_codes": "ssssn mmmmmnnnnnnmn",
    "enrolment:drive_end_number": "ssssn ggnnnnnnnngnn",
    "enrolment:drive_end_token": "ssssn ggnnnnnnnngnn",
    "enrolment:drive_funnel": "ssssg oooooooooooon",
    "enrolment:drive_make_token": "ssssn mmnnnnnnnnmnn",
    "enrolment:drive_number": "ssssn mmnnnnnnnnmnn",
    "enrolment:drive_poster": "ssssg ooooooooooooo",
    "enrolment:drive_set_up": "ssssn mmmmmnnnnnnmn",
    "enrolment:join": "ooooo ooooooooooooo",
    "enrolment:join_code": "ssoss sssssssssssss",
    "enrolment:join_done": "ssoss sssssssssssss",
    "enrolment:join_drive": "ooooo ooooooooooooo",
    "enrolment:join_member": "sssss sssssssssssss",
    "enrolment:join_places": "ooooo ooooooooooooo",
    "enrolment:join_received": "ooooo ooooooooooooo",
    "enrolment:link": "ggggg ggggggggggggg",
    "enrolment:me": "ooooo ooooooooooooo",
    "enrolment:me_card": "ssoss sssssssssssss",
    "enrolment:me_code": "sssss sssssssssssss",
    "enrolment:me_consents": "ssmss sssssssssssss",
    "enrolment:me_correct": "ssoss sssssssssssss",
    "enrolment:me_data": "ssoss sssssssssssss",
    "enrolment:me_leave": "ssoss sssssssssssss",
    "enrolment:me_out": "mmmmm mmmmmmmmmmmmm",
    "enrolment:me_which": "ssoss sssssssssssss",
    "enrolment:nameless": "ssssn oooooonnnnnon",
    "enrolment:notice": "ssssn oonnnnnnnnnnn",
    "enrolment:openapi": "ooooo ooooooooooooo",
    "enrolment:people": ("ssssn ooonnnnnonnnn", "ssssn oononnnnnnnnn"),
    "enrolment:people_download": "ssssn mmmmnnnnnnnnn",
    "enrolment:people_export": "ssssn mmmmnnnnnnnnn",
    "enrolment:person": ("ssssn ooogooooonnon", "ssssn oogogggggnngn"),
    "enrolment:person_correct": ("ssssn ooogooonnnnnn", "ssssn oogogggnnnnnn"),
    "enrolment:person_reveal": "ssssn mmmmmmmnnnnnn",
    "enrolment:person_strike_off": "ssssn mmmmmnnnnnnnn",
    "enrolment:unplaced": "ssssn oooooonnnnnon",
    "imports:begin": "ssssn ooooonnnnnogg",
    "imports:columns": "ssssn mmmmmnnnnnmmm",
    "imports:differences": "ssssn gggggnnnnnggg",
    "imports:empty": "ssssn ooooonnnnnogg",
    "imports:list": "ssssn ooooonnnnnooo",
    "imports:new": "ssssn ooooonnnnnooo",
    "imports:one": ("ssssn oooggnnnnnggg", "ssssn oogognnnnnggg"),
    "imports:piece": ("ssssn oooggnnnnnggg", "ssssn oogognnnnnggg"),
    "imports:progress": ("ssssn oooggnnnnnggg", "ssssn oogognnnnnggg"),
    "imports:refused": ("ssssn oooggnnnnnggg", "ssssn oogognnnnnggg"),
    "imports:rest": "ssssn mmmmmnnnnnmmm",
    "imports:step": ("ssssn oooggnnnnnggg", "ssssn oogognnnnnggg"),
    "messaging:ask": "ssssn mmnnnnnnnnnnn",
    "messaging:list": "ssssn ooooonnnnnoon",
    "messaging:release": "ssssn mmmmmnnnnnnmn",
    "org:appoint": ("ssssn ooonnnnnnnnno", "ssssn oononnnnnnnno"),
    "org:appointment": "ssssg ooooooooooooo",
    "org:appointments": "sssso ooooooooooooo",
    "org:ask_factor_reset": "ssssn mmmmmnnnnnmnm",
    "org:decide": "ssssn mmmmmmnnnnnmm",
    "org:decide_release": "ssssn mmmmmnnnnnnmn",
    "org:end_appointment": "ssssm mmmmmmmmmmmmm",
    "org:releases": "sssso ooooooooooooo",
    "org:reset_factors": "ssssn mmmmmnnnnnmnm",
    "people:account": "sssso ooooooooooooo",
    "people:console": "ooooo ooooooooooooo",
    "people:demo_sign_in": "nnnnn nnnnnnnnnnnnn",
    "people:factor_passkey": "sssoo ooooooooooooo",
    "people:factor_remove": "ssssm mmmmmmmmmmmmm",
    "people:factor_rename": "ssssm mmmmmmmmmmmmm",
    "people:factor_totp": "sssoo ooooooooooooo",
    "people:language": "mmmmm mmmmmmmmmmmmm",
    "people:recovery_codes": "ssssm mmmmmmmmmmmmm",
    "people:second_factor": "sssoo ooooooooooooo",
    "people:second_factor_passkey": "sssmm mmmmmmmmmmmmm",
    "people:session_end": "ssssm mmmmmmmmmmmmm",
    "people:sessions_end": "ssssm mmmmmmmmmmmmm",
    "people:sign_in": "ooooo ooooooooooooo",
    "people:sign_in_code": "sosss sssssssssssss",
    "people:sign_out": "mmmmm mmmmmmmmmmmmm",
    "programmes:answer_charge": "sssso ooooooooooooo",
    "programmes:change": ("ssssn ooonnnnnnnnnn", "ssssn oononnnnnnnnn"),
    "programmes:charges": "sssso ooooooooooooo",
    "programmes:close": "ssssn ooooonnnnnnon",
    "programmes:create": "ssssn oonnnnnnnnnnn",
    "programmes:discard": "ssssn oonnnnnnnnnnn",
    "programmes:draft": "ssssn oonnnnnnnnnnn",
    "programmes:end_in_charge": "ssssn ooooonnnnnnon",
    "programmes:go_back": "ssssn oooooonnnnnon",
    "programmes:in_charges": "ssssg oooooooooooog",
    "programmes:list": "sssso ooooooooooooo",
    "programmes:lock_target": "ssssn oooooonnnnnon",
    "programmes:name_in_charge": "ssssn ooooonnnnnnon",
    "programmes:open": "ssssn oonnnnnnnnnnn",
    "programmes:programme": "ssssg oooooooooooog",
    "programmes:set_target": "ssssn oooooonnnnnon",
    "programmes:split_preview": ("ssssn uuunuunnnnnnn", "ssssn uununnnnnnnnn"),
    "programmes:split_target": "ssssn oooooonnnnnon",
    "programmes:take_over": ("ssssn ooonnnnnnnnnn", "ssssn oononnnnnnnnn"),
    "programmes:targets": "ssssg oooooooooooog",
    "programmes:version": "ssssg ggggggggggggg",
    "programmes:versions": "ssssg oooooooooooog",
    "site:demo_phone": "nnnnn nnnnnnnnnnnnn",
    "site:membership_votes": "sssso ooooooooooooo",
    "site:search": "sssso ooooooooooooo",
    "site:today": "sssso ooooooooooooo",
    "site:unit": "sssso ooooooooooooo",
    "site:units": "sssso ooooooooooooo",
    "ui:accent": "ooooo ooooooooooooo",
    "ui:kit": "sssoo ooooooooooooo",
    "units:children": "sssso ooooooooooooo",
    "units:search": "sssso ooooooooooooo",
}
# Who may see the people, and the exact counts, of the other district.
OVER_THE_OTHER = {"national_president", "state_president", "district_elsewhere"}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(foreign=FOREIGN_CROWD)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return {role: cast.client(role) for role in ROLES}


@pytest.fixture(scope="module")
def own(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))


@pytest.fixture(scope="module")
def foreign(cast: Cast, clients: dict[str, Client]) -> Things:
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


def asked(clients: dict[str, Client], name: str, of: Things) -> Iterator[tuple[str, str, str]]:
    """role, outcome, body: of one address, looked at by every role. Whatever a look changed is undone."""
    for role in ROLES:
        with transaction.atomic():
            answer = clients[role].get(address(name, of))
            yield role, outcome(answer), body(answer)  # type: ignore[arg-type]  # the client's own shape
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_every_address_as_every_role(
    name: str, clients: dict[str, Client], own: Things, foreign: Things
) -> None:
    told: list[tuple[str, str]] = []
    found = []
    for of in (own, foreign) if address(name, own) != address(name, foreign) else (own,):
        letters = ""
        for role, letter, text in asked(clients, name, of):
            letters += f" {letter}" if role == "national_president" else letter
            if role not in OVER_THE_OTHER:
                told += [(role, each) for each in SECRETS.findall(text)]
        found.append(letters)
    wanted = EXPECTED[name]
    both = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    assert tuple(found) == both[: len(found)]
    assert told == []


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
            # What was asked stands in its own field again; what was not asked is not told.
            told = [each for each in SECRETS.findall(body(answer)) if each not in path]
            assert told == [], role
            transaction.set_rollback(True)


def mark(*told: object) -> str:
    """What stands in `after`, where one page of a list follows another."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


CRAFTED = (
    "q=%00&matching=a%00b&name=%00&unit=%00&sort=%00&show=moon&side=%00&election=%00&in=%00&format=x",
    "&".join(
        f"{key}=%0%000" for key in ("q", "matching", "name", "unit", "sort", "show", "side", "election", "in")
    ),
    f"page={'9' * 5000}&q={'9' * 5000}&number={'9' * 30}&level=moon&role=moon&state=moon&versions=moon&measure=-1",
    f"after={mark(1, '0001-01-01T00:00:00+23:59', str(UUID(int=1)))}",
    f"after={mark(1, '9999-12-31T23:59:59-23:59', str(UUID(int=1)))}",
    f"after={mark(1, '2026-11-10T00:00:00', 'moon')}&sort=moon",
    f"after={mark(9 * 10**30, '9' * 40, '9' * 40)}",
    f"after={mark(1, chr(0), chr(0))}",
    f"after={mark(1, [], {})}&since=0001-01-01&until=9999-12-31",
    "after=%00&since=0000-00-00&until=moon&channel=9&day=moon",
)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_nothing_asked_in_an_address_breaks_its_page(
    name: str, clients: dict[str, Client], own: Things
) -> None:
    where = address(name, own)
    for crafted in CRAFTED:
        with transaction.atomic():
            answer = clients["state_president"].get(where + ("&" if "?" in where else "?") + crafted)
            assert answer.status_code < 500, crafted[:80]
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
