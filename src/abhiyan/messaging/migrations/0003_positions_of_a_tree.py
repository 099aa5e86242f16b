from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("messaging", "0002_codes_first"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="message_in_scope",
        ),
        AddConstraint(
            model_name="message",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="message_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = messaging_message.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
    ]
