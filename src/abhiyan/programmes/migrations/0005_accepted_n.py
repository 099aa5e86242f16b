"""What somebody accepted to answer for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_items")]

    operations = [
        migrations.AddField(
            model_name="incharge", name="accepted_n", field=models.BigIntegerField(null=True)
        ),
    ]
