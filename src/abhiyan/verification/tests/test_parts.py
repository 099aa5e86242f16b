"""Constituencies and segments: parts of a frame that cut through its districts, estimated like these."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions.members import move_members
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Hierarchy, Placement
from abhiyan.verification.actions import close_frame, estimate_frame, refresh_estimates
from abhiyan.verification.models import Check, Estimate, Frame, Stratum, StratumPart
from abhiyan.verification.queries.estimates import StratumTally, estimate_of_unit
from abhiyan.verification.queries.latest import ask_latest
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.queries.parts import chains_across
from abhiyan.verification.rules import draws, planning
from abhiyan.verification.rules.estimates import GRADED, PERFECT
from abhiyan.verification.rules.outcomes import Stands
from abhiyan.verification.rules.parts import LEAST, Chain, counted_in
from abhiyan.verification.tests.test_checks import drawn

chains = st.sampled_from([(), (1, 11), (1, 12), (2, 21), (2, 22), (3, 31)])


@given(st.dictionaries(chains, st.integers(1, 40), min_size=1))
def test_no_number_of_a_unit_and_no_difference_of_two_is_about_fewer_than_ten_entries_of_a_district(
    sizes: dict[Chain, int],
) -> None:
    counted = counted_in(sizes)
    found: Counter[Chain] = Counter()
    for chain, n in sizes.items():
        found[counted[chain]] += n
    assert found.total() == sum(sizes.values())
    assert all(n >= LEAST for n in found.values()) or list(found) == [()]
    for chain, n in sizes.items():
        if chain and n >= LEAST:
            assert counted[chain] == chain, "a part that is large enough is its unit's"
    units = {unit: {chain for chain in found if unit in chain} for chain in found for unit in chain}
    for one, of in units.items():
        for other, more in units.items():
            beyond = sum(found[chain] for chain in of - more)
            assert beyond == 0 or beyond >= LEAST, (one, other)


DISTRICTS, SEGMENTS, SHADES = 6, 4, 2


def _made_up(random: Any) -> tuple[list[Any], list[Any]]:
    """Make up strata: whether each item is genuine, and in which of its district's segments it lies."""
    genuine, segment = [], []
    for _ in range(DISTRICTS):
        rates = random.uniform(0.55, 0.99, SEGMENTS)
        for shade in range(SHADES):
            where = random.choice(
                SEGMENTS, int(random.integers(250, 700)), p=random.dirichlet([4] * SEGMENTS)
            )
            genuine.append(random.random(len(where)) < rates[where] - 0.15 * shade)
            segment.append(where)
    return genuine, segment


def _tally(genuine: Any, is_inside: Any, checked: Any) -> StratumTally:
    tally = StratumTally(int(is_inside.sum()))
    told = genuine[checked][is_inside[checked]]
    tally.of[Stands.GENUINE], tally.of[Stands.NOT_GENUINE] = int(told.sum()), int((~told).sum())
    return tally


def test_intervals_of_segments_and_constituencies_hold_the_truth_and_do_not_lean_to_a_side() -> None:
    """A constituency is the first two segments of one district and the last two of the next."""
    random = np.random.default_rng(20_261_128)
    genuine, segment = _made_up(random)
    sizes = [[len(genuine[SHADES * d + s]) for s in range(SHADES)] for d in range(DISTRICTS)]
    held, away = [], []
    for _ in range(150):
        wanted = [n for of in planning.split_checks(sizes, 480, 40) for n in of]
        checked = [random.choice(len(one), n, replace=False) for one, n in zip(genuine, wanted, strict=True)]
        for d in range(DISTRICTS):
            for part in [{(d, s)} for s in range(SEGMENTS)] + [
                {(d, 0), (d, 1), ((d + 1) % DISTRICTS, 2), ((d + 1) % DISTRICTS, 3)}
            ]:
                inside = [
                    np.isin(where, [s for of, s in part if of == n // SHADES])
                    for n, where in enumerate(segment)
                ]
                strata = [_tally(*of) for of in zip(genuine, inside, checked, strict=True) if of[1].any()]
                real = sum(int((of & is_in).sum()) for of, is_in in zip(genuine, inside, strict=True))
                truth = real / sum(one.items for one in strata)
                one = estimate_of_unit(strata, PERFECT)
                if sum(sum(one.of.values()) for one in strata) < GRADED:
                    assert one is None
                    continue
                assert one is not None
                held.append(one.low <= truth <= one.high)
                away.append(one.rate - truth)
    assert len(held) > 2_000
    assert np.mean(held) >= 0.93
    assert abs(np.mean(away)) < 0.01


@given(
    st.lists(
        st.tuples(st.integers(70, 900), st.integers(0, 30), st.integers(0, 30), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    )
)
def test_a_figure_comes_with_nineteen_finished_checks_and_never_before(of: list[tuple[int, ...]]) -> None:
    strata = []
    for items, genuine, not_genuine, refused in of:
        strata.append(StratumTally(items))
        strata[-1].of |= {
            Stands.GENUINE: genuine,
            Stands.NOT_GENUINE: not_genuine,
            Stands.REFUSED: refused,
        }
    finished = sum(genuine + not_genuine for _, genuine, not_genuine, _ in of)
    assert (estimate_of_unit(strata, PERFECT) is not None) == (finished >= GRADED)


@pytest.fixture
def checked(cast: Cast) -> Frame:
    """Srinagar has 45 entries in one segment, 25 in another, and four that have no segment; half of each are checked.

    The people of the second segment are not genuine. Jammu lies in one segment.
    """
    cast.crowd(25, "JK-B003", "70062", days_ago=1)
    cast.crowd(4, "JK-SRI", "70063", days_ago=1)
    frame = drawn(cast, 1_000)
    with system("test"):
        for one in Check.objects.filter(frame=frame).select_related("frame__programme", "stratum"):
            is_false = item_of_check(one).unit_id == cast.world.units["JK-B003"].pk
            outcome = Check.Outcome.NOT_GENUINE if is_false else Check.Outcome.GENUINE
            Check.objects.filter(id=one.id).update(outcome=outcome, done_at=NOW)
    refresh_estimates(at=NOW)
    return frame


def figures(frame: Frame, *, shade: int = Estimate.Shade.ENTERED) -> dict[str, tuple[Any, ...]]:
    with system("test"):
        rows = Estimate.objects.filter(frame=frame, shade=shade).select_related("unit")
        return {
            one.unit.code: (
                one.items,
                one.drawn,
                one.genuine,
                one.not_genuine,
                one.unresolved,
                one.rate and round(one.rate, 9),
                one.low and round(one.low, 9),
                one.high and round(one.high, 9),
                one.grade,
                one.reported,
            )
            for one in rows
        }


@pytest.mark.django_db(transaction=True)
def test_a_constituency_is_estimated_and_one_that_is_a_whole_district_like_the_district(
    cast: Cast, checked: Frame
) -> None:
    found = figures(checked)
    assert found["JK-AC75"] == found["JK-JAM"] == found["JK-BL2"], "one tree or the other, the same entries"
    assert found["JK-PC1"][:-1] == found["JK-SRI"][:-1], (
        "four entries without a segment are counted in its largest"
    )
    items, drawn_here, genuine, false, *_ = found["JK-AC20"]
    assert items == 49 and not false and genuine == drawn_here
    assert drawn_here == found["JK-SRI"][1] - found["JK-PC1"][3]
    assert "JK-AC19" not in found, "of 25 entries never 19 are checked: nothing tells how many are"
    assert found["JK-PC1"][5] is not None and 0.5 < found["JK-PC1"][5] < 0.8
    assert found["IN"][:3] == found["JK"][:3]
    with system("test"):
        signed = dict(Stratum.objects.filter(frame=checked).values_list("pk", "items"))
        in_tree: Counter[tuple[int, int]] = Counter()
        for part in StratumPart.objects.all():
            in_tree[part.stratum_id, part.hierarchy] += part.items
    assert in_tree and all(n <= signed[stratum] for (stratum, _), n in in_tree.items())


@pytest.mark.django_db
def test_a_programme_of_the_electoral_tree_has_districts_and_mandals_across_its_frame_each_once(
    cast: Cast,
) -> None:
    of = cast.world.units
    places = [of[code].pk for code in ("JK-B001", "JK-B003", "JK-B004")]
    top = [of["IN"].pk, of["JK"].pk]
    found = chains_across(places, above=top, hierarchy=Hierarchy.ELECTORAL)
    codes = {one.pk: code for code, one in of.items()}
    above: dict[str, Counter[str]] = {}
    for chain_of in found.values():
        for place, chain in chain_of.items():
            above.setdefault(codes[place], Counter()).update(codes[unit] for unit in chain)
    assert above["JK-B001"] == Counter(["JK-PC1", "JK-AC20", "JK-SRI", "JK-SRI-M1", "JK-BL1"])
    assert above["JK-B004"] == Counter(["JK-AC75", "JK-JAM", "JK-JAM-M1", "JK-BL2"])
    usual = chains_across(places, above=[*top, of["JK-SRI"].pk, of["JK-JAM"].pk], hierarchy=1)
    assert {codes[unit] for of in usual.values() for chain in of.values() for unit in chain} == {
        "JK-PC1",
        "JK-AC19",
        "JK-AC20",
        "JK-AC75",
        "JK-BL1",
        "JK-BL2",
    }, "mandals and clusters have grades, booths have too few checks"


@pytest.mark.django_db(transaction=True)
def test_below_nineteen_it_is_known_how_many_are_finished_and_nothing_else(
    cast: Cast, checked: Frame
) -> None:
    with system("test"):
        of_district = Check.objects.filter(frame=checked, stratum__unit__code="JK-JAM").order_by("id")
        later = list(of_district.values_list("id", flat=True)[GRADED - 1 :])
        Check.objects.filter(id__in=later).update(outcome="", done_at=None)
        estimate_frame(frame=checked, at=NOW)
    unit = cast.world.units["JK-AC75"].pk
    with cast.as_("state_president"):
        one = ask_latest([checked.programme_id], [unit], NOW.date())()[checked.programme_id, ENROLMENTS, unit]
    assert (one.entered.rate, one.finished, one.wanted, one.grade) == (None, GRADED - 1, GRADED, "")
    with system("test"):
        Check.objects.filter(id=later[0]).update(outcome=Check.Outcome.GENUINE, done_at=NOW)
        estimate_frame(frame=checked, at=NOW)
    with cast.as_("state_president"):
        one = ask_latest([checked.programme_id], [unit], NOW.date())()[checked.programme_id, ENROLMENTS, unit]
    assert one.entered.rate == 1 and one.finished == GRADED and one.entered.low < 0.9


@pytest.mark.django_db(transaction=True)
def test_who_is_in_charge_of_a_constituency_reads_its_estimate(cast: Cast, checked: Frame) -> None:
    units = {cast.world.units[code].pk: code for code in ("JK-PC1", "JK-AC20", "JK-AC75", "JK-AC19")}
    for role, seen in (("constituency_in_charge", {"JK-PC1", "JK-AC20"}), ("no_office", set[str]())):
        with cast.as_(role):
            found = ask_latest([checked.programme_id], list(units), NOW.date())()
            rates = {units[unit] for (_, _, unit), one in found.items() if one.entered.rate is not None}
            assert seen <= rates and (seen or not rates), role
            assert not StratumPart.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["person", "tree"])
def test_who_moves_somebody_or_a_booth_elsewhere_does_not_learn_whether_they_were_checked(
    cast: Cast, checked: Frame, change: str
) -> None:
    """The place of an entry is frozen with the frame; no grade and no estimate moves with the person."""
    before = figures(checked), figures(checked, shade=Estimate.Shade.SIGNED)
    far = cast.world.units["JK-B004"].pk
    with system("test"):
        if change == "person":
            members = list(Membership.objects.filter(unit_id=cast.world.units["JK-B001"].pk))
            move_members(members, far, NOW)
        else:
            there = Placement.objects.get(
                unit=cast.world.units["JK-AC75"], hierarchy=Hierarchy.ELECTORAL, valid_to=None
            )
            Placement.objects.filter(
                unit=cast.world.units["JK-B001"], hierarchy=Hierarchy.ELECTORAL, valid_to=None
            ).update(lo=(there.lo or 0) + 1, hi=(there.lo or 0) + 2, parent=there.unit)
        estimate_frame(frame=checked, at=NOW)
    assert (figures(checked), figures(checked, shade=Estimate.Shade.SIGNED)) == before


@pytest.mark.django_db(transaction=True)
def test_where_an_entry_was_made_is_sealed_and_stays_so_when_the_key_is_published(
    cast: Cast, checked: Frame
) -> None:
    close_frame(public_id=checked.public_id, by=cast.actor("state_president"), at=NOW.replace(year=2028))
    with system("test"):
        key = bytes.fromhex(Frame.objects.get(pk=checked.pk).key)
        strata = list(Stratum.objects.filter(frame=checked))
        ids = set(sql.column("select id from units_unit"))
    for one in strata:
        sealed = bytes(one.places)
        for read in (
            sealed,
            draws.hide_content(sealed, key),
            draws.open_commitments(sealed + bytes(-len(sealed) % 16), key),
        ):
            assert not ids & set(np.frombuffer(read[: len(sealed)], dtype="<i8").tolist())
        own = keyring().derive(f"frame/{checked.public_id}/places/{one.key}")
        assert set(np.frombuffer(draws.hide_content(sealed, own), dtype="<i8").tolist()) <= ids
    assert len({bytes(one.places)[:8] for one in strata}) == len(strata)
