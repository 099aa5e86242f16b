"""Bulk sends to members: counted, asked by one, approved by another, queued once each, paused, stopped half-way."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging import actions, tasks
from abhiyan.messaging import sends as reads
from abhiyan.messaging.actions import counting, sends
from abhiyan.messaging.adapters import Handed
from abhiyan.messaging.models import Message, Reached, Send
from abhiyan.messaging.rules import bulk
from abhiyan.messaging.rules import counting as rules
from abhiyan.messaging.tests.bulk import ENGLISH, ENTITY, GIVEN, HINDI, HINDI_ID, Kept, register
from abhiyan.messaging.tests.carrier import REQUIRED
from abhiyan.messaging.tests.sending import send_due
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.org import actions as org
from abhiyan.org.actions.releases import NotReleased
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Consent, Person, Purpose
from abhiyan.people.tests.make import body, browser
from abhiyan.polls.models import Poll

from .make import Human, World

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
NOON = datetime.fromisoformat("2026-11-20T12:00+05:30")
BOOTHS = ("JK-B001", "JK-B001", "JK-B002", "JK-B004")


class Field:
    """Four members who agreed to messages, one who did not, one who said no; an asker and who approves."""

    def __init__(self) -> None:
        self.world = World.make()
        with system("test"):
            org.ensure_offices()
        self.asker = self.seat("state_president", "JK", "+919419000001")
        self.officer = self.seat("data_officer", "JK", "+919419000002")
        self.humans = [Human(f"Member {'ABCDEF'[n]}", 1980, f"+91990600010{n}") for n in range(6)]
        for human, booth in zip(self.humans, (*BOOTHS, "JK-B001", "JK-B001"), strict=True):
            self.join(human, booth)
        for human in self.humans[:4]:
            self.agree(human)
        self.agree(self.humans[5])
        self.refuse(self.humans[5])
        enter(self.world.state.pk, closes_at=None, kind=Poll.Kind.NONE)
        self.text = register(by=self.by, unit_id=self.world.state.pk, at=NOON)

    @property
    def by(self) -> Actor:
        return Actor(kind="person", id=self.asker.public_id, account_id=self.asker.pk)

    def seat(self, office: str, unit: str, phone: str) -> Account:
        account = people.open_account(phone=phone, name=f"Asha {phone[-2:]}", by=SYSTEM, at=NOON)
        made = org.appoint(
            account_id=account.pk,
            office=office,
            unit_id=self.world.units[unit].pk,
            starts_on=(NOON - timedelta(days=300)).date(),
            by=SYSTEM,
            at=NOON - timedelta(days=300),
        )
        if made.state == "offered":
            by = Actor(kind="person", id=account.public_id, account_id=account.pk)
            org.answer_offer(public_id=made.public_id, is_accepted=True, by=by, at=NOON - timedelta(days=299))
        return account

    def join(self, human: Human, booth: str) -> None:
        self.world.web_join(of=human, unit=self.world.units[booth])

    def agree(self, human: Human) -> None:
        with system("test"):
            one = Person.objects.get(phone_id=self.world.phone_id(human))
            Consent.objects.filter(person_id=one.pk, purpose=Purpose.MESSAGES).delete()
            Consent.objects.create(
                id=uuid4(),
                person_id=one.pk,
                unit_id=one.unit_id,
                purpose=Purpose.MESSAGES,
                notice_version=1,
                channel=1,
                by=one.public_id,
                at=NOON,
            )

    def refuse(self, human: Human) -> None:
        people.suppress(phone_id=self.world.phone_id(human), scope="outreach", channel=1, by=SYSTEM, at=NOON)

    def draft(self, *only: str, audience: str = "", per_hour: int = 20_000) -> UUID:
        return actions.draft_send(
            text=self.text,
            audience=audience or f"members:{self.world.roll.pk}",
            unit_id=self.world.state.pk,
            hierarchy=1,
            only=[self.world.units[code].pk for code in only],
            given=GIVEN,
            per_hour=per_hour,
            programme_id=0,
            by=self.by,
            at=NOON,
        )

    def approve(self, public_id: UUID) -> None:
        actions.ask_send(public_id=public_id, reason="Sunday", by=self.by, at=NOON)
        release = self.one(public_id).release
        assert release is not None
        decider = Actor(kind="person", id=self.officer.public_id, account_id=self.officer.pk)
        org.decide_release(public_id=release, allow=True, by=decider, at=NOON)

    def started(self, *only: str) -> UUID:
        public_id = self.draft(*only)
        self.approve(public_id)
        actions.start_send(public_id=public_id, by=self.by, at=NOON)
        return public_id

    def one(self, public_id: UUID) -> Send:
        with system("test"):
            return Send.objects.get(public_id=public_id)

    def reserved(self) -> list[dict[str, str]]:
        with system("test"):
            return list(Reached.objects.values_list("taken", flat=True))

    def states(self) -> list[tuple[str, str]]:
        with system("test"):
            return sorted(Message.objects.exclude(send_id=None).values_list("state", "reason"))


@pytest.fixture
def field(db: None) -> Field:
    return Field()


def test_a_send_counts_whom_it_reaches_and_who_is_held_back_and_why(field: Field) -> None:
    one = field.one(field.draft())
    assert one.counted == {"": 4, "no_consent": 1, "suppressed": 1}
    assert one.parts_asked == 4 and field.states() == []
    assert field.one(field.draft("JK-SRI")).counted == {"": 3, "no_consent": 1, "suppressed": 1}
    with pytest.raises(sends.SendUnitsOutside):
        field.draft("HP")
    with pytest.raises(sends.NoSuchAudience):
        field.draft(audience="members:none")


def test_a_send_reaches_those_alone_whose_phone_has_not_answered(field: Field) -> None:
    waiting, other = Human("Paper A", 1980, "+919906000201"), Human("Paper B", 1980, "+919906000202")
    for human in (waiting, other):
        claim = field.world.claim(human, Channel.PAPER, unit=field.world.booth)
        field.world.take(replace(claim, consents=(Purpose.MEMBERSHIP,)))
    field.agree(waiting)
    audience = f"unanswered:{field.world.programme.pk}"
    assert field.one(field.draft(audience=audience)).counted == {"": 1, "no_consent": 1}
    field.world.missed_call(of=waiting)
    assert field.one(field.draft(audience=audience)).counted == {"no_consent": 1}, "it has answered"
    with pytest.raises(sends.NoSuchAudience):
        field.draft(audience="unanswered:0")


def test_what_the_gate_would_make_wait_is_said_beforehand_and_a_certificate_opens_it(field: Field) -> None:
    enter(field.world.district.pk, closes_at=NOON + timedelta(days=20))
    one = field.one(field.draft())
    assert one.counted == {"": 1, "certificate": 3, "no_consent": 1, "suppressed": 1} and one.n_asked == 4
    for language, text in (("en", ENGLISH), ("hi", HINDI)):
        actions.certify_text(
            code=field.text,
            language=language,
            number="MCMC/7",
            begins_on=NOON.date(),
            ends_on=NOON.date() + timedelta(days=9),
            sha256=bulk.sha256(text),
            by=field.by,
            at=NOON,
        )
    assert field.one(field.draft()).counted[""] == 4
    public_id = field.started()
    actions.queue_next(public_id=public_id, at=NOON)
    assert send_due(Kept(), at=NOON) == 4
    enter(field.world.far_booth.pk, closes_at=NOON + timedelta(hours=30))
    assert field.one(field.draft()).counted == {"": 3, "silence": 1, "no_consent": 1, "suppressed": 1}


def test_nobody_starts_what_no_second_person_approved(field: Field) -> None:
    public_id = field.draft()
    with pytest.raises(sends.NotInThisState):
        actions.start_send(public_id=public_id, by=field.by, at=NOON)
    actions.ask_send(public_id=public_id, reason="Sunday", by=field.by, at=NOON)
    with pytest.raises(NotReleased):
        actions.start_send(public_id=public_id, by=field.by, at=NOON)
    other = field.seat("district_president", "JK-SRI", "+919419000003")
    with pytest.raises(NotYours):
        actions.discard_send(
            public_id=public_id, by=Actor(kind="person", id=other.public_id, account_id=other.pk), at=NOON
        )


def test_a_value_longer_than_its_variable_is_not_approved_where_dlt_ids_are_required(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = field.draft()
    with system("test"):
        Send.objects.filter(public_id=public_id).update(given=GIVEN | {"en": {"place": "Hall " * 7}})
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(sends.ValueTooLong) as refused:
        actions.ask_send(public_id=public_id, reason="Sunday", by=field.by, at=NOON)
    assert refused.value.facts == {"name": "place", "length": 35, "most": 30}
    assert field.one(field.started()).state == Send.State.SENDING, "with values that fit"


def test_an_approved_send_reaches_each_phone_once_however_often_its_job_runs(field: Field) -> None:
    public_id = field.started()
    at = NOON
    for _turn in range(3):
        assert actions.queue_next(public_id=public_id, at=at)
        at += timedelta(seconds=5)
    with system("test"):  # a crash forgot where it was
        Send.objects.update(after=None, is_queued=False)
    assert actions.queue_next(public_id=public_id, at=at)
    way_out = Kept()
    assert send_due(way_out, at=at) == 4
    assert {letter.text for letter in way_out.letters} == {"Abhiyan: रविवार को लाल चौक में बैठक। रोकें:  या STOP"}
    assert {(letter.entity, letter.header, letter.registration) for letter in way_out.letters} == {
        (ENTITY, "SNGTHN", HINDI_ID)
    }
    assert field.states().count(("sent", "")) == 4
    assert [reason for state, reason in field.states() if state == "dropped"] == ["no_consent", "suppressed"]
    assert not actions.queue_next(public_id=public_id, at=at + timedelta(seconds=5))
    assert field.one(public_id).state == Send.State.DONE
    with system("test"):
        progress = reads.progress_of([field.one(public_id)])[field.one(public_id).pk]
        below = reads.progress_below(field.one(public_id), field.world.state.pk)
    assert (progress.gone, progress.held) == (4, {"no_consent": 1, "suppressed": 1})
    assert {row.code: (row.sent, row.held) for row in below} == {"JK-SRI": (3, 2), "JK-JAM": (1, 0)}


def test_an_audience_that_grew_by_more_than_a_tenth_is_asked_again(field: Field) -> None:
    public_id = field.draft()
    field.approve(public_id)
    late = Human("Late Comer", 1985, "+919906000200")
    field.join(late, "JK-B001")
    field.agree(late)
    with pytest.raises(sends.AudienceGrew):
        actions.start_send(public_id=public_id, by=field.by, at=NOON)
    field.approve(public_id)
    actions.start_send(public_id=public_id, by=field.by, at=NOON)
    assert field.one(public_id).n_asked == 5


def test_what_changed_behind_the_approval_does_not_go(field: Field) -> None:
    public_id = field.draft()
    field.approve(public_id)
    with system("test"):
        Send.objects.update(given={"en": {"place": "Elsewhere"}, "hi": {"place": "और कहीं"}})
    with pytest.raises(sends.OtherThanApproved):
        actions.start_send(public_id=public_id, by=field.by, at=NOON)


def test_a_stopped_send_drops_what_is_queued_and_leased_and_queues_no_more(field: Field) -> None:
    public_id = field.started()
    actions.queue_next(public_id=public_id, at=NOON)
    leased = actions.lease(at=NOON, n=2, codes=False)
    assert len(leased) == 2
    assert actions.stop_send(public_id=public_id, by=field.by, at=NOON) == 4
    assert actions.admit(messages=leased, at=NOON) == []
    assert not actions.queue_next(public_id=public_id, at=NOON + timedelta(minutes=1))
    assert send_due(Kept(), at=NOON) == 0
    assert set(field.states()) == {
        ("dropped", "stopped"),
        ("dropped", "no_consent"),
        ("dropped", "suppressed"),
    }
    with pytest.raises(sends.NotInThisState):
        actions.resume_send(public_id=public_id, by=field.by, at=NOON)


def test_a_stopped_send_gives_back_the_places_of_what_was_tried(field: Field) -> None:
    public_id = field.started("JK-JAM")
    actions.queue_next(public_id=public_id, at=NOON)
    (going,) = actions.admit(messages=actions.lease(at=NOON, n=9, codes=False), at=NOON)
    actions.settle_messages(
        returned=[(going, Handed(ok=False, again=True, reason="http_503"))], adapter="test", at=NOON
    )
    assert [len(taken) for taken in field.reserved()] == [1, 1]
    actions.stop_send(public_id=public_id, by=field.by, at=NOON)
    assert field.reserved() == [{}, {}]


def test_what_is_under_way_goes_on_when_its_text_is_changed_and_nothing_new_begins(field: Field) -> None:
    public_id, other, asked = field.started(), field.draft(), field.draft()
    field.approve(asked)
    actions.queue_next(public_id=public_id, at=NOON)
    newer = {"english": ENGLISH + "!", "english_id": "1107161234567890199", "follows": field.text}
    register(by=field.by, unit_id=field.world.state.pk, at=NOON, **newer)
    with pytest.raises(sends.NoSuchText):
        actions.ask_send(public_id=other, reason="Sunday", by=field.by, at=NOON)
    with pytest.raises(sends.NoSuchText):
        actions.start_send(public_id=asked, by=field.by, at=NOON)
    assert send_due(Kept(), at=NOON) == 4


def test_what_cannot_go_within_seven_days_is_given_up_and_the_send_is_done(field: Field) -> None:
    public_id = field.started()
    actions.queue_next(public_id=public_id, at=NOON)
    actions.queue_next(public_id=public_id, at=NOON)
    enter(field.world.district.pk, closes_at=NOON + timedelta(days=20))
    assert send_due(Kept(), at=NOON) == 1
    week = NOON + timedelta(days=7)
    assert actions.queue_next(public_id=public_id, at=week - timedelta(hours=2))
    assert send_due(Kept(), at=week) == 0
    assert field.states().count(("dropped", "too_late")) == 3
    actions.queue_next(public_id=public_id, at=week)
    assert field.one(public_id).state == Send.State.DONE


def test_a_text_that_names_a_number_to_stop_goes_only_when_there_is_one(field: Field) -> None:
    field.text = actions.register_text(
        name="By number",
        entity=ENTITY,
        header="SNGTHN",
        wordings={"en": actions.Wording("{organisation}: {place}. Stop: {stop}", "1107161234567890177")},
        unit_id=field.world.state.pk,
        by=field.by,
        at=NOON,
    )
    for number, meaning in ("+911140000008", "leave"), ("+911140000009", "stop"):
        with pytest.raises(sends.NoNumberToStop):
            field.draft()  # a call to the number for leaving ends a membership
        with system("test"):
            actions.connect_number(
                number=number,
                provider="twilio",
                meaning=meaning,
                signing_token="secret",
                addresses=[],
                programme_id=None,
                by=SYSTEM,
                at=NOON,
            )
    public_id = field.draft()
    actions.ask_send(public_id=public_id, reason="Sunday", by=field.by, at=NOON)
    with system("test"):
        told = reads.told_to_decide(Release.objects.get())
    assert told[-1] == "Abhiyan: Lal Chowk. Stop: +911140000009"


def test_a_request_ends_with_its_send_and_when_it_is_asked_anew(field: Field) -> None:
    public_id = field.draft()
    field.approve(public_id)
    actions.ask_send(public_id=public_id, reason="Monday", by=field.by, at=NOON)
    actions.discard_send(public_id=public_id, by=field.by, at=NOON)
    with system("test"):
        assert list(Release.objects.values_list("state", flat=True)) == ["withdrawn", "withdrawn"]


def test_a_paused_send_goes_on_where_it_was(field: Field) -> None:
    public_id = field.started()
    actions.queue_next(public_id=public_id, at=NOON)
    actions.pause_send(public_id=public_id, by=field.by, at=NOON)
    assert send_due(Kept(), at=NOON) == 0 and not actions.queue_next(public_id=public_id, at=NOON)
    actions.resume_send(public_id=public_id, by=field.by, at=NOON + timedelta(minutes=1))
    assert send_due(Kept(), at=NOON + timedelta(minutes=1)) == 4


def test_what_was_held_for_a_pause_that_is_over_goes_before_the_send_is_done(field: Field) -> None:
    public_id = field.started()
    for _turn in range(2):
        actions.queue_next(public_id=public_id, at=NOON)
    with system("test"):  # a sender that had seen the pause, and wrote it down after the resuming
        Message.objects.filter(state="queued").update(state="held", reason="paused")
    assert actions.queue_next(public_id=public_id, at=NOON)
    assert send_due(Kept(), at=NOON) == 4
    actions.queue_next(public_id=public_id, at=NOON)
    assert field.one(public_id).state == Send.State.DONE


def test_a_no_after_the_queueing_still_counts_and_nothing_is_queued_at_night(field: Field) -> None:
    public_id = field.started()
    night = NOON + timedelta(hours=10)
    assert actions.queue_next(public_id=public_id, at=night) and field.states() == []
    actions.queue_next(public_id=public_id, at=NOON)
    field.refuse(field.humans[0])
    assert send_due(Kept(), at=NOON) == 3
    assert field.states().count(("dropped", "suppressed")) == 2


def test_a_send_keeps_its_pace(field: Field) -> None:
    public_id = field.draft(per_hour=60)
    field.approve(public_id)
    actions.start_send(public_id=public_id, by=field.by, at=NOON)
    actions.queue_next(public_id=public_id, at=NOON)
    actions.queue_next(public_id=public_id, at=NOON + timedelta(seconds=30))
    assert len(field.states()) == 1
    actions.queue_next(public_id=public_id, at=NOON + timedelta(seconds=60))
    assert len(field.states()) == 2
    public_id = field.draft(per_hour=90)  # one in forty seconds: a turn that rounds down does not slow it
    field.approve(public_id)
    actions.start_send(public_id=public_id, by=field.by, at=NOON)
    for seconds in (0, 15, 20):
        actions.queue_next(public_id=public_id, at=NOON + timedelta(seconds=seconds))
    assert len(field.states()) == 4


def test_a_restore_stops_what_was_being_sent(field: Field) -> None:
    public_id = field.started()
    actions.queue_next(public_id=public_id, at=NOON)
    with system("test"):
        actions.stop_restored_sends(at=NOON)
    assert (field.one(public_id).state, field.one(public_id).reason) == ("stopped", "restored")


def test_office_bearers_get_one_whatever_they_hold(field: Field) -> None:
    field.seat("district_president", "JK-SRI", "+919419000004")
    assert field.one(field.draft(audience="holders:")).counted == {"": 3}
    assert field.one(field.draft(audience="holders:district_president")).counted == {"": 1}


def step(client: Client, page: str, name: str, **sent: str) -> None:
    assert client.get(f"{page}{name}/").status_code == 200
    answer = client.post(f"{page}{name}/", sent)
    assert answer.status_code == 302, answer.content.decode().split("<main")[-1][:2000]


def test_a_send_warns_of_a_variable_longer_than_carriers_take(field: Field) -> None:
    client = browser(field.asker)
    form = f"/messages/sends/new/?unit=JK&in=organisational&text={field.text}"
    sent = {"audience": f"members:{field.world.roll.pk}", "per_hour": "20000", "v_hi_place": "लाल चौक"}
    for n, warns in ((bulk.CARRIED, False), (bulk.CARRIED + 1, True)):
        made = client.post(form, sent | {"v_en_place": "x" * n})
        told = f"place in English has {n} letters. Carriers let 30 through"
        assert (told in " ".join(body(client, made["Location"]).split())) is warns


def test_a_send_on_its_pages_is_asked_approved_started_stopped_and_downloaded(field: Field) -> None:
    client, other = browser(field.asker), browser(field.officer)
    form = f"/messages/sends/new/?unit=JK&in=organisational&text={field.text}"
    assert "Meeting on Sunday" in body(client, "/messages/sends/new/")
    assert "Lal Chowk" not in body(client, form)
    sent = {"audience": f"members:{field.world.roll.pk}", "per_hour": "20000"}
    refused = client.post(form, sent)
    assert refused.status_code == 422
    made = client.post(form, sent | {"v_en_place": "Lal Chowk", "v_hi_place": "लाल चौक"})
    page = made["Location"]
    shown = body(client, page)
    assert "meeting at Lal Chowk" in shown
    assert "No consent for messages" not in shown and "The phone said no" not in shown, (
        "of a few it tells no no"
    )
    step(client, page, "ask", reason="For Sunday")
    with system("test"):
        release = Release.objects.get()
    asked = body(other, f"/releases/{release.public_id}/decide/?allow=yes")
    assert "fewer than 10 people get it, in fewer than 10 SMS parts." in asked
    assert "meeting at Lal Chowk on Sunday" in asked
    decider = Actor(kind="person", id=field.officer.public_id, account_id=field.officer.pk)
    org.decide_release(public_id=release.public_id, allow=True, by=decider, at=NOW)
    step(client, page, "start")
    with system("test"):
        public_id = Send.objects.get().public_id
    actions.queue_next(public_id=public_id, at=NOON)
    step(client, page, "pause")
    step(client, page, "resume")
    step(client, page, "stop")
    shown = body(client, page)
    assert "This send was stopped half-way. fewer than 10 messages had left." in shown
    said = body(client, f"{page}?format=csv").splitlines()
    assert said[0] == "\ufeffUnit,Waiting,Sent,Delivered,Failed,Held back,Cost (₹)"
    assert said[2] == "Srinagar" + ",fewer than 10" * 5 + ",less than 2.00" and ENGLISH not in "".join(said)
    assert "Lal Chowk" in body(client, f"{page}?unit=JK-SRI")
    for _more in range(3):
        field.draft()
    with CaptureQueriesContext(connection) as asked_for:
        listed = body(client, "/messages/sends/")
    assert sum("messaging_template" in one["sql"] for one in asked_for) == 1
    assert sum("enrolment_roll" in one["sql"] for one in asked_for) == 1  # its audiences, once for all rows
    assert "Stopped half-way" in listed and ">No programme</th>" in listed
    assert "The phone said no" not in body(other, page)
    assert "What became of it" not in body(other, page), (
        "the data officer sees what was asked, not the people"
    )


DRAWN = re.compile(r'"X-CSRFToken": "[^"]*"|name="(?:csrfmiddlewaretoken|once)" value="[^"]*"')


def read_inside(field: Field, public_id: UUID) -> str:
    """Everything that a leader inside reads of a send."""
    page, client = f"/messages/sends/{public_id}/", browser(field.asker)
    pages = (
        page,
        f"{page}?format=csv",
        f"{page}?unit=JK-JAM",
        "/messages/",
        "/messages/?format=csv",
        "/messages/sends/",
        "/messages/sends/?format=csv",
    )
    return "".join(DRAWN.sub("", body(client, each)) for each in pages)


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_send_to_one_person_does_not_tell_a_leader_inside_whether_that_person_said_no(
    field: Field, is_begun: bool
) -> None:
    """Neither by the figures, nor by a refusal, nor by what left, nor to the office that approves."""

    def said() -> list[str]:
        public_id = field.draft("JK-B004")
        found = [read_inside(field, public_id)]
        actions.ask_send(public_id=public_id, reason="Sunday", by=field.by, at=NOON)
        release = field.one(public_id).release
        assert release is not None
        found.append(DRAWN.sub("", body(browser(field.officer), f"/releases/{release}/decide/?allow=yes")))
        if is_begun:
            decider = Actor(kind="person", id=field.officer.public_id, account_id=field.officer.pk)
            org.decide_release(public_id=release, allow=True, by=decider, at=NOON)
            actions.start_send(public_id=public_id, by=field.by, at=NOON)
            actions.queue_next(public_id=public_id, at=NOON)
            found.append(read_inside(field, public_id))
        ids = {str(public_id): "SEND", str(release): "RELEASE"}
        return [re.sub("|".join(ids), lambda found: ids[found[0]], each) for each in found]

    with transaction.atomic():
        before = said()
        transaction.set_rollback(True)
    field.refuse(field.humans[3])
    assert said() == before


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two phones are many: they are counted by a job, and messages follow their send one by one."""
    monkeypatch.setattr(counting, "PART", 2)
    monkeypatch.setattr(rules, "PART", 1)
    monkeypatch.setattr(rules, "FIRST_SHARE", 1 / 8)
    monkeypatch.setattr(sends, "FOLLOW", 1)


@pytest.mark.usefixtures("many")
def test_a_large_audience_is_counted_by_a_job_and_asked_with_the_number_of_its_moment(field: Field) -> None:
    client, public_id = browser(field.asker), field.draft()
    page = f"/messages/sends/{public_id}/"
    one = field.one(public_id)
    assert (one.counted, one.counted_at) == ({}, None) and one.counting is not None
    assert 'hx-get="' in body(client, page) and f"{page}ask/" not in body(client, page)
    assert "phones so far" in body(client, f"{page}progress/")
    with pytest.raises(counting.NotCounted):
        field.approve(public_id)
    tasks.count_send_job(str(public_id))
    assert field.one(public_id).counted == {"": 4, "no_consent": 1, "suppressed": 1}
    assert client.get(f"{page}progress/")["HX-Refresh"] == "true"
    field.approve(public_id)
    with pytest.raises(counting.NotCounted):
        actions.start_send(public_id=public_id, by=field.by, at=NOON + timedelta(minutes=61))
    assert actions.count_next(public_id=public_id) is False
    actions.start_send(public_id=public_id, by=field.by, at=NOON + timedelta(minutes=60))


@pytest.mark.usefixtures("many")
def test_whoever_approves_reads_when_it_was_counted_and_what_was_counted_since(field: Field) -> None:
    public_id = field.draft()
    tasks.count_send_job(str(public_id))
    asked = actions.ask_send(public_id=public_id, reason="Sunday", by=field.by, at=NOON)
    late = Human("Late Comer", 1985, "+919906000200")
    field.join(late, "JK-B001")
    field.agree(late)
    actions.count_send(public_id=public_id, by=field.by, at=NOON + timedelta(minutes=5))
    tasks.count_send_job(str(public_id))
    told = body(browser(field.officer), f"/releases/{asked.public_id}/decide/?allow=yes")
    assert (
        "Counted 20 Nov, 12:00." in told
        and "Counted again 20 Nov, 12:05: fewer than 10 people would get it." in told
    )
    again = actions.ask_send(
        public_id=public_id, reason="Sunday", by=field.by, at=NOON + timedelta(minutes=6)
    )
    with system("test"):
        assert Release.objects.get(pk=asked.pk).state == Release.State.WITHDRAWN
    actions.discard_send(public_id=public_id, by=field.by, at=NOON + timedelta(minutes=7))
    with system("test"):
        assert Release.objects.get(pk=again.pk).state == Release.State.WITHDRAWN


@pytest.mark.usefixtures("many")
def test_nothing_of_a_paused_or_stopped_send_leaves_though_most_of_it_has_not_followed(field: Field) -> None:
    public_id = field.draft()
    tasks.count_send_job(str(public_id))
    field.approve(public_id)
    actions.start_send(public_id=public_id, by=field.by, at=NOON)
    actions.queue_next(public_id=public_id, at=NOON)
    actions.pause_send(public_id=public_id, by=field.by, at=NOON)
    assert field.states().count(("held", "paused")) == 1
    leased = actions.lease(at=NOON, n=2, codes=False)
    assert len(leased) == 2 and actions.admit(messages=leased, at=NOON) == []
    tasks.follow_send(str(public_id))
    assert field.states().count(("held", "paused")) == 4
    actions.resume_send(public_id=public_id, by=field.by, at=NOON)
    while actions.follow_next(public_id=public_id, at=NOON):
        pass
    assert actions.stop_send(public_id=public_id, by=field.by, at=NOON) == 4
    assert send_due(Kept(), at=NOON) == 0
    assert field.states().count(("dropped", "stopped")) == 4


def test_the_caps_of_persons_and_a_cap_of_nothing_are_counted_beforehand(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system("test"):
        person = Person.objects.get(phone_id=field.world.phone_id(field.humans[0]))
        when = (NOON - timedelta(days=1)).isoformat()
        Reached.objects.create(subject=person.pk, taken={"a": when, "b": when}, last_at=when)
    assert field.one(field.draft()).counted == {"": 3, "cap": 1, "no_consent": 1, "suppressed": 1}
    monkeypatch.setenv("ABHIYAN_OUTREACH_PER_WEEK", "0")
    assert field.one(field.draft()).counted == {"cap": 4, "no_consent": 1, "suppressed": 1}


def test_of_several_people_on_a_phone_the_strictest_place_is_counted(field: Field) -> None:
    enter(field.world.far_booth.pk, closes_at=NOON + timedelta(hours=30))
    field.join(Human("Far Away", 1985, field.humans[0].phone), "JK-B004")
    assert field.one(field.draft()).counted == {"": 2, "certificate": 2, "no_consent": 1, "suppressed": 1}
