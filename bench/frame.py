"""Bench `frame`: 1,000,000 items are frozen, and 3,000 checks drawn.

Row `freeze/read`: seconds of both acts, commits among it, against one sequential read of the same items. The read uses
the same statement and grouping by district and shade, and only counts. Interleaved rounds; the median of the ratios.
After each round every item is in the frame once, and as many checks as were asked, by district. The database is one of
its own in ABHIYAN_HOME/bench, or beside DATABASE_URL's, and is dropped afterwards.
"""

import os
import resource
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import _server

from abhiyan.core import home as data_folder

DATABASE = "abhiyan_bench_frame"
ITEMS, CHECKS, BOOTHS = 1_000_000, 3_000, 12_000
TABLES = ("check", "estimate", "stratum", "draw", "frame")

# As `enrol_batch` leaves them: claims, memberships and terms with ids in no order. Two in five wait for the phone's
# answer, a third of the others confirmed. Ten of a worker came on one day, 17 minutes after each other; one in 25 has
# the phone of the entry before. One worker in sixteen is odd: late in the evening, every 20 seconds. Without persons
# and phones: neither freeze nor draw reads them. `made` stays for what another bench fills besides.
FILL = (
    """create temp table made as select n, gen_random_uuid() as claim, gen_random_uuid() as member, b.id as unit,
 md5('phone' || n - (n %% 25 = 2)::int)::uuid as phone, (n %% 25 = 2)::int as slot,
 (%(channels)s::int[])[1 + n %% 4] as channel, md5((n / %(each)s)::text)::uuid as by, n / %(each)s %% 16 = 0 as odd,
 current_date - n / 10 %% 40 as day,
 case when n / %(each)s %% 16 = 0 then interval '21:58' + n %% 10 * interval '20 s'
   else interval '9:30' + n %% 10 * interval '17 min' end as hour,
 case when n %% 5 < 2 then 15 else 20 end as rung, n %% 5 = 4 and n %% 3 > 0 as confirmed
 from generate_series(1, %(items)s) n
 join (select id, row_number() over (order by id) as nr from units_unit where kind = 'booth') b
   on b.nr = 1 + n * 7919::bigint %% %(booths)s""",
    """insert into enrolment_claim (id, public_id, programme_id, channel, sign, unit_id, is_placed, phone_id,
 membership_id, taken, day, field_at, at, batch, by)
 select claim, gen_random_uuid(), %(programme)s, channel, 0, unit, true, phone, member, 1, day,
   (day + hour) at time zone 'Asia/Kolkata', day, claim, by
 from made""",
    """insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term,
 programme_id, at)
 select member, gen_random_uuid(), %(programme)s, phone, slot, member, unit, claim, 1, %(programme)s, day from made""",
    """insert into enrolment_enrolment (id, membership_id, claim_id, programme_id, unit_id, kind, term, channel, rung,
 day, at, confirmed_at, ask_over_at)
 select member, member, claim, %(programme)s, unit, 1, 1, channel, rung, day, day, case when confirmed then day end,
   case when rung = 20 and not confirmed then day end
 from made""",
    """insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)
 select %(programme)s, 1, channel, unit, day, 10, count(*), now() from made group by 3, 4, 5""",
)


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The row of the bench. quick: a fiftieth of the items and one round, to see that it runs."""
    found = measured(__file__, DATABASE, rounds, quick=quick)
    taken = [one["freeze"] + one["draw"] for one in found]
    reads = [one["read"] for one in found]
    return [
        {
            "name": "freeze/read",
            "value": round(statistics.median(taken), 3),
            "reference_value": round(statistics.median(reads), 3),
            "unit": "s",
            "ratio": round(statistics.median(a / b for a, b in zip(taken, reads, strict=True)), 3),
        }
    ]


def measured(file: str, database: str, rounds: int, *, quick: bool) -> list[dict[str, float]]:
    """Return the results of each round of a bench over such a database. file: the bench, whose children they are."""
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | _server.SETTINGS
    env |= {"ABHIYAN_HOME": str(home), "ABHIYAN_DATABASE": database, "ABHIYAN_POOL": "0"}

    def child(part: str, role: str, *args: object) -> Any:
        return _server.child(file, part, *args, env=env | {"ABHIYAN_ROLE": role})

    found = []
    items = ITEMS // 50 if quick else ITEMS
    try:
        child("prepare", "owner")
        child("fill", "jobs", items)
        child("clean", "owner")
        for number in range(1 if quick else rounds):
            found.append(child("round", "jobs", items))
            child("clean", "owner")
            print(f"  round {number + 1}: {found[-1]}", file=sys.stderr, flush=True)
    finally:
        child("drop", "owner")
    return found


# What the children do.


def _tree(path: Path) -> None:
    """A state of forty districts, written as a list of units."""
    with path.open("w", encoding="utf-8") as file:
        file.write("code,kind,name_en,name_hi,organisational_parent,electors\n")
        file.write("IN,nation,India,भारत,,\nS,state,State,राज्य,IN,\nR,region,Region,संभाग,S,\n")
        for booth in range(BOOTHS):
            district, mandal, cluster = booth // 300, booth // 30, booth // 6
            for size, code, kind, above in (
                (300, f"D{district}", "district", "R"),
                (30, f"M{mandal}", "mandal", f"D{district}"),
                (6, f"C{cluster}", "cluster", f"M{mandal}"),
            ):
                if booth % size == 0:
                    file.write(f"{code},{kind},{code},नाम {code[1:]},{above},\n")
            file.write(f"B{booth},booth,Booth {booth},बूथ {booth},C{cluster},{700 + booth % 500}\n")


def fill(items: int, each: int = 300, channels: tuple[int, ...] = (1, 2, 3, 4)) -> None:
    """The tree, a drive, and its items, as the acts would have left them. each: of a worker; channels: in turns."""
    from abhiyan.core import clock, sql
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.imports import actions as imports
    from abhiyan.imports import running
    from abhiyan.people import actions as people
    from abhiyan.programmes import actions as programmes
    from abhiyan.units import queries as units

    by, at = Actor.system("bench"), clock.now()
    path = Path(os.environ["ABHIYAN_HOME"]) / "frame.csv"
    _tree(path)
    with system("bench"):
        people.ensure_sample_notice(by=by, at=at)
        public_id = imports.import_file(kind_key="units", path=path, by=by, at=at)
    for step in ("check", "commit"):
        with system("bench"):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=at)
        running.run_import_step(public_id, step, at=at)
    path.unlink()
    with system("bench"):
        state, today = units.unit("S").pk, clock.day_in("Asia/Kolkata", at)
        made = programmes.make_programme(
            template="membership_drive",
            names={"en": "Bench drive", "hi": "अभियान"},
            owner_id=state,
            unit_ids=[state],
            opens_on=today - timedelta(days=40),
            closes_on=today + timedelta(days=40),
            by=by,
            at=at,
        )
        given = {
            "items": items,
            "each": each,
            "channels": list(channels),
            "booths": BOOTHS,
            "programme": made.pk,
        }
        for statement in FILL:
            sql.run(statement, given)
    with system("bench"):
        while programmes.fold_changes(at=clock.now()):
            pass


def _clean() -> None:
    """No frame is there, and every table is as autovacuum leaves it."""
    import _database
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("truncate " + ", ".join(f"verification_{one}" for one in TABLES) + " cascade")
    _database.vacuum()


def _round(items: int) -> dict[str, float]:
    """Seconds of the read, of a freeze and of its draw."""
    from abhiyan.core import clock, sql
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.programmes.models import Programme
    from abhiyan.verification.actions import draw_frame, frames, freeze_frame
    from abhiyan.verification.models import Check, Stratum

    by, at = Actor.system("bench"), clock.now()
    with system("bench"):
        programme = Programme.objects.select_related("owner").get()
    begun = time.perf_counter()
    with system("bench"):
        read = _read(programme)
    took = {"read": time.perf_counter() - begun}
    assert sum(n for *_, n in read) == items, read
    plan = frames.FramePlan(
        checks=CHECKS,
        source="drand round 4,812,345",
        due_at=at + timedelta(hours=1),
        ends_on=at.date() + timedelta(days=30),
    )
    begun = time.perf_counter()
    frame = freeze_frame(programme=programme, measure=1, plan=plan, by=by, at=at)
    took["freeze"] = time.perf_counter() - begun
    begun = time.perf_counter()
    draw_frame(public_id=frame.public_id, value="8c3fa0d1", by=by, at=at + timedelta(hours=2))
    took["draw"] = time.perf_counter() - begun
    with system("bench"):
        sizes = sql.rows("select sum(items), sum(length(commitments)) from verification_stratum")
        districts = Stratum.objects.values("unit_id").distinct().count()
        drawn = Check.objects.values("stratum_id", "place").distinct().count()
    assert (sizes, districts) == ([(items, 16 * items)], BOOTHS // 300), (sizes, districts)
    assert drawn == CHECKS, drawn
    return {name: round(s, 3) for name, s in took.items()} | {
        "GiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    }


def _read(programme: Any) -> list[tuple[Any, ...]]:
    """Count the items of each district and shade."""
    from abhiyan.core import sql
    from abhiyan.units.models import Kind
    from abhiyan.verification.queries.items import items_to_check

    return sql.rows(
        f"""
select coalesce(d.unit_id, %(owner)s), is_signed, is_confirmed, count(*) from ({items_to_check(programme, 1).sql}) i
  left join units_placement p on p.unit_id = i.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
  left join (select p.* from units_placement p join units_unit u on u.id = p.unit_id and u.kind = %(district)s) d
    on d.hierarchy = %(hierarchy)s and p.lo >= d.lo and p.lo < d.hi
 where i.programme_id = any(%(programmes)s) group by 1, 2, 3""",
        {
            "programmes": programme.counted_ids,
            "hierarchy": programme.hierarchy,
            "district": Kind.DISTRICT,
            "owner": programme.owner_id,
        },
    )


if __name__ == "__main__":
    from _database import work

    work(DATABASE, {"fill": fill, "clean": _clean, "round": _round})
