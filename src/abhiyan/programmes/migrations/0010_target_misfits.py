import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy

RUNGS = [
    (1, "Unique callers"),
    (2, "Links opened"),
    (10, "Reported"),
    (15, "Phone not answered yet"),
    (20, "Counted"),
    (30, "Confirmed"),
]


class Migration(migrations.Migration):
    dependencies = [("programmes", "0009_who_may_write")]

    operations = [
        migrations.CreateModel(
            name="TargetMisfit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "measure",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_target_misfit",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="target_misfit_in_scope",
                        to=("app",),
                        using=(
                            "(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from"
                            " units_placement pl where pl.unit_id = programmes_target_misfit.unit_id and pl.lo <@"
                            " (select core_positions('abhiyan.counts')))"
                        ),
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="target_misfit_written",
                        to=("app",),
                        using=(
                            "((select current_setting('abhiyan.everything', true) = 'on') and"
                            " (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))"
                        ),
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="target_misfit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="target_misfit_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.AddField("programme", "summed_on", models.DateField(null=True)),
        # Of choices only: nothing changes in the database.
        migrations.AlterField("tally", "rung", models.SmallIntegerField(choices=RUNGS)),
        migrations.AlterField("total", "rung", models.SmallIntegerField(choices=RUNGS)),
    ]
