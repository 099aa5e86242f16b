from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Results and plans are written by somebody in office, or by the system; plans where they are in sight."""

    dependencies = [
        ("elections", "0002_positions_of_a_tree"),
        ("units", "0004_who_may_write"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="classrule",
            name="elections_class_rule_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="plan",
            name="elections_plan_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="planpart",
            name="elections_plan_part_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="planseat",
            name="elections_plan_seat_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="unitclass",
            name="elections_unit_class_in_scope",
        ),
        AddConstraint(
            model_name="alliance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_alliance_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="alliance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_alliance_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="alliance",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_alliance_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="alliance",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_alliance_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="candidacy",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_candidacy_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="candidacy",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_candidacy_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="candidacy",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_candidacy_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="candidacy",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_candidacy_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="classrule",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_class_rule_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_class_rule.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="contest",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_contest_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="contest",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_contest_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="contest",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_contest_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="contest",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_contest_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="correspondence",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_correspondence_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="correspondence",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_correspondence_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="correspondence",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_correspondence_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="correspondence",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_correspondence_migrates",
                to=("owner",),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="election",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_election_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="election",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_election_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="election",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_election_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="election",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_election_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="part",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_part_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="part",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_part_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="part",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_part_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="part",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_part_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="partvotes",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_part_votes_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="partvotes",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_part_votes_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="partvotes",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_part_votes_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="partvotes",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_part_votes_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="party",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_party_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="party",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_party_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="party",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_party_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="party",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_party_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="plan",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_plan_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="planpart",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_plan_part_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_part.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="planseat",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_plan_seat_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from elections_plan p where p.id = elections_plan_seat.plan_id) or exists (select 1 from units_placement pl where pl.unit_id = elections_plan_seat.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="resultfile",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_file_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="resultfile",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_file_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="resultfile",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_file_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="resultfile",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_file_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="stated",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="elections_stated_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="stated",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_stated_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="stated",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_stated_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="stated",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="elections_stated_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="unitclass",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="elections_unit_class_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = elections_unit_class.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
    ]
