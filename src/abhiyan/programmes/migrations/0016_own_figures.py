"""What units say of themselves."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0015_parts"),
        ("units", "0005_polls"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("n", models.BigIntegerField()),
                ("typed_at", models.DateTimeField()),
                ("typed_by", models.BigIntegerField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_own_figure",
                "indexes": [models.Index(fields=["unit", "programme"], name="own_figure_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("programme", "measure", "unit", "ends_on"),
                        name="own_figure_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("begins_on")), ("n__gte", 0)),
                        name="own_figure_sound",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="own_figure_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_own_figure.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="own_figure_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="own_figure_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="own_figure_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
