"""How many messages of a question named nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0011_circulars"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="unnamed",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
    ]
