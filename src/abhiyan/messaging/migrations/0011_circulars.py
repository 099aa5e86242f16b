from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    """Circulars, and who has read them."""

    dependencies = [
        ("messaging", "0010_message_send"),
    ]

    operations = [
        migrations.CreateModel(
            name="Circular",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("number", models.TextField(db_default="", default="")),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("hierarchy", models.SmallIntegerField()),
                ("office", models.TextField(db_default="", default="")),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("recipients", models.IntegerField(db_default=0, default=0)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_circular",
                "indexes": [models.Index(fields=["unit_id", "-made_at"], name="circular_unit")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="circular_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or made_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_circular.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from messaging_reading r where r.circular_id = messaging_circular.id)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="circular_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="circular_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="circular_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "circular_id",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("circular_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("office", models.TextField()),
                ("read_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_reading",
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["account_id"],
                        name="reading_unread",
                    )
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="reading_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_reading.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="reading_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="reading_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="reading_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
