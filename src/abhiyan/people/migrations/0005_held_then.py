"""A held record knows when its phone was signed out, and whether both proofs were shown on it then."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("people", "0004_held")]
    operations = [
        migrations.AddField("fieldheld", "signed_out_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("fieldheld", "was_strong", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(
            "update people_field_held h set signed_out_at = coalesce("
            "(select f.ended_at from people_field_phone f where f.id = h.phone_id), h.at)",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("fieldheld", "signed_out_at", models.DateTimeField()),
    ]
