"""Call centres: queues, callers, calls; when somebody is called again."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0003_doors"),
        ("programmes", "0005_accepted_n"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallQueue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("unit_id", models.BigIntegerField()),
                ("title", models.TextField()),
                (
                    "list_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("form_id", models.BigIntegerField(null=True)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("priority", models.SmallIntegerField()),
                ("by_bridge", models.BooleanField()),
                ("paused_at", models.DateTimeField(null=True)),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "contact_call_queue",
            },
        ),
        migrations.CreateModel(
            name="CallSeat",
            fields=[
                ("account_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("body_id", models.BigIntegerField()),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("came_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "contact_call_seat",
            },
        ),
        migrations.CreateModel(
            name="CallTurn",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.BigIntegerField()),
                ("body_id", models.BigIntegerField()),
                ("agent_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField(null=True)),
                ("begun_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(db_default="", default="")),
                (
                    "way",
                    models.TextField(
                        choices=[("own", "Own"), ("bridge", "Bridge")], db_default="", default=""
                    ),
                ),
                ("rung_at", models.DateTimeField(null=True)),
                ("told", models.TextField(db_default="", default="")),
                ("talked_s", models.IntegerField(null=True)),
            ],
            options={
                "db_table": "contact_call_turn",
            },
        ),
        migrations.CreateModel(
            name="PausedCentre",
            fields=[
                ("body_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("by_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "contact_paused_centre",
            },
        ),
        migrations.AddField(
            model_name="contactentry",
            name="again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="contacttry",
            name="outcome",
            field=models.TextField(
                choices=[
                    ("talked", "Talked"),
                    ("not_home", "Not at home"),
                    ("later", "Later"),
                    ("unwilling", "Does not want to talk"),
                    ("wants_help", "Wants to help"),
                    ("entitled", "Entitled, not received"),
                    ("no_answer", "No answer"),
                    ("busy", "Busy"),
                    ("wrong_number", "Wrong number"),
                    ("never", "No more calls"),
                ]
            ),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(
                condition=models.Q(
                    ("again_at__isnull", True), ("phone_id__isnull", False), ("state__in", ["ready", "later"])
                ),
                fields=["list", "language", "id"],
                name="entry_to_call",
            ),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(
                condition=models.Q(
                    ("again_at__isnull", False),
                    ("phone_id__isnull", False),
                    ("state__in", ["ready", "later"]),
                ),
                fields=["list", "language", "again_at"],
                name="entry_call_again",
            ),
        ),
        migrations.AddField(
            model_name="callqueue",
            name="programme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programmes.programme",
            ),
        ),
        migrations.AddIndex(
            model_name="callseat",
            index=models.Index(fields=["body_id"], name="call_seat_centre"),
        ),
        migrations.AddConstraint(
            model_name="callseat",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="call_seat_in_scope",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
            ),
        ),
        migrations.AddConstraint(
            model_name="callseat",
            constraint=abhiyan.core.policy.Policy(
                name="call_seat_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="callseat",
            constraint=abhiyan.core.policy.Policy(
                name="call_seat_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="callseat",
            constraint=abhiyan.core.policy.Policy(name="call_seat_migrates", to=("owner",), using="true"),
        ),
        migrations.AddField(
            model_name="callturn",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contact.contactentry",
            ),
        ),
        migrations.AddField(
            model_name="callturn",
            name="queue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contact.callqueue",
            ),
        ),
        migrations.AddConstraint(
            model_name="pausedcentre",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="paused_centre_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or false",
            ),
        ),
        migrations.AddConstraint(
            model_name="pausedcentre",
            constraint=abhiyan.core.policy.Policy(
                name="paused_centre_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="pausedcentre",
            constraint=abhiyan.core.policy.Policy(
                name="paused_centre_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="pausedcentre",
            constraint=abhiyan.core.policy.Policy(name="paused_centre_migrates", to=("owner",), using="true"),
        ),
        migrations.AddIndex(
            model_name="callqueue",
            index=models.Index(fields=["programme", "priority"], name="call_queue_programme"),
        ),
        migrations.AddConstraint(
            model_name="callqueue",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="call_queue_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = contact_call_queue.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="callqueue",
            constraint=abhiyan.core.policy.Policy(
                name="call_queue_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="callqueue",
            constraint=abhiyan.core.policy.Policy(
                name="call_queue_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="callqueue",
            constraint=abhiyan.core.policy.Policy(name="call_queue_migrates", to=("owner",), using="true"),
        ),
        migrations.AddIndex(
            model_name="callturn",
            index=models.Index(fields=["body_id", "begun_at"], name="call_turn_centre"),
        ),
        migrations.AddIndex(
            model_name="callturn",
            index=models.Index(fields=["entry", "begun_at"], name="call_turn_entry"),
        ),
        migrations.AddIndex(
            model_name="callturn",
            index=models.Index(fields=["agent_id", "begun_at"], name="call_turn_agent"),
        ),
        migrations.AddConstraint(
            model_name="callturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("agent_id",), name="call_turn_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="callturn",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="call_turn_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or agent_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = contact_call_turn.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="callturn",
            constraint=abhiyan.core.policy.Policy(
                name="call_turn_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="callturn",
            constraint=abhiyan.core.policy.Policy(
                name="call_turn_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="callturn",
            constraint=abhiyan.core.policy.Policy(name="call_turn_migrates", to=("owner",), using="true"),
        ),
    ]
