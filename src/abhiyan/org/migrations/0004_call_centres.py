"""Call centres are a kind of body."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0003_taken_work")]
    operations = [
        migrations.AlterField(
            model_name="body",
            name="kind",
            field=models.TextField(
                choices=[
                    ("committee", "Committee"),
                    ("wing", "Wing"),
                    ("department", "Department"),
                    ("centre", "Call centre"),
                ]
            ),
        ),
    ]
