"""Check the trees for `abhiyan doctor`: the tables carry no foreign keys, so somebody must look."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding

FAULTS = {
    "placements of no unit": "select count(*) from units_placement p"
    " where not exists (select from units_unit u where u.id = p.unit_id)",
    "placements beneath a unit that does not stand there": "select count(*) from units_placement p"
    " where p.valid_to is null and p.parent_id is not null and not exists (select from units_placement a"
    " where a.unit_id = p.parent_id and a.hierarchy = p.hierarchy and a.valid_to is null)",
    "placements without a position": "select count(*) from units_placement where valid_to is null and lo is null",
    "positions outside the parent's": "select count(*) from units_placement p"
    " join units_placement a on a.unit_id = p.parent_id and a.hierarchy = p.hierarchy and a.valid_to is null"
    " where p.valid_to is null and (p.lo <= a.lo or p.hi > a.hi or p.lo >= p.hi or p.depth <> a.depth + 1)",
    "positions shared by neighbours": "select count(*) from (select lo, lag(hi) over ("
    " partition by hierarchy, parent_id order by lo) as before from units_placement"
    " where valid_to is null) s where lo < before",
    "wrong counts of leaves": "select count(*) from units_placement p left join ("
    " select parent_id, hierarchy, sum(leaves) as n from units_placement where valid_to is null"
    " group by parent_id, hierarchy) c on c.parent_id = p.unit_id and c.hierarchy = p.hierarchy"
    " where p.valid_to is null and p.leaves <> coalesce(c.n, 1)",
    "units search cannot find": "select count(*) from units_unit u"
    " where not exists (select from units_words w where w.unit_id = u.id)",
}


def trees(_at: datetime) -> Iterable[DoctorFinding]:
    """Ranges, depths and leaves say what parent pointers say, and no placement leads nowhere."""
    n_by_flaw = {}
    for name, query in FAULTS.items():
        if n := sql.value(query):
            n_by_flaw[name] = n
    if n_by_flaw:
        sentence = ", ".join(f"{n} {name}" for name, n in n_by_flaw.items())
        yield DoctorFinding(
            FAIL, f"the trees are not sound: {sentence}", "see docs/units.md, “How a tree is kept”", n_by_flaw
        )
    else:
        yield DoctorFinding(OK, "the trees are sound")


def tops_of_trees(_at: datetime) -> Iterable[DoctorFinding]:
    """Each hierarchy that is used has one top; scopes and pages begin there."""
    for hierarchy, n in sql.rows(
        "select hierarchy, count(*) from units_placement where valid_to is null and parent_id is null"
        " group by hierarchy having count(*) > 1 order by hierarchy"
    ):
        text = f"hierarchy {hierarchy} has {n} tops"
        yield DoctorFinding(WARN, text, "import the units above them with their parents", {"tops": n})


def placeless_units(_at: datetime) -> Iterable[DoctorFinding]:
    """Find open units outside every hierarchy: without a place they are below no other."""
    n, codes = sql.row(
        "select count(*), (array_agg(code order by code))[:5] from units_unit u where closed_on is null"
        " and not exists (select from units_placement p where p.unit_id = u.id and p.valid_to is null)"
    )
    if n:
        yield DoctorFinding(
            WARN,
            f"{n} unit{'s stand' if n > 1 else ' stands'} in no hierarchy: {', '.join(codes)}{', …' if n > 5 else ''}",
            "import them again with the units above them (docs/units.md)",
            {"nowhere": n},
        )


def below_closed_units(_at: datetime) -> Iterable[DoctorFinding]:
    """Nothing open stands beneath a closed unit: closing asks for it, and nothing is placed there afterwards."""
    n, codes = sql.row(
        "select count(*), (array_agg(u.code order by u.code))[:5] from units_placement p"
        " join units_unit a on a.id = p.parent_id and a.closed_on is not null"
        " join units_unit u on u.id = p.unit_id and u.closed_on is null where p.valid_to is null"
    )
    if n:
        yield DoctorFinding(
            WARN,
            f"open units below a closed one: {n} ({', '.join(codes)}{', …' if n > 5 else ''})",
            "close them too, or import them with another unit above them (docs/units.md)",
            {"open_below_closed": n},
        )


CHECKS = {"trees": trees, "roots": tops_of_trees, "nowhere": placeless_units, "closed": below_closed_units}
