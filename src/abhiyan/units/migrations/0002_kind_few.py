"""The units of high kinds are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0001_ground"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                condition=models.Q(("kind__in", ["cluster", "booth", "village", "ward"]), _negated=True),
                fields=["kind"],
                name="unit_kind_few",
            ),
        ),
    ]
