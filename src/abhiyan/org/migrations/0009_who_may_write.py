from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Appointments, bodies and releases are written by acts in the system's scope; offices by somebody in office."""

    dependencies = [
        ("org", "0008_acceptance"),
        ("units", "0004_who_may_write"),
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
                check=None,
                command="SELECT",
                name="appointment_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or account_id = (select ps.account_id from people_session ps where ps.key = (select nullif(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = org_appointment.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))) or body_id = any ((select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[])",
            ),
        ),
        AddConstraint(
            model_name="appointment",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="appointment_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="body",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="body_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="body",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="body_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="body",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="body_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="body",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="body_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="held_below_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = org_held_below.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="heldbelow",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="held_below_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="office",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="office_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="office",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="office_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="office",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="office_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="office",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="office_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="release",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="release_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or asked_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = org_release.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
            ),
        ),
        AddConstraint(
            model_name="release",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="release_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
    ]
