import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_lists_and_rolls"),
        ("programmes", "0009_late_tasks_reminded"),
        ("review", "0003_then_and_now"),
        ("units", "0001_ground"),
        ("verification", "0004_visits_with_a_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeckEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sight", models.TextField()),
                ("slides", models.JSONField()),
                ("is_rounded", models.BooleanField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "review_deck_edition",
            },
        ),
        migrations.RemoveConstraint(
            model_name="deck",
            name="deck_once",
        ),
        migrations.AddField(
            model_name="deck",
            name="sent_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sendings",
                to="review.deck",
            ),
        ),
        migrations.AddIndex(
            model_name="deck",
            index=models.Index(
                condition=models.Q(("sent_of__isnull", False)),
                fields=["sent_of", "-made_at"],
                name="deck_sendings",
            ),
        ),
        migrations.AddField(
            model_name="deckedition",
            name="deck",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="editions",
                to="review.deck",
            ),
        ),
        migrations.AddConstraint(
            model_name="deckedition",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="deck_edition_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select from review_deck d where d.id = deck_id and (sight = 'outside' or sight = 'whole' and exists (select 1 from units_placement pl where pl.unit_id = d.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or sight = 'led' and exists (select from review_round r where r.id = d.round_id and exists (select 1 from units_placement pl where pl.unit_id = r.unit_id and pl.lo <@ (select core_positions('abhiyan.line')))) or sight = 'line ' || (select current_setting('abhiyan.trees', true)) || ' ' || (select current_setting('abhiyan.line', true))))",
            ),
        ),
        migrations.AddConstraint(
            model_name="deckedition",
            constraint=abhiyan.core.policy.Policy(
                name="deck_edition_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="deckedition",
            constraint=abhiyan.core.policy.Policy(
                name="deck_edition_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="deckedition",
            constraint=abhiyan.core.policy.Policy(name="deck_edition_migrates", to=("owner",), using="true"),
        ),
        migrations.AddConstraint(
            model_name="deckedition",
            constraint=models.UniqueConstraint(fields=("deck", "sight"), name="deck_edition_once"),
        ),
    ]
