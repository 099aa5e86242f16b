"""A due whose answer came from a phone that was signed out names who accepted it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0012_seen_by_name")]
    operations = [migrations.AddField("due", "let_in_by", models.BigIntegerField(null=True))]
