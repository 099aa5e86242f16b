from django.db import migrations, models

# Until now a lock was a plan's where the change that wrote it was the taking over of one.
SAY = """
update programmes_target t set is_plans_lock = true from programmes_target_version v
where v.id = t.version_id and v.act = 'plan' and t.is_locked;
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_in_charge_once")]

    operations = [
        migrations.AddField(
            model_name="target",
            name="is_plans_lock",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(SAY, migrations.RunSQL.noop),
    ]
