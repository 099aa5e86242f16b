"""Bench `flags`: 1,000,000 items of 50,000 workers; how each worker's entries look is built from nothing, and read.

Half of the items were entered at doors, with an hour and the seconds of their form; the others are rows of paper, which
have neither. All have a phone, one in 25 shared, and a year of birth; three in five were asked and answered or did not;
a fifth were answered from a device or network that the trail names; one in fifty may be a double; most workers were
refused at some doors. One worker in sixteen is odd in all of it. So every indicator is built of something (asserted).

Row `flags/scan`: seconds of reading all indicators and reasons from what is kept, against one sequential scan of the
same items. The scan counts by worker each of the facts the indicators are built of, interleaved; the median of the
ratios. Beside it `flags/build`: seconds of building all of it against the same scan; `state/booth`: milliseconds of a
state's dossier against a booth's, at the median, as bench `unit-page` measures pages. Its small tree has closed frames,
flags in each step and decided reviews; `flags/memory`: GiB of the process that did both. The database is one of its own
in ABHIYAN_HOME/bench, or beside DATABASE_URL's, and is dropped afterwards.
"""

import resource
import statistics
import time
from typing import Any

from abhiyan.core import home as data_folder

DATABASE = "abhiyan_bench_flags"
EACH = 20  # items of one worker

# These fill the items `made` by bench `frame`: workers with accounts, people and phones, facts of doors, and answers in
# the trail.
FILL = (
    """insert into people_account (public_id, phone_id, name, created_at)
 select distinct on (by) by, gen_random_uuid(), 'Worker ' || left(by::text, 6), now() from made""",
    """insert into people_phone (id, hash, sealed, last4)
 select phone, '', '', lpad((case when odd then n % 10000 else hashtext(phone::text) & 8191 end)::text, 4, '0')
   from made where slot = 0""",
    """insert into people_person (id, public_id, phone_id, name, birth_year, unit_id, at)
 select member, gen_random_uuid(), phone, 'Person',
     case when odd then 1950 + n % 7 * 5 else 1950 + (hashtext(member::text) & 31) end, unit, day from made""",
    """insert into people_double (id, public_id, first_id, second_id, unit_id, other_unit_id, score, reasons, is_twin,
     found_at)
 select gen_random_uuid(), gen_random_uuid(), least(a.member, b.member), greatest(a.member, b.member), a.unit, b.unit,
     80, '{name}', false, now()
   from made a join made b on b.n = a.n - 1 where a.n % 100 = 7 or a.odd and a.n % 10 = 7""",
    """insert into enrolment_door_entry (id, public_id, by, programme_id, unit_id, phone_id, membership_id, is_new, at,
     seconds)
 select c.id, c.public_id, c.by, c.programme_id, c.unit_id, c.phone_id, c.membership_id, true, c.field_at,
     case when m.odd then 12 + n % 10 else 25 + (hashtext(c.id::text) & 127) end
   from made m join enrolment_claim c on c.id = m.claim where m.channel = %(door)s""",
    """insert into enrolment_door_try (by, programme_id, unit_id, day, outcome, n)
 select by, g.id, unit, day, 1 + n % 3 / 2, 1 + n % 4 from made, programmes_programme g
  where channel = %(door)s and not odd and n % 5 < 2""",
    """insert into core_audit (at, who, who_kind, act, subject, device, origin)
 select day, m.id, 'citizen', case when confirmed then 'enrolment.confirm' else 'enrolment.sign' end,
     m.public_id::text, case when n % 2 = 0 then source else '' end, case when n % 2 = 1 then source else '' end
   from (select *, md5(case when odd then by else member end::text) as source from made where n % 5 = 4) o
   join enrolment_membership m on m.id = o.member""",
)
FACTS = ("phone_id", "at", "last4", "birth_year", "is_confirmed", "is_double", "device", "seconds")
SCAN = f"""
select i.by, count(*), {", ".join(f"count(i.{one})" for one in FACTS)}
  from ({{looks}}) i where i.programme_id = any(%(programmes)s) group by 1"""


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a fiftieth of the items and one round, to see that it runs."""
    from bench import frame

    found = frame.measured(__file__, DATABASE, rounds, quick=quick)
    scan = round(statistics.median(one["scan"] for one in found), 3)
    rows = [
        {
            "name": name,
            "value": round(statistics.median(one[key] for one in found), 3),
            "reference_value": scan,
            "unit": "s",
            "ratio": round(statistics.median(one[key] / one["scan"] for one in found), 3),
        }
        for name, key in (("flags/scan", "read"), ("flags/build", "build"))
    ]
    memory = max(one["GiB"] for one in found)
    rows.append(_dossiers(rounds, quick=quick))
    return [*rows, {"name": "flags/memory", "value": memory, "reference_value": None, "unit": "GiB"}]


def _dossiers(rounds: int, *, quick: bool) -> dict[str, Any]:
    """The dossier of a state against that of a booth, asked in turns of one server."""
    from bench import unit_page

    pages, home = ["state", "booth"], data_folder.home_folder() / "bench"
    found = unit_page.measured(home, pages, "/review/dossier/{}/", 1 if quick else rounds)
    value, reference = (round(statistics.median(one[page] for one in found), 3) for page in pages)
    ratio = round(statistics.median(one["state"] / one["booth"] for one in found), 3)
    return {"name": "state/booth", "value": value, "reference_value": reference, "unit": "ms", "ratio": ratio}


# What the children do.


def _fill(items: int) -> None:
    from bench import frame

    from abhiyan.core import sql
    from abhiyan.core.scope import system
    from abhiyan.enrolment.rules.channels import Channel

    frame.fill(items, EACH, (Channel.DOOR, Channel.PAPER) * 2)
    with system("bench"):
        for statement in FILL:
            sql.run(statement.replace("%(door)s", str(Channel.DOOR.value)))


def _round(items: int) -> dict[str, float]:
    """Seconds of the scan, of building, and of reading what is kept."""
    from abhiyan.core import clock, sql
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.programmes.models import Programme
    from abhiyan.verification.actions import look_at_workers
    from abhiyan.verification.queries.items import items_to_check
    from abhiyan.verification.queries.looks import BUILT, looks_of

    by, at = Actor.system("bench"), clock.now()
    with system("bench"):
        programme = Programme.objects.select_related("owner").get()
    scan = SCAN.replace("{looks}", items_to_check(programme, 1).looks)
    begun = time.perf_counter()
    with system("bench"):
        counted = sql.rows(scan, {"programmes": programme.counted_ids})
    took = {"scan": time.perf_counter() - begun}
    begun = time.perf_counter()
    look_at_workers(programme=programme, measure=1, by=by, at=at)
    took["build"] = time.perf_counter() - begun
    begun = time.perf_counter()
    with system("bench"):
        looks = looks_of(programme, 1)
    took["read"] = time.perf_counter() - begun
    assert sum(row[1] for row in counted) == sum(one.entries for one in looks) == items
    assert len(looks) == len(counted) >= items // EACH, len(looks)
    sums = ", ".join(f"sum(hits[{n}]), sum(total[{n}])" for n in range(1, len(BUILT) + 1))
    with system("bench"):
        tallied = sql.row(f"select {sums} from verification_look")
    assert all(tallied), dict(zip(BUILT, zip(tallied[::2], tallied[1::2], strict=True), strict=True))
    return {name: round(s, 3) for name, s in took.items()} | {
        "GiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    }


if __name__ == "__main__":
    from _database import work

    work(DATABASE, {"fill": _fill, "round": _round})
