"""A programme says which places it means, such as one booth of every village."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0016_later_forms")]
    operations = [migrations.AddField("programme", "places", models.TextField(default="", db_default=""))]
