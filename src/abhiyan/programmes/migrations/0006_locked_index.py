from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_locks_of_plans")]

    operations = [
        migrations.AddIndex(
            model_name="target",
            index=models.Index(
                condition=models.Q(("is_locked", True), ("replaced_at", None)),
                fields=["programme", "measure"],
                name="target_locked",
            ),
        ),
    ]
