"""When a person wanted the call that they wait for: they called the helpline, or a caller promised it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0016_signed")]

    operations = [
        migrations.AddField("contactentry", "wanted_at", models.DateTimeField(null=True)),
        migrations.AddField("callturn", "wanted_at", models.DateTimeField(null=True)),
    ]
