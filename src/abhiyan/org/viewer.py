"""Say who looks at a page, and what their appointments let them see and do. Each request makes its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from abhiyan.core.scope import NOTHING, Scope
from abhiyan.core.words import name_in_language
from abhiyan.people import visit
from abhiyan.units.rules.ranges import hierarchy_of

from .rules import capabilities as known
from .rules import granting
from .rules.ranges import Range, is_in_ranges

# Above the districts, which do the desk work with what is below them.
ABOVE_DESKS = ("nation", "state", "region", "zone", "constituency")
LATE_AT_DESKS = timedelta(days=7)  # Work of a desk without a day of its own is late after this.


@dataclass(frozen=True, slots=True)
class HeldOffice:
    """One appointment somebody holds today. lo, hi: its unit's positions in its hierarchy.

    A seat in a body has neither capabilities nor ranges: it shows only what the body owes.
    """

    id: int
    public_id: UUID
    office: str
    office_names: Mapping[str, str]
    rank: int
    capabilities: frozenset[str]  # none while disputed
    sees_people: bool
    is_disputed: bool
    body_id: int | None
    unit_id: int
    unit_code: str
    unit_kind: str
    unit_names: Mapping[str, str]
    hierarchy: int
    depth: int
    lo: int
    hi: int
    ranges: tuple[Range, ...]  # what it reaches: its subtree; of a state or nation, in every hierarchy
    counts: tuple[Range, ...]  # their state's positions (or the nation's) in every hierarchy
    sees_figures: bool = False  # exact counts without the people; as sees_people also while disputed

    @property
    def hierarchies(self) -> set[int]:
        """The trees it reaches into: one, or for a state or the nation every tree it belongs to."""
        return {tree for lo, hi in self.ranges for tree in range(hierarchy_of(lo), hierarchy_of(hi - 1) + 1)}

    def office_name(self, language: str = "") -> str:
        return name_in_language(self.office_names, language)

    def unit_name(self, language: str = "") -> str:
        return name_in_language(self.unit_names, language)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person, or NOBODY. Without a passkey or TOTP in this session appointments give no power.

    is_phone: by one SMS code, in a phone's own session: its offices give what `capabilities.BY_PHONE` names, and no
    sight of people. stopped_for: the reason of an emergency stop that is on.
    """

    account_id: int | None = None
    public_id: UUID | None = None
    name: str = ""
    language: str = ""
    appointments: tuple[HeldOffice, ...] = ()
    scope: Scope = NOTHING
    is_strong: bool = False
    is_phone: bool = False
    is_root: bool = False
    is_demo: bool = False
    stopped_for: str = ""

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def home(self) -> HeldOffice | None:
        """The appointment whose unit this person lands on: the highest, then the most senior. No seat in a body."""
        return next((office for office in self.appointments if office.body_id is None), None)

    @property
    def leads_desks(self) -> bool:
        """Return True if others below do the desk work: sheets, duplicates, shared phones, requests. Today then shows
        what is late there, in one line."""
        home = self.home
        return home is not None and known.LEADS in home.capabilities and home.unit_kind in ABOVE_DESKS

    def leaves_to_desks(self, kind: str) -> bool:
        """Return True if offices below them do the desk work of such a unit, because they are nearer to it."""
        if not self.leads_desks or self.home is None:
            return False
        nearest = ("nation", "state") if self.home.unit_kind == "nation" else (*ABOVE_DESKS, "district")
        return kind not in nearest

    @property
    def capabilities(self) -> frozenset[str]:
        """All they may do anywhere. For menus; whether *here* is asked by `may_at` and, in acts, by `require`."""
        if not (self.is_strong or self.is_phone):
            return frozenset()
        capabilities = known.ROOT if self.is_root else frozenset()
        return capabilities.union(*(office.capabilities for office in self.appointments))

    def may(self, capability: str) -> bool:
        """Return True if they hold a capability anywhere."""
        return capability in self.capabilities

    def may_any(self, *capabilities: str) -> bool:
        """Return True if they hold one of these anywhere."""
        return not self.capabilities.isdisjoint(capabilities)

    def may_at(self, capability: str, *positions: int) -> bool:
        """Return True if they hold it over a unit; positions: the `lo` of the unit's placements (any hierarchy).

        A desk's capability raises LookupError. `org.queries.decides` asks the database whether the desk is vacant.
        """
        if capability in known.AT_DESK:
            raise LookupError(f"{capability} belongs to a desk")
        if not (self.is_strong or self.is_phone):
            return False
        if self.is_root and capability in known.ROOT:
            return True
        return any(
            capability in office.capabilities
            and any(is_in_ranges(office.ranges, position) for position in positions)
            for office in self.appointments
        )

    def office_over(self, capability: str, position: int) -> HeldOffice | None:
        """The lowest of their offices with a capability at or above the unit with this `lo`: it speaks to that unit."""
        offices = [
            office
            for office in self.appointments
            if self.is_strong and capability in office.capabilities and is_in_ranges(office.ranges, position)
        ]
        return min(offices, key=lambda office: office.hi - office.lo, default=None)

    def holds_in(self, capability: str, unit_ids: Collection[int]) -> bool:
        """Return True if one of these units itself has given them an office with it. Offices above do not count."""
        return self.is_strong and any(
            capability in office.capabilities and office.unit_id in unit_ids for office in self.appointments
        )

    def may_above(self, capability: str, position: int) -> bool:
        """Return True if they hold it at a unit strictly above the one with this `lo`."""
        return self.is_strong and any(
            capability in office.capabilities and any(lo < position < hi for lo, hi in office.ranges)
            for office in self.appointments
        )

    def may_give(self, office: granting.GivenOffice, position: int, *, is_below: bool = False) -> bool:
        """Return True if they may fill an office at the unit with this `lo`, or at the units below it (is_below)."""
        if self.is_root and self.is_strong and not granting.is_of_officers(office.capabilities):
            return True
        grants = [
            granting.Grant(
                is_below or any(lo < position < hi for lo, hi in held_office.ranges),
                held_office.rank,
                held_office.capabilities,
                held_office.sees_people,
            )
            for held_office in self.appointments
            if self.is_strong and is_in_ranges(held_office.ranges, position)
        ]
        return granting.may_appoint(
            grants, rank=office.rank, capabilities=office.capabilities, sees_people=office.sees_people
        )

    def sees_people_at(self, *positions: int) -> bool:
        """Return True if person-level rows of a unit, and so exact counts, are in their scope."""
        return self.is_strong and any(
            office.sees_people and any(is_in_ranges(office.ranges, position) for position in positions)
            for office in self.appointments
        )

    def sees_exact_at(self, *positions: int) -> bool:
        """Return True where the counts of a unit are exact for them: they see its people, or represent it."""
        return self.is_strong and any(
            (office.sees_people or office.sees_figures)
            and any(is_in_ranges(office.ranges, position) for position in positions)
            for office in self.appointments
        )

    def sees_counts_at(self, *positions: int | None) -> bool:
        """Return True if the appointments and counts of a unit are in their sight, counts if only rounded.

        positions: the unit's, one per tree it belongs to; None where it is not placed.
        """
        return self.scope.everything or any(
            is_in_ranges(office.counts, position)
            for office in self.appointments
            for position in positions
            if position is not None
        )


NOBODY = Viewer()


class Request(visit.VisitRequest):
    """A request with its viewer, as views of org and above get it."""

    viewer: Viewer
