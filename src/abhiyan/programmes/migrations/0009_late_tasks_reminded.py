"""The day on which a message last said that a task is late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0008_named_together")]

    operations = [
        migrations.AddField(model_name="task", name="reminded_on", field=models.DateField(null=True)),
    ]
