"""Words of names, by which people in office are found."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_language_unchosen"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "word", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.TextField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "people_account_word",
                "indexes": [
                    models.Index(fields=["word"], name="account_word_start", opclasses=["text_pattern_ops"]),
                    models.Index(fields=["account_id"], name="account_word_account"),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="account_word_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_account_word.unit_id and pl.lo <@ (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}')::int8multirange))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="account_word_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="account_word_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
