"""Bodies know when they were set up. Those that are there already were always there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0005_helpline_offices")]
    operations = [migrations.AddField("body", "made_at", models.DateTimeField(null=True))]
