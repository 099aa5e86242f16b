"""Near duplicates: found, merged by one click, undone exactly, told apart; twins and people under dispute are not."""

import csv
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import CASES
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import doubles, phone_changes, tickets
from abhiyan.enrolment.actions.claims import AlreadyMember, ClaimOutcome, Joined, Renewed
from abhiyan.enrolment.actions.doubles import Disputed
from abhiyan.enrolment.models import DataRequest, HeldLeave
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.people import queries as people
from abhiyan.people.actions import consents, finding
from abhiyan.people.actions import doubles as pairs
from abhiyan.people.actions.doubles import DecidedAlready, EntryGone, Twins
from abhiyan.people.actions.finding import find_doubles
from abhiyan.people.models import Consent, Double, Person, Purpose
from abhiyan.people.rules.doubles import SURE
from abhiyan.programmes.actions import fold_changes

from .make import CHANNEL, Human, Ladder, World

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
SUNITA = Human("Sunita Sharma", 1980, "+919906000021")
SUNITA_AGAIN = Human("सुनीता शर्मा", 1980, "+919906000022")
RAVI = Human("Ravi Koul", 1991, "+919906000031")
RAJU = Human("Raju Koul", 1991, "+919906000031")


@pytest.fixture
def world() -> World:
    return World.make()


def person_of(told: ClaimOutcome) -> Person:
    with system("tests look"):
        (row,) = Person.objects.raw(
            "select p.* from people_person p join enrolment_membership m on m.person_id = p.id where m.public_id = %s",
            [told.membership],
        )
    return row


def pair(world: World, one: ClaimOutcome, other: ClaimOutcome, *, is_twin: bool = False) -> UUID:
    """Keep what a search would have found."""
    a, b = person_of(one), person_of(other)
    with system("tests find"):
        pairs.keep_doubles(found=[(a.pk, b.pk, 95, is_twin)], at=world.now)
        return Double.objects.get(first_id=min(a.pk, b.pk), second_id=max(a.pk, b.pk)).public_id


def merge(world: World, double: UUID, *, reason: str = "") -> None:
    with system("tests merge"):
        doubles.merge(double=double, reason=reason, by=SYSTEM, at=world.now)


def unmerge(world: World, double: UUID) -> None:
    with system("tests undo"):
        doubles.unmerge(double=double, by=SYSTEM, at=world.now)


def snapshot(world: World) -> list[object]:
    """Everything a merge may touch."""
    return [
        world.tallies(),
        *(
            world.rows(f"select t::text from {table} t order by 1")
            for table in (
                "people_person",
                "people_consent",
                "enrolment_membership",
                "enrolment_enrolment",
                "enrolment_claim",
                "messaging_question",
            )
        ),
    ]


def sound(world: World) -> None:
    assert world.tallies() == world.recounted()
    with system("tests fold"):
        fold_changes(at=world.now)
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_search_in_a_process_of_its_own_finds_a_name_in_the_other_script_and_shows_twins(
    world: World,
) -> None:
    one, other = world.web_join(of=SUNITA), world.paper_row(of=SUNITA_AGAIN)
    world.web_join(of=RAVI)
    world.web_join(of=RAJU)
    world.web_join(of=world.bilal)

    assert find_doubles(at=world.now) == 2

    with system("tests look"):
        twins, found = Double.objects.order_by("score")
    assert {found.first_id, found.second_id} == {person_of(one).pk, person_of(other).pk}
    assert found.reasons == ["same_sound", "other_phone", "same_year", "same_place"] and not found.is_twin
    assert twins.is_twin and twins.reasons[:2] == ["other_first", "same_phone"]


def test_brothers_of_one_phone_are_twins_and_a_title_hides_nobody(world: World) -> None:
    phone = "+919906000041"
    brothers = [world.web_join(of=Human(name, 1990, phone)) for name in ("सोनू बडयाल", "मोनू बडयाल")]
    phone = "+919906000042"
    woman = [world.web_join(of=Human(name, 1985, phone)) for name in ("सुनीता देवी", "Smt. Sunita Devi")]

    assert find_doubles(at=world.now) == 2

    with system("tests look"):
        twins, same = Double.objects.order_by("score")
    assert {twins.first_id, twins.second_id} == {person_of(one).pk for one in brothers}
    assert twins.is_twin and twins.reasons[:2] == ["other_first", "same_phone"]
    assert {same.first_id, same.second_id} == {person_of(one).pk for one in woman}
    assert not same.is_twin and same.score >= SURE
    merge(world, same.public_id)


def test_the_order_of_words_and_the_script_of_urdu_hide_nobody(world: World) -> None:
    pairs = [
        ("Chaudhary Ram Lal", "Ram Lal Chaudhary"),
        ("سنیتا دیوی", "Sunita Devi"),
        ("ਗੁਰਮੀਤ ਕੌਰ", "Gurmeet Kaur"),
    ]
    for n, names in enumerate(pairs):
        for name in names:
            world.web_join(of=Human(name, 1985, f"+91990600005{n}"))

    assert find_doubles(at=world.now) == 3

    with system("tests look"):
        found = Double.objects.all()
        assert [(each.is_twin, each.reasons[0]) for each in found] == [(False, "same_sound")] * 3


TITLED = [
    ("Sardar Gurbachan Singh", "Gurbachan Singh"),
    ("Late Ram Lal", "Ram Lal"),
    ("Master Ghulam Nabi", "Ghulam Nabi"),
    ("Bakshi Mohan Lal", "Mohan Lal"),
    ("Naib Tehsildar Kishore Verma", "Kishore Verma"),
    ("ठाकुर सुरेश सिंह", "Suresh Singh"),
    ("ਸਰਦਾਰ ਬਲਵੰਤ ਸਿੰਘ", "Balwant Singh"),
    ("ఆచార్య రమేష్ రావు", "రమేష్ రావు"),
]


@pytest.mark.parametrize("is_one_phone", [True, False])
def test_a_word_before_a_whole_name_hides_nobody_and_a_person_decides(
    world: World, is_one_phone: bool
) -> None:
    names = TITLED if is_one_phone else [pair for pair in TITLED if not pair[0].startswith("Naib")]
    people = [
        [
            world.web_join(of=Human(name, 1985 - n, f"+9199060{n:03}{0 if is_one_phone else m}0"))
            for m, name in enumerate(two)
        ]
        for n, two in enumerate(names)
    ]

    assert find_doubles(at=world.now) == len(names)

    with system("tests look"):
        found = {frozenset((each.first_id, each.second_id)): each for each in Double.objects.all()}
    for two in people:
        each = found[frozenset(person_of(one).pk for one in two)]
        assert (each.is_twin, each.reasons[0]) == (False, "words_before") and 0 < each.score < SURE
    merge(world, each.public_id)


@pytest.mark.parametrize("people", [2, 2_000])
def test_a_search_that_hangs_is_ended_and_what_was_found_before_stays(
    world: World, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    """It is asked for more than a pipe holds, and for less, and has not begun to read when its time is over."""
    double = pair(world, world.web_join(of=SUNITA), world.web_join(of=SUNITA_AGAIN))
    with system("tests fill"):
        one = Person.objects.earliest("pk")
        Person.objects.bulk_create(
            [
                Person(
                    id=uuid4(),
                    public_id=uuid4(),
                    phone_id=one.phone_id,
                    name="Asha Kumari Devi",
                    unit_id=one.unit_id,
                    at=one.at,
                )
                for _n in range(people - 2)
            ]
        )
    monkeypatch.setattr(finding, "LIMIT_S", 0.05)
    with pytest.raises(finding.SearchFailed):
        finding.find_doubles(at=world.now)
    with system("tests look"):
        assert Double.objects.get().public_id == double


def test_merged_entries_count_once_and_the_better_proven_one_stays(world: World) -> None:
    paper, web = world.paper_row(of=SUNITA_AGAIN), world.web_join(of=SUNITA)
    double = pair(world, web, paper)

    merge(world, double)

    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert person_of(paper).merged_into == person_of(web).pk and person_of(web).merged_into is None
    sound(world)


def test_undo_restores_every_row_and_count_exactly(world: World) -> None:
    paper, web = world.paper_row(of=SUNITA_AGAIN), world.web_join(of=SUNITA)
    double = pair(world, web, paper)
    before = snapshot(world)
    merge(world, double)
    assert snapshot(world) != before

    unmerge(world, double)

    assert snapshot(world) == before
    sound(world)
    merge(world, double)  # and once more
    unmerge(world, double)
    assert snapshot(world) == before


def test_two_spellings_on_one_phone_are_merged_and_undone(world: World) -> None:
    one = world.web_join(of=SUNITA)
    other = world.web_join(of=replace(SUNITA_AGAIN, phone=SUNITA.phone))
    double = pair(world, one, other)
    before = snapshot(world)
    merge(world, double)
    assert world.ladder(world.booth).counted == 1
    sound(world)
    unmerge(world, double)
    assert snapshot(world) == before


def test_claim_of_a_merged_entry_finds_the_member_while_the_other_entry_lives(world: World) -> None:
    web, paper = world.web_join(of=SUNITA), world.paper_row(of=SUNITA_AGAIN)
    merge(world, pair(world, web, paper))

    assert isinstance(world.web_join(of=SUNITA_AGAIN), AlreadyMember)
    assert world.ladder(world.booth).counted == 1

    world.leave(web, of=SUNITA)
    assert isinstance(world.web_join(of=SUNITA_AGAIN), Renewed | Joined)
    assert person_of(paper).merged_into is None
    assert world.ladder(world.booth).counted == 1
    sound(world)


def test_who_left_or_denied_since_is_not_brought_back_by_an_undo(world: World) -> None:
    web, paper = world.web_join(of=SUNITA), world.paper_row(of=SUNITA_AGAIN)
    double = pair(world, web, paper)
    merge(world, double)
    actions.leave_by_phone(phone=SUNITA_AGAIN.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    unmerge(world, double)
    assert world.ladder(world.booth).unsigned == 0
    sound(world)


def test_denied_since_is_noted_and_not_brought_back(world: World) -> None:
    web, paper = world.web_join(of=SUNITA), world.paper_row(of=SUNITA_AGAIN)
    double = pair(world, web, paper)
    merge(world, double)
    actions.deny_by_phone(
        phone=SUNITA_AGAIN.phone,
        membership=paper.membership,
        channel=Channel.SMS,
        by=CHANNEL,
        at=world.now,
    )
    unmerge(world, double)
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.rows("select kind from enrolment_parting") == [("denied",)]
    sound(world)


def test_twins_are_merged_by_somebody_who_says_how_they_know_and_never_with_others(world: World) -> None:
    double = pair(world, world.web_join(of=RAVI), world.web_join(of=RAJU), is_twin=True)
    for nothing in ("", "  "):
        with pytest.raises(Twins):
            merge(world, double, reason=nothing)
    with system("tests look"):
        assert doubles.sure_of([double]) == []
    assert world.ladder(world.booth).counted == 2
    merge(world, double, reason="He is called by both names.")
    with system("tests look"):
        assert Double.objects.get().reason == "He is called by both names."
        kept = [entry.facts for entry in AuditEntry.objects.filter(act="enrolment.merge")]
    assert kept and all(facts["why"] == "He is called by both names." for facts in kept)
    assert world.ladder(world.booth).counted == 1
    unmerge(world, double)
    with system("tests look"):
        assert Double.objects.get().reason == ""
    assert world.ladder(world.booth).counted == 2


def test_person_under_dispute_is_not_merged(world: World) -> None:
    web, other = world.web_join(of=SUNITA), world.web_join(of=SUNITA_AGAIN)
    double = pair(world, web, other)
    assert other.membership is not None
    by = Actor(kind="citizen", id=other.membership)
    with scoped(Scope(phone=world.phone_id(SUNITA_AGAIN))):
        asked = tickets.ask_ticket(
            membership=other.membership,
            kind=DataRequest.Kind.CORRECTION,
            said="not me",
            language="en",
            by=by,
            at=world.now,
        )
    with pytest.raises(Disputed):
        merge(world, double)
    with system("tests answer"):
        DataRequest.objects.filter(pk=asked).update(answered_at=world.now)
    with scoped(Scope(phone=world.phone_id(SUNITA_AGAIN))):  # a new number, to which the old may still object
        phone_changes.change_phone(
            membership=other.membership, number="+919906000099", language="en", by=by, at=world.now
        )
    with pytest.raises(Disputed):
        merge(world, double)
    world.tick(days=8)
    merge(world, double)
    assert world.ladder(world.booth).counted == 1
    sound(world)


def test_person_whose_call_to_leave_waits_is_not_merged(world: World) -> None:
    web, other = world.web_join(of=SUNITA), world.web_join(of=SUNITA_AGAIN)
    double = pair(world, web, other)
    with system("tests hold"):
        held = HeldLeave.objects.create(
            phone_id=world.phone_id(SUNITA_AGAIN), rolls=[world.roll.pk], channel=1, at=world.now
        )
    with pytest.raises(Disputed):
        merge(world, double)
    with system("tests let"):
        held.delete()
    merge(world, double)
    assert world.ladder(world.booth).counted == 1


def test_who_was_erased_is_in_no_pair(world: World) -> None:
    web, other = world.web_join(of=SUNITA), world.web_join(of=SUNITA_AGAIN)
    double = pair(world, web, other)
    merge(world, double)
    assert other.membership is not None and web.membership is not None
    gone = other if person_of(other).merged_into else web
    phone = SUNITA_AGAIN if gone is other else SUNITA
    assert gone.membership is not None
    with scoped(Scope(phone=world.phone_id(phone))):
        actions.erase_member(
            membership=gone.membership,
            channel=Channel.WEB,
            language="en",
            by=Actor(kind="citizen", id=gone.membership),
            at=world.now,
        )
    assert world.rows("select 1 from people_double") == []
    assert world.ladder(world.booth).counted == 1
    sound(world)


def test_decided_pairs_are_decided_once_and_left_people_are_gone(world: World) -> None:
    web, other = world.web_join(of=SUNITA), world.web_join(of=SUNITA_AGAIN)
    double = pair(world, web, other)
    with system("tests tell apart"):
        doubles.tell_members_apart(double=double, is_apart=True, by=SYSTEM, at=world.now)
    with pytest.raises(DecidedAlready):
        merge(world, double)
    assert pair(world, web, other) == double  # found again, it stays decided
    with pytest.raises(DecidedAlready):
        merge(world, double)
    with system("tests tell apart"):
        doubles.tell_members_apart(double=double, is_apart=False, by=SYSTEM, at=world.now)
    world.leave(other, of=SUNITA_AGAIN)
    with pytest.raises(EntryGone):
        merge(world, double)


def test_chain_of_merges_keeps_the_one_that_others_joined(world: World) -> None:
    third = Human("Suneeta Sharma", 1980, "+919906000023")
    one = world.web_join(of=SUNITA)
    world.tick()
    two = world.web_join(of=SUNITA_AGAIN)
    world.tick()
    three = world.web_join(of=third)
    first = pair(world, two, three)
    merge(world, first)  # the older, two, stays
    world.tick(days=1)
    second = pair(world, one, two)
    merge(world, second)
    assert person_of(one).merged_into == person_of(two).pk
    unmerge(world, first)
    unmerge(world, second)
    assert world.ladder(world.booth).counted == 3
    sound(world)


# A no belongs to the person


def merged(world: World, one: ClaimOutcome, other: ClaimOutcome) -> UUID:
    world.tick(minutes=5)
    double = pair(world, one, other)
    merge(world, double)
    world.tick(minutes=5)
    return double


def silent(*phones: str) -> list[bool]:
    with system("tests look"):
        return [people.standing_no(keyring().phone_id(phone)) is not None for phone in phones]


def agreed(told: ClaimOutcome) -> int:
    """Count the yeses to calls and messages that hold."""
    with system("tests look"):
        return Consent.objects.filter(
            person_id=person_of(told).pk, purpose__gt=Purpose.MEMBERSHIP, withdrawn_at=None
        ).count()


def say_stop(world: World, phone: str) -> None:
    actions.stop_by_phone(phone=phone, channel=Channel.SMS.value, by=CHANNEL, at=world.now)


def agrees(world: World, of: Human) -> ClaimOutcome:
    """Somebody joins, and says yes to calls and messages."""
    claim = world.claim(of, Channel.WEB, sign=Sign.WEB, unit=world.booth)
    claim.consents = tuple(Purpose.values)
    return world.take(claim)


@pytest.mark.parametrize("is_first", [True, False])
def test_merge_keeps_the_stop_of_either_phone(world: World, is_first: bool) -> None:
    rows = list(csv.DictReader((CASES / "p35_two_phones.csv").open(encoding="utf-8")))
    women = [Human(row["name"], int(row["year"]), "+91" + row["phone"]) for row in rows]
    first, second = (agrees(world, each) for each in women)
    phones = [each.phone for each in women]
    say_stop(
        world, phones[0] if is_first else next(f"+91{row['phone']}" for row in rows if row["said"] == "STOP")
    )
    assert find_doubles(at=world.now) == 1
    double = merged(world, first, second)
    assert silent(*phones) == [True, True], "she said no, on however many phones"
    assert agreed(first) == agreed(second) == 0
    unmerge(world, double)
    assert silent(*phones) == [True, True], "only her own word takes it back"
    assert agreed(first) == agreed(second) == 0
    sound(world)


def test_merge_without_a_no_silences_nobody(world: World) -> None:
    first = agrees(world, SUNITA)
    second = agrees(world, SUNITA_AGAIN)
    merged(world, first, second)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [False, False]
    assert agreed(first) == 2


def test_merge_keeps_what_either_entry_took_back(world: World) -> None:
    first = agrees(world, SUNITA)
    second = agrees(world, SUNITA_AGAIN)
    with system("tests take a yes back"):
        consents.withdraw_consent(
            person_id=person_of(second).pk, purposes=[Purpose.CALLS], channel=3, by=CHANNEL, at=world.now
        )
    merged(world, first, second)
    assert (agreed(first), agreed(second)) == (1, 1)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [False, False]


def test_a_no_that_a_merge_carries_to_a_shared_phone_leaves_the_others_there_alone(world: World) -> None:
    first = agrees(world, SUNITA)
    mother = agrees(world, Human("Kamla Sharma", 1955, SUNITA.phone))
    second = agrees(world, SUNITA_AGAIN)
    say_stop(world, SUNITA_AGAIN.phone)
    merged(world, first, second)
    assert silent(SUNITA.phone) == [False]
    assert (agreed(first), agreed(mother)) == (0, 2)


@pytest.mark.parametrize("is_kept", [True, False], ids=["of the entry that stays", "of the entry that went"])
@pytest.mark.parametrize("says", ["stop", "leave", "deny", "page"])
def test_no_after_a_merge_silences_both_phones(world: World, says: str, is_kept: bool) -> None:
    first = agrees(world, SUNITA)
    world.tick(minutes=5)
    second = agrees(world, SUNITA_AGAIN)
    double = merged(world, first, second)
    assert person_of(second).merged_into == person_of(first).pk
    phone = (SUNITA if is_kept else SUNITA_AGAIN).phone
    said: dict[str, Any] = {"phone": phone, "channel": Channel.SMS.value, "by": CHANNEL, "at": world.now}
    match says:
        case "stop":
            actions.stop_by_phone(**said)
        case "leave":
            actions.leave_by_phone(**said)
        case "deny":
            actions.deny_by_phone(**said)
        case "page":
            if not is_kept:
                return  # the entry that went has no membership to leave
            world.leave(first, of=SUNITA)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [True, True]
    assert agreed(first) == agreed(second) == 0
    unmerge(world, double)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [True, True], "only a phone's own word takes it back"
    sound(world)


def test_no_while_numbers_may_be_forged_silences_both_phones_of_a_merge(world: World) -> None:
    first, second = agrees(world, SUNITA), agrees(world, SUNITA_AGAIN)
    merged(world, first, second)
    actions.leave_by_phone(
        phone=SUNITA_AGAIN.phone, channel=Channel.SMS.value, by=CHANNEL, at=world.now, is_believed=False
    )
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [True, True]
    assert world.ladder(world.booth).counted == 1, "the membership waits for an eye"
    sound(world)


def test_yes_taken_back_after_a_merge_is_taken_back_for_both_entries(world: World) -> None:
    first, second = agrees(world, SUNITA), agrees(world, SUNITA_AGAIN)
    merged(world, first, second)
    with system("tests take a yes back"):
        consents.withdraw_consent(
            person_id=person_of(second).pk, purposes=[Purpose.CALLS], channel=3, by=CHANNEL, at=world.now
        )
    assert (agreed(first), agreed(second)) == (1, 1)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [False, False]


def test_no_after_a_merge_leaves_others_on_the_other_phone_alone(world: World) -> None:
    first = agrees(world, SUNITA)
    mother = agrees(world, Human("Kamla Sharma", 1955, SUNITA.phone))
    second = agrees(world, SUNITA_AGAIN)
    merged(world, first, second)
    say_stop(world, SUNITA_AGAIN.phone)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [False, True]
    assert (agreed(first), agreed(mother)) == (0, 2)


def test_no_after_an_undone_merge_is_of_one_phone(world: World) -> None:
    first, second = agrees(world, SUNITA), agrees(world, SUNITA_AGAIN)
    unmerge(world, merged(world, first, second))
    say_stop(world, SUNITA_AGAIN.phone)
    assert silent(SUNITA.phone, SUNITA_AGAIN.phone) == [False, True]
    assert (agreed(first), agreed(second)) == (2, 0)
