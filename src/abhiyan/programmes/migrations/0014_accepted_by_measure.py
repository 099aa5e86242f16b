"""Somebody in charge accepts the unit's target of each measure, and not the first alone."""

from django.db import migrations, models

KEEP = """update programmes_in_charge set accepted = jsonb_build_object('1', accepted_n)
where accepted_n is not null"""
BACK = """update programmes_in_charge set accepted_n = (accepted->>'1')::bigint where accepted ? '1'"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0013_let_in_by")]
    operations = [
        migrations.AddField("incharge", "accepted", models.JSONField(null=True)),
        migrations.RunSQL(KEEP, BACK),
        migrations.RemoveField("incharge", "accepted_n"),
    ]
