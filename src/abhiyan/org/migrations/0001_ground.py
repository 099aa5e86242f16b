"""The tables of offices, and the functions that say who looks.

One call, whose plan the database keeps: planning the query again took ten times as long as running it. The
functions run with the caller's own rights, so row-level security holds inside as outside.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy

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
    initial = True
    dependencies = [("people", "0001_ground"), ("units", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("names", models.JSONField()),
                (
                    "capabilities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "expected_in",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("seats", models.SmallIntegerField(default=1)),
                ("sees_people", models.BooleanField(default=True)),
                ("rank", models.SmallIntegerField(default=100)),
                (
                    "offered",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "org_office",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="office_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="office_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="office_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="office_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[("committee", "Committee"), ("wing", "Wing"), ("department", "Department")]
                    ),
                ),
                ("names", models.JSONField()),
                ("seats", models.SmallIntegerField(default=1)),
                ("ended_on", models.DateField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
            ],
            options={
                "db_table": "org_body",
                "constraints": [
                    Policy(
                        command="SELECT", name="body_seen_by_all", to=("app", "jobs", "gateway"), using="true"
                    ),
                    Policy(
                        name="body_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="body_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="body_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("account_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")], default=1
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("offered", "Not accepted yet"),
                            ("active", "Active"),
                            ("disputed", "Disputed"),
                            ("ended", "Ended"),
                        ],
                        default="active",
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("order_no", models.TextField(db_default="", default="")),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.BigIntegerField(null=True)),
                ("end_reason", models.TextField(db_default="", default="")),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.body",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.office"
                    ),
                ),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "accepted_how",
                    models.TextField(
                        choices=[
                            ("link", "by the link in the message"),
                            ("text", "by a text with the code of the message"),
                            ("signed_in", "signed in"),
                            ("named", "named on the server"),
                            ("before", "appointed before anybody was asked"),
                        ],
                        db_default="before",
                        default="",
                    ),
                ),
            ],
            options={
                "db_table": "org_appointment",
                "indexes": [
                    models.Index(fields=["unit", "office"], name="appointment_unit"),
                    models.Index(fields=["account_id"], name="appointment_account"),
                    models.Index(
                        condition=models.Q(("ends_on__isnull", False), ("state__in", ["active", "disputed"])),
                        fields=["ends_on"],
                        name="appointment_term",
                    ),
                    models.Index(
                        condition=models.Q(("state", "active"), _negated=True),
                        fields=["state"],
                        name="appointment_state",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="appointment_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or account_id = (select ps.account_id from people_session ps where ps.key = (select nullif(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = org_appointment.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))) or body_id = any ((select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[])",
                    ),
                    Policy(
                        name="appointment_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="appointment_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="appointment_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AwaitedOfficer",
            fields=[
                ("account_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("named_at", models.DateTimeField()),
            ],
            options={
                "db_table": "org_awaited_officer",
                "constraints": [
                    Policy(
                        name="awaited_officer_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or false",
                    ),
                    Policy(
                        name="awaited_officer_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="awaited_officer_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldBelow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id", "hierarchy", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("held", models.JSONField()),
                ("day", models.DateField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "org_held_below",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="held_below_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = org_held_below.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="held_below_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="held_below_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="held_below_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("act", models.TextField()),
                ("asked_by", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("payload", models.JSONField(default=dict)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "Asked"),
                            ("released", "Approved"),
                            ("refused", "Refused"),
                            ("lapsed", "Lapsed"),
                            ("used", "Used"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                    ),
                ),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
            ],
            options={
                "db_table": "org_release",
                "indexes": [models.Index(fields=["state", "unit"], name="release_waiting")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="release_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or asked_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
                    ),
                    Policy(
                        name="release_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="release_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="release_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.RunSQL(HELD, "drop function org_held(bigint, date)"),
        migrations.RunSQL(VISIT, "drop function org_visit(text, date)"),
    ]
