"""How old those are who were counted, made anew each night."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0019_unit_pace"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="ages_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="AgeTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "programme_id",
                        "measure",
                        "rung",
                        "channel",
                        "band",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("band", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_age_tally",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="age_tally_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_age_tally.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="age_tally_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="age_tally_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="age_tally_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgeTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "hierarchy",
                        "programme_id",
                        "measure",
                        "rung",
                        "channel",
                        "band",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("band", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_age_total",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="age_total_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_age_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="age_total_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="age_total_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="age_total_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
