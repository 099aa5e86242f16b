import django.contrib.postgres.fields
from django.db import migrations, models

# A leaving that waits was of one drive's roll, or of all.
ROLLS = """update enrolment_held_leave h set rolls = coalesce(
 (select array[d.roll_id] from enrolment_drive d where d.programme_id = h.programme_id),
 array(select r.id from enrolment_roll r order by 1))"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0010_cards_on_paper"),
    ]

    operations = [
        migrations.AddField(
            model_name="parting",
            name="said_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="parting",
            index=models.Index(fields=["said_by", "-at"], name="parting_said_by"),
        ),
        migrations.AddField(
            model_name="heldleave",
            name="rolls",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), default=list, size=None
            ),
        ),
        migrations.RunSQL(ROLLS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="heldleave",
            name="rolls",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
        ),
        migrations.RemoveField(model_name="heldleave", name="programme_id"),
    ]
