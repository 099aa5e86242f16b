from django.db import migrations, models

# Of memberships, and of requests to the helpline: what was asked before hears a late NO as before.
PERSONS = """update messaging_question set hears_late_no = true
 where (room, kind) in (('enrolment', 'confirm'), ('helpdesk', 'solved'))"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_registration"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="hears_late_no",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(PERSONS, migrations.RunSQL.noop),
    ]
