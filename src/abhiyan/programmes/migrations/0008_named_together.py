"""Leaders of a level who are named together, and reminders to those who did not answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0007_bodies_that_run")]

    operations = [
        migrations.AddField(model_name="incharge", name="together", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="incharge", name="reminded_on", field=models.DateField(null=True)),
    ]
