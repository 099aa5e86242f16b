"""Doors at which nobody was entered, in numbers; how long a form took, and how its notice was given."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0028_claims_of_a_list"),
    ]

    operations = [
        migrations.AddField(
            model_name="doorentry",
            name="heard",
            field=models.SmallIntegerField(
                choices=[(1, "Notice shown"), (2, "Notice played"), (3, "Notice heard with the house")],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="doorentry",
            name="seconds",
            field=models.IntegerField(null=True),
        ),
        migrations.CreateModel(
            name="DoorTry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "by",
                        "programme_id",
                        "unit_id",
                        "day",
                        "outcome",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("by", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                (
                    "outcome",
                    models.SmallIntegerField(choices=[(1, "Does not want to"), (2, "Nobody at home")]),
                ),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "enrolment_door_try",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="door_try_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_door_try.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="door_try_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="door_try_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="door_try_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
