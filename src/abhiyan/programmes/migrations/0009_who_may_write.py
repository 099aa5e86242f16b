from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint
from abhiyan.programmes.models import DELTA_POLICIES, Delta


def protect(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The queue's policies, as of models: Django does not manage this table."""
    for policy in DELTA_POLICIES:
        schema_editor.execute(f"drop policy if exists {policy.name} on programmes_delta")
        schema_editor.execute(policy.create_sql(Delta, schema_editor))


class Migration(migrations.Migration):
    """Programmes are written by somebody in office, or by the system; targets where they are in sight."""

    dependencies = [
        ("programmes", "0008_units_close"),
        ("units", "0004_who_may_write"),
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
            model_name="fold",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="fold_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="fold",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="fold_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="fold",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="fold_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="fold",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="fold_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="incharge",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="in_charge_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_in_charge.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="incharge",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="in_charge_written",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_in_charge.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="incharge",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="UPDATE",
                name="in_charge_answered",
                to=("app",),
                using="account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
            ),
        ),
        AddConstraint(
            model_name="large",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="large_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="large",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="large_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="large",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="large_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="large",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="large_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="measure",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="measure_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="measure",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="measure_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="measure",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="measure_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="measure",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="measure_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="programme",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="programme_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="programme",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="programme_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="programme",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="programme_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="programme",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="programme_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="programmeunit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="programme_unit_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="programmeunit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="programme_unit_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="programmeunit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="programme_unit_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="programmeunit",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="programme_unit_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="tally",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="tally_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_tally.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="tally",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="tally_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="target",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="target_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="targetversion",
            constraint=abhiyan.core.policy.Policy(
                check=None,
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
                command="SELECT",
                name="total_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="total",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="total_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="unittotal",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="unit_total_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_unit_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
    ]
