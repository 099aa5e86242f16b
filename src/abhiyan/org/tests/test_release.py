"""A second person's approval."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from abhiyan.core import news
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, TooMany
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions, queries
from abhiyan.org.actions.doors import TooEarly
from abhiyan.org.actions.releases import AlreadyDecided, ApprovalOver, UnknownAct
from abhiyan.org.models import Appointment, Office, Release
from abhiyan.org.news import FactorReset
from abhiyan.org.queries import deciding
from abhiyan.org.queries.deciding import MayNotDecide
from abhiyan.org.queries.resets import NotAbove, OnTheConsole
from abhiyan.people import actions as people
from abhiyan.people.models import Account, Factor, Person, Session
from abhiyan.people.tests.make import body, browser

from .make import AT, SYSTEM, World, actor

pytestmark = pytest.mark.django_db
LONG_AGO = AT - timedelta(days=60)


def ask(
    world: World,
    by: str | Account = "district_president",
    code: str = "N11",
    act: str = "people.export",
    **payload: object,
) -> Release:
    account = world.holder(by, code) if isinstance(by, str) else by
    return actions.ask_release(
        act=act,
        unit_id=world.unit(code),
        reason="for the printer",
        payload={"list": "x", **payload},
        by=actor(account),
        at=AT,
    )


def asker_of(asked: Release) -> Account:
    with system("test"):
        return Account.objects.get(id=asked.asked_by)


def decide(asked: Release, by: Account, *, allow: bool = True) -> None:
    actions.decide_release(public_id=asked.public_id, allow=allow, by=actor(by), at=AT)


def use(asked: Release) -> dict[str, object]:
    return actions.use_release(public_id=asked.public_id, act=asked.act, by=actor(asker_of(asked)), at=AT)


def test_asked_by_one_approved_by_a_data_officer_used_once(world: World) -> None:
    asked, officer = ask(world), world.officer("N11")
    with pytest.raises(actions.NotReleased):
        use(asked)
    decide(asked, officer)
    with pytest.raises(actions.NotReleased):
        actions.use_release(public_id=asked.public_id, act="people.export", by=actor(officer), at=AT)
    assert use(asked) == {"list": "x"}
    with pytest.raises(actions.NotReleased):
        use(asked)


def test_a_data_officer_decides_every_act_of_the_unit_and_below_and_nothing_elsewhere(world: World) -> None:
    state, elsewhere = world.officer("N1"), world.officer("N2")
    for by, code, act in (
        ("state_president", "N1", "channels.token"),
        ("district_president", "N11", "people.export"),
        ("booth_president", "N1111", "people.reveal_many"),
    ):
        asked = ask(world, by, code, act)
        with pytest.raises(queries.NotYours):
            decide(asked, elsewhere)
        decide(asked, state)


def test_nobody_decides_their_own(world: World) -> None:
    asked = ask(world)
    with pytest.raises(deciding.OwnAsking):
        decide(asked, asker_of(asked))


def test_the_level_above_decides_where_it_had_no_part_in_the_appointment(world: World) -> None:
    asked = ask(world)
    decide(asked, world.holder("state_president", "N1"))
    assert use(asked)


def test_whoever_holds_office_beside_or_below_does_not_decide(world: World) -> None:
    world.holder("state_president", "N1")
    asked = ask(world, "district_in_charge")
    for account in (world.holder("district_president", "N11"), world.holder("mandal_president", "N111")):
        with pytest.raises(queries.NotYours):
            decide(asked, account)
    two = world.account("Two offices")
    world.appoint(two, "district_president", "N12")
    world.appoint(two, "state_general_secretary", "N1")
    asked = ask(world, two, "N12")
    with pytest.raises(deciding.NotAboveAsker):  # above one of them only
        decide(asked, world.holder("state_general_secretary", "N1"))


def test_nobody_decides_for_whom_they_appointed_or_who_appointed_them(world: World) -> None:
    national, outside = (
        world.holder("national_president", "N"),
        world.holder("national_general_secretary", "N"),
    )
    state, district = world.account("State"), world.account("District")
    world.appoint(state, "state_president", "N1", by=actor(national), at=LONG_AGO)
    world.appoint(district, "district_president", "N11", by=actor(state), at=LONG_AGO + timedelta(days=1))
    for asker, code, decider in (
        (state, "N1", national),
        (district, "N11", state),
        (district, "N11", national),
    ):
        with pytest.raises(deciding.AppointedAsker):  # one level up, and through others
            decide(ask(world, asker, code, n=decider.pk), decider)
    decide(ask(world, district, "N11", n=0), outside)
    officer = world.account("Officer, but once a worker of theirs")
    worked = world.appoint(
        officer, "booth_worker", "N1111", by=actor(district), at=LONG_AGO + timedelta(days=2)
    )
    actions.end_appointment(
        public_id=worked.public_id, reason="r", by=actor(district), at=LONG_AGO + timedelta(days=3)
    )
    named_by = world.officer("N")
    world.appoint(officer, "data_officer", "N11", by=actor(named_by), at=LONG_AGO + timedelta(days=4))
    with pytest.raises(deciding.AppointedByAsker):
        decide(ask(world, district, "N11", n=0), officer)
    with pytest.raises(deciding.OneAppointer):  # the national president appointed both, through others
        decide(ask(world, state, "N1", n=9), world_state_officer(world, national, state, named_by))


def world_state_officer(world: World, national: Account, state: Account, named_by: Account) -> Account:
    """Return a data officer of the state whose earlier office the national president had given them."""
    officer = world.account("Once of the nation")
    at = LONG_AGO + timedelta(days=5)
    held = world.appoint(officer, "booth_worker", "N1111", by=actor(national), at=at)
    actions.end_appointment(public_id=held.public_id, reason="r", by=actor(national), at=at)
    world.appoint(officer, "data_officer", "N1", by=actor(named_by), at=at)
    return officer


def test_an_administrator_who_only_sets_up_is_of_nobodys_line_one_who_leads_is(world: World) -> None:
    root = world.account("Root", is_root=True)
    above, below = world.account("Above"), world.account("Below")
    world.appoint(above, "national_president", "N", by=actor(root), at=LONG_AGO)
    world.appoint(below, "state_president", "N1", by=actor(root), at=LONG_AGO)
    decide(ask(world, below, "N1"), above)
    world.appoint(root, "booth_worker", "N1111")
    with pytest.raises(deciding.OneAppointer):
        decide(ask(world, below, "N1"), above)
    own = world.account("Their own phone")
    world.appoint(own, "national_general_secretary", "N", by=actor(root), at=LONG_AGO)
    with pytest.raises(deciding.AppointedByAsker):
        decide(ask(world, root, "N11", "factors.reset"), own)


@pytest.mark.parametrize("is_declined", [False, True])
def test_an_offer_to_an_administrator_changes_no_decider(world: World, is_declined: bool) -> None:
    root, leader = world.account("Root", is_root=True), world.account("Leader")
    above, below = world.account("Above"), world.account("Below")
    world.appoint(above, "national_president", "N", by=actor(root), at=LONG_AGO)
    world.appoint(leader, "district_president", "N11", by=actor(root), at=LONG_AGO)
    world.appoint(below, "state_president", "N1", by=actor(root), at=LONG_AGO)
    offered = world.appoint(root, "booth_worker", "N1111", by=actor(leader), is_accepted=False)
    if is_declined:
        actions.answer_offer(public_id=offered.public_id, is_accepted=False, by=actor(root), at=AT)
    (found,) = deciding.deciders([ask(world, below, "N1")], at=AT).values()
    assert above.pk in found.accounts


def test_nobody_decides_who_took_office_less_than_a_week_before_it_was_asked(world: World) -> None:
    top, officer = world.officer("N"), world.account("New")
    held = world.appoint(officer, "data_officer", "N11", by=actor(top), at=AT - timedelta(days=6, hours=23))
    asked = ask(world)
    for later in (timedelta(0), timedelta(hours=71)):  # not even a week later
        with pytest.raises(deciding.SeatedTooShortly, match="7"):
            actions.decide_release(public_id=asked.public_id, allow=True, by=actor(officer), at=AT + later)
    assert held.starts_on < AT.date() - timedelta(days=7), "a first day long past does not help"
    with system("test"):
        Appointment.objects.filter(pk=held.pk).update(accepted_at=AT - timedelta(days=7))
    decide(asked, officer)


def test_whom_the_console_named_decides_at_once_also_what_was_asked_before(world: World) -> None:
    asked = ask(world)
    late = world.account("Late")
    world.appoint(late, "data_officer", "N", at=AT + timedelta(minutes=1))
    actions.decide_release(
        public_id=asked.public_id, allow=True, by=actor(late), at=AT + timedelta(minutes=2)
    )
    with system("test"):
        asked.refresh_from_db()
    assert asked.state == "released"


def test_whom_the_asker_can_remove_does_not_decide(world: World) -> None:
    """The asker exports in a district; an office of theirs higher up only appoints."""
    with system("test"):
        Office.objects.filter(code="it_administrator").update(
            capabilities=["org.appoint", "people.read", "people.export", "org.release"],
            sees_people=True,
            rank=5,
        )
        Office.objects.filter(code="zone_in_charge").update(
            capabilities=["org.appoint", "people.read"], expected_in=[], rank=1
        )
    asker = world.holder("district_president", "N11")
    world.appoint(asker, "zone_in_charge", "N1")
    above = world.holder("it_administrator", "N1")
    with pytest.raises(deciding.Removable):
        decide(ask(world, asker), above)


def test_whoever_has_no_power_here_does_not_decide(world: World) -> None:
    asked = ask(world)
    for office, code in (("district_president", "N12"), ("booth_president", "N1111"), ("data_officer", "N2")):
        with pytest.raises(queries.NotYours) as refused:
            decide(asked, world.holder(office, code))
        assert not isinstance(refused.value, MayNotDecide)


def test_the_asker_needs_the_capability_when_asking(world: World) -> None:
    with pytest.raises(queries.NotYours):
        ask(world, "booth_president", "N1111")


def test_the_end_of_an_appointment_ends_what_its_holder_asked_and_a_new_one_does_not_revive_it(
    world: World,
) -> None:
    officer, account = world.officer("N11"), world.account()
    held = world.appoint(account, "district_president", "N11")
    waits, approved = ask(world, account, n=1), ask(world, account, n=2)
    decide(approved, officer)
    actions.end_appointment(public_id=held.public_id, reason="r", by=SYSTEM, at=AT)
    world.appoint(account, "district_president", "N11")
    with pytest.raises(AlreadyDecided):
        decide(waits, officer)
    with pytest.raises(actions.NotReleased):
        use(approved)
    with system("test"):
        assert set(Release.objects.values_list("state", flat=True)) == {"withdrawn"}
        assert AuditEntry.objects.filter(act="org.withdraw_release").count() == 2
    decide(ask(world, account, n=1), officer)


def test_an_approval_ends_with_the_office_of_whoever_gave_it(world: World) -> None:
    top, account = world.officer("N"), world.account()
    held = world.appoint(account, "data_officer", "N11", by=actor(top), at=LONG_AGO)
    asked = ask(world)
    decide(asked, account)
    actions.end_appointment(public_id=held.public_id, reason="r", by=actor(top), at=AT)
    with pytest.raises(ApprovalOver):
        use(asked)
    world.appoint(account, "data_officer", "N11", by=actor(top))
    with pytest.raises(ApprovalOver):
        use(asked)


def test_the_same_asked_twice_is_asked_once(world: World) -> None:
    account = world.holder("district_president", "N11")
    first = ask(world, account)
    assert ask(world, account).pk == first.pk
    others = {ask(world, account, n=1).pk, ask(world, account, act="people.reveal_many").pk}
    others |= {ask(world, world.holder("district_in_charge", "N11")).pk}
    assert len(others - {first.pk}) == 3
    decide(first, world.officer("N11"), allow=False)
    assert ask(world, account).pk != first.pk, "once decided it is asked anew"


def test_a_no_is_a_no_and_is_final(world: World) -> None:
    asked, officer = ask(world), world.officer("N11")
    decide(asked, officer, allow=False)
    with pytest.raises(AlreadyDecided):
        decide(asked, officer)


def test_what_is_not_decided_or_used_in_time_lapses(world: World) -> None:
    asked, officer = ask(world), world.officer("N11")
    later = AT + timedelta(hours=72)
    with pytest.raises(actions.Lapsed):
        actions.decide_release(public_id=asked.public_id, allow=True, by=actor(officer), at=later)
    with system("loop"):
        assert actions.lapse_releases(at=AT) == 0
        assert actions.lapse_releases(at=later) == 1
        asked.refresh_from_db()
    assert asked.state == "lapsed"


def test_an_act_nobody_knows_is_refused(world: World) -> None:
    with pytest.raises(UnknownAct):
        ask(world, act="world.end")


def waiting_for(account: Account, *, later: timedelta = timedelta(0)) -> list[Release]:
    viewer = queries.viewer_of(account_id=account.pk, on=AT.date())
    with scoped(viewer.scope):
        return queries.releases_of(account.pk, at=AT + later)[0]


def test_what_waits_for_me_is_what_i_may_decide_and_nobody_nearer(world: World) -> None:
    asked = ask(world)
    near, state, beside = world.officer("N11"), world.officer("N1"), world.officer("N12")
    leader = world.holder("state_president", "N1")
    assert [waiting_for(one) for one in (near, state, beside, leader)] == [[asked], [], [], []]
    day = timedelta(days=1)
    assert [waiting_for(one, later=day) for one in (near, state, beside, leader)] == [[asked]] * 2 + [
        [],
        [asked],
    ]


def told(found: queries.Deciders) -> str:
    with translation.override("en"):
        return found.whom_to_ask("en")


def test_who_may_decide_is_told_by_office_the_nearest_first_and_is_what_the_act_takes(world: World) -> None:
    asked = ask(world, "state_president", "N1", act="channels.token")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.accounts == set() and found.seats == ()
    assert told(found) == (
        "Nobody can approve this yet."
        " If filled, these could approve later requests: Data officer, Unit N1; Data officer, Unit N."
    )
    officer, above = world.officer("N1"), world.holder("national_president", "N")
    world.holder("state_general_secretary", "N1")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.accounts == {officer.pk, above.pk} and found.nearest == {officer.pk}
    assert told(found) == (
        "Can be approved by: Data officer, Unit N1; National president, Unit N."
        " If filled, these could approve later requests: Data officer, Unit N."
    )
    for account in (officer, above):
        assert found.refusal(account.pk) is None
    world.officer("N")
    with system("test"):
        Appointment.objects.filter(account_id=officer.pk).delete()
        Office.objects.filter(code="data_officer").update(expected_in=[])
    (found,) = queries.deciders([ask(world, above, "N")], at=AT).values()
    assert told(found) == "Can be approved by: Data officer, Unit N."


def test_one_person_in_every_leading_office_is_helped_by_the_tops_data_officers(world: World) -> None:
    """Deadlock of a small organisation: national and state president in one."""
    account = world.account("Both")
    world.appoint(account, "national_president", "N")
    world.appoint(account, "state_president", "N1")
    world.holder("national_general_secretary", "N")
    asked = ask(world, account, "N1", act="channels.token")
    (found,) = queries.deciders([asked], at=AT).values()
    assert not found.accounts and "Data officer, Unit N" in told(found)
    officer = world.officer("N")
    (found,) = queries.deciders([asked], at=AT).values()
    assert found.accounts == {officer.pk}
    decide(asked, officer)
    assert use(asked)


def test_who_may_decide_is_read_by_as_many_queries_whatever_waits(world: World) -> None:
    world.officer("N1")
    askers = {code: world.holder("district_president", code) for code in ("N11", "N12")}

    def read(n: int) -> int:
        asked = [ask(world, askers[code], code, n=each) for code in list(askers)[:n] for each in range(n)]
        with CaptureQueriesContext(connection) as seen:
            queries.deciders(asked, at=AT)
        return len(seen)

    assert read(1) == read(2)


def lost(world: World, office: str = "booth_president", code: str = "N1111") -> tuple[Account, Appointment]:
    """Somebody with a second proof, and their appointment."""
    account = world.account("Lost")
    held = world.appoint(account, office, code)
    with system("test"):
        Factor.objects.create(
            public_id=account.public_id,
            account_id=account.pk,
            kind="totp",
            sealed=b"x",
            created_at=AT,
            confirmed_at=AT,
        )
    return account, held


def ask_reset(held: Appointment, by: Account) -> Release:
    return actions.ask_factor_reset(appointment=held.public_id, reason="phone lost", by=actor(by), at=AT)


def test_a_lost_second_proof_is_reset_from_above_by_two(world: World) -> None:
    account, held = lost(world)
    president = world.holder("district_president", "N11")
    for by in (account, world.holder("district_president", "N12")):
        with pytest.raises(queries.NotYours):
            ask_reset(held, by)
    asked = ask_reset(held, president)
    with pytest.raises(actions.NotReleased):
        actions.reset_factors(release=asked.public_id, by=actor(president), at=AT)
    decide(asked, world.officer("N11"))
    actions.reset_factors(release=asked.public_id, by=actor(president), at=AT)
    with system("test"):
        assert not Factor.objects.filter(account_id=account.pk).exists()
        assert not Session.objects.filter(account_id=account.pk, ended_at=None).exists()


def test_a_reset_is_asked_only_from_above_every_living_appointment(world: World) -> None:
    account, held = lost(world)
    district, state = world.holder("district_president", "N11"), world.holder("state_president", "N1")
    higher = world.appoint(account, "district_in_charge", "N12")
    with pytest.raises(NotAbove):
        ask_reset(held, district)
    assert ask_reset(held, state).unit_id == world.unit("N12"), "decided over the highest of their units"
    actions.end_appointment(public_id=higher.public_id, reason="r", by=SYSTEM, at=AT)
    asked = ask_reset(held, district)
    assert asked.unit_id == world.unit("N1111")
    decide(asked, world.officer("N11"))
    world.appoint(account, "state_general_secretary", "N1")  # meanwhile
    with pytest.raises(NotAbove):
        actions.reset_factors(release=asked.public_id, by=actor(district), at=AT)


def test_an_appointment_that_is_over_opens_no_reset(world: World) -> None:
    account, held = lost(world)
    world.appoint(account, "national_general_secretary", "N")
    actions.end_appointment(public_id=held.public_id, reason="r", by=SYSTEM, at=AT)
    with pytest.raises(NotFound):
        ask_reset(held, world.holder("national_president", "N"))


def test_an_administrators_proof_and_a_top_officers_are_reset_on_the_console_alone(world: World) -> None:
    account, held = lost(world)
    root = world.account("Another administrator", is_root=True)
    assert ask_reset(held, root).asked_by == root.pk
    with system("test"):
        Account.objects.filter(pk=account.pk).update(is_root=True)
    with pytest.raises(OnTheConsole):
        ask_reset(held, world.holder("national_president", "N"))
    _officer, named = lost(world, "data_officer", "N")
    with pytest.raises(NotAbove):
        ask_reset(named, root)


def test_a_number_is_revealed_within_capability_scope_and_quota(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with system("test"):
        phone_id = people.accounts.keep_sealed_phone(phone="+919876543210")
        Person.objects.create(
            id=phone_id, public_id=phone_id, phone_id=phone_id, name="A", unit_id=world.unit("N1111"), at=AT
        )
    near, far = world.holder("booth_president", "N1111"), world.holder("booth_president", "N1211")
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.reveal=2")
    given = {"phone_id": phone_id, "about": phone_id, "unit_id": world.unit("N1111"), "at": AT}
    with scoped(queries.scope_of(near.pk, AT.date())):
        for _each in range(2):
            assert actions.reveal_phone(by=actor(near), **given) == "+919876543210"  # type: ignore[arg-type]  # a dict
        with pytest.raises(TooMany):
            actions.reveal_phone(by=actor(near), **given)  # type: ignore[arg-type]  # a dict
    with scoped(queries.scope_of(far.pk, AT.date())):
        with pytest.raises(queries.NotYours):
            actions.reveal_phone(by=actor(far), **given)  # type: ignore[arg-type]  # a dict
        with pytest.raises(NotFound):  # a unit of one's own does not open somebody else's phone
            actions.reveal_phone(by=actor(far), **(given | {"unit_id": world.unit("N1211")}))  # type: ignore[arg-type]
    with scoped(Scope()), pytest.raises(queries.NotYours):
        actions.reveal_phone(by=actor(far), **given)  # type: ignore[arg-type]  # a dict


@pytest.mark.parametrize(
    ("office", "code", "above", "waits"),
    [
        ("district_president", "N11", ("state_president", "N1"), False),
        ("state_general_secretary", "N1", ("national_president", "N"), True),
    ],
)
def test_a_reset_of_a_high_office_waits_a_day_from_its_approval(
    world: World, office: str, code: str, above: tuple[str, str], waits: bool
) -> None:
    account, held = lost(world, office, code)
    asker = world.holder(*above)
    asked = ask_reset(held, asker)
    decide(asked, world.officer("N"))
    for later, is_early in ((0, waits), (23, waits), (25, False)):
        try:
            with transaction.atomic():
                word = actions.reset_factors(
                    release=asked.public_id, by=actor(asker), at=AT + timedelta(hours=later)
                )
                transaction.set_rollback(True)
            assert not is_early and len(word) == 9
        except TooEarly:
            assert is_early
    with system("test"):
        assert Factor.objects.filter(account_id=account.pk).exists(), "all of it was undone"


def test_a_reset_can_still_be_done_when_the_person_was_appointed_higher_after_the_approval(
    world: World,
) -> None:
    account, held = lost(world, "district_president", "N11")
    asker = world.holder("national_president", "N")
    asked = ask_reset(held, asker)
    decide(asked, world.officer("N"))
    world.appoint(account, "state_general_secretary", "N1")
    with pytest.raises(TooEarly):
        actions.reset_factors(release=asked.public_id, by=actor(asker), at=AT + timedelta(hours=23))
    assert actions.reset_factors(release=asked.public_id, by=actor(asker), at=AT + timedelta(hours=25))


def test_who_was_offered_a_high_office_is_waited_for_too(world: World) -> None:
    account, held = lost(world, "district_president", "N11")
    asker = world.holder("national_president", "N")
    world.appoint(account, "state_general_secretary", "N1", by=actor(asker), is_accepted=False)
    asked = ask_reset(held, asker)
    decide(asked, world.officer("N"))
    with pytest.raises(TooEarly):
        actions.reset_factors(release=asked.public_id, by=actor(asker), at=AT)


def test_whose_proof_is_to_be_reset_sees_it_today_and_stops_it(world: World) -> None:
    account, held = lost(world, "state_general_secretary", "N1")
    asker = world.holder("national_president", "N")
    own, other = browser(account), browser(world.holder("state_president", "N1"))
    asked = actions.ask_factor_reset(appointment=held.public_id, reason="phone lost", by=actor(asker), at=NOW)
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(world.officer("N")), at=NOW)
    where = f"/releases/{asked.public_id}/stop/"
    assert "Somebody asks to reset your second proof" in body(own, "/today/") and where in body(
        own, "/today/"
    )
    assert "reset your second proof" not in body(other, "/today/")
    assert other.post(where).status_code == browser(asker).post(where).status_code == 404
    assert own.get(where).status_code == 200 and own.post(where).status_code == 302
    assert where not in body(own, "/today/")
    with pytest.raises(actions.NotReleased):
        actions.reset_factors(release=asked.public_id, by=actor(asker), at=NOW + timedelta(hours=25))
    assert own.post(where).status_code == 404


def test_the_person_is_told_when_a_reset_is_asked_for_and_when_it_is_done(world: World) -> None:
    account, held = lost(world)
    asker = world.holder("district_president", "N11")
    told: list[FactorReset] = []
    news.subscribe(FactorReset, told.append)
    try:
        asked = ask_reset(held, asker)
        decide(asked, world.officer("N11"))
        actions.reset_factors(release=asked.public_id, by=actor(asker), at=AT)
    finally:
        news._subscribers[FactorReset].remove(told.append)
    assert [(one.account_id, one.is_done) for one in told] == [(account.pk, False), (account.pk, True)]
