"""The counter of minors counts everybody of whom nothing may be kept, by reason; what it held is carried over."""

from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0002_undo"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "unit_id",
                        "channel",
                        "reason",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "channel",
                    models.SmallIntegerField(
                        choices=[(1, "Web"), (2, "Missed call"), (3, "API"), (4, "Paper list"), (5, "SMS")]
                    ),
                ),
                ("reason", models.TextField()),
                ("day", models.DateField()),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "enrolment_refused_count",
            },
        ),
        migrations.RunSQL(
            "insert into enrolment_refused_count (programme_id, unit_id, channel, reason, day, n)"
            " select programme_id, unit_id, channel, 'not_adult', day, n from enrolment_minor_count",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel(
            name="MinorCount",
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="refused_count_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_refused_count.unit_id and pl.lo <@ (select coalesce(nullif(current_setting('abhiyan.people', true), ''), '{}')::int8multirange))",
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="refused_count_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="refused_count_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="refused_count_gateway", to=("gateway",), using="true"
            ),
        ),
    ]
