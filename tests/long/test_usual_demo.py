"""The demo at its usual size has figures below its districts."""

from abhiyan.sample.frames import BY_MANDAL

from .demo import demo_served

GRADED = """select d.code, count(distinct e.unit_id)
  from verification_estimate e join verification_frame f on f.id = e.frame_id and f.number = 2
  join programmes_programme run on run.id = f.programme_id and run.kind = 'drive'
  join units_unit u on u.id = e.unit_id and u.kind = 'mandal' and e.grade <> ''
  join units_placement p on p.unit_id = u.id and p.hierarchy = 1
  join units_placement above on above.hierarchy = 1 and above.lo <= p.lo and above.hi > p.lo
  join units_unit d on d.id = above.unit_id and d.kind = 'district' group by 1"""
LEAST = 10  # mandals


def test_in_each_district_that_is_checked_by_mandals_at_least_ten_have_a_grade() -> None:
    with demo_served() as made:
        lines = made.run("psql", "-d", "abhiyan", "-Atc", GRADED).split()
    graded = {code: int(n) for code, n in (line.split("|") for line in lines)}
    assert len(BY_MANDAL) >= 5
    assert [code for code in BY_MANDAL if graded.get(code, 0) < LEAST] == []
