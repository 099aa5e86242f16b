"""List the elections, their files, and the sides parties make in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.elections.models import (
    Alliance,
    Candidacy,
    Contest,
    Correspondence,
    Election,
    ElectionKind,
    Part,
    ResultFile,
    Stated,
)

from .wholeness import Wholeness, wholeness


@dataclass(frozen=True, slots=True)
class ElectionRow:
    """An election and how much of it is known.

    seats: contests; whole: whether all are here, as far as that is known. uncontested: of them without a vote.
    without_electors: of them whose electors nobody has said. parts: segments, booths and special stations with votes of
    their own. old: contests numbered otherwise than today.
    """

    election: Election
    seats: int
    whole: Wholeness
    uncontested: int
    without_electors: int
    old: int
    parts: int

    def name(self, language: str = "") -> str:
        return name_in_language(self.election.names, language)


def all_elections() -> QuerySet[Election]:
    """Every election, the newest first."""
    return Election.objects.order_by("-year", "code")


def whole_elections() -> QuerySet[Election]:
    """Those of all seats, the newest first: what plans and comparisons start from. By-elections are none."""
    return all_elections().filter(kind__in=[kind for kind in ElectionKind if not kind.is_by])


def election_titles(of: Iterable[Election]) -> dict[int, str]:
    """id of each election -> its name, and that it is incomplete where it is. One query."""
    asked = list(of)
    wholes = wholeness(asked)
    titles_said = ((one.pk, name_in_language(one.names), wholes[one.pk].says()) for one in asked)
    return {pk: f"{name} ({note})" if note else name for pk, name, note in titles_said}


def elections() -> list[ElectionRow]:
    """Every election, the newest first, with how much of it is known. Four queries, which count contests and parts."""
    found = list(all_elections())
    seats = {
        row["election"]: row
        for row in Contest.objects.values("election")
        .annotate(
            seats=Count("id"),
            uncontested=Count("id", filter=Q(is_uncontested=True)),
            without_electors=Count("id", filter=Q(electors=None)),
            old=Count("id", filter=~Q(numbering="")),
        )
        .order_by()
    }
    parts = dict(Part.objects.values_list("contest__election").annotate(n=Count("id")).order_by())
    nothing = {"seats": 0, "uncontested": 0, "without_electors": 0, "old": 0}
    wholes = wholeness(found)
    return [
        ElectionRow(
            one,
            whole=wholes[one.pk],
            **{key: seats.get(one.pk, nothing)[key] for key in nothing},
            parts=parts.get(one.pk, 0),
        )
        for one in found
    ]


def election(code: str) -> Election:
    """The election with this code. NotFound when there is none."""
    return or_refuse(
        None if "\0" in code else Election.objects.filter(code=code).first(), NotFound(field="election")
    )


def earlier_election(of: Election, *, state: str = "") -> Election | None:
    """The election of the same kind before this one in that state, or in any of its states: what it is compared with.

    A state that took seats over from another has that one's elections before it too.
    """
    states = [state] if state else Contest.objects.filter(election=of).values("state")
    olds = Correspondence.objects.filter(state_to__in=states).values("state_from")
    there = Contest.objects.filter(Q(state__in=states) | Q(state__in=olds))
    return (
        Election.objects.filter(
            kind=ElectionKind(of.kind).whole, year__lt=of.year, pk__in=there.values("election")
        )
        .order_by("-year", "-pk")
        .first()
    )


def states_contested(of: Election | None = None) -> list[str]:
    """Codes of the states an election has contests in; of all together, where none is named. One query."""
    there = Contest.objects.all() if of is None else Contest.objects.filter(election=of)
    return list(there.order_by("state").values_list("state", flat=True).distinct())


def result_files(of: Election, *, state: str = "") -> list[ResultFile]:
    """The files its seats' figures come from, in all or in a state, the first first; lists by part are none."""
    seats = Contest.objects.filter(election=of, **({"state": state} if state else {}))
    candidates = Candidacy.objects.filter(contest__in=seats)
    brought = Q(pk__in=seats.values("import_id")) | Q(pk__in=candidates.values("import_id"))
    return list(ResultFile.objects.filter(brought).order_by("brought_at", "import_id"))


def alliances(of: Election, *, state: str | None = None) -> list[Alliance]:
    """Sides named for an election; for a state: those of its own, and for leads without one those of everywhere."""
    found = list(Alliance.objects.filter(election=of).select_related("election").order_by("state", "id"))
    return found if state is None else alliances_in(found, state)


def alliances_in(named: Sequence[Alliance], state: str) -> list[Alliance]:
    """Return an election's alliances that hold in a state: its own sets, and general ones with other leads. With ""
    return the general ones."""
    own = [one for one in named if one.state == state]
    leads = {one.lead for one in own}
    return own + [one for one in named if state and not one.state and one.lead not in leads]


def set_in(state: str, named: Sequence[Alliance], of: Alliance) -> Alliance:
    """Return an alliance as it is in a state: the state's own set for the same lead, the first named of several. Else
    return the alliance itself."""
    if of.state:
        return of
    own = (one for one in named if one.state and one.state == state and one.lead == of.lead)
    return min(own, key=lambda one: one.pk, default=of)


@dataclass(frozen=True, slots=True)
class OurSide:
    """Our side has the votes of a party, and of its allies with an alliance; without a party none.

    Pages of results, plans and classes all follow this one rule: a state with a set of its own counts by that
    (`set_in`). named: every alliance of the alliance's election.
    """

    party: str = ""
    alliance: Alliance | None = None
    named: Sequence[Alliance] = ()

    def __bool__(self) -> bool:
        return bool(self.party)

    def parties_in(self, state: str) -> tuple[str, ...]:
        """The parties that are ours in a state; of the whole (""), those of everywhere."""
        if self.alliance is None:
            return (self.party,) if self.party else ()
        return tuple(dict.fromkeys([self.party, *set_in(state, self.named, self.alliance).parties]))

    def is_another_in(self, state: str) -> bool:
        """Return True if a state counts by a set of its own and not by the alliance as it is named."""
        return self.alliance is not None and set_in(state, self.named, self.alliance) != self.alliance


NOBODY = OurSide()


def alliance(public_id: UUID) -> Alliance:
    """One alliance. NotFound when there is none."""
    return or_refuse(
        Alliance.objects.filter(public_id=public_id).select_related("election").first(),
        NotFound(field="alliance"),
    )


def stated_figures(of: Election, *, state: str = "", number: int | None = None) -> list[Stated]:
    """Figures quoted for exactly this place: a constituency, a state, or everywhere."""
    return list(Stated.objects.filter(election=of, state=state, number=number).order_by("party", "id"))


def stated_figure(of: Election, stated_id: int) -> Stated:
    """One quoted figure of an election. NotFound."""
    return or_refuse(Stated.objects.filter(election=of, pk=stated_id).first())
