"""Check results and plans for `abhiyan doctor`: links without foreign keys, and sums that others rely on."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding

from .actions.links import waiting_for_units

FIX_LINKS = "import their list again: figures stay, links are made"
# Results and units know each other by number only; results outlive units.
LOST = """select count(*) from (
    select unit_id from elections_contest where unit_id is not null
    union all select unit_id from elections_part where unit_id is not null
    union all select unit_id from elections_unit_class) l
  where not exists (select from units_unit u where u.id = l.unit_id)"""
# Every number that was passed down and its siblings sum to the number above. Seats that the plan itself reports are
# left out.
UNEQUAL = """with recursive newest as (
    select p.id, p.found from elections_plan p
    where not exists (select from elections_plan n where n.previous_id = p.id)),
  whole as (
    select s.plan_id, s.unit_id, s.votes::bigint as n from elections_plan_seat s join newest p on p.id = s.plan_id
    where s.unit_id is not null
    union all
    select t.plan_id, t.unit_id, t.n from elections_plan_part t join newest p on p.id = t.plan_id
    where t.replaced_at is null),
  parts as (
    select t.plan_id, t.parent_id, sum(t.n) as n from elections_plan_part t join newest p on p.id = t.plan_id
    where t.replaced_at is null group by t.plan_id, t.parent_id),
  unequal as (
    select parts.plan_id, parts.parent_id as unit_id
    from parts join whole w on w.plan_id = parts.plan_id and w.unit_id = parts.parent_id where parts.n <> w.n),
  above as (
    select plan_id, unit_id, unit_id as at from unequal
    union
    select a.plan_id, a.unit_id, t.parent_id from above a
    join elections_plan_part t on t.plan_id = a.plan_id and t.unit_id = a.at and t.replaced_at is null)
  select count(distinct u.plan_id) from unequal u join newest p on p.id = u.plan_id
  where not exists (
    select from above a join elections_plan_seat s on s.plan_id = a.plan_id and s.unit_id = a.at
    where a.plan_id = u.plan_id and a.unit_id = u.unit_id and jsonb_path_exists(p.found,
      'strict $.contradictions[*] ? ((@[0] == "cascade_gap" || @[0] == "cascade_left") && @[1] == $contest)',
      jsonb_build_object('contest', s.contest_id), true))"""
UNTRUE = """select count(*) from elections_plan p
  join (select plan_id, sum(votes) as votes from elections_plan_seat group by plan_id) s on s.plan_id = p.id
  where not exists (select from elections_plan n where n.previous_id = p.id)
    and (p.found ->> 'votes')::bigint <> s.votes"""
BASELESS = """select count(*) from elections_unit_class k where not exists (
    select from elections_contest c where c.unit_id = k.unit_id and c.election_id = k.election_id)
  and not exists (
    select from elections_part p join elections_contest c on c.id = p.contest_id
    where p.unit_id = k.unit_id and c.election_id = k.election_id)"""


def links(_at: datetime) -> Iterable[DoctorFinding]:
    """Results lead to the units that are their seats, wherever there are such units, and to none that are gone."""
    waiting, lost = waiting_for_units(), sql.count(LOST)
    if lost:
        n_by_flaw = {"lost": lost}
        yield DoctorFinding(
            FAIL, f"{lost} results or classes point to units that are not there", FIX_LINKS, n_by_flaw
        )
    if waiting:
        text = f"{waiting} results have no unit, though the unit of their seat is there"
        yield DoctorFinding(WARN, text, FIX_LINKS, {"waiting": waiting})
    if not waiting and not lost:
        yield DoctorFinding(OK, "results lead to the units that are their seats")


def plan_sums(_at: datetime) -> Iterable[DoctorFinding]:
    """The newest version of each plan sums, in its seats and in all that was passed down."""
    n_by_flaw = {"seats": sql.count(UNTRUE), "parts": sql.count(UNEQUAL)}
    if any(n_by_flaw.values()):
        text = f"plans do not sum: {n_by_flaw['seats']} over their seats, {n_by_flaw['parts']} below them"
        yield DoctorFinding(WARN, text, "change their goals, or pass them down again", n_by_flaw)
    else:
        yield DoctorFinding(OK, "plans sum")


def orphan_classes(_at: datetime) -> Iterable[DoctorFinding]:
    """Find classes of units whose results are gone."""
    if n := sql.count(BASELESS):
        text = f"{n} units have a class from results that are gone"
        yield DoctorFinding(WARN, text, "sort again, or take the rules away", {"classes": n})


CHECKS = {"results": links, "plans": plan_sums, "classes": orphan_classes}
