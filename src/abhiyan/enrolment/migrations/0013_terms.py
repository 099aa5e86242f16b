"""How long a membership lasts, and whether a drive renews one whose term still runs."""

from django.db import migrations, models

from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0012_parting")]

    operations = [
        migrations.AddField("roll", "term_months", models.SmallIntegerField(null=True)),
        migrations.AddField("roll", "term_ends_on", models.DateField(null=True)),
        migrations.AddField("roll", "term_set_on", models.DateField(null=True)),
        migrations.AddField("roll", "swept_on", models.DateField(null=True)),
        migrations.AddField("roll", "swept_to", models.UUIDField(null=True)),
        AddConstraint(
            "roll",
            models.CheckConstraint(
                condition=models.Q(term_months=None) | models.Q(term_ends_on=None), name="roll_one_term"
            ),
        ),
        migrations.AddField("drive", "renews", models.BooleanField(default=True, db_default=True)),
    ]
