"""The emergency stop: while it is on no file, no number and no bulk message leaves; what people depend on goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import limits
from abhiyan.core.access import WITHOUT_OFFICE
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import bulk, hours, texts
from abhiyan.messaging.rules.gate import GateMessage, GateRecipient, May, gate
from abhiyan.messaging.rules.noes import StandingNo
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org import actions as org
from abhiyan.org.actions.emergency import ACT
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.queries.deciding import OwnAsking
from abhiyan.org.rules.releases import CAPABILITY, GIVES_OUT
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.pages.access import addresses_by_name
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.actions.emergency import StopReasonMissing
from abhiyan.people.models import Account
from abhiyan.polls.rules.polling import Polling
from abhiyan.server.middleware import is_file
from abhiyan.site.tests import files
from abhiyan.site.tests.addresses import FOREIGN_CROWD, Things, address, filled, more_things, things
from abhiyan.site.tests.cast import Cast

CONSOLE = Actor.system("console")
WHY = "A list was copied."


# Files


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(foreign=FOREIGN_CROWD)
    cast.fold()
    return cast


@pytest.fixture(scope="module")
def own(cast: Cast) -> Things:
    return things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))


@pytest.fixture(scope="module")
def others(cast: Cast, own: Things, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    return more_things(cast, foreign, tmp_path_factory.mktemp("results"))


def looks_at(client: Client, where: str, *, is_stopped: bool) -> tuple[int, bool, str]:
    """Answer with status, whether it is a file, and its words. The look changes nothing."""
    limits.forget_all()
    with transaction.atomic():
        if is_stopped:
            org.stop_data(reason=WHY, by=CONSOLE, at=present())
        answer = client.get(where)
        words = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        transaction.set_rollback(True)
    return answer.status_code, is_file(answer), words


def addresses_of_files(client: Client, own: Things, others: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the addresses that answer this reader with a file: pages that are files, and the files of lists."""
    for name in sorted(addresses_by_name()):
        if name == files.KIT:  # it shows how a list looks; there is none
            continue
        where = address(name, own, **filled(name, others))
        status, found, _words = looks_at(client, where, is_stopped=False)
        if found:
            yield name, where
        elif status == 200:
            for kind, links in files.offered(client, where)[1].items():
                yield from ((name, link) for link in links[:1] if kind != "names")


@pytest.mark.parametrize("role", ["state_president", "district_in_charge", "data_officer", "booth_worker"])
def test_no_file_leaves_for_an_office_while_stopped_but_where_its_page_says_why(
    role: str, cast: Cast, own: Things, others: dict[str, object]
) -> None:
    client = cast.client(role)
    seen = dict(addresses_of_files(client, own, others))
    assert role == "booth_worker" or len(seen) > 5, "the crawl finds files"
    for name, where in seen.items():
        page = addresses_by_name()[name]
        status, is_sent, words = looks_at(client, where, is_stopped=True)
        goes = page.opens.level in WITHOUT_OFFICE or bool(page.file_goes_on)
        assert is_sent == goes, f"{where}: {status}"
        if not goes:
            assert status == 403 and WHY in words, f"{where} does not say why"


def test_people_still_get_what_is_about_themselves(
    cast: Cast, own: Things, others: dict[str, object]
) -> None:
    client = cast.client("member")
    for name, where in addresses_of_files(client, own, others):
        assert looks_at(client, where, is_stopped=True)[1], name


def test_a_page_shows_as_before_what_it_shows(cast: Cast, own: Things) -> None:
    client = cast.client("state_president")
    for name in ("pages:today", "org:appointments", "messaging:sends", "org:releases"):
        assert looks_at(client, address(name, own), is_stopped=True)[0] == 200, name
    assert "bulk messages are stopped" in looks_at(client, "/", is_stopped=True)[2], "Today says so"
    assert WHY in looks_at(client, address("pages:today_all", own), is_stopped=True)[2], "and why"


# Numbers


@pytest.mark.django_db
def test_no_number_is_shown_while_stopped_and_none_is_counted() -> None:
    world = World()
    asker = world.holder("state_president", "N1")

    def reveal() -> str:
        return people.reveal_number(phone="+919419000001", about=asker.public_id, by=actor(asker), at=AT)

    with system("test"):
        assert reveal() == "+919419000001"
        org.stop_data(reason=WHY, by=CONSOLE, at=AT)
        with pytest.raises(people.DataStopped, match=WHY):
            reveal()
        assert known.number_again(asker.phone_id) == ""
        assert AuditEntry.objects.filter(act="people.reveal_phone").count() == 1


# Messages

WAITS = {
    *("duty.ask", "duty.asked", "duty.circular", "duty.meeting", "duty.meeting_moved", "duty.meeting_off"),
    *("duty.slides", "duty.task_late", "duty.task_tomorrow", "duty.calls", "duty.morning"),
    *("contributor.task", "certificate.ready"),
}


def test_each_text_goes_on_or_waits_and_a_new_one_waits() -> None:
    assert {code for code in texts.FIXED if not texts.passes_stop(code)} == WAITS
    assert not texts.passes_stop("bulk.7") and not texts.passes_stop("words.of.an.office")


CODES = sorted({*texts.FIXED, "bulk.1", "words.of.an.office"})
MOMENT = datetime(2026, 11, 20, 6, tzinfo=UTC)


@given(
    code=st.sampled_from(CODES),
    kind=st.sampled_from([texts.SERVICE, texts.DUTY, texts.OUTREACH]),
    waited=st.timedeltas(timedelta(0), timedelta(days=9)),
    hour=st.timedeltas(timedelta(0), timedelta(days=2)),
    no=st.none() | st.builds(StandingNo, st.sampled_from(["all", "outreach"]), st.just(MOMENT)),
    is_consented=st.booleans(),
    is_registered=st.booleans(),
)
def test_no_bulk_message_passes_the_gate_while_stopped_and_no_other_feels_it(
    code: str,
    kind: int,
    waited: timedelta,
    hour: timedelta,
    no: StandingNo | None,
    is_consented: bool,
    is_registered: bool,
) -> None:
    at = MOMENT + hour
    to = GateRecipient(zone="Asia/Kolkata", polling=Polling(), no=no, is_consented=is_consented)
    free, stopped = (
        gate(
            GateMessage(kind, code, at - waited, is_registered=is_registered, is_stopped=is_stopped),
            to,
            at=at,
            hours=hours.Hours(),
        )
        for is_stopped in (False, True)
    )
    if kind == texts.OUTREACH or code.startswith(bulk.PREFIX) or code in WAITS:
        assert stopped.may is not May.GO
        assert free.may is not May.DROP or stopped == free, "a stop keeps nothing that is given up"
        assert stopped.may is not May.DROP or stopped == free, "and gives nothing up"
    elif texts.passes_stop(code):
        assert stopped == free


@pytest.mark.django_db(transaction=True)  # the lanes send over connections of their own
def test_news_waits_in_the_queue_and_goes_once_it_is_over() -> None:
    out = Kept()
    with system("test"):
        messaging.publish_templates(at=AT, by=CONSOLE)
        messaging.send_many(
            messages=[
                messaging.Outgoing(code, "+919419000001", "en", blanks, code, kind)
                for code, kind, blanks in (
                    ("duty.circular", texts.DUTY, {"unit": "Jammu", "title": "News", "link": "abc"}),
                    ("code.join", texts.SERVICE, {"code": "123456", "leave": "+911800000001"}),
                )
            ],
            at=AT,
        )
        org.stop_data(reason=WHY, by=CONSOLE, at=AT)
    assert send_due(out, at=AT) == 1
    assert [letter.template for letter in out.letters] == ["code.join"]
    with system("test"):
        assert Message.objects.get(template="duty.circular").reason == "emergency"
        people.end_emergency_stop(by=CONSOLE, at=AT)
    assert send_due(out, at=AT + timedelta(minutes=10)) == 1


# Approvals


def test_each_act_of_two_people_gives_data_out_or_does_not() -> None:
    keeps = {
        *("org.office", "org.body_kind", "people.merge", "channels.token", "channels.number"),
        *("channels.number_end", "channels.codes_off", "factors.reset", "polls.confirm", "frames.redraw"),
        *("helpdesk.answer_many", "helpdesk.number", "contact.list", "verification.finding", ACT),
        "incident.notify",  # This notice goes out while all else is stopped.
    }
    assert CAPABILITY.keys() == keeps | GIVES_OUT and not keeps & GIVES_OUT


@pytest.mark.django_db
@pytest.mark.parametrize("act", sorted(GIVES_OUT))
def test_what_was_approved_waits_and_nothing_is_approved(act: str) -> None:
    world = World()
    asker, officer = world.holder("state_president", "N1"), world.officer("N1")

    def requested(reason: str) -> Release:
        return org.ask_release(
            act=act, unit_id=world.unit("N1"), reason=reason, payload={"n": reason}, by=actor(asker), at=AT
        )

    before, after = requested("before"), requested("after")
    if act != "friends.certificates":  # its approval carries it out
        org.decide_release(public_id=before.public_id, allow=True, by=actor(officer), at=AT)
    org.stop_data(reason=WHY, by=CONSOLE, at=AT)
    with pytest.raises(people.DataStopped), transaction.atomic():
        org.decide_release(public_id=after.public_id, allow=True, by=actor(officer), at=AT)
    org.decide_release(public_id=after.public_id, allow=False, by=actor(officer), at=AT)
    if act != "friends.certificates":
        with pytest.raises(people.DataStopped), transaction.atomic():
            org.use_release(public_id=before.public_id, act=act, by=actor(asker), at=AT)
        with system("test"):
            people.end_emergency_stop(by=CONSOLE, at=AT)
        assert org.use_release(public_id=before.public_id, act=act, by=actor(asker), at=AT) == {"n": "before"}


# Beginning and end


def ended_by(world: World, asker: Account, decider: Account) -> None:
    asked = org.ask_to_end_stop(reason="The copy is deleted.", by=actor(asker), at=AT)
    org.decide_release(public_id=asked.public_id, allow=True, by=actor(decider), at=AT)


@pytest.mark.django_db
def test_one_person_of_the_top_begins_it_and_two_end_it() -> None:
    world = World()
    first, second = world.officer("N", "First"), world.officer("N", "Second")
    org.stop_data(reason="A phone was stolen", by=actor(first), at=AT)
    stop = known.emergency_stop()
    assert stop is not None and stop.reason == "A phone was stolen."
    with pytest.raises(people.AlreadyStopped):
        org.stop_data(reason=WHY, by=actor(second), at=AT)
    with pytest.raises(OwnAsking), transaction.atomic():
        ended_by(world, first, first)
    assert known.emergency_stop() is not None
    ended_by(world, first, second)
    assert known.emergency_stop() is None
    with system("test"):
        acts = [one.act for one in AuditEntry.objects.filter(act__contains="emergency").order_by("id")]
    assert acts == ["people.begin_emergency", "people.end_emergency"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("office", "code"),
    [
        ("national_president", "N"),
        ("state_president", "N1"),
        ("data_officer", "N1"),
        ("it_administrator", "N11"),
    ],
)
def test_nobody_else_begins_or_ends_it(office: str, code: str) -> None:
    world = World()
    other, officer = world.holder(office, code), world.officer("N")
    with pytest.raises(NotYours):
        org.stop_data(reason=WHY, by=actor(other), at=AT)
    org.stop_data(reason=WHY, by=actor(officer), at=AT)
    with pytest.raises(NotYours):
        org.ask_to_end_stop(reason="enough", by=actor(other), at=AT)


@pytest.mark.django_db
def test_an_it_administrator_of_the_top_begins_it_and_a_reason_is_asked() -> None:
    world = World()
    admin = world.holder("it_administrator", "N")
    with pytest.raises(StopReasonMissing):
        org.stop_data(reason="  ", by=actor(admin), at=AT)
    org.stop_data(reason=WHY, by=actor(admin), at=AT)
    ended_by(world, admin, world.officer("N"))
    assert known.emergency_stop() is None


@pytest.mark.django_db
def test_an_approval_for_an_earlier_stop_ends_no_later_one() -> None:
    world = World()
    first, second = world.officer("N", "First"), world.officer("N", "Second")
    third = world.holder("it_administrator", "N")
    org.stop_data(reason=WHY, by=actor(first), at=AT)
    early = org.ask_to_end_stop(reason="early", by=actor(third), at=AT)
    ended_by(world, first, second)
    org.stop_data(reason="Another list was copied.", by=actor(second), at=AT)
    with pytest.raises(people.NotStopped), transaction.atomic():
        org.decide_release(public_id=early.public_id, allow=True, by=actor(second), at=AT)
    assert known.emergency_stop() is not None
