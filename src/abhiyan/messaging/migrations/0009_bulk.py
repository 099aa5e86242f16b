import django.contrib.postgres.fields
from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Bulk texts with what the law asks for, and sends of them."""

    dependencies = [
        ("messaging", "0008_caps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Send",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("text", models.TextField()),
                ("audience", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("hierarchy", models.SmallIntegerField()),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("programme_id", models.IntegerField(db_default=0, default=0)),
                ("given", models.JSONField(default=dict)),
                ("per_hour", models.IntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Not asked yet"),
                            ("asked", "Waits for approval"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped half-way"),
                            ("done", "Finished"),
                        ],
                        default="draft",
                    ),
                ),
                ("reason", models.TextField(db_default="", default="")),
                ("release", models.UUIDField(null=True)),
                ("sha256", models.TextField(db_default="", default="")),
                ("counted", models.JSONField(default=dict)),
                ("n_asked", models.IntegerField(db_default=0, default=0)),
                ("parts_asked", models.IntegerField(db_default=0, default=0)),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("after", models.UUIDField(null=True)),
                ("queued_at", models.DateTimeField(null=True)),
                ("is_queued", models.BooleanField(db_default=False, default=False)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_send",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="send_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="template",
            name="certificate",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="certificate_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="template",
            name="certificate_sha256",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="certificate_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="template",
            name="entity",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="header",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="template",
            name="made_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="template",
            name="name",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="sha256",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="template",
            name="unit_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="send",
            index=models.Index(fields=["unit_id", "-made_at"], name="send_unit"),
        ),
        AddConstraint(
            model_name="send",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="send_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or made_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_send.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = messaging_send.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
            ),
        ),
        AddConstraint(
            model_name="send",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="send_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="send",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="send_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="send",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="send_migrates", to=("owner",), using="true"
            ),
        ),
    ]
