"""Who looks, by one call whose plan the database keeps: planning the query anew cost ten times its running.

Functions of the caller's own rights: row-level security holds inside as outside.
"""

from django.db import migrations

HELD = """
create function org_held(whose bigint, today date) returns json
language plpgsql stable set plan_cache_mode = force_generic_plan as $body$
begin
    return (
        select json_agg(json_build_array(
            ap.id, ap.public_id, o.code, o.names, o.rank, o.capabilities, o.sees_people, ap.state = 'disputed',
            ap.body_id, u.id, u.code, u.kind, u.names, p.hierarchy, p.depth, p.lo, p.hi, reach.ranges, wide.ranges
          ) order by p.depth, o.rank, ap.id)
        from org_appointment ap
        join org_office o on o.id = ap.office_id
        join units_unit u on u.id = ap.unit_id
        join units_placement p
          on p.unit_id = ap.unit_id and p.hierarchy = ap.hierarchy and p.valid_to is null and p.lo is not null
        cross join lateral (
            select json_agg(json_build_array(r.lo, r.hi)) as ranges from units_placement r
            where r.unit_id = u.id and r.lo is not null
              and (r.hierarchy = p.hierarchy or u.kind in ('state', 'nation'))
        ) reach
        left join lateral (
            with recursive up as (
                select p.unit_id as id, p.parent_id as parent, u.kind as kind
                union all
                select q.unit_id, q.parent_id, v.kind from up
                join units_placement q
                  on q.unit_id = up.parent and q.hierarchy = p.hierarchy and q.valid_to is null
                join units_unit v on v.id = q.unit_id
                where up.kind not in ('state', 'nation')
            )
            select json_agg(json_build_array(z.lo, z.hi)) as ranges
            from up join units_placement z on z.unit_id = up.id and z.lo is not null
            where up.kind in ('state', 'nation')
        ) wide on true
        where ap.account_id = whose and ap.state in ('active', 'disputed')
          and ap.starts_on <= today and (ap.ends_on is null or ap.ends_on >= today)
    );
end $body$
"""

VISIT = """
create function org_visit(asked text, today date) returns table (
    key text, public_id uuid, account_id bigint, phone_id uuid, data jsonb, device text, origin text,
    created_at timestamptz, seen_at timestamptz, ends_at timestamptz, strong_at timestamptz, ended_at timestamptz,
    account bigint, account_public_id uuid, name text, language text, is_root boolean, is_demo boolean, held json
) language plpgsql stable rows 1 set plan_cache_mode = force_generic_plan as $body$
begin
    return query
        select s.key, s.public_id, s.account_id, s.phone_id, s.data, s.device, s.origin,
            s.created_at, s.seen_at, s.ends_at, s.strong_at, s.ended_at,
            a.id, a.public_id, a.name, a.language, a.is_root, a.is_demo,
            case when a.id is not null then org_held(a.id, today) end
        from people_session s
        left join people_account a on a.id = s.account_id and a.closed_at is null
        where s.key = asked;
end $body$
"""


class Migration(migrations.Migration):
    dependencies = [("org", "0001_ground")]

    operations = [
        migrations.RunSQL(HELD, "drop function org_held(bigint, date)"),
        migrations.RunSQL(VISIT, "drop function org_visit(text, date)"),
    ]
