"""Two people are two people, whatever is appointed, ended, asked and approved in whatever order.

Persons each control several accounts: one that others appointed, and second phones that they themselves brought in.
The first test plays whole histories of a small organisation in memory, by the rules alone; the second plays shorter
ones in the database, by the acts, and holds what the database reads against the same rules.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment, Release
from abhiyan.org.rules import deciding, granting
from abhiyan.org.rules.offices import SEATS
from abhiyan.people.models import Account

from .make import SYSTEM, World, actor

BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
SEATED = timedelta(days=7)  # what the page promises; not read from the rule
OFFICE = {seat.code: seat for seat in SEATS}
# The account that others appointed comes first for each person, then second phones. Two are data officers, and four
# lead.
PERSONS = ("n", "g", "s", "z", "d", "e")
ACCOUNTS = [f"{person}{number}" for person in PERSONS for number in range(3)]
UNITS = {"N": (0, 100), "N1": (10, 50), "N11": (20, 40), "N2": (50, 90)}
GIVEN = [
    *[("national_general_secretary", "N"), ("state_general_secretary", "N1"), ("state_president", "N1")],
    *[("district_in_charge", "N11"), ("district_president", "N11"), ("state_general_secretary", "N2")],
    *[("data_officer", "N1"), ("data_officer", "N11"), ("data_officer", "N2"), ("booth_worker", "N11")],
]
ASKED = [("people.export", "N11"), ("people.export", "N1"), ("channels.token", "N1"), ("factors.reset", "N")]


def person(account: str) -> str:
    return account[0]


@dataclass
class Held:
    """An appointment of the played organisation."""

    account: str
    office: str
    unit: str
    made_by: str | None
    made_at: datetime
    ended_at: datetime | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        return OFFICE[self.office].capabilities

    def lives(self, at: datetime) -> bool:
        return self.made_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass
class Request:
    by: str
    act: str
    unit: str
    at: datetime
    is_over: bool = False


@dataclass
class Played:
    """An organisation in memory: its acts as the rules have them, and nothing else."""

    at: datetime = BEGINNING
    held: list[Held] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def living(self, account: str) -> list[Held]:
        return [each for each in self.held if each.account == account and each.lives(self.at)]

    def grants(self, account: str, unit: str) -> list[granting.Grant]:
        lo, hi = UNITS[unit]
        return [
            granting.Grant(
                is_above=UNITS[each.unit][0] < lo,
                rank=OFFICE[each.office].rank,
                capabilities=each.capabilities,
                sees_people=OFFICE[each.office].sees_people,
            )
            for each in self.living(account)
            if UNITS[each.unit][0] <= lo and hi <= UNITS[each.unit][1]
        ]

    def appoint(self, giver: str | None, account: str, office: str, unit: str) -> bool:
        seat = OFFICE[office]
        is_officer = granting.is_of_officers(seat.capabilities)
        if any(granting.is_of_officers(each.capabilities) != is_officer for each in self.living(account)):
            return False
        if giver is not None and not granting.may_appoint(
            self.grants(giver, unit),
            rank=seat.rank,
            capabilities=seat.capabilities,
            sees_people=seat.sees_people,
        ):
            return False
        self.held.append(Held(account, office, unit, giver, self.at))
        return True

    def end(self, by: str, held: Held) -> bool:
        if by != held.account and not granting.may_end(
            self.grants(by, held.unit), rank=OFFICE[held.office].rank, capabilities=held.capabilities
        ):
            return False
        held.ended_at = self.at
        for each in self.requests:
            each.is_over |= each.by == held.account
        return True

    def ask(self, by: str, act: str, unit: str) -> Request | None:
        wanted = deciding_capability(act)
        lo, hi = UNITS[unit]
        if not any(
            wanted in each.capabilities and UNITS[each.unit][0] <= lo and hi <= UNITS[each.unit][1]
            for each in self.living(by)
        ):
            return None
        self.requests.append(Request(by, act, unit, self.at))
        return self.requests[-1]

    def line(self, account: str, *, number: dict[str, int]) -> frozenset[int]:
        """Return the account and everybody who appointed it, directly or through others; of officers, how they became
        one."""
        found, todo = {number[account]}, [each for each in self.held if each.account == account]
        seen: list[Held] = []
        while todo:
            each = todo.pop()
            if each.made_by is None or any(each is one for one in seen):
                continue
            seen.append(each)
            found.add(number[each.made_by])
            todo += [
                one
                for one in self.held
                if one.account == each.made_by
                and one.made_at <= each.made_at
                and ("org.approve" in one.capabilities or "org.approve" not in each.capabilities)
            ]
        return frozenset(found)

    def deciders(self, request: Request) -> set[str]:
        number = {name: n for n, name in enumerate(ACCOUNTS)}

        def term(each: Held) -> deciding.DecidingTerm:
            return deciding.DecidingTerm(
                account=number[each.account],
                rank=OFFICE[each.office].rank,
                capabilities=each.capabilities,
                reach=(UNITS[each.unit],),
                since=each.made_at,
                until=each.ended_at,
                by_console=each.made_by is None,
                line=frozenset({number[each.account]})
                if each.made_by is None
                else self.line(each.account, number=number),
            )

        asked = deciding.AskedDecision(
            by=number[request.by],
            at=request.at,
            capability=deciding_capability(request.act),
            positions=(UNITS[request.unit][0],),
            terms=tuple(term(each) for each in self.held if each.account == request.by),
            line=self.line(request.by, number=number),
            is_root=False,
        )
        return {
            each.account
            for each in self.held
            if deciding.why_may_not_decide(asked, term(each), at=self.at) is None
        }


def deciding_capability(act: str) -> str:
    from abhiyan.org.rules.releases import CAPABILITY

    return CAPABILITY[act]


def begun() -> Played:
    """Four leaders in office for a month, each appointed from above; data officers that the console has just named."""
    played = Played()
    played.appoint(None, "n0", "national_president", "N")
    played.appoint(None, "g0", "national_general_secretary", "N")
    played.at += timedelta(days=1)
    assert played.appoint("g0", "s0", "state_president", "N1")
    played.at += timedelta(days=1)
    assert played.appoint("s0", "z0", "district_president", "N11")
    played.at += timedelta(days=30)
    played.appoint(None, "d0", "data_officer", "N")
    played.appoint(None, "e0", "data_officer", "N")
    return played


account_of = st.sampled_from(ACCOUNTS)
OFFICERS = [each for each in GIVEN if each[0] == "data_officer"]
STEP = st.one_of(
    st.tuples(st.just("appoint"), account_of, account_of, st.sampled_from(GIVEN)),
    st.tuples(
        st.just("appoint"),
        st.sampled_from(["d0", "e0"]),
        st.sampled_from(["d1", "e1"]),
        st.sampled_from(OFFICERS),
    ),
    st.tuples(st.just("ask"), st.sampled_from(["n0", "s0", "z0"]), st.sampled_from(ASKED), st.none()),
    st.tuples(st.just("puppet"), st.sampled_from(PERSONS), st.integers(1, 2), st.sampled_from(GIVEN)),
    st.tuples(
        st.just("end"), account_of | st.none(), st.integers(0, 30), st.none()
    ),  # None: by who appointed
    st.tuples(st.just("ask"), account_of, st.sampled_from(ASKED), st.none()),
    st.tuples(st.just("ask"), account_of, st.sampled_from(ASKED), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 50, 90, 120, 200]), st.none(), st.none()),
)
LIVES = timedelta(hours=72 + 24)


def is_brought_in(held: list[Held], giver: str, taker: str) -> bool:
    """Return True if a second phone is first appointed by its own person, or if an own phone is appointed by
    anybody."""
    return (
        taker.endswith("0") or any(each.account == taker for each in held) or person(giver) == person(taker)
    )


def is_enough(seat: Held, request: Request, played: Played) -> bool:
    """State once more, in other words, what must be true of an appointment that approves."""
    own = played.living(request.by)
    wanted = deciding_capability(request.act)
    return (
        (seat.made_by is None or seat.made_at <= request.at - SEATED)
        and not granting.may_end(
            played.grants(request.by, seat.unit),
            rank=OFFICE[seat.office].rank,
            capabilities=seat.capabilities,
        )
        and (
            seat.office == "data_officer"
            or all(UNITS[seat.unit][0] < UNITS[each.unit][0] for each in own if wanted in each.capabilities)
        )
    )


@example(  # two second phones of one person, one above the other
    steps=[
        ("appoint", "n0", "n2", ("national_general_secretary", "N")),
        ("appoint", "n0", "n1", ("state_general_secretary", "N1")),
        ("wait", 200, None, None),
        ("ask", "n1", ("people.export", "N11"), None),
    ]
)
@settings(max_examples=400, deadline=None)
@given(steps=st.lists(STEP, min_size=10, max_size=45))
def test_no_order_of_acts_lets_one_person_ask_and_approve_and_somebody_always_may(
    steps: list[tuple[str, object, object, object]],
) -> None:
    played = begun()
    for what, one, two, three in steps:
        match what:
            case "appoint" | "puppet":
                giver = one if what == "appoint" else f"{one}0"
                taker = two if what == "appoint" else f"{one}{two}"
                assert isinstance(giver, str) and isinstance(taker, str) and isinstance(three, tuple)
                if is_brought_in(played.held, giver, taker) and played.appoint(giver, taker, *three):
                    event("appointed")
            case "end":
                held = played.held[-1 - two % len(played.held)]  # type: ignore[operator]  # a number
                if held.made_by is not None and held.lives(played.at):
                    played.end(one or held.made_by, held)  # type: ignore[arg-type]  # an account
            case "ask":
                assert isinstance(one, str) and isinstance(two, tuple)
                played.ask(one, *two)
            case "wait":
                played.at += timedelta(hours=one)  # type: ignore[arg-type]  # a number
        for request in played.requests:
            if request.is_over or played.at - request.at >= LIVES:
                continue
            able = played.deciders(request)
            event("decided by a leader" if able - {"d0", "e0"} else "decided by the top's officers")
            assert able & {"d0", "e0"}, "the top's data officers may always"
            for account in able:
                assert person(account) != person(request.by), (request, account)
                assert any(is_enough(each, request, played) for each in played.living(account)), (
                    request,
                    account,
                )


@pytest.mark.django_db
@pytest.mark.examples(6, 20)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=8, max_size=20))
def test_what_the_database_reads_is_what_the_rules_say(
    world: World, steps: list[tuple[str, object, object, object]]
) -> None:
    with transaction.atomic():
        play = InDatabase(world)
        for step in steps:
            play.step(*step)
        transaction.set_rollback(True)


class InDatabase:
    """The same history by the acts: what they let pass is played, and who may decide is compared at each step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.played = Played(at=BEGINNING)
        self.accounts: dict[str, Account] = {name: world.account(name) for name in ACCOUNTS}
        self.names = {account.pk: name for name, account in self.accounts.items()}
        self.rows: list[tuple[Held, Appointment]] = []
        for giver, taker, office, unit in (
            (None, "n0", "national_president", "N"),
            (None, "g0", "national_general_secretary", "N"),
            (None, "d0", "data_officer", "N"),
            (None, "e0", "data_officer", "N"),
            ("g0", "s0", "state_president", "N1"),
            ("s0", "z0", "district_president", "N11"),
        ):
            assert self.appoint(giver, taker, office, unit)
            self.played.at += timedelta(days=1)
        self.played.at += timedelta(days=30)
        self.requests: list[tuple[Request, Release]] = []

    def by(self, name: str | None) -> Actor:
        return SYSTEM if name is None else actor(self.accounts[name])

    def appoint(self, giver: str | None, taker: str, office: str, unit: str) -> bool:
        try:
            made = actions.appoint(
                account_id=self.accounts[taker].pk,
                office=office,
                unit_id=self.world.unit(unit),
                by=self.by(giver),
                at=self.played.at,
                disputing=(),
            )
            if made.state == Appointment.State.OFFERED:
                actions.answer_offer(
                    public_id=made.public_id, is_accepted=True, by=self.by(taker), at=self.played.at
                )
        except Refused:
            return False
        held = Held(taker, office, unit, giver, self.played.at)
        self.played.held.append(held)
        self.rows.append((held, made))
        return True

    def end(self, by: str | None, number: int) -> None:
        held, row = self.rows[-1 - number % len(self.rows)]
        if held.made_by is None or held.ended_at is not None:
            return
        try:
            actions.end_appointment(
                public_id=row.public_id, reason="r", by=self.by(by or held.made_by), at=self.played.at
            )
        except Refused:
            return
        held.ended_at = self.played.at
        for request, _release in self.requests:
            request.is_over |= request.by == held.account

    def ask(self, by: str, act: str, unit: str) -> None:
        try:
            asked = actions.ask_release(
                act=act,
                unit_id=self.world.unit(unit),
                reason="r",
                payload={"n": len(self.requests)},
                by=self.by(by),
                at=self.played.at,
            )
        except Refused:
            return
        self.requests.append((Request(by, act, unit, self.played.at), asked))

    def step(self, what: str, one: object, two: object, three: object) -> None:
        match what:
            case "appoint" | "puppet":
                giver = one if what == "appoint" else f"{one}0"
                taker = two if what == "appoint" else f"{one}{two}"
                assert isinstance(giver, str) and isinstance(taker, str) and isinstance(three, tuple)
                if is_brought_in(self.played.held, giver, taker):
                    self.appoint(giver, taker, *three)
            case "end":
                self.end(one, two)  # type: ignore[arg-type]  # an account and a number
            case "ask":
                assert isinstance(one, str) and isinstance(two, tuple)
                self.ask(one, *two)
            case "wait":
                self.played.at += timedelta(hours=one)  # type: ignore[arg-type]  # a number
        self.compare()

    def compare(self) -> None:
        found = queries.deciders([release for _request, release in self.requests[-3:]], at=self.played.at)
        for request, release in self.requests[-3:]:
            able = {self.names[account] for account in found[release.pk].accounts}
            assert able == self.played.deciders(request)
            with system("test"):
                release.refresh_from_db()
            assert (release.state == Release.State.WITHDRAWN) == request.is_over
            if (
                request.is_over
                or release.state != Release.State.ASKED
                or release.expires_at <= self.played.at
            ):
                continue
            event("may be decided")
            for name in able | {f"{person(request.by)}{number}" for number in range(3)}:
                assert self.decides(name, release) == (name in able)
            assert able & {"d0", "e0"}
            assert all(person(name) != person(request.by) for name in able)

    def decides(self, name: str, release: Release) -> bool:
        """Return True if the act lets them; it is undone."""
        try:
            with transaction.atomic():
                actions.decide_release(
                    public_id=release.public_id,
                    allow=True,
                    by=self.by(name),
                    at=self.played.at,
                )
                transaction.set_rollback(True)
        except Refused:
            return False
        return True
