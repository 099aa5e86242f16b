"""The earlier drive a programme is shown beside: the label of a list of totals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0012_rungs_of_activities")]

    operations = [migrations.AddField("programme", "earlier", models.TextField(default="", db_default=""))]
