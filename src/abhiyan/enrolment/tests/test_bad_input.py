"""Each kind of bad input that can reach the act: a clear refusal that names its field, or a claim without cost."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from abhiyan.core import database
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimMessage, ClaimRefused
from abhiyan.enrolment.actions.claims import DriveClosed, Joined, KeyReused, NotAdult, Unreadable, Waits
from abhiyan.enrolment.fields import NameField
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.intake.actions.drives import NoSuchDrive
from abhiyan.people.models import Notice

from .make import CHANNEL, DAY, NOON, Human, Ladder, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def refused(world: World, **changes: Any) -> ClaimRefused:
    """Return the act's refusal of Asha's claim with these changes; nothing of it may be stored."""
    claim = world.claim(world.asha, Channel.API, unit=world.booth)
    for name, value in changes.items():
        setattr(claim, name, value)
    (answer,) = world.send(claim)
    assert isinstance(answer, ClaimRefused), answer
    for table in ("enrolment_claim", "people_phone", "people_person", "programmes_delta"):
        assert world.count(table) == 0, table
    with translation.override("hi"):
        assert any("\u0900" <= letter <= "\u097f" for letter in str(answer)), f"no Hindi for {answer.code}"
    return answer


def test_what_is_no_phone_is_refused(world: World) -> None:
    for phone in ("", "12", "phone", "+1 (555) 01", "9" * 10_000, "99060\x0000001", "०००", "'--"):
        answer = refused(world, phone=phone)
        assert (answer.code, answer.field) == ("phone_invalid", "phone")


def test_a_phone_from_abroad_where_the_drive_takes_indian_mobiles_only(world: World) -> None:
    assert refused(world, phone="+447400123456").code == "phone_abroad"


def test_right_to_left_and_zero_width_characters(world: World) -> None:
    claim = world.claim(world.asha, Channel.API, unit=world.booth)
    claim.phone = "\u202d+91\u00a099060\u200b00001\u202c"
    claim.name = "\u202eAsha\u200b \u2066Devi\u2069\ufeff"
    assert isinstance(world.take(claim), Joined)
    assert world.rows("select name from people_person") == [("Asha Devi",)]
    assert isinstance(world.paper_row(of=world.asha), actions.AlreadyMember)


def test_joiners_that_shape_a_conjunct_are_kept(world: World) -> None:
    human = Human("शक्\u200dति \u200cराम", 1970, "+919906000011")
    world.web_join(of=human)
    assert world.rows("select name from people_person") == [("शक्\u200dति राम",)]


def test_nul_and_ten_megabyte_and_letterless_names(world: World) -> None:
    for name in ["Asha\u0000Devi", "\ud800", "A" * 201, "A" * 10_000_000, "12345", "\u200b", "،؛"]:
        answer = refused(world, name=name)
        assert (answer.code, answer.field) == ("name_invalid", "name")


def test_a_formula_markup_or_digits_are_no_name_by_claim_or_form(world: World) -> None:
    for name in ('=HYPERLINK("http://x")', "<script>alert(1)</script>", "Ra'ce <b>x</b>", "Asha 2", "आशा २"):
        answer = refused(world, name=name)
        assert (answer.code, answer.field) == ("name_invalid", "name"), name
        with pytest.raises(ValidationError):
            NameField().clean(name)
    assert world.count("people_person") == 0


def test_unknown_units_and_units_outside(world: World) -> None:
    for code, unit in (
        ("unknown_unit", "JK-B999"),
        ("unknown_unit", "JK\x00B001"),
        ("unknown_unit", "\ud800"),
        ("unknown_unit", "x" * 999),
        ("outside_scope", "HP-B001"),
        ("outside_scope", "IN"),
    ):
        answer = refused(world, unit_code=unit)
        assert (answer.code, answer.field) == (code, "unit")


def test_a_sender_claims_only_for_units_of_its_own(world: World) -> None:
    assert refused(world, within=(world.far_booth.pk,)).code == "outside_scope"
    assert refused(world, within=()).code == "outside_scope"
    claim = world.claim(world.asha, Channel.API, unit=world.booth)
    claim.within = (world.far_booth.pk, world.mandal.pk)
    assert isinstance(world.take(claim), Joined)


def test_dates_out_of_window_and_impossible_times(world: World) -> None:
    for code, moment in (
        ("drive_not_open", NOON - timedelta(days=10)),
        ("field_time_invalid", NOON + timedelta(hours=1, seconds=1)),
        ("field_time_invalid", NOON.replace(tzinfo=None)),
        ("field_time_invalid", NOON.replace(year=1970)),
        ("field_time_invalid", datetime.max.replace(tzinfo=NOON.tzinfo)),
        ("field_time_invalid", datetime.min.replace(tzinfo=NOON.tzinfo)),
    ):
        answer = refused(world, field_at=moment)
        assert (answer.code, answer.field) == (code, "field_at")


def test_a_clock_an_hour_ahead_is_taken_at_the_servers_time(world: World) -> None:
    claim = world.claim(world.asha, Channel.API, unit=world.booth, field_at=NOON + timedelta(hours=1))
    assert isinstance(world.take(claim), Joined)
    assert world.rows("select field_at from enrolment_claim") == [(NOON,)]


def test_after_the_drives_last_day() -> None:
    world = World.make(closes_on=DAY - timedelta(days=1))
    assert refused(world).code == "drive_closed"


def test_a_resend_after_the_drive_has_closed_still_gets_its_first_outcome() -> None:
    world = World.make(closes_on=DAY)
    claim = world.claim(world.asha, Channel.API, unit=world.booth)
    claim.field_at = None  # so that a resend is dated after the window
    first = world.take(claim)
    world.tick(days=3)
    assert world.take(claim) == first


def test_a_draft_takes_nothing(world: World) -> None:
    world.set_state("draft")
    assert refused(world).code == "drive_not_open"


def test_a_closed_drive_takes_nothing_more_within_a_second(world: World) -> None:
    world.web_join(of=world.bilal)
    world.set_state("closed")
    world.tick(seconds=2)
    (answer,) = world.send(world.claim(world.asha, Channel.API, unit=world.booth))
    assert isinstance(answer, DriveClosed)


def test_a_claim_that_lacks_what_it_must_have(world: World) -> None:
    table: tuple[tuple[str, dict[str, object]], ...] = (
        ("birth_year_invalid", {"birth_year": 1800}),
        ("birth_year_invalid", {"birth_year": 2040}),
        ("birth_year_invalid", {"birth_year": -5}),
        ("birth_year_invalid", {"birth_year": 10**30}),
        ("birth_year_missing", {"birth_year": None}),
        ("name_missing", {"name": None}),
        ("name_missing", {"name": ""}),
        ("notice_missing", {"notice_version": None}),
        ("notice_unknown", {"notice_version": -1}),
        ("notice_unknown", {"notice_version": 0}),
        ("notice_unknown", {"notice_version": 2}),
        ("notice_unknown", {"notice_version": 2**31 - 1}),
        ("notice_unknown", {"notice_version": 10**30}),
        ("consent_missing", {"consents": ()}),
        ("consent_missing", {"consents": (2,)}),
        ("consent_missing", {"consents": (1, 99)}),
    )
    for code, changes in table:
        assert refused(world, **changes).code == code


def test_a_notice_published_meanwhile_is_known_within_a_second(world: World) -> None:
    assert refused(world, notice_version=2).code == "notice_unknown"
    with system("tests publish a notice"):
        Notice.objects.create(
            code="membership",
            version=2,
            language="hi",
            title="",
            sections=[],
            short="",
            published_at=world.now,
        )
    world.tick()
    claim = world.claim(world.asha, Channel.API)
    claim.notice_version = 2
    world.take(claim)
    assert world.rows("select notice_version from people_consent") == [(2,)]


def test_a_minor_is_refused_and_leaves_only_a_counter(world: World) -> None:
    claim = world.claim(world.child, Channel.API, unit=world.booth)
    for _ in range(2):  # a resend is not counted twice
        (answer,) = world.send(claim)
        assert isinstance(answer, NotAdult)
        intake.forget_drives()
    world.send(world.claim(world.child, Channel.API, unit=world.booth))
    for table in ("enrolment_claim", "people_phone", "people_person", "programmes_delta", "core_audit"):
        assert world.count(table) == 0, table
    assert world.rows("select unit_id, n from enrolment_refused_count") == [(world.booth.pk, 2)]


def test_with_the_year_alone_eighteen_counts_only_when_they_say_so(world: World) -> None:
    claim = world.claim(world.asha, Channel.WEB, sign=Sign.WEB, unit=world.booth)
    claim.birth_year = DAY.year - 18
    (answer,) = world.send(claim)
    assert isinstance(answer, NotAdult)
    claim = world.claim(world.asha, Channel.WEB, sign=Sign.WEB, unit=world.booth)
    claim.birth_year, claim.says_adult = DAY.year - 18, True
    assert isinstance(world.take(claim), Joined)


def test_a_reused_key_for_another_phone_is_said(world: World) -> None:
    world.api(of=world.asha, key="one")
    (answer,) = world.send(world.claim(world.bilal, Channel.API, unit=world.booth, key="one"))
    assert isinstance(answer, KeyReused)
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_a_key_reused_within_one_list_is_the_first_phones_whatever_their_order(world: World) -> None:
    """The earlier in the list has the key; the other gets the answer it would get a batch later."""
    for n, (one, other) in enumerate(((world.asha, world.bilal), (world.bilal, world.asha))):
        key = f"once {n}"
        claims = [
            world.claim(Human("Asha Devi", 1980, "123"), Channel.API, unit=world.booth, key=f"bad {n}"),
            world.claim(one, Channel.API, unit=world.booth, key=key),
            world.claim(one, Channel.API, unit=world.booth, key=key),
            world.claim(other, Channel.API, unit=world.booth, key=key),
            world.claim(world.chandra, Channel.API, unit=world.booth, key=f"free {n}"),
            world.claim(world.child, Channel.API, unit=world.booth, key=key),
            world.claim(other, Channel.API, unit=world.booth, key=key),
        ]
        answers = world.send(*claims)
        reused = answers[3]
        assert isinstance(reused, KeyReused) and reused.field == "key"
        assert isinstance(answers[1], Joined) and answers[2] == answers[1]
        assert [type(answers[place]) for place in (0, 5, 6)] == [
            actions.PhoneInvalid,
            NotAdult,
            KeyReused,
        ]
        # Sent again, in the other order too, everybody hears the same.
        backwards = world.send(*reversed(claims))
        for first, second in zip(answers, reversed(backwards), strict=True):
            assert type(first) is type(second)
            assert getattr(first, "receipt", None) == getattr(second, "receipt", None)
    assert world.rows("select count(*) from enrolment_claim") == [(4,)]
    assert world.tallies() == world.recounted()


def test_a_fifth_person_on_a_phone_stays_reported_with_a_receipt(world: World) -> None:
    for n in range(4):
        world.paper_row(of=Human(f"Person {'abcd'[n]}", 1970 + n, world.asha.phone))
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    (first,) = world.send(claim)
    assert isinstance(first, actions.PhoneFull) and first.receipt is not None
    assert "4" in str(first)
    (again,) = world.send(claim)
    assert isinstance(again, actions.PhoneFull) and again.receipt == first.receipt
    assert world.ladder(world.booth) == Ladder(reported=5, unsigned=4)
    assert world.tallies() == world.recounted()


@pytest.mark.django_db(transaction=True)  # another connection alters the table
def test_one_unstorable_value_does_not_hold_up_its_batch(world: World) -> None:
    """A value no rule foresaw: the database says no, and the batch is halved until it is alone."""
    strange = 99
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute(f"alter table enrolment_claim add constraint no_stranger check (sign <> {strange})")
        try:
            claims = [
                world.claim(Human("Asha Devi", 1980, f"+9199060010{n:02d}"), Channel.API, unit=world.booth)
                for n in range(20)
            ]
            claims[13].sign = strange
            answers = world.send(*claims)
        finally:
            owner.execute("alter table enrolment_claim drop constraint no_stranger")
    assert isinstance(answers[13], Unreadable)
    assert sum(isinstance(answer, Joined) for answer in answers) == 19
    assert world.ladder(world.booth) == Ladder(reported=19, unsigned=19)
    assert world.tallies() == world.recounted()


def test_text_nobody_hangs_on_is_cleaned_not_refused(world: World) -> None:
    claim = world.claim(world.asha, Channel.API, unit=world.booth)
    claim.language, claim.device = "hi\x00\ud800", "x\x00" * 5_000
    assert isinstance(world.take(claim), Joined)


def test_a_burst_of_spoofed_callers_is_stored_and_joins_nobody(world: World) -> None:
    for start in range(0, 2_000, 500):
        calls: list[ClaimMessage] = [
            world.claim(
                Human("", 0, f"+91990{start + n:07d}"), Channel.MISSED_CALL, sign=Sign.CALL, nameless=True
            )
            for n in range(500)
        ]
        assert all(isinstance(answer, Waits) for answer in world.send(*calls))
    assert world.count("enrolment_claim") == 2_000
    assert world.count("people_person") == 0
    assert world.ladder(world.state) == Ladder(reported=2_000)


def test_an_empty_batch_is_nothing(world: World) -> None:
    assert world.send() == []


def test_no_such_drive_is_the_callers_fault(world: World) -> None:
    with pytest.raises(NoSuchDrive):
        intake.enrol_batch(
            programme_id=10**6, claims=[world.claim(world.asha, Channel.API)], by=CHANNEL, at=NOON
        )
