"""People are found by how their names sound. The loop hears those who are there already, slice by slice."""

import django.contrib.postgres.fields
from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.people.rules.called import sounds

AT_ONCE = 5_000  # people of a slice
SLICES = f"""insert into people_unheard (person_ids) select array_agg(id) from (
  select id, (row_number() over (order by id) - 1) / {AT_ONCE} as slice from people_person
  where name is not null and left_at is null) p group by slice"""


def hear_accounts(apps, _editor):
    """Write the words of open accounts as the rules are now."""
    account, word = apps.get_model("people", "Account"), apps.get_model("people", "AccountWord")
    after = 0
    while some := list(account.objects.filter(pk__gt=after, closed_at=None).order_by("pk")[:AT_ONCE]):
        word.objects.filter(account_id__in=[each.pk for each in some]).delete()
        word.objects.bulk_create(
            word(word=sound, account_id=each.pk, unit_id=each.unit_id)
            for each in some
            for sound in sorted(sounds(each.name))
        )
        after = some[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_reason_for_twins"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("word", models.TextField()),
                ("unit_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "people_person_word",
                "indexes": [
                    models.Index(
                        fields=["unit_id", "word"],
                        name="person_word_unit",
                        opclasses=["int8_ops", "text_pattern_ops"],
                    )
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="person_word_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or ((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="person_word_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="person_word_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="person_word_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnheardPeople",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "person_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
            ],
            options={
                "db_table": "people_unheard",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="unheard_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or ((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="unheard_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="unheard_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="unheard_migrates", to=("owner",), using="true"),
                    abhiyan.core.policy.Policy(
                        command="INSERT", name="unheard_gateway", to=("gateway",), using="true"
                    ),
                ],
            },
        ),
        migrations.RunSQL(SLICES, migrations.RunSQL.noop),
        migrations.RunPython(hear_accounts, migrations.RunPython.noop),
    ]
