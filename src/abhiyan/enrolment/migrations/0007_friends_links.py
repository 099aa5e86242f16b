"""Why friends join, own links of friends, and why the constituencies of a programme were chosen."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0006_rolls_that_give_way"),
    ]

    operations = [
        migrations.CreateModel(
            name="Motive",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "membership",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("membership", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "why",
                    models.SmallIntegerField(
                        choices=[(1, "A public scheme reached me"), (2, "I like the work")]
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_motive",
            },
        ),
        migrations.AddField(
            model_name="drive",
            name="minuted",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="referral",
            name="membership",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="referral",
            name="account_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("membership", "programme_id"), name="referral_friend"),
        ),
        migrations.AddIndex(
            model_name="motive",
            index=models.Index(fields=["membership"], name="motive_member"),
        ),
        migrations.AddConstraint(
            model_name="motive",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="motive_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_motive.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="motive",
            constraint=abhiyan.core.policy.Policy(
                name="motive_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="motive",
            constraint=abhiyan.core.policy.Policy(
                name="motive_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="motive",
            constraint=abhiyan.core.policy.Policy(name="motive_migrates", to=("owner",), using="true"),
        ),
    ]
