"""Acts on what is another's: every address that takes a form, sent one about the other district and the state.

By whoever may do such a thing, but elsewhere: it is refused, and not a row is written. An address that comes to take
a form has to be entered here, or be named as one where nothing of another's can be meant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.elections import actions as results
from abhiyan.elections.known import DATA
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.tests import make as elections
from abhiyan.enrolment.actions import tokens
from abhiyan.enrolment.models import Channel, Sign, Taken
from abhiyan.enrolment.tests.make import Human
from abhiyan.messaging import actions as messaging
from abhiyan.people.models import Factor
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.site.access import ACCESS
from abhiyan.site.tests.addresses import SECRETS, Things, address, body, outcome, things
from abhiyan.site.tests.cast import SYSTEM, Cast

ROLES = ("anonymous", "weak", "district_in_charge", "state_elsewhere")


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    return cast


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return {role: cast.client(role) for role in ROLES}


@pytest.fixture(scope="module")
def foreign(cast: Cast) -> Things:
    cast.client("district_elsewhere")  # a session to be ended
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


@pytest.fixture(scope="module")
def others(
    cast: Cast, clients: dict[str, Client], foreign: Things, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """More of the other district, and of the state, by what fills an address; and the president of another state."""
    world, at = cast.world, clock.now()
    waiting = Human("Waiting Elsewhere", 1970, "+919797000001")
    world.take(world.claim(waiting, Channel.WEB, sign=Sign.WEB))  # of no place: it stands at the state
    for name in ("First Shared", "Second Shared"):
        world.tick()
        world.paper_row(of=Human(name, 1980, "+919797000002"), unit=world.far_booth)
    world.tick()
    world.missed_call(of=Human("Nobody", 1980, "+919797000002"))
    ((unplaced,),) = world.rows(
        "select public_id from enrolment_claim where not is_placed and membership_id is not null"
    )
    ((nameless,),) = world.rows(
        "select public_id from enrolment_claim where membership_id is null and taken = %s",
        [str(Taken.WORKLIST.value)],
    )
    folder = tmp_path_factory.mktemp("results")
    header, *rows = (DATA / "ls2024_results.csv").read_text().splitlines(keepends=True)
    (folder / "ls2024.csv").write_text("".join([header, *(row for row in rows if ",U08," in row)]))
    assert elections.bring(folder / "ls2024.csv", election="LS2024").state == "done"
    with system("test"):
        programme = programme_queries.programme(foreign.programme)
        programmes.name_in_charge(
            programme_id=programme.pk,
            unit_id=world.units["JK-JAM"].pk,
            account=cast.accounts["district_elsewhere"].public_id,
            by=SYSTEM,
            at=at,
        )
        programmes.set_target(
            programme_id=programme.pk, unit_id=world.units["JK-JAM"].pk, n=900, by=SYSTEM, at=at
        )
        ((in_charge,),) = world.rows(
            "select id from programmes_in_charge where programme_id = %s", [str(programme.pk)]
        )
        (version,) = programme_queries.versions(programme, unit_id=world.units["JK-JAM"].pk)[:1]
        messaging.connect_number(
            number="+911800000009",
            provider="generic",
            meaning="join",
            programme_id=programme.pk,
            signing_token="known to the provider",
            by=SYSTEM,
            at=at,
        )
        ((number,),) = world.rows("select id from messaging_number")
        factor = Factor.objects.create(
            public_id=uuid4(),
            account_id=cast.accounts["district_elsewhere"].pk,
            kind=Factor.Kind.TOTP,
            sealed=b"secret",
            created_at=at,
            confirmed_at=at,
        )
        plan = results.make_plan(
            names={"en": "Three"},
            election="LS2024",
            unit_id=world.state.pk,
            party="BJP",
            aims=Aims(seats_goal=3),
            by=cast.actor("state_president"),
            at=at,
        )
        alliance = results.make_alliance(
            election="LS2024",
            state="U08",
            names={"en": "Two parties"},
            lead="JKNC",
            parties=["INC"],
            by=SYSTEM,
            at=at,
        )
    token = tokens.make_token_at_console(
        programme_id=programme.pk, unit_id=world.units["JK-JAM"].pk, name="Desks", by=SYSTEM, at=at
    )
    return {
        "token": token.public_id,
        "number": number,
        "in_charge": in_charge,
        "version": version.public_id,
        "plan": plan.public_id,
        "alliance": alliance.public_id,
        "factor": factor.public_id,
        "programme": programme.pk,
        "unplaced": unplaced,
        "nameless": nameless,
    }


def filled(name: str, others: dict[str, Any]) -> dict[str, Any]:
    """What fills an address that the things of a district do not."""
    room, _colon, page = name.partition(":")
    more = {key: others[key] for key in ("token", "number", "in_charge", "version")}
    if room == "elections":
        kind = "alliance" if page.startswith("alliance") else "plan"
        more |= {"code": "LS2024", "public_id": others[kind], "number": 2}
    if page.startswith("factor_"):
        more["public_id"] = others["factor"]
    return more


# Of each address that takes a form: what is sent, filled far enough that whose it is stands in the way, and what the
# in-charge of this district and the president of another state are told. n: 403. g: 404. u: 422, what the form offers
# to choose from holds nothing of the other district.
PLACE = {"unit": "JK-JAM"}
DAYS = {"first": "2026-12-01", "last": "2026-12-02"}
POSTS: dict[str, tuple[dict[str, str], str]] = {
    "elections:alliance": ({"name_en": "Ours", "lead": "BJP", "parties": "INC"}, "nn"),
    "elections:alliance_withdraw": ({}, "nn"),
    "elections:alliances": ({"name_en": "Ours", "state": "U08", "lead": "BJP", "parties": "INC"}, "nn"),
    "elections:classes": (
        {"unit": "JK", "side": "BJP", "rule-TOTAL_FORMS": "1", "rule-INITIAL_FORMS": "0"}
        | {"rule-0-code": "strong", "rule-0-lead_at_least": "10"},
        "nn",
    ),
    "elections:classes_withdraw": ({"unit": "JK"}, "ng"),
    "elections:plan_change": (
        {"name_en": "Mine", "party": "BJP", "seats_goal": "2", "method": "uniform"},
        "ng",
    ),
    "elections:plan_create": ({"owner": "JK", "election": "LS2024", "state": "U08", "party": "BJP"}, "nu"),
    "elections:plan_lock_part": ({"about": "JK-PC1", "locked": "on"}, "ng"),
    "elections:plan_pass": ({"unit": "JK-PC1", "basis": "electors", "down_to": "all"}, "ng"),
    "elections:plan_pass_all": ({"basis": "electors", "down_to": "all"}, "ng"),
    "elections:plan_seats": ({"seat": "1", "votes_1": "7"}, "ng"),
    "elections:plan_set_part": ({"about": "JK-PC1", "n": "7"}, "ng"),
    "elections:plan_withdraw": ({}, "ng"),
    "elections:stated": ({"party": "BJP", "share_pct": "1.5", "source": "A newspaper"}, "nn"),
    "enrolment:drive_ask_token": (
        PLACE | {"name": "Mine", "channel": "3", "days": "9", "reason": "mine"},
        "ng",
    ),
    "enrolment:drive_codes": (DAYS | {"unit": "JK"}, "ng"),
    "enrolment:drive_end_number": ({}, "ng"),
    "enrolment:drive_end_token": ({}, "ng"),
    "enrolment:drive_make_token": ({}, "ng"),
    "enrolment:drive_number": ({"number": "+911800000010", "meaning": "join", "provider": "generic"}, "ng"),
    "enrolment:drive_set_up": ({"join_slug": "mine", "notice_version": "1", "replies_per_hour": "5"}, "ng"),
    "enrolment:nameless": ({"claim": "{nameless}", "member": "{member}"}, "nn"),
    "enrolment:people_download": ({}, "nn"),
    "enrolment:people_export": (PLACE | {"in": "organisational", "reason": "mine"}, "nn"),
    "enrolment:person_correct": ({"name": "Somebody Else", "birth_year": "1980", "unit": "JK-B001"}, "gg"),
    "enrolment:person_reveal": ({}, "gg"),
    "enrolment:person_strike_off": ({"reason": "not_genuine"}, "gg"),
    "enrolment:unplaced": ({"claim": "{unplaced}", "where": "JK-B001"}, "nu"),
    "imports:begin": (
        {"unit": "{unit_id}", "option_drive": "{programme_uuid}", "file_name": "x.csv", "file_bytes": "9"},
        "uu",
    ),
    "imports:columns": ({}, "gg"),
    "imports:piece": ({}, "gg"),
    "imports:rest": ({"file_name": "JK-JAM.csv", "file_bytes": "100"}, "gg"),
    "imports:step": ({}, "gg"),
    "messaging:ask": ({"programme": "{programme}", "reason": "mine"}, "nu"),
    "messaging:release": ({}, "nn"),
    "org:appoint": (
        {"office": "mandal_president", "phone": "9906070777", "name": "Mine", "starts_on": "2026-12-01"},
        "nn",
    ),
    "org:ask_factor_reset": ({"reason": "because"}, "ng"),
    "org:decide": ({"order_no": "7"}, "ng"),
    "org:decide_release": ({"allow": "yes"}, "gg"),
    "org:end_appointment": ({"reason": "because"}, "ng"),
    "org:reset_factors": ({}, "gg"),
    "people:factor_remove": ({}, "gg"),
    "people:factor_rename": ({"label": "Mine"}, "gg"),
    "people:session_end": ({}, "gg"),
    "programmes:answer_charge": ({"answer": "accept"}, "gg"),
    "programmes:change": ({"name_en": "Mine", "closes_on": "2026-12-01"}, "ng"),
    "programmes:close": ({}, "ng"),
    "programmes:create": (
        {"template": "membership_drive", "owner": "{unit_id}", "name_en": "Mine"}
        | {"opens_on": "2026-12-01", "closes_on": "2026-12-09"},
        "nu",
    ),
    "programmes:discard": ({}, "ng"),
    "programmes:draft": ({"units": "{unit_id}", "then": "next"}, "ng"),
    "programmes:end_in_charge": ({"reason": "mine"}, "ng"),
    "programmes:go_back": (PLACE | {"expected": "x"}, "ng"),
    "programmes:lock_target": ({"about": "JK-JAM-M1", "unit": "JK-JAM", "locked": "on"}, "ng"),
    "programmes:name_in_charge": (PLACE | {"account": "{account}", "role": "in_charge"}, "ng"),
    "programmes:open": ({}, "ng"),
    "programmes:set_target": ({"about": "JK-JAM", "unit": "JK-JAM", "n": "7"}, "ng"),
    "programmes:split_target": (PLACE | {"how": "equally", "levels": "1", "expected": "x"}, "gg"),
    "programmes:take_over": (PLACE | {"plan": "{plan}", "expected": "x"}, "ng"),
}
# Nobody else's can be named there: one's own session and membership, what everybody may send, what is of no district.
OWN = {
    "elections:plan_check",
    "enrolment:join_done",
    "enrolment:me_card",
    "enrolment:me_data",
    "enrolment:join",
    "enrolment:join_code",
    "enrolment:join_drive",
    "enrolment:join_member",
    "enrolment:link",
    "enrolment:me",
    "enrolment:me_code",
    "enrolment:me_consents",
    "enrolment:me_correct",
    "enrolment:me_leave",
    "enrolment:me_out",
    "enrolment:me_which",
    "enrolment:notice",
    "people:console",
    "people:demo_sign_in",
    "people:factor_passkey",
    "people:factor_totp",
    "people:language",
    "people:recovery_codes",
    "people:second_factor",
    "people:second_factor_passkey",
    "people:sessions_end",
    "people:sign_in",
    "people:sign_in_code",
    "people:sign_out",
    "site:demo_phone",
}
# What stands in the address, where the page reads there what the form is about.
ASKED = {
    "elections:classes_withdraw": "unit=JK",
    "elections:plan_create": "owner=JK&election=LS2024&state=U08",
    "programmes:go_back": "unit=JK-JAM",
    "programmes:name_in_charge": "unit=JK-JAM&q=mandal_president",
    "programmes:split_target": "unit=JK-JAM",
}
# What a request writes whoever asks and whatever comes of it.
ALWAYS_WRITTEN = {"people_session", "core_limit"}

# A refusal there shows one's own list again, and that somebody saw people is noted.
SHOWN_AGAIN = {"enrolment:unplaced": {"core_audit"}}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """Rows written by this connection since it last told its figures, by table: within a transaction it tells none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: n for name, n in cursor.fetchall() if name not in ALWAYS_WRITTEN}


@pytest.mark.parametrize("name", sorted(ACCESS.keys() - OWN))
def test_nothing_of_another_district_is_changed(
    name: str, cast: Cast, clients: dict[str, Client], foreign: Things, others: dict[str, Any]
) -> None:
    """By whoever may do such a thing, but elsewhere. An address that takes no form says so to those it opens to."""
    form, wanted = POSTS.get(name, ({}, "m"))
    known = others | {
        "unit_id": cast.world.units["JK-JAM"].pk,
        "account": cast.accounts["mandal_president"].public_id,
        "member": foreign.member,
        "programme_uuid": foreign.programme,
    }
    sent = {key: value.format_map(known) for key, value in form.items()}
    where = address(name, foreign, **filled(name, others))
    where += f"?{ASKED[name]}" if name in ASKED else ""
    told = ""
    for role in ROLES[-1:] if wanted == "m" else ROLES:
        with undone():
            before = written()
            answer = clients[role].post(where, sent)
            letter = outcome(answer)  # type: ignore[arg-type]  # the client's own shape
            changed = {table: n for table, n in written().items() if n != before.get(table)}
        assert SECRETS.findall(body(answer)) == [], role
        assert wanted == "m" or changed.keys() <= SHOWN_AGAIN.get(name, set()), role
        if role in ("anonymous", "weak"):
            assert letter in "ns", role
        else:
            told += letter
    assert told == wanted


@pytest.mark.once
def test_every_entry_is_an_address_and_stands_once() -> None:
    assert POSTS.keys() | OWN | ASKED.keys() <= ACCESS.keys(), "no such address any more"
    assert POSTS.keys() & OWN == set()
