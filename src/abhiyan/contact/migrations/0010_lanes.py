"""The lane of a door on a list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0009_call_again_in_order")]
    operations = [
        migrations.AddField("contactentry", "lane", models.TextField(db_default="", default="")),
    ]
