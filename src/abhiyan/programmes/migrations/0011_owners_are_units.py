"""A programme is owned by a unit. The column of its body goes with the next release: the one before still reads it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0010_target_misfits"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="programme", name="body_id")],
        ),
    ]
