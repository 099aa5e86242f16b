"""An account has a language once its owner has chosen one; before, its pages are in the browser's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_ground")]

    operations = [
        migrations.AlterField("account", "language", models.TextField(db_default="", default="")),
    ]
