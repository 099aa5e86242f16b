"""Workers' own links, and who joined by them."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0024_paper_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("programme_id", models.IntegerField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_referral",
                "indexes": [models.Index(fields=["unit_id"], name="referral_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account_id", "programme_id", "unit_id"), name="referral_once"
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="referral_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_referral.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="referral_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="referral_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="referral_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referred",
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
                ("referral_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_referred",
                "indexes": [
                    models.Index(fields=["referral_id"], name="referred_by"),
                    models.Index(fields=["membership"], name="referred_member"),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="referred_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_referred.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="referred_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="referred_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="referred_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
