"""A batch of which somebody had everything erased takes no more photographs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0029_door_tries"),
    ]

    operations = [
        migrations.AddField(
            model_name="paperbatch",
            name="erased_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "update enrolment_paper_batch b set erased_at = p.at from (select batch_id, min(hidden_at) as at"
            " from enrolment_paper_photo where hidden_at is not null group by 1) p where p.batch_id = b.id",
            migrations.RunSQL.noop,
        ),
    ]
