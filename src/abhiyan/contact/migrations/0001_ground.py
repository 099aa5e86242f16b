"""The tables of contact."""

from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("room", models.TextField()),
                ("about", models.UUIDField()),
                ("account_id", models.BigIntegerField()),
                ("is_visit", models.BooleanField(db_default=False, default=False)),
                ("begun_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("reached", "Reached"),
                            ("no_answer", "No answer"),
                            ("later", "Asked to try later"),
                            ("wrong_number", "Wrong number"),
                            ("lapsed", "Not finished in time"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "contact_attempt",
                "indexes": [models.Index(fields=["room", "about", "begun_at"], name="attempt_about")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="attempt_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or contact_attempt.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="attempt_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="attempt_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="attempt_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")),
                        fields=("room", "about"),
                        name="attempt_one_at_a_time",
                    ),
                ],
            },
        ),
    ]
