"""Reads of enrolment."""

from abhiyan.programmes.models import Rung

MEASURE = 1  # enrolments: a drive's first measure


def facts_for_recount() -> str:
    """The ladder from the facts: (programme_id, measure, channel, unit_id, day, rung, n), for `abhiyan recount`.

    Reported: every stored claim. Counted, with its shades: terms that have not ended. Unique callers and opened
    links: each phone's first call. All on the fact's own field day and channel.
    """
    return f"""
select programme_id, {MEASURE} as measure, channel, unit_id, day, {Rung.REPORTED} as rung, count(*) as n
  from enrolment_claim group by 1, 3, 4, 5
union all
select programme_id, {MEASURE}, channel, unit_id, day, rung, count(*)
  from enrolment_enrolment where ended_at is null group by 1, 3, 4, 5, 6
union all
select programme_id, {MEASURE}, channel, unit_id, day, {Rung.UNIQUE}, count(*)
  from enrolment_waiting group by 1, 3, 4, 5
union all
select programme_id, {MEASURE}, channel, unit_id, day, {Rung.OPENED}, count(*)
  from enrolment_waiting where opened_at is not null group by 1, 3, 4, 5"""
