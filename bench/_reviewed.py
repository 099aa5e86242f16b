"""Fill what a dossier tells beyond counts, in the tree of bench `unit-page`: frames with checks, flags, reviews."""

from datetime import timedelta

FLAGS = 10  # in each step, of each district
# Who reviews what, from the top down.
REVIEWERS = {
    "state": "national_president",
    "region": "state_president",
    "district": "region_in_charge",
    "mandal": "district_president",
    "booth": "mandal_president",
}

# As the acts would have left them. The frames are there already, with an estimate of each unit.
FILL = (
    "update verification_frame set state = 'closed', closed_at = frozen_at",
    """insert into verification_stratum (frame_id, key, unit_id, is_signed, is_confirmed, items, drawn, commitments,
 above)
 select f.id, u.code, u.id, true, false, 1200, 40, '', array(select a.unit_id from units_placement a
   where a.hierarchy = p.hierarchy and a.lo <= p.lo and p.lo < a.hi order by a.lo)
 from verification_frame f cross join units_unit u
 join units_placement p on p.unit_id = u.id and p.hierarchy = 1 and p.lo is not null where u.kind = 'district'""",
    """insert into verification_check (id, frame_id, stratum_id, "order", place, arm, outcome, said_at, done_at)
 select gen_random_uuid(), frame_id, id, n, n, 1,
   case when n <= 30 then 'genuine' when n <= 36 then 'not_genuine' when n = 37 then 'refused' else 'unresolved' end,
   now(), now()
 from verification_stratum, generate_series(1, drawn) n""",
    """insert into verification_flag (id, programme_id, measure, worker, account_id, unit_id, step, reasons, asked_at,
 answered_at, said, handled_by)
 select gen_random_uuid(), g.id, 1, gen_random_uuid(), 1000000 + n, u.id, step, '[["bursts", 29, 30, 0.1]]',
   %(at)s - interval '3 days', case when step <> 'asked' then %(at)s - interval '1 day' end,
   case when step <> 'asked' then 'We sat together.' else '' end, '{}'
 from programmes_programme g cross join units_unit u cross join unnest(%(steps)s::text[]) step,
   generate_series(1, %(flags)s) n
 where u.kind = 'district'""",
    """update review_review r set prepared_at = %(at)s, decided_at = %(at)s,
 decision = (array['keep', 'help', 'again', 'change'])[1 + r.id %% 4]
 from units_unit u where u.id = r.unit_id and u.code ~ '[0-4]$'""",
    """insert into review_minute (review_id, decision, text, at)
 select id, decision, 'Two more visits in each booth.', decided_at from review_review where decided_at is not null""",
)


def fill() -> None:
    """Three closed frames, flags in every step, and a round over each kind of unit: about half of it is decided."""
    import _database

    from abhiyan.core import clock, sql
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.review.actions.rounds import open_round
    from abhiyan.units import queries as units
    from abhiyan.verification.models import Flag

    by, at = Actor.system("bench"), clock.now()
    today = clock.day_in("Asia/Kolkata", at)
    with system("bench"):
        for kind, office in REVIEWERS.items():
            open_round(
                name=f"Every {kind}",
                unit_id=units.unit("IN").pk,
                what=kind,
                office=office,
                begins_on=today,
                ends_on=today + timedelta(days=30),
                by=by,
                at=at,
            )
        for statement in FILL:
            sql.run(statement, {"at": at, "steps": list(Flag.Step), "flags": FLAGS})
        for table in ("verification_check", "verification_flag", "review_minute"):
            assert sql.value(f"select count(*) from {table}"), table
    _database.vacuum()
