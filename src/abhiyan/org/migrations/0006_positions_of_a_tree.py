from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("org", "0005_held_below"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="heldbelow",
            name="held_below_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="release",
            name="release_in_scope",
        ),
        AddConstraint(
            model_name="appointment",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="appointment_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or account_id = (select ps.account_id from people_session ps where ps.key = (select coalesce(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = org_appointment.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))) or body_id = any ((select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[])",
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="held_below_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = org_held_below.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="release",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="release_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or asked_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
    ]
