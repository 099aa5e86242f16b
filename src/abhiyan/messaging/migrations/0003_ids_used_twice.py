from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False  # its indexes are made while texts come in
    dependencies = [("messaging", "0002_number_added")]

    operations = [
        migrations.AddField(model_name="inbound", name="ref_id", field=models.UUIDField(null=True)),
        migrations.AddField(
            model_name="inbound", name="is_reused", field=models.BooleanField(db_default=False, default=False)
        ),
        ConcurrentIndex("inbound", models.Index(fields=["ref_id"], name="messaging_inbound_ref")),
        ConcurrentIndex(
            "inbound",
            models.Index(
                fields=["at"], condition=models.Q(("is_reused", True)), name="messaging_inbound_reused"
            ),
        ),
    ]
