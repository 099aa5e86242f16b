from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Units and where they stand are written by somebody in office, or by the system; everybody reads them."""

    dependencies = [
        ("units", "0003_closing"),
    ]

    operations = [
        AddConstraint(
            model_name="boundary",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_boundary_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="boundary",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_boundary_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="boundary",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_boundary_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="boundary",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_boundary_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="closing",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_closing_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="closing",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_closing_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="closing",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_closing_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="closing",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_closing_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="closingpage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_closing_page_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="closingpage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_closing_page_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="closingpage",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_closing_page_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="closingpage",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_closing_page_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="pin",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_pin_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="pin",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_pin_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="pin",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_pin_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="pin",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_pin_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="placement",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_placement_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="placement",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_placement_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="placement",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_placement_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="placement",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_placement_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="tree",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_tree_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="tree",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_tree_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="tree",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_tree_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="tree",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_tree_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="unit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_unit_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="unit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_unit_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="unit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_unit_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="unit",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_unit_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="unitchange",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_change_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="unitchange",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_change_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="unitchange",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_change_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="unitchange",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_change_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="unitdifference",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_difference_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="unitdifference",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_difference_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="unitdifference",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_difference_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="unitdifference",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_difference_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="unitlacking",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_lacking_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="unitlacking",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_lacking_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="unitlacking",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_lacking_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="unitlacking",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_lacking_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="word",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="units_word_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="word",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_word_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="word",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="units_word_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="word",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="units_word_migrates", to=("owner",), using="true"
            ),
        ),
    ]
