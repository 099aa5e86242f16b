from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    """A session without a name opens nothing; people are written in the system's scope, sessions in their own."""

    dependencies = [
        ("people", "0007_left_at"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="accountword",
            name="account_word_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="code",
            name="code_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="consent",
            name="consent_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="person",
            name="person_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="phone",
            name="phone_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="session",
            name="session_in_scope",
        ),
        migrations.RemoveConstraint(
            model_name="suppression",
            name="suppression_in_scope",
        ),
        AddConstraint(
            model_name="account",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="account_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or id = (select ps.account_id from people_session ps where ps.key = (select nullif(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = people_account.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="account",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="account_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
            ),
        ),
        AddConstraint(
            model_name="accountword",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="account_word_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_account_word.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
            ),
        ),
        AddConstraint(
            model_name="accountword",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="account_word_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="code",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="code_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or session = (select nullif(current_setting('abhiyan.session', true), ''))",
            ),
        ),
        AddConstraint(
            model_name="code",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="code_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="consent",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="consent_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_consent.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from people_person pp where pp.id = people_consent.person_id)",
            ),
        ),
        AddConstraint(
            model_name="consent",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="consent_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="notice",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="notice_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="notice",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="notice_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
            ),
        ),
        AddConstraint(
            model_name="notice",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="notice_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="notice",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="notice_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="person",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="person_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or (left_at is null and ((select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_person.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))))",
            ),
        ),
        AddConstraint(
            model_name="person",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="person_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="phone",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="phone_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from people_person pp where pp.phone_id = people_phone.id)",
            ),
        ),
        AddConstraint(
            model_name="phone",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="phone_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="session",
            constraint=abhiyan.core.policy.Policy(
                check="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (key = (select nullif(current_setting('abhiyan.session', true), '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)) or ((select coalesce(current_setting('abhiyan.people', true), '') <> '') and ((select nullif(current_setting('abhiyan.session', true), '')) is not null or strong_at is null))",
                command="ALL",
                name="session_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (key = (select nullif(current_setting('abhiyan.session', true), '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8))",
            ),
        ),
        AddConstraint(
            model_name="suppression",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="suppression_in_scope",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
            ),
        ),
        AddConstraint(
            model_name="suppression",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="suppression_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
    ]
