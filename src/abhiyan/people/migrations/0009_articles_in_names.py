"""Names with an article are found by more words. The loop hears all people again, and accounts are heard here."""

from importlib import import_module

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex

_before = import_module("abhiyan.people.migrations.0008_words_of_people")


class Migration(migrations.Migration):
    atomic = False  # indexes on big tables, made while others write

    dependencies = [
        ("people", "0008_words_of_people"),
    ]

    operations = [
        ConcurrentIndex("personword", models.Index(fields=["word", "unit_id"], name="person_word_anywhere")),
        ConcurrentIndex(
            "person",
            models.Index(
                fields=["unit_id"],
                name="person_left",
                condition=models.Q(("left_at__isnull", False), ("name__isnull", False)),
            ),
        ),
        migrations.RunSQL(_before.SLICES, migrations.RunSQL.noop),
        migrations.RunPython(_before.hear_accounts, migrations.RunPython.noop),
    ]
