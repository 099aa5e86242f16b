"""Which words an office called no names: kept with an opinion, so that no level is asked again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0004_forgotten"),
    ]

    operations = [
        migrations.AddField(
            model_name="opinion",
            name="no_names",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
