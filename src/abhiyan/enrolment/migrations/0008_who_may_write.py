from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """Claims, memberships and tokens are written by acts in the system's scope; rolls and drives by somebody in office."""

    dependencies = [
        ("enrolment", "0007_left_before"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="channeltoken",
            name="channel_token_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="claim",
            name="claim_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="moved",
            name="moved_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="refusedcount",
            name="refused_count_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="revisit",
            name="revisit_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="waiting",
            name="waiting_in_scope",
        ),
        AddConstraint(
            model_name="channeltoken",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="channel_token_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_channel_token.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="channeltoken",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="channel_token_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="claim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="claim_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_claim.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="claim",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="claim_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="drive",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="drive_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="drive",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="drive_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="drive",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="drive_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="drive",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="drive_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="enrolment",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="enrolment_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_enrolment.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from enrolment_membership em where em.id = enrolment_enrolment.membership_id and em.phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid))",
            ),
        ),
        AddConstraint(
            model_name="enrolment",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="enrolment_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="membership",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="membership_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_membership.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="membership",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="membership_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="moved",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="moved_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_moved.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="moved",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="moved_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="refused_count_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_refused_count.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="refusedcount",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="refused_count_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="revisit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="revisit_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
            ),
        ),
        AddConstraint(
            model_name="revisit",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="revisit_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="roll",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="roll_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="roll",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="roll_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="roll",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="roll_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="roll",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="roll_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="waiting",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="waiting_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_waiting.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        AddConstraint(
            model_name="waiting",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="waiting_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
    ]
