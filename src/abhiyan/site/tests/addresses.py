"""Addresses of the product, filled with things of one district, and what came of asking them."""

import io
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter
from PIL import Image

from abhiyan.contact import actions as contact
from abhiyan.contact.models import Attempt, ContactEntry
from abhiyan.contact.tests.make import new_list
from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import present
from abhiyan.core.tests.pdfs import written
from abhiyan.dialogues.models import Absence, Dialogue
from abhiyan.elections import actions as results
from abhiyan.elections.models import ClassRule
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.reference import DATA
from abhiyan.elections.tests import make as elections
from abhiyan.enrolment.actions import tickets
from abhiyan.enrolment.actions.cards import CARD
from abhiyan.enrolment.models import Halt, Membership, Roll, Taken
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.tests.make import Human
from abhiyan.forms.tests.elsewhere import form_elsewhere
from abhiyan.friends.models import CertificateBatch, CertificateSheet, FriendCertificate
from abhiyan.friends.rules.certificates import CERTIFICATE
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.imports import actions as imports
from abhiyan.incidents import actions as incidents
from abhiyan.intake.actions import tokens
from abhiyan.meetings.tests.elsewhere import meeting_elsewhere
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.tests import bulk
from abhiyan.opinions.tests.elsewhere import opinion_elsewhere
from abhiyan.org import actions as org
from abhiyan.org.models import BodyKind, Office, Release
from abhiyan.pages.access import addresses_by_name
from abhiyan.paper.actions import batches, photos
from abhiyan.paper.models import PaperPhoto
from abhiyan.paper.tests.sheets import drawn
from abhiyan.people.actions import doubles as people
from abhiyan.people.actions import field, issue_document, sessions
from abhiyan.people.models import Double, Factor, FieldHeld, Person, Session
from abhiyan.polls import actions as polls
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.review.tests.round_elsewhere import round_elsewhere, slides_elsewhere
from abhiyan.stays.actions import LETTER, NewStay, assign_stay
from abhiyan.stays.models import FieldDay, ThanksLetter
from abhiyan.targets import actions as targets
from abhiyan.targets import queries as target_queries
from abhiyan.targets.models import TargetChange
from abhiyan.units.models import Hierarchy
from abhiyan.verification import actions as verification
from abhiyan.verification.actions import frames
from abhiyan.verification.models import Check, Frame, Stratum, Tie
from abhiyan.verification.queries.checks import SaidUnseen, sealed
from abhiyan.verification.tests.odd_entries import odd_entries
from abhiyan.work import actions as work
from abhiyan.work.actions.materials import add_material
from abhiyan.work.actions.schedules import Asking, ask_units

from .answers import ENTRANCE, WORDS
from .cast import LEADS_THE_OTHER, OVER_THE_OTHER, REPRESENTS_THE_OTHER, SYSTEM, Cast

NOTHING = UUID(int=1)  # the id of nothing
ANY: dict[type, Any] = {
    UUIDConverter: NOTHING,
    IntConverter: 1,
    SlugConverter: "abcdefghijkl",
    StringConverter: "abcdefghijkl",
}
INCIDENT_PAGES = ("act", "change", "count", "report", "tell", "untold")
MANDALS = 1  # of the other district
FOREIGN_CROWD = 1236  # with the one by name: 1,237 joined in the other district
OF_PEOPLE = r"Planted|Rasool|9797654389|97976\W54389|(?<![\w-])4389(?![\w-])"
SECRETS = re.compile(rf"{OF_PEOPLE}|(?<![\w.-])1[,.\u202f]?237(?![\w-])")


def secrets_from(role: str) -> re.Pattern[str]:
    """Return the secrets that somebody from outside the other district must not see; its figures may be theirs."""
    return re.compile(OF_PEOPLE) if role in REPRESENTS_THE_OTHER else SECRETS


def secrets_in(text: str, role: str, name: str) -> list[str]:
    """Return the parts of a text that a role must not see. name: of its address.

    Leaders there read titles of what is asked, which say "Planted" too, and the figure of a filled form.
    """
    if role in OVER_THE_OTHER:
        return []
    figures = ["1,237", "1237"] if name in ("forms:submission", "forms:sent", "opinions:heard") else []
    theirs = {"Planted", *figures} if role in LEADS_THE_OTHER else set()
    return [secret for secret in secrets_from(role).findall(text) if secret not in theirs]


@dataclass(frozen=True)
class Things:
    """The things in the addresses, of one district."""

    unit: str
    member: UUID
    appointment: UUID
    release: UUID
    download: UUID
    staged: UUID
    programme: UUID
    draft: UUID
    held: UUID
    session: UUID


def things(cast: Cast, role: str, district: str, booth: str, member: UUID) -> Things:
    at, unit = present(), cast.world.units[district]
    by = cast.actor(role)
    with cast.as_(role):
        releases = [
            org.ask_release(
                act="people.export", unit_id=unit.pk, reason=f"for {district}", payload={}, by=by, at=at
            ).public_id
            for _n in range(2)
        ]
        staged = imports.begin_import(
            kind_key="paper",
            file_name=f"{district}.csv",
            file_bytes=100,
            options={"drive": str(cast.world.programme.public_id)},
            unit_id=unit.pk,
            by=by,
            at=at,
        ).public_id
    with system("test"):
        made = [
            programmes.make_programme(
                template="membership_drive",
                names={"en": f"Drive of {district}", "hi": f"अभियान {district}"},
                owner_id=unit.pk,
                unit_ids=[unit.pk],
                opens_on=at.date() + timedelta(days=3),
                closes_on=at.date() + timedelta(days=30),
                by=SYSTEM,
                at=at,
            )
            for _n in range(2)
        ]
        programmes.open_programme(programme_id=made[0].pk, by=SYSTEM, at=at)
        session = Session.objects.filter(account_id=cast.accounts[role].pk).first()
    with system("a card of theirs"):
        for one in Membership.objects.filter(public_id=member):
            issue_document(
                kind=CARD, about=member, person_id=one.person_id, unit_id=one.unit_id, by=SYSTEM, at=at
            )
    return Things(
        unit=district,
        member=member,
        appointment=cast.appointments[role],
        release=releases[0],
        download=releases[1],
        staged=staged,
        programme=made[0].public_id,
        draft=made[1].public_id,
        held=uuid4(),
        session=session.public_id if session else uuid4(),
    )


def more_things(cast: Cast, foreign: Things, folder: Path) -> dict[str, Any]:
    """More of the other district, and of the state, by what fills an address. folder: for a list of results."""
    world, at = cast.world, present()
    waiting = Human("Waiting Elsewhere", 1970, "+919797000001")
    world.take(world.claim(waiting, Channel.WEB, sign=Sign.WEB))  # of no place: it is counted at the state
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
        targets.set_target(
            programme_id=programme.pk, unit_id=world.units["JK-JAM"].pk, n=900, by=SYSTEM, at=at
        )
        ((in_charge,),) = world.rows(
            "select id from programmes_in_charge where programme_id = %s", [str(programme.pk)]
        )
        (version,) = target_queries.versions_of_targets(programme, unit_id=world.units["JK-JAM"].pk)[:1]
        change = TargetChange.objects.create(
            public_id=uuid4(),
            programme=programme,
            measure=1,
            unit_id=world.units["JK-JAM"].pk,
            act="split",
            given={},
            asked_at=at,
            person=SYSTEM.id,
            ended_at=at,
            n=1,
        )
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
        incident = incidents.open_incident(
            unit_id=world.units["JK-JAM"].pk,
            entry=incidents.IncidentEntry(
                kind="leak",
                what="A list was copied.",
                data=["name"],
                began_at=at,
                until_at=None,
                known_at=at,
                reported_by="",
                measures="",
            ),
            by=SYSTEM,
            at=at,
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
        calls, call, absence = _calls_elsewhere(cast, at)
        stays, stay = _stays_elsewhere(cast, at)
        letter, day = _thanks_elsewhere(cast, stays, at)
        contacts, entry, contact_list, queue = _door_elsewhere(cast, at)
        certificates, certificate_batch = _certificates_elsewhere(cast, at)
        task = work.ask_task(
            what=work.What(title="Planted task", due_at=at + timedelta(days=2)),
            unit_id=world.units["JK-JAM"].pk,
            office="district_in_charge",
            by=cast.actor("state_president"),
            at=at,
        )
        asked = ask_units(
            asking=Asking(
                title="Planted meeting",
                wanted="meeting",
                rhythm="monthly",
                first_on=at.date() - timedelta(days=40),
                last_on=at.date() + timedelta(days=40),
                office="mandal_president",
                kind="mandal",
            ),
            unit_id=world.units["JK-JAM"].pk,
            expected=MANDALS,
            by=cast.actor("state_president"),
            at=at - timedelta(days=2),
        )
        committee = org.make_body(
            unit_id=world.units["JK-JAM"].pk, kind="committee", names={"en": "Sport"}, by=SYSTEM, at=at
        )
        material = add_material(
            programme_id=world.programme.pk,
            unit_id=world.units["JK-JAM"].pk,
            names={"en": "Planted file"},
            offices=["district_in_charge"],
            data=b"%PDF-1.7 1,237 %%EOF",
            by=cast.actor("state_president"),
            at=at,
        )
        stated = results.state_figure(
            election="LS2024", state="U08", party="BJP", share_pct=1, source="A newspaper", by=SYSTEM, at=at
        )
        former = results.join_parties(party="JKNC", was="JKPDP", by=SYSTEM, at=at)
        ClassRule.objects.create(election=plan.election, unit=world.state, rules=[], made_at=at)
        entries = []
        for _n in range(2):
            no_poll = polls.StatedPoll(
                "none", "No poll", at.date(), at.date(), "A letter", [(None, [world.state.pk])]
            )
            entries.append(polls.store_poll_version(stated=no_poll, by=SYSTEM, at=at))
        polls.confirm_poll(public_id=entries[0].public_id, by=SYSTEM, at=at)
        asker = cast.accounts["state_president"]
        released = [
            Release.objects.create(
                public_id=uuid4(),
                act=act,
                unit_id=world.units["JK-JAM"].pk,
                reason="mine",
                payload={"programme_id": programme.pk},
                asked_by=asker.pk,
                asked_at=at,
                expires_at=at + timedelta(days=1),
                state=Release.State.RELEASED,
            )
            for act in ("messages.release", "factors.reset")
        ]
        halt = Halt.objects.create(
            public_id=uuid4(),
            kind=Halt.Kind.SENDER,
            sender=uuid4(),
            programme_id=programme.pk,
            unit_id=world.units["JK-JAM-M1"].pk,
            noes=5,
            entries=50,
            at=at,
        )
        president = cast.actor("state_president")
        text = bulk.register(by=president, unit_id=world.state.pk, at=at)
        send = messaging.draft_send(
            text=text,
            audience=f"members:{world.roll.pk}",
            unit_id=world.units["JK-JAM"].pk,
            hierarchy=1,
            only=[],
            given=bulk.GIVEN,
            per_hour=100,
            programme_id=0,
            by=president,
            at=at,
        )
        circular = messaging.send_circular(
            title="A Circular",
            text="For the other district",
            number="",
            office="",
            unit_id=world.units["JK-JAM"].pk,
            hierarchy=1,
            by=president,
            at=at,
        )
        batch = batches.make_batch(
            programme_id=programme.pk,
            unit_id=world.units["JK-JAM"].pk,
            sheets=2,
            language="hi",
            by=SYSTEM,
            at=at,
        )
        picture = drawn()
        picture = picture[:2] + b"\xff\xfe\0\x09 1,237 " + picture[2:]  # in a comment of the file
        photos.add_photos(batch=batch.pk, photos=[("sheet.jpg", picture)], by=SYSTEM, at=at)
        photo = PaperPhoto.objects.get()
    member = cast.foreign_member
    with scoped(Scope(phone=world.phone_id(member))):
        ticket = tickets.ask_ticket(
            membership=cast.membership(member),
            kind="grievance",
            said="Planted words",
            language="en",
            by=Actor(kind="citizen", id=uuid4()),
            at=at,
        )
    token = tokens.make_token_at_console(
        programme_id=programme.pk, unit_id=world.units["JK-JAM"].pk, name="Desks", by=SYSTEM, at=at
    )
    frame = verification.freeze_frame(
        programme=world.programme,
        measure=ENROLMENTS,
        plan=frames.FramePlan(
            checks=40,
            source="a round of the beacon",
            due_at=at + timedelta(hours=1),
            ends_on=at.date() + timedelta(days=9),
        ),
        by=SYSTEM,
        at=at,
    )
    with system("test"):
        check, double = _check_in_hand(cast, frame, at), _pair_elsewhere(cast)
    verifier = cast.accounts["verifier"]
    verification.state_tie(
        unit_id=world.units["JK-JAM"].pk,
        office="district_in_charge",
        of=verifier.public_id,
        by=cast.actor("verifier"),
        at=at,
    )
    with system("test"):
        tie = Tie.objects.get(account_id=verifier.pk)
    flag = odd_entries(cast, at)
    phone = sessions.start_phone(
        account=cast.accounts["district_elsewhere"],
        unit_id=world.units["JK-JAM"].pk,
        device="",
        by=cast.actor("district_elsewhere"),
        at=at,
    ).session.public_id
    own = cast.actor("district_elsewhere")
    with system("test"):
        field.hold_record(
            key=uuid4(),
            record="door",
            held={"page": "/field/", "form": "name=Planted", "pictures": ""},
            age=timedelta(0),
            pictures=(),
            phone=sessions.SignedOutPhone(phone, own.account_id or 0, own.id, at, was_strong=False),
            answer={},
            by=own,
            at=at,
        )
        held = FieldHeld.objects.get().public_id
    return {
        **dict.fromkeys(("org:phone_act", "org:my_phone_act"), phone),
        "pages:held_act": held,
        "tie": tie.pk,
        "worker": cast.accounts["call_centre_agent"].public_id,
        **dict.fromkeys(
            ("verification:flag_ask", "verification:fresh_new", "verification:aim_telling"),
            world.programme.public_id,
        ),
        **dict.fromkeys((f"verification:flag{page}" for page in ("", "_drop", "_mine", "_propose")), flag),
        **dict.fromkeys(("verification:ties_of", "verification:tie_end"), verifier.public_id),
        **round_elsewhere(cast, at),
        **slides_elsewhere(cast, at),
        **meeting_elsewhere(cast, at),
        **form_elsewhere(world.units["JK-JAM"].pk, by=cast.actor("district_elsewhere"), at=at),
        **opinion_elsewhere(world.units["JK-JAM"].pk, by=cast.actor("district_elsewhere"), at=at),
        "token": token.public_id,
        "number": number,
        "in_charge": in_charge,
        "version": version.public_id,
        "change": change.public_id,
        "plan": plan.public_id,
        "alliance": alliance.public_id,
        "factor": factor.public_id,
        "body_id": committee.pk,
        "office_id": _own_office(world.units["JK-JAM"].pk, at),
        "kind_id": _own_kind(world.units["JK-JAM"].pk, at),
        "programme": programme.pk,
        "stated_id": stated.pk,
        "name_id": former.pk,
        "unplaced": unplaced,
        "batch": batch.number,
        "photo": photo.pk,
        "nameless": nameless,
        "shared": cast.membership(Human("First Shared", 1980, "+919797000002")),
        **dict.fromkeys(
            ("incidents:incident", *(f"incidents:incident_{page}" for page in INCIDENT_PAGES)),
            incident.public_id,
        ),
        "polls:poll": entries[0].public_id,
        "polls:poll_withdraw": entries[0].public_id,
        "polls:poll_take_back": entries[1].public_id,
        "seat": cast.appointments["district_elsewhere"],
        "work:task": task.public_id,
        "work:task_act": task.public_id,
        "work:task_hand_over": task.public_id,
        **dict.fromkeys(
            (f"work:{page}" for page in ("schedule", "schedule_act", "schedule_remind", "due", "due_act")),
            asked.public_id,
        ),
        "pages:field_due": asked.public_id,
        "meetings:check_in": asked.public_id,
        **dict.fromkeys((f"work:material{page}" for page in ("", "_act", "_file")), material.public_id),
        "work:record_of": cast.accounts["district_elsewhere"].public_id,
        **dict.fromkeys(
            (f"pages:bearer{page}" for page in ("", "_talk", "_promise")),
            cast.accounts["district_elsewhere"].public_id,
        ),
        "talk": org.note_bearer_talk(
            account=cast.accounts["district_elsewhere"].public_id,
            summary="No slips",
            promise="Slips are there",
            until=at.date(),
            by=cast.actor("state_president"),
            at=at,
        ).public_id,
        "enrolment:ticket": ticket,
        **dict.fromkeys(
            (f"helpdesk:ticket{act}" for act in ("", "_phone", "_step")),
            _request(cast, at),
        ),
        "helpdesk:ready_change": _ready(cast, at),
        "helpdesk:many_approved": uuid4(),
        "enrolment:double": double,
        "enrolment:halt": halt.public_id,
        "messaging:release": released[0].public_id,
        "messaging:send": send,
        "messaging:send_progress": send,
        "messaging:send_step": send,
        "messaging:circular": circular,
        "messaging:circular_step": circular,
        "text": text,
        "frame": frame.public_id,
        **dict.fromkeys(
            (f"verification:check{step}" for step in ("", "_back", "_begin", "_said", "_tell", "_end")), check
        ),
        **dict.fromkeys(
            ("verification:verifiers", "verification:aims", "verification:aim_new"), frame.public_id
        ),
        **dict.fromkeys(("verification:planted", "verification:planted_withdraw"), frame.public_id),
        "calls": calls,
        "call": call,
        "absence": absence,
        **dict.fromkeys((f"contact:list{page}" for page in ("", "_act", "_document", "_end")), contact_list),
        "stays": stays,
        "stay": stay,
        "letter": letter,
        "day": day,
        "contacts": contacts,
        "certificates": certificates,
        "certificate_batch": certificate_batch,
        "friend": cast.membership(Cast.foreign_member),
        "entry": entry,
        "queue": queue,
        "roll": world.roll.pk,
        "org:reset_factors": released[1].public_id,
    }


def _calls_elsewhere(cast: Cast, at: datetime) -> tuple[UUID, UUID, UUID]:
    """A programme of dialogues in the other district, a call of its leader, and when they are away."""
    district, booth = cast.world.units["JK-JAM"].pk, cast.world.units["JK-B004"].pk
    leader = cast.accounts["district_elsewhere"].pk
    made = programmes.make_programme(
        template="dialogues",
        names={"en": "Talks elsewhere"},
        owner_id=district,
        unit_ids=[district],
        opens_on=at.date() - timedelta(days=1),
        closes_on=at.date() + timedelta(days=30),
        by=SYSTEM,
        at=at,
    )
    programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=at)
    call = Dialogue.objects.create(
        id=uuid4(),
        programme_id=made.pk,
        day=at.date(),
        leader_id=leader,
        unit_id=booth,
        president_id=leader,
        came=0,
    )
    absence = Absence.objects.create(
        public_id=uuid4(), account_id=leader, first_on=at.date(), last_on=at.date() + timedelta(days=1)
    )
    return made.public_id, call.pk, absence.public_id


def _certificates_elsewhere(cast: Cast, at: datetime) -> tuple[UUID, UUID]:
    """A friends programme in a segment of the other district, and a batch with the certificate of their member."""
    world = cast.world
    segment, friend = world.units["JK-AC75"], cast.membership(Cast.foreign_member)
    roll = Roll.objects.create(code="friends", names={"en": "Friends"}, gives_way=True)
    days = timedelta(days=30)
    made = world._drive(world.units, roll, "friends", at.date() - days, at.date() + days)
    Programme.objects.filter(pk=made.pk).update(owner=segment, hierarchy=Hierarchy.ELECTORAL)
    ProgrammeUnit.objects.filter(programme=made).update(unit=segment)
    picture = io.BytesIO()
    Image.new("RGB", (30, 10)).save(picture, "JPEG")
    sheet = CertificateSheet.of(
        picture.getvalue(),
        digest=b"",
        added_at=at,
        programme_id=made.pk,
        unit_id=segment.pk,
        each=5,
        line={"en": "A", "hi": "A"},
    )
    sheet.save(force_insert=True)
    batch = CertificateBatch.objects.create(
        id=uuid4(), programme_id=made.pk, unit_id=segment.pk, sheet_id=sheet.pk, n=1, at=at
    )
    FriendCertificate.objects.create(
        friend=friend, batch=batch, programme_id=made.pk, segment_id=segment.pk, told_at=at
    )
    person = Membership.objects.get(public_id=friend).person_id
    issue_document(kind=CERTIFICATE, about=friend, person_id=person, unit_id=segment.pk, by=SYSTEM, at=at)
    return made.public_id, batch.pk


def _stays_elsewhere(cast: Cast, at: datetime) -> tuple[UUID, UUID]:
    """A programme of stays in the other district, and a stay of its leader."""
    district, booth = cast.world.units["JK-JAM"].pk, cast.world.units["JK-B004"].pk
    made = programmes.make_programme(
        template="stays",
        names={"en": "Stays elsewhere"},
        owner_id=district,
        unit_ids=[district],
        opens_on=at.date(),
        closes_on=at.date() + timedelta(days=2),
        by=SYSTEM,
        at=at,
    )
    run = programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=at)
    new = NewStay(booth, cast.accounts["district_elsewhere"].pk)
    return made.public_id, assign_stay(programme=run, new=new, by=SYSTEM, at=at).pk


def _thanks_elsewhere(cast: Cast, programme: UUID, at: datetime) -> tuple[UUID, UUID]:
    """A letter of thanks of the other district's leader, and a field day of theirs."""
    leader, district = cast.accounts["district_elsewhere"], cast.world.units["JK-JAM"].pk
    run = programme_queries.programme(programme).pk
    letter = ThanksLetter.objects.create(
        id=uuid4(),
        programme_id=run,
        leader_id=leader.pk,
        month=at.date().replace(day=1),
        area_id=district,
        least=4,
        made_at=at,
    )
    issue_document(
        kind=LETTER, about=letter.pk, person_id=leader.public_id, unit_id=district, by=SYSTEM, at=at
    )
    booth = cast.world.units["JK-B004"].pk
    day = FieldDay.objects.create(
        id=uuid4(),
        programme_id=run,
        leader_id=leader.pk,
        day=at.date(),
        unit_id=booth,
        area_id=district,
        planned_at=at,
    )
    return letter.pk, day.pk


def _door_elsewhere(cast: Cast, at: datetime) -> tuple[UUID, UUID, UUID, UUID]:
    """A programme of contact in the other district, a door that its leader took, the list of it, and a call queue."""
    district = cast.world.units["JK-JAM"].pk
    made = programmes.make_programme(
        template="contact",
        names={"en": "Doors elsewhere"},
        owner_id=district,
        unit_ids=[district],
        opens_on=at.date(),
        closes_on=at.date() + timedelta(days=60),
        by=SYSTEM,
        at=at,
    )
    run = programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=at)
    by = cast.actor("district_elsewhere")
    new = new_list(title="List elsewhere", last_day=at.date() + timedelta(days=30), scheme="")
    of = contact.make_list(programme=run, unit_id=district, new=new, by=by, at=at)
    with system("test"):
        of.state = of.State.APPROVED
        of.save()
        other = contact.make_list(programme=run, unit_id=district, new=new, by=by, at=at)
        other.state = of.State.APPROVED
        other.save()
        queue = contact.make_queue(
            programme=run,
            unit_id=district,
            new=contact.NewQueue("Queue elsewhere", [other.public_id], time(10), time(21)),
            by=by,
            at=at,
        )
        entry = ContactEntry.objects.create(
            public_id=uuid4(), list=of, unit_id=cast.world.units["JK-B004"].pk, door="Door elsewhere"
        )
    contact.take_doors(programme=run, unit_id=entry.unit_id, by=by, at=at)
    return made.public_id, entry.public_id, of.public_id, queue.public_id


def _request(cast: Cast, at: datetime) -> UUID:
    """A request to the helpline of the other district."""
    opening = helpdesk.Opening(
        Ticket.Way.CALL, "+919797000003", ["A secret wish"], cast.world.far_booth.pk, "en", kind="card"
    )
    return helpdesk.type_ticket(opening=opening, by=SYSTEM, at=at).pk


def _ready(cast: Cast, at: datetime) -> UUID:
    """A text to answer with, of the other district."""
    jammu = cast.world.units["JK-JAM"].pk
    return helpdesk.keep_ready(unit_id=jammu, kind="", language="en", text="Come by", by=SYSTEM, at=at).pk


def _own_office(unit_id: int, at: datetime) -> int:
    """An office that two people made in a unit."""
    with system("test"):
        names = {"en": "Yatra head", "hi": "यात्रा प्रमुख"}
        made = Office.objects.create(
            code="own_yatra", unit_id=unit_id, made_at=at, names=names, given_in=["mandal"], rank=90
        )
    return made.pk


def _own_kind(unit_id: int, at: datetime) -> int:
    """A kind of body that two people made in a unit."""
    with system("test"):
        made = BodyKind.objects.create(
            code="own_page",
            unit_id=unit_id,
            names={"en": "Page committee", "hi": "पन्ना समिति"},
            levels=["booth"],
            leads="body_convener",
            seats=[["body_member", 10]],
            made_at=at,
        )
    return made.pk


def _pair_elsewhere(cast: Cast) -> UUID:
    """Two people of the other district who may be one."""
    booth = cast.world.units["JK-B004"].pk
    some = list(Person.objects.filter(unit_id=booth, left_at=None).order_by("pk")[:2])
    people.keep_doubles(found=[(some[0].pk, some[1].pk, 95, False)], at=present())
    return Double.objects.get(first_id=some[0].pk).public_id


def _check_in_hand(cast: Cast, frame: Frame, at: datetime) -> UUID:
    """A check the verifier has, of a district not theirs: answers closed, and a call still under way."""
    account = cast.accounts["verifier"].pk
    with system("test"):
        check = Check(
            id=uuid4(),
            frame=frame,
            stratum=Stratum.objects.filter(frame=frame, unit=cast.world.units["JK-SRI"])[0],
            order=1,
            place=0,
            verifier_id=account,
            taken_at=at,
            said_at=at,
        )
        check.said = sealed(check.id, SaidUnseen({"how": "By phone"}, "joined"))
        check.save(force_insert=True)
        Attempt.objects.create(
            id=uuid4(),
            room="verification",
            about=check.id,
            account_id=account,
            begun_at=at,
            until=at + timedelta(days=1),
        )
    return check.id


def filled(name: str, others: dict[str, Any]) -> dict[str, Any]:
    """Return the values of an address that the things of a district do not have."""
    room, _colon, page = name.partition(":")
    more = {
        key: others[key]
        for key in (
            "token",
            "number",
            "in_charge",
            "version",
            "change",
            "stated_id",
            "name_id",
            "tie",
            "worker",
            "schedule",
            "body_id",
            "office_id",
            "kind_id",
            "call",
            "absence",
            "talk",
        )
    }
    more |= {"public_id": others[name]} if name in others else {}
    if room == "dialogues":
        more["public_id"] = others["calls"]
    if room == "stays":
        more |= {"public_id": others["stays"], "act": "withdraw", "step": "evening"}
        more |= {kind: others[kind] for kind in ("stay", "letter", "day")}
    if room == "contact":
        more = {"public_id": others["contacts"]} | more | {"entry": others["entry"]}
        more["queue"] = others["queue"]
        acts = {"list_act": "ask", "calls_act": "leave", "call_act": "back"}
        acts |= dict.fromkeys(("centre_act", "calling_act"), "pause")
        more["act"] = acts.get(page, "take")
    if room == "verification" and page.startswith("frame") and page not in ("frames", "frame_new"):
        more["public_id"] = others["frame"]
    if page.startswith("paper_"):
        more |= {"number": others["batch"], "photo": others["photo"]}
    if name.startswith("friends:certificate"):
        more |= {"public_id": others["certificates"], "friend": others["friend"], "act": "handed"}
        more["batch"] = others["certificate_batch"]
    if name == "messaging:text":
        more["code"] = others["text"]
    if name == "work:material_file":
        more["number"] = 1
    if name == "work:material_act":
        more["act"] = "withdraw"
    if name in ("work:schedule_act", "work:due_act"):
        more["act"] = "end" if name == "work:schedule_act" else "cannot"
    if name in ("org:phone_act", "org:my_phone_act"):
        more["act"] = "end"
    if name == "pages:bearer_promise":
        more["act"] = "kept"
    if name == "pages:held_act":
        more["act"] = "aside"
    if name == "review:deck_file":
        more["ending"] = "pptx"
    if name == "review:schedule_act":
        more["act"] = "pause"
    if name == "messaging:send_step":
        more["step"] = "discard"
    if name == "helpdesk:kind_act":
        more |= {"code": "material", "act": "close"}
    if name == "helpdesk:kind_rename":
        more["code"] = "material"
    if name == "helpdesk:ticket_step":
        more["step"] = "move"
    if name == "messaging:circular_step":
        more["step"] = "withdraw"
    if name == "enrolment:nameless_settle":
        more |= {"claim": others["nameless"], "member": others["shared"]}
    if room == "elections" and page != "unit":
        kind = "alliance" if page.startswith("alliance") else "plan"
        more |= {"code": "LS2024", "public_id": others[kind], "number": 2}
    if room == "forms":
        more |= {"submission_id": others["submission"], "picture_id": others["form_picture"]}
        more["act"] = {"phrase_act": "allow"}.get(page, "end")
    if name == "opinions:opinion_act":
        more["act"] = "leave"
    if page.startswith("factor_"):
        more["public_id"] = others["factor"]
    return more


def address(name: str, of: Things, **more: Any) -> str:
    """The address of a name, filled with what a curious user would fill in; more: instead of that."""
    room, _colon, page = name.partition(":")
    fillings: dict[str, Any] = {
        "code": of.unit,
        "slug": "winter",
        "key": "paper",
        "act": "accept",
        "tile": "reports",
        "language": "hi",
        "ending": "csv",
        "step": "who" if name == "programmes:draft" else "check",
        "came": "no_answer",
        "member": of.member,
        "state": "U08",
        "release": of.release,
    }
    ids = {
        "enrolment:people_download": of.download,
        "enrolment": of.member,
        "intake": of.member,
        "doorstep": of.member,
        "paper": of.member,
        "friends": of.member,
        "org:decide_release": of.release,
        "org:reset_factors": of.release,
        "org": of.appointment,
        "imports": of.staged,
        "people": of.session,
        "messaging": of.held,
        "programmes:draft": of.draft,
        "programmes:open": of.draft,
        "programmes:discard": of.draft,
        "programmes": of.programme,
        "targets": of.programme,
        "work": of.programme,
        "verification": of.programme,
        "helpdesk:helpline": of.programme,
        "pages": of.programme,
    }
    kind = "programmes" if page.startswith("drive") else room
    fillings["public_id"] = ids.get(name, ids.get(kind, NOTHING))
    fillings |= more
    wanted = addresses_by_name()[name].pattern.converters
    path = reverse(name, kwargs={each: fillings.get(each, ANY[type(how)]) for each, how in wanted.items()})
    if name in ("work:due", "pages:field_due", "meetings:check_in"):
        path += f"?unit={of.unit}-M1"
    if page == "name_leaders":
        path += f"?unit={of.unit}&level=mandal"
    if page in ("people", "appointments", "appoint", "targets", "drive_funnel"):
        path += f"?unit={of.unit}" + ("&office=booth_president" if page == "appoint" else "")
    return path


def outcome(answer: HttpResponse) -> str:
    """Return the result of a request, in a word of the expected answers."""
    if answer.status_code == 302:
        where = answer["Location"]
        is_entrance = re.match(r"/((field/)?sign-in/|me/(code/|phone/)?(\?|$)|join/[a-z]+/(\?|$))", where)
        return ENTRANCE if is_entrance else "open"
    return WORDS.get(answer.status_code, f"error {answer.status_code}")


def body(answer: Any) -> str:
    """Return what an address shows, as text; a file too."""
    content = b"".join(answer) if answer.streaming else answer.content
    return written(content)
