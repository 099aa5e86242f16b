"""A photographed sheet knows the list that brought what stands on it, so that those nobody has entered are found."""

from django.db import migrations, models

# As lists are named that are typed from a sheet, or else of the whole batch.
_ENTERED = r"""update enrolment_paper_photo p set import_id = l.import_id from enrolment_paper_import l, core_import s
 where l.batch_id = p.batch_id and l.undone_at is null and s.id = l.import_id
 and (s.file_name !~ '^[0-9]+-[0-9] [0-9]+\.csv$' or s.file_name like '% ' || p.sheet || '.csv')"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0032_claim_queue"),
        ("core", "0003_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="paperphoto",
            name="import_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(_ENTERED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="paperphoto",
            index=models.Index(
                condition=models.Q(("hidden_at", None), ("import_id", None), ("is_beside", False)),
                fields=["batch_id"],
                include=("unit_id",),
                name="paper_photo_to_enter",
            ),
        ),
        migrations.AddIndex(
            model_name="paperphoto",
            index=models.Index(
                condition=models.Q(("import_id__isnull", False)),
                fields=["import_id"],
                name="paper_photo_import",
            ),
        ),
    ]
