"""Random histories in which people are merged and merges undone, among everything else that can happen to a phone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import doubles
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Double, Person

from .make import Human, World
from .test_histories import STEPS, SYSTEM, History, _bases

pytestmark = pytest.mark.django_db(transaction=True)  # an undo makes its table once in a transaction
MERGES = st.one_of(
    st.tuples(st.just("merge"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("unmerge"), st.integers(0, 30)),
    STEPS,
)


class Merging(History):
    """A history that knows pairs, too."""

    def _merge(self, n: int, m: int) -> None:
        """Any two of this history's people turn out to be one."""
        with system("tests merge"):
            there = list(
                Person.objects.raw(
                    "select distinct p.* from people_person p join enrolment_membership m on m.person_id = p.id"
                    " where m.roll_id = %s order by p.id",
                    [self.world.roll.pk],
                )
            )
            if len(there) < 2:
                return
            one, other = there[n % len(there)], there[m % len(there)]
            if one.pk == other.pk:
                return
            keep_doubles(found=[(one.pk, other.pk, 95, False)], at=self.world.now)
            pair = Double.objects.filter(
                first_id=min(one.pk, other.pk), second_id=max(one.pk, other.pk)
            ).first()
            if pair is not None:
                doubles.merge(double=pair.public_id, by=SYSTEM, at=self.world.now)

    def _unmerge(self, n: int) -> None:
        with system("tests undo"):
            merged = list(Double.objects.filter(state=Double.State.MERGED).order_by("decided_at", "pk"))
            if merged:
                doubles.unmerge(double=merged[n % len(merged)].public_id, by=SYSTEM, at=self.world.now)


@pytest.mark.examples(12, 80)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(MERGES, min_size=6, max_size=25))
def test_ledger_equals_a_recount_whatever_is_merged_and_undone(
    transactional_db: None, steps: list[tuple[object, ...]], request: pytest.FixtureRequest
) -> None:
    world = getattr(request.node, "world", None)
    if world is None:
        world = request.node.world = World.make()
    else:
        world.anew()
    base = next(_bases)
    phones = [f"+9198{base % 10_000:04d}{n:04d}" for n in range(3)]
    history = Merging(
        world,
        [
            Human("Asha", 1980, phones[0]),
            Human("आशा", 1980, phones[0]),
            Human("Aasha", 1980, phones[1]),
            Human("Zara", 1991, phones[1]),
            Human("Chandra", 1964, phones[2]),
        ],
        f"+9198{base % 10_000:04d}0009",
    )
    for step in [("row", 0, 1, 4), ("web", 2, 2), *steps]:
        history.do(step)
    history.check()
