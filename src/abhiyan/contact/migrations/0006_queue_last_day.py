"""The last day of a call queue."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0005_bridge")]

    operations = [migrations.AddField("callqueue", "last_day", models.DateField(null=True))]
