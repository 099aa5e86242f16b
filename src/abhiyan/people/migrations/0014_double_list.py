from django.db import migrations, models


class Migration(migrations.Migration):
    """Pairs of possible duplicates are read as they are listed."""

    dependencies = [
        ("people", "0013_doubles"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="double",
            name="double_state",
        ),
        migrations.AddIndex(
            model_name="double",
            index=models.Index(fields=["state", "is_twin", "-score", "id"], name="double_list"),
        ),
    ]
