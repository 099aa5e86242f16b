"""Acts on what is another's: every address that takes a form, sent one about the other district and the state.

A role with the right somewhere else is refused, and no row is written. `tests/access.tsv` says what each role
gets; `make access` writes it. Addresses declare that they take a form (`core.access.page`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client

from abhiyan.contact.models import CallQueue
from abhiyan.contact.tests.at_calls import centre_in, people_to_call, queue_of, seated
from abhiyan.core import sql
from abhiyan.core.access import FINAL, AccessLevel
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.models import Dialogue
from abhiyan.enrolment.tests.web import filled as filled_in
from abhiyan.enrolment.tests.web import offered
from abhiyan.org.models import Appointment
from abhiyan.pages.access import addresses_by_name
from abhiyan.people.mailboxes import about_email
from abhiyan.people.models import EmailAddress
from abhiyan.programmes.models import InCharge
from abhiyan.site.tests.addresses import (
    Things,
    address,
    body,
    filled,
    more_things,
    outcome,
    secrets_in,
    things,
)
from abhiyan.site.tests.answers import IS_WRITING, Answers, at_the_door, is_sent
from abhiyan.site.tests.asked import asked_of
from abhiyan.site.tests.cast import EVERYBODY, Cast
from abhiyan.site.tests.posted import ASKED, PLACE, POSTS
from abhiyan.units.models import Unit
from abhiyan.verification.models import Check, Draw, Flag, Frame, Stratum
from abhiyan.verification.rules.findings import ANSWERS, KNOWN
from abhiyan.verification.tests.test_flagging import plant
from abhiyan.work.models import Schedule, Task

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "abhiyan"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


@pytest.fixture(scope="module")
def foreign(cast: Cast) -> Things:
    cast.client("district_elsewhere")  # a session to be ended
    return things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))


@pytest.fixture(scope="module")
def others(cast: Cast, foreign: Things, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return more_things(cast, foreign, tmp_path_factory.mktemp("results"))


# Pages with a person's words or name: each look leaves a row in the trail.
SHOWS_PEOPLE = {"intake:unanswered_no", "pages:held_act"}
# Every request writes these.
ALWAYS_WRITTEN = {"people_session", "core_limit"}

# A refusal there shows one's own list or person again, and that somebody saw people is noted.
SHOWN_AGAIN = {
    "intake:unanswered_no": {"core_audit"},
    "enrolment:unplaced": {"core_audit"},
    "helpdesk:many": {"core_audit"},
    "pages:field_meeting": {"core_audit"},
}


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


# Open ways in, and places that prove less. Two people open one (org/rules/releases.py).
_WAYS_IN = """select 'no codes', d.programme_id || ' ' || x from enrolment_drive d, jsonb_array_elements(d.codes_off) x
 union all select 'number', concat_ws(' ', number, meaning, programme_id) from messaging_number where is_active
 union all select 'token', public_id::text from enrolment_channel_token where ended_at is null
 union all select 'helpline', programme_id || ' ' || number from helpdesk_helpline"""
BY_APPROVAL = {"org:decide_release", "intake:drive_make_token", "intake:drive_add_number"}


def ways_in() -> set[tuple[str, str]]:
    with system("test"):
        return {(kind, what) for kind, what in sql.rows(_WAYS_IN)}


@pytest.fixture(scope="module")
def everybody(cast: Cast, foreign: Things) -> dict[str, Client]:
    return cast.everybody()


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    answers = Answers()
    yield answers
    if IS_WRITING:
        answers.write()


SENT = sorted(name for name, page in addresses_by_name().items() if is_sent(page))
# These roles have nothing to do with the other district. The first door keeps out roles without any right.
ELSEWHERE = ("anonymous", "visitor", "member", "weak", "district_in_charge", "state_elsewhere")


@pytest.mark.parametrize("name", SENT)
def test_a_form_about_another_district_changes_nothing_but_by_whoever_may(
    name: str,
    cast: Cast,
    everybody: dict[str, Client],
    foreign: Things,
    others: dict[str, Any],
    answers: Answers,
) -> None:
    """A role that the first door keeps out is computed. All others really send the form."""
    where, sent = asked_of(name, cast, foreign, others)
    found = {}
    with undone():
        known, before = ways_in(), written()
        for role in EVERYBODY:
            found[role] = at_the_door(addresses_by_name()[name].opens, role, is_form=True)
            if found[role]:
                continue
            with undone():
                answer = everybody[role].post(where, sent)
                found[role] = outcome(answer)  # type: ignore[arg-type]  # the client's own shape
                after = written()
                assert name in BY_APPROVAL or ways_in() <= known, f"{role} opens a way in alone"
            changed, before = {table for table, n in after.items() if n != before.get(table)}, after
            assert found[role] == "open" or changed <= SHOWN_AGAIN.get(name, set()), role
            assert secrets_in(body(answer), role, name) == [], role
    assert [role for role in ELSEWHERE if found[role] == "open"] == []
    answers.hold(name, "sent", found)


@pytest.mark.parametrize("name", sorted(name for name, page in addresses_by_name().items() if not page.act))
def test_an_address_that_declares_no_act_takes_no_form(
    name: str, everybody: dict[str, Client], foreign: Things, others: dict[str, Any]
) -> None:
    role = next(
        role for role in reversed(EVERYBODY) if not at_the_door(addresses_by_name()[name].opens, role)
    )
    with undone():
        answer = everybody[role].post(address(name, foreign, **filled(name, others)))
    assert answer.status_code == 405, role


ASKED_AT = {
    "org:decide_release": "allow=yes",
    "verification:check_tell": "outcome=genuine",
    **ASKED,
}
FINAL_ACTS = sorted(name for name, page in addresses_by_name().items() if page.act == FINAL)
ASKING = re.compile(r'<form method="post"[^>]*? data-asks[^>]*>')


def doer(name: str) -> str:
    """Return a role that may do a final act to the things of these tests."""
    opens = addresses_by_name()[name].opens
    if opens.level is AccessLevel.MEMBER:
        return "member"
    if opens.level is AccessLevel.CAPABILITY:
        return "verifier" if opens.any_of == ("verification.check",) else "state_president"
    return "district_elsewhere"


@pytest.mark.parametrize("name", FINAL_ACTS)
def test_a_final_act_is_asked_about_once_and_nothing_is_done_by_looking(
    name: str, cast: Cast, foreign: Things, others: dict[str, Any], settings: LazySettings
) -> None:
    settings.ORIGIN, settings.ORGANISATION = "https://app.example.org", "Sangathan"  # what a notice needs
    client = cast.client(doer(name))
    more = filled(name, others) | ({"step": "discard"} if name == "imports:step" else {})
    if name == "pages:unit_close":
        more |= {"code": "JK-B004"}  # nothing of it is in the way of closing it
    where = address(name, foreign, **more) + (f"?{ASKED_AT[name]}" if ASKED_AT.get(name) else "")
    with undone():
        if name == "org:decide":
            with system("test"):
                Appointment.objects.filter(public_id=foreign.appointment).update(state="disputed")
        with system("tests move time"):  # no form is offered before an act can be done
            if name == "verification:frame_close":
                Frame.objects.update(state=Frame.State.DRAWN, ends_on=date(2026, 1, 1))
            elif name == "verification:frame_redraw":
                Draw.objects.update(due_at=NOW)
            elif name == "verification:fresh_new":
                Flag.objects.update(asked_at=NOW - ANSWERS)
                flag = Flag.objects.get()
                in_district = Stratum.objects.filter(unit_id=flag.unit_id, frame__programme=flag.programme_id)
                told = Check.Outcome.GENUINE
                plant(in_district[0].frame, flag.unit_id, KNOWN, outcome=told, at=NOW)
            elif name == "contact:calling_remind":  # a silent centre has a supervisor
                district, booth = (Unit.objects.get(code=code).pk for code in ("JK-JAM", "JK-B004"))
                centre, run = centre_in(district), CallQueue.objects.get(public_id=others["queue"]).programme
                seated(centre, district, 7, office="call_supervisor")
                seated(centre, district, 8)
                queue_of(run, people_to_call(run, booth, 1))  # since before yesterday
            elif (
                name == "dialogues:leaders_remind"
            ):  # a leader who calls in the district did not call yesterday
                Dialogue.objects.filter(pk=others["call"]).update(day=(NOW - timedelta(days=1)).date())
            elif name == "messaging:email_remove":  # an address that is still to be proven
                own = cast.accounts[doer(name)].pk
                sealed = keyring().seal(b"asha@example.org", about=about_email(own))
                EmailAddress.objects.create(account_id=own, digest=b"", sealed=sealed, asked_at=NOW)
            elif name == "programmes:end_together":  # the viewer named them by one act
                mine = cast.accounts[doer(name)].pk
                InCharge.objects.update(together=where.split("/")[-3], named_by=mine)
            elif name == "programmes:remind_in_charges":  # they got a message on an earlier day
                InCharge.objects.update(state="named", told_at=NOW - timedelta(days=2))
            elif name == "work:remind_late":  # somebody else is late with a task there
                other = cast.accounts["mandal_president"].pk
                asked_at, due_at = NOW - timedelta(days=3), NOW - timedelta(days=2)
                asked = {"state": "asked", "asked_at": asked_at, "state_at": asked_at, "due_at": due_at}
                Task.objects.update(account_id=other, **asked)
            elif name == "work:schedule_remind":  # somebody silent holds the office after the hour
                Schedule.objects.update(last_on=(NOW - timedelta(days=1)).date())
                mandal = Unit.objects.filter(kind="mandal", code__startswith="JK-JAM").first()
                Appointment.objects.filter(office__code="mandal_president").update(unit=mandal)
        before = written()
        if name == "intake:notice":  # its text is typed first, and looked over
            answer = client.post(where, filled_in(offered(client)) | {"step": "look"})
        elif name == "verification:frame_new":  # the plan is looked at first
            answer = client.post(where, {key: one for key, one in POSTS[name].items() if key != "sure"})
        else:
            answer = client.get(where, follow=True)
        changed = {table for table, n in written().items() if n != before.get(table)}
    page = body(answer)
    looks = {"core_audit"} if name in SHOWS_PEOPLE else set()
    assert answer.status_code == 200 and changed == looks, page.split("<main")[-1][:3000]
    (form,) = ASKING.findall(page)
    action = re.search(r'action="([^"]*)"', form)
    assert action is None or action[1] == where, "the form that asks is the one that does it"
    assert action is not None or not getattr(answer, "redirect_chain", []), (
        "it is sent to the address of the act"
    )


def test_no_page_does_a_final_act_without_asking() -> None:
    posts = re.compile(
        r"<form method=\"post\"[^>]*?action=\"\{% url '([a-z_:]+)'.*?</form>"
        r'|\{% post "([a-z_:]+)".*?\{% endpost %\}',
        re.DOTALL,
    )
    asks = re.compile(r' asks=True| data-asks|step="(look|change)"')
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        for form in posts.finditer(path.read_text()):
            act = form[1] or form[2]
            assert act not in FINAL_ACTS or asks.search(form[0]), f"{path.name}: {act}"


def test_what_is_sent_is_sent_to_an_act() -> None:
    acts = {name for name, page in addresses_by_name().items() if page.act}
    assert POSTS.keys() | ASKED.keys() <= acts, "no such act any more"


# Forms of acts that do something once, as sent by who may: sent again, nothing more is written. The others make a
# version, or say again what stands; codes, links, webhooks and downloads have tests of their own where they are.
SENT_TWICE: dict[str, dict[str, str]] = {
    "elections:alliance_withdraw": {},
    "elections:classes_withdraw": {"unit": "JK"},
    "elections:plan_withdraw": {},
    "elections:stated_withdraw": {},
    "intake:drive_end_number": {"reason": "mine"},
    "intake:drive_end_token": {},
    "enrolment:people_export": PLACE | {"in": "organisational", "reason": "mine"},
    "enrolment:person_revoke_card": {"reason": "lost"},
    "enrolment:person_strike_off": {"reason": "not_genuine"},
    "org:appoint": {
        "office": "district_president",
        "phone": "9906070777",
        "name": "Mine",
        "starts_on": "2026-12-01",
    },
    "org:end_appointment": {"reason": "because"},
    "programmes:close": {"typed": "Drive of JK-JAM"},
    "programmes:discard": {},
    "programmes:end_in_charge": {"reason": "mine"},
    "programmes:open": {},
    "targets:set_target": {"about": "JK-JAM", "unit": "JK-JAM", "n": "7"},
}


@pytest.mark.parametrize("name", sorted(SENT_TWICE))
def test_a_form_sent_twice_does_once(name: str, cast: Cast, foreign: Things, others: dict[str, Any]) -> None:
    client = cast.client("state_president")
    where = address(name, foreign, **filled(name, others)) + (f"?{ASKED[name]}" if name in ASKED else "")
    with undone():
        told: list[set[str]] = []
        for _time in range(2):
            before = written()
            answer = client.post(where, SENT_TWICE[name])
            told.append({table for table, n in written().items() if n != before.get(table)})
        first, again = told
        assert first, body(answer).partition("<main")[2][:2000]
        assert again == set()


@pytest.mark.parametrize("name", sorted(SENT_TWICE))
def test_an_act_that_units_move_beneath_says_no_green_sentence_and_leads_back(
    name: str, cast: Cast, foreign: Things, others: dict[str, Any]
) -> None:
    """The act succeeds, and the end of its transaction refuses it."""
    client = cast.client("state_president")
    where = address(name, foreign, **filled(name, others)) + (f"?{ASKED[name]}" if name in ASKED else "")
    came_from = "http://testserver/today/?from=here"
    moved: list[str] = []

    def move(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if "core_audit" in sql.lower() and "insert" in sql.lower() and not moved:
            moved.append(sql)
            with connection.cursor() as cursor:
                cursor.execute(
                    "insert into units_tree as t (hierarchy, version) values (1, 1)"
                    " on conflict (hierarchy) do update set version = t.version + 1"
                )
        return result

    with undone(), connection.execute_wrapper(move):
        answer = client.post(where, SENT_TWICE[name], headers={"referer": came_from})
    page = body(answer)
    assert moved, page.partition("<main")[2][:2000]
    assert answer.status_code == 409
    assert 'class="note ok"' not in page
    assert f'href="{came_from}"' in page
    assert not client.cookies.get("messages") or not client.cookies["messages"].value
