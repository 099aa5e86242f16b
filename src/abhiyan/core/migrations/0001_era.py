from django.db import migrations


class Migration(migrations.Migration):
    """The era of the audit: raised by every restore, since transaction ids then begin again."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            "create function core_era() returns integer language sql stable as "
            "$$ select coalesce(nullif(current_setting('abhiyan.era', true), '')::integer, 1) $$",
            "drop function core_era()",
        )
    ]
