from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0002_called"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="is_stranger",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
