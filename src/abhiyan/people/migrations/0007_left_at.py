"""No office reads the row of a person who has left, the nation's included."""

from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0006_rolls_left"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="person",
            name="person_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="phone",
            name="phone_in_scope",
        ),
        migrations.AddField(
            model_name="person",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        AddConstraint(
            model_name="person",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="person_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or (left_at is null and ((select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_person.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))))",
            ),
        ),
        AddConstraint(
            model_name="phone",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="phone_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from people_person pp where pp.phone_id = people_phone.id)",
            ),
        ),
    ]
