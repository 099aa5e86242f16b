"""Call the model by its own name; its table keeps the old one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0017_objects_that_are_gone")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RenameModel(old_name="Ticket", new_name="DataRequest")]
        )
    ]
