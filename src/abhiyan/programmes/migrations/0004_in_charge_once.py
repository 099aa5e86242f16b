from django.db import migrations, models

from abhiyan.core.constraints import AddConstraint

# Whose account was closed before charges ended with it; then who was named twice at once, the first stays.
END = """
update programmes_in_charge i set ended_at = a.closed_at from people_account a
where a.id = i.account_id and a.closed_at is not null and i.ended_at is null;
update programmes_in_charge i set ended_at = i.named_at
where i.ended_at is null and exists (
  select from programmes_in_charge j where j.programme_id = i.programme_id and j.unit_id = i.unit_id
    and j.account_id = i.account_id and j.ended_at is null and j.id < i.id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_ground"),
        ("programmes", "0003_versions_and_answers"),
        ("units", "0001_ground"),
    ]

    operations = [
        migrations.RunSQL(END, migrations.RunSQL.noop),
        AddConstraint(
            model_name="incharge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("programme", "unit", "account_id"),
                name="in_charge_once",
            ),
        ),
        migrations.AddIndex(
            model_name="incharge",
            index=models.Index(
                condition=models.Q(("state", "declined")),
                fields=["programme", "role", "unit"],
                name="in_charge_declined",
            ),
        ),
    ]
