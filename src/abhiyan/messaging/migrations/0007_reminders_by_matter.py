"""A matter is looked up by its key alone: an account's own key is the matter of all that waits for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_reminders")]

    operations = [migrations.RemoveIndex(model_name="reminder", name="reminder_account")]
