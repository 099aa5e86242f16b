"""Everybody at once: the act's small world with somebody in every office, and things of theirs to look at.

cast = Cast.make()                 # commits; the drive is open now, by the real clock
cast.client("district_in_charge")  # their browser, both proofs shown
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import present
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import join, today, web_world
from abhiyan.org import actions as org
from abhiyan.org.models import Body, BodyKind
from abhiyan.org.rules.offices import SEATS
from abhiyan.org.viewer import NOBODY, Viewer
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account, Session
from abhiyan.people.tests.make import kept_account
from abhiyan.people.visit import Visit
from abhiyan.programmes import actions as programmes
from abhiyan.targets import actions as targets
from abhiyan.units.models import Hierarchy, Kind, Placement, Unit

SYSTEM = Actor.system("test")

# Role: office, unit, hierarchy. The rest of the roles hold none.
OFFICES: dict[str, tuple[str, str, int]] = {
    "national_president": ("national_president", "IN", 1),
    "state_president": ("state_president", "JK", 1),
    "district_in_charge": ("district_in_charge", "JK-SRI", 1),
    "district_elsewhere": ("district_in_charge", "JK-JAM", 1),
    "mandal_president": ("mandal_president", "JK-SRI-M1", 1),
    "cluster_in_charge": ("cluster_in_charge", "JK-SRI-M1-C1", 1),
    "booth_president": ("booth_president", "JK-B001", 1),
    "booth_worker": ("booth_worker", "JK-B001", 1),
    "call_centre_agent": ("call_centre_agent", "JK-SRI", 1),
    "verifier": ("verifier", "JK-JAM", 1),
    "it_administrator": ("it_administrator", "JK", 1),
    "data_officer": ("data_officer", "JK-SRI", 1),
    "constituency_in_charge": ("constituency_in_charge", "JK-PC1", 2),
}
ROLES = ("anonymous", "visitor", "member", "weak", "no_office", *OFFICES, "root")
# The seat of an office that is expected in such a unit. The small world has no region and no zone.
PLACES: dict[str, tuple[str, int]] = {
    "nation": ("IN", 1),
    "state": ("JK", 1),
    "district": ("JK-SRI", 1),
    "mandal": ("JK-SRI-M1", 1),
    "cluster": ("JK-SRI-M1-C1", 1),
    "booth": ("JK-B001", 1),
    "constituency": ("JK-PC1", 2),
    "segment": ("JK-AC75", 2),
}
# Every other office of a new installation, and a president elsewhere: only the tests of access ask for them
# (`Cast.everybody`).
MORE_OFFICES: dict[str, tuple[str, str, int]] = {
    seat.code: (seat.code, *PLACES[kind])
    for seat in SEATS
    for kind in (seat.expected_in or seat.given_in or ("district",))[-1:]
    if seat.code not in OFFICES and kind in PLACES
} | {"state_elsewhere": ("state_president", "HP", 1)}
# Offices that are seats of a body; they sit in a body of the own district.
IN_BODIES = {seat.code: seat.in_bodies[0] for seat in SEATS if seat.in_bodies}
EVERYBODY = (*ROLES, *MORE_OFFICES)
# The roles that may see the people, and the exact counts, of the other district: the units above it and it, and a
# segment there.
OVER_THE_OTHER = {
    role
    for role, (office, unit, _tree) in (OFFICES | MORE_OFFICES).items()
    for seat in SEATS
    if seat.code == office and seat.sees_people and unit in ("IN", "JK", "JK-JAM", "JK-AC75")
}
# These represent a part of the other district: they read its exact counts, and see nobody of its people.
REPRESENTS_THE_OTHER = {
    role
    for role, (office, unit, _tree) in MORE_OFFICES.items()
    for seat in SEATS
    if seat.code == office
    and not seat.sees_people
    and "org.represent" in seat.capabilities
    and unit == "JK-AC75"
}
# The roles that lead the offices of the other district, without a sight of its people: they read what is asked there.
LEADS_THE_OTHER = {
    role
    for role, (office, unit, _tree) in MORE_OFFICES.items()
    for seat in SEATS
    if seat.code == office
    and not seat.sees_people
    and "tasks.ask" in seat.capabilities
    and unit in ("IN", "JK")
}


def shown_by(role: str) -> tuple[Viewer, Visit]:
    """Return what a role shows at the first door (`pages.access.missing_access`), without a database."""
    if role in ("anonymous", "visitor", "member"):
        phone = uuid4() if role == "member" else None
        return NOBODY, Visit(None if role == "anonymous" else Session(phone_id=phone))
    office = (OFFICES | MORE_OFFICES).get(role, ("",))[0]
    held: Any = tuple(
        SimpleNamespace(
            office=seat.code,
            capabilities=seat.capabilities,
            body_id=None,
            hierarchy=Hierarchy.ORGANISATIONAL,
        )
        for seat in SEATS
        if seat.code == office
    )
    viewer = Viewer(account_id=1, appointments=held, is_strong=role != "weak", is_root=role == "root")
    return viewer, Visit(Session(account_id=1))


@dataclass
class Cast:
    """own: of district Srinagar; foreign: of district Jammu."""

    world: World
    accounts: dict[str, Account] = field(default_factory=dict)
    appointments: dict[str, UUID] = field(default_factory=dict)

    own_member = Human("Asha Devi", 1980, "+919906000001")
    foreign_member = Human("Ghulam Planted Rasool", 1971, "+919797654389")

    @classmethod
    def make(cls, *, own: int = 0, foreign: int = 0) -> "Cast":
        """own, foreign: how many more have joined at a booth of each district."""
        cast = cls(web_world())
        cast._cluster()
        for role, (office, unit, hierarchy) in OFFICES.items():
            cast._seat(role, office, unit, hierarchy)
        for role in ("weak", "no_office"):
            cast._open(role)
        cast._open("root", is_root=True)
        cast.world.web_join(of=cls.own_member, unit=cast.world.booth)
        cast.world.web_join(of=cls.foreign_member, unit=cast.world.far_booth)
        cast.crowd(own, "JK-B001", "70060", days_ago=1)
        cast.crowd(foreign, "JK-B004", "70061", days_ago=1)
        return cast

    def everybody(self) -> dict[str, Client]:
        """A browser for each of EVERYBODY; the offices that were left out are given first."""
        for role, (office, unit, hierarchy) in MORE_OFFICES.items():
            if role in IN_BODIES:
                self.seat_in_body(self._open(role), office)
            elif role not in self.accounts:
                self._seat(role, office, unit, hierarchy)
        return {role: self.client(role) for role in EVERYBODY}

    def _cluster(self) -> None:
        """The small world knows no clusters: one above its first booth."""
        with system("test"):
            made = Unit.objects.create(
                code="JK-SRI-M1-C1",
                kind=Kind.CLUSTER,
                names={"en": "Rajbagh", "hi": "राजबाग"},
                is_sample=True,
            )
            booth = Placement.objects.get(unit=self.world.booth, hierarchy=1, valid_to=None)
            assert booth.lo is not None
            Placement.objects.create(
                hierarchy=1,
                unit=made,
                parent_id=booth.parent_id,
                depth=booth.depth,
                lo=booth.lo - 1,
                hi=booth.hi,
                leaves=1,
                valid_from=booth.valid_from,
            )
            booth.parent, booth.depth = made, booth.depth + 1
            booth.save(update_fields=["parent", "depth"])
        self.world.units[made.code] = made

    def crowd(self, n: int, unit: str, prefix: str, *, days_ago: int = 0) -> None:
        """n more people join at a booth by the web; before today, so that rounded figures know of them too."""
        now, self.world.now = self.world.now, self.world.now - timedelta(days=days_ago)
        people = [
            Human(
                f"Person {chr(97 + i // 676)}{chr(97 + i // 26 % 26)}{chr(97 + i % 26)}",
                1970,
                f"+91{prefix}{i:05d}",
            )
            for i in range(n)
        ]
        for start in range(0, n, 500):
            claims = [
                self.world.claim(each, Channel.WEB, sign=Sign.WEB, unit=self.world.units[unit])
                for each in people[start : start + 500]
            ]
            self.world.send(*claims)
        self.world.now = now

    def target(self, unit: str, n: int) -> None:
        """A unit's target in the drive."""
        with system("test"):
            targets.set_target(
                programme_id=self.world.programme.pk,
                unit_id=self.world.units[unit].pk,
                n=n,
                by=SYSTEM,
                at=present(),
            )

    def fold(self) -> None:
        with system("test"):
            programmes.fold_changes(at=present())

    def _open(self, role: str, **more: Any) -> Account:
        with system("test"):
            self.accounts[role] = kept_account(
                public_id=uuid4(),
                phone_id=uuid4(),
                last4="8080",
                name=f"{role} {'of another place' if role == 'district_elsewhere' else ''}".strip(),
                language="en",
                created_at=present(),
                **more,
            )
        return self.accounts[role]

    def _seat(self, role: str, office: str, unit: str, hierarchy: int) -> None:
        account = self._open(role)
        with system("test"):
            held = org.appoint(
                account_id=account.pk,
                office=office,
                unit_id=self.world.units[unit].pk,
                hierarchy=hierarchy,
                starts_on=today() - timedelta(days=30),
                by=SYSTEM,
                at=present(),
            )
        self.appointments[role] = held.public_id

    def seats_in_own_body(self, seats: Mapping[str, str], *, place: str = "JK-SRI") -> Body:
        """Seat roles in a new body of a kind of the organisation's own. seats: role -> office."""
        unit = self.world.units[place]
        with system("test"):
            kind = BodyKind.objects.create(
                code="own_media",
                unit=self.world.units["JK"],
                names={"en": "Media cell", "hi": "मीडिया सेल"},
                levels=[unit.kind],
                leads="body_convener",
                seats=[["body_member", 5]],
                made_at=present(),
            )
            names = {"en": "Media cell of Srinagar", "hi": "श्रीनगर मीडिया सेल"}
            body = org.make_body(unit_id=unit.pk, kind=kind.code, names=names, by=SYSTEM, at=present())
            for role, office in seats.items():
                org.appoint(
                    account_id=self.accounts[role].pk,
                    office=office,
                    unit_id=unit.pk,
                    body_id=body.pk,
                    starts_on=today() - timedelta(days=30),
                    by=SYSTEM,
                    at=present(),
                )
        return body

    def seat_in_body(self, account: Account, office: str = "body_member") -> int:
        """Give somebody a seat in a new body of the own district; the body's id."""
        unit_id = self.world.units["JK-SRI"].pk
        title = f"Media of a {office.replace('_', ' ')}"
        names = {"en": title, "hi": title}
        with system("test"):
            body = org.make_body(
                unit_id=unit_id, kind=IN_BODIES[office], names=names, by=SYSTEM, at=present()
            )
            org.appoint(
                account_id=account.pk,
                office=office,
                unit_id=unit_id,
                body_id=body.pk,
                starts_on=today() - timedelta(days=30),
                by=SYSTEM,
                at=present(),
            )
        return body.pk

    def appoint(self, account: Account, office: str, unit: str, *, by: Actor) -> UUID:
        """Somebody who is there gets one more office."""
        made = org.appoint(
            account_id=account.pk,
            office=office,
            unit_id=self.world.units[unit].pk,
            starts_on=today() - timedelta(days=30),
            by=by,
            at=present(),
        )
        if made.state == "offered":
            person = Actor(kind="person", id=account.public_id, account_id=account.pk)
            org.answer_offer(public_id=made.public_id, is_accepted=True, by=person, at=present())
        return made.public_id

    def actor(self, role: str) -> Actor:
        account = self.accounts[role]
        return Actor(kind="person", id=account.public_id, account_id=account.pk)

    def as_(self, role: str) -> Any:
        """The scope of somebody in office."""
        from abhiyan.org.queries import scope_of

        return scoped(scope_of(self.accounts[role].pk, today()))

    def token(self, role: str) -> str:
        account = self.accounts[role]
        with scoped(Scope(account=account.pk)):
            return sessions.start(
                account_id=account.pk, device="", origin="", at=present(), strong=role != "weak"
            ).token

    def client(self, role: str, language: str = "en") -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE=language, raise_request_exception=False)
        if role == "visitor":
            client.post("/sign-in/", {"phone": "9906012345"})
        elif role == "member":
            join(self.world, Human("Meena Kaul", 1979, "+919906000077"), client, unit="JK-B001")
        elif role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.token(role)
        client.cookies["language"] = language
        return client

    def membership(self, human: Human) -> UUID:
        ((found,),) = self.world.rows(
            "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id"
            " where p.name = %s",
            [human.name],
        )
        assert isinstance(found, UUID)
        return found
