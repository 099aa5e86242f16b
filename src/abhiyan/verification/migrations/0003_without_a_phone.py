from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0002_doubts"),
    ]

    operations = [
        migrations.AddField(
            model_name="stratum",
            name="is_phoneless",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="estimate",
            name="unchecked",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
