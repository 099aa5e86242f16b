from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint
from abhiyan.programmes.models import Delta

# As it was then, not as models have it today: the code before inserts until 0009.
IN_SCOPE = abhiyan.core.policy.Policy(
    name="delta_in_scope",
    check="true",
    using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_delta.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
)


def protect(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The queue's policy: Django does not manage this table."""
    schema_editor.execute("drop policy delta_in_scope on programmes_delta")
    schema_editor.execute(IN_SCOPE.create_sql(Delta, schema_editor))


class Migration(migrations.Migration):
    """Positions are compared with the version of the trees they were read from."""

    dependencies = [
        ("programmes", "0006_locked_index"),
        ("core", "0005_positions_of_a_tree"),
    ]

    operations = [
        migrations.RunPython(protect, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="incharge",
            name="in_charge_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="tally",
            name="tally_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="target",
            name="target_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="targetversion",
            name="target_version_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="total",
            name="total_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="unittotal",
            name="unit_total_in_scope",
        ),
        AddConstraint(
            model_name="incharge",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="in_charge_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_in_charge.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="tally",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="tally_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_tally.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="target",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="target_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="targetversion",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="target_version_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target_version.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="total",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="total_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="unittotal",
            constraint=abhiyan.core.policy.Policy(
                check="true",
                command="ALL",
                name="unit_total_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_unit_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
    ]
