from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Numbers and budgets are written by somebody in office, or by the system; messages where they are in sight."""

    dependencies = [
        ("messaging", "0005_outage"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="inbound",
            name="inbound_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="inbound",
            name="inbound_gateway",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_gateway",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_in_scope",
        ),
        AddConstraint(
            model_name="allowance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="allowance_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="allowance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="allowance_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="allowance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="allowance_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="allowance",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="allowance_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="inbound",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="inbound_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
            ),
        ),
        AddConstraint(
            model_name="inbound",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="inbound_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="message",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="message_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = messaging_message.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="number",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="number_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="number",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="number_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="number",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="number_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="number",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="number_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="outage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="outage_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="outage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="outage_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="outage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="outage_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="outage",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="outage_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="spending",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="spending_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="spending",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="spending_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="spending",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="spending_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="spending",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="spending_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="template",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="template_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="template",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="template_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="template",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="template_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="template",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="template_migrates", to=("owner",), using="true"
            ),
        ),
    ]
