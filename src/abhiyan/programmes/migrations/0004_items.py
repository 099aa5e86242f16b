"""Items: the countable things of activities."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0003_dues_by_row"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("measure", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("phone_id", models.UUIDField(null=True)),
                ("n", models.IntegerField(default=1)),
                ("at", models.DateTimeField(null=True)),
                ("stored_at", models.DateTimeField()),
                ("device", models.TextField(db_default="", default="")),
                ("seconds", models.IntegerField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("accuracy", models.FloatField(null=True)),
                ("digest", models.BinaryField(null=True)),
                ("is_signed", models.BooleanField(db_default=True, default=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "why",
                    models.TextField(
                        choices=[
                            ("struck", "Struck off"),
                            ("denied", "Denied by the person"),
                            ("left", "The person left"),
                            ("undone", "Taken back"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_item",
                "indexes": [
                    models.Index(fields=["programme", "measure", "unit_id"], name="item_programme"),
                    models.Index(fields=["unit_id", "programme"], name="item_unit"),
                    models.Index(fields=["by_id", "day"], name="item_by"),
                    models.Index(
                        condition=models.Q(("phone_id__isnull", False)),
                        fields=["phone_id"],
                        name="item_phone",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("n", 1), models.Q(("counted_at", None), ("n__gte", 0)), _connector="OR"
                        ),
                        name="item_total_never_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("why", "")),
                            models.Q(
                                models.Q(("ended_at", None), _negated=True),
                                models.Q(("why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="item_ends_with_a_reason",
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="item_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or by_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_item.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="item_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="item_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="item_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
