"""The tables of enrolment."""

import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("people", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="DoorEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("by", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("phone_id", models.UUIDField()),
                ("membership_id", models.UUIDField(null=True)),
                ("is_new", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("code_id", models.UUIDField(null=True)),
                ("code_at", models.DateTimeField(null=True)),
                ("proven_at", models.DateTimeField(null=True)),
                (
                    "heard",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Notice shown"),
                            (2, "Notice played"),
                            (3, "Notice heard with the house"),
                        ],
                        null=True,
                    ),
                ),
                ("seconds", models.IntegerField(null=True)),
                ("last4", models.CharField(db_default="", default="", max_length=4)),
                ("name", models.CharField(db_default="", default="", max_length=200)),
                ("birth_year", models.SmallIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_door_entry",
                "indexes": [models.Index(fields=["by", "-at"], name="door_entry_by")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="door_entry_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_door_entry.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="door_entry_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="door_entry_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="door_entry_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DoorTry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "by",
                        "programme_id",
                        "unit_id",
                        "day",
                        "outcome",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("by", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                (
                    "outcome",
                    models.SmallIntegerField(choices=[(1, "Does not want to"), (2, "Nobody at home")]),
                ),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "enrolment_door_try",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="door_try_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_door_try.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="door_try_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="door_try_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="door_try_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergedTerm",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("membership_id", models.UUIDField()),
                ("phone_id", models.UUIDField()),
                ("kept_id", models.UUIDField()),
                ("double_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_merged_term",
                "indexes": [models.Index(fields=["double_id"], name="merged_term_double")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="merged_term_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="merged_term_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="merged_term_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="merged_term_migrates", to=("owner",), using="true"),
                    Policy(name="merged_term_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Whereabout",
            fields=[
                ("claim", models.UUIDField(primary_key=True, serialize=False)),
                ("phone_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("pin", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "enrolment_whereabout",
                "indexes": [models.Index(fields=["phone_id"], name="whereabout_phone")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="whereabout_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_whereabout.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="whereabout_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="whereabout_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="whereabout_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("from_unit_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("pin", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
                ("claims", models.JSONField()),
                ("n", models.IntegerField()),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_placing",
                "indexes": [models.Index(fields=["by", "-at"], name="placing_by")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="placing_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_placing.from_unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="placing_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="placing_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="placing_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperBatch",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("sheets", models.SmallIntegerField()),
                ("language", models.TextField()),
                ("notice_version", models.IntegerField()),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_paper_batch",
                "indexes": [models.Index(fields=["unit_id", "-made_at"], name="paper_batch_unit")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="paper_batch_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_batch.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="paper_batch_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="paper_batch_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="paper_batch_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperPhoto",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("batch_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("digest", models.BinaryField()),
                ("kind", models.TextField()),
                ("size", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("added_by", models.BigIntegerField()),
                ("added_at", models.DateTimeField()),
                ("hidden_at", models.DateTimeField(null=True)),
                ("purge_at", models.DateTimeField()),
                ("sheet", models.SmallIntegerField(null=True)),
                ("alike", models.SmallIntegerField(null=True)),
                ("turn", models.SmallIntegerField(db_default=0, default=0)),
                ("is_beside", models.BooleanField(db_default=False, default=False)),
                ("small", models.BinaryField(db_default=b"", default=b"")),
                ("trace", models.BinaryField(db_default=b"", default=b"")),
                ("import_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_paper_photo",
                "indexes": [
                    models.Index(fields=["batch_id"], name="paper_photo_batch"),
                    models.Index(fields=["purge_at"], name="paper_photo_purge"),
                    models.Index(
                        condition=models.Q(("hidden_at", None), ("import_id", None), ("is_beside", False)),
                        fields=["batch_id"],
                        include=("unit_id",),
                        name="paper_photo_to_enter",
                    ),
                    models.Index(
                        condition=models.Q(("import_id__isnull", False)),
                        fields=["import_id"],
                        name="paper_photo_import",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="paper_photo_once"),
                    Policy(
                        command="SELECT",
                        name="paper_photo_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_photo.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="paper_photo_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="paper_photo_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="paper_photo_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperImport",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch_id", "import_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("batch_id", models.IntegerField()),
                ("import_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("rows", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_paper_import",
                "indexes": [models.Index(fields=["import_id"], name="paper_import_of")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="paper_import_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_import.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="paper_import_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="paper_import_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="paper_import_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField(unique=True)),
                ("programme_id", models.IntegerField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_referral",
                "indexes": [models.Index(fields=["unit_id"], name="referral_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account_id", "programme_id", "unit_id"), name="referral_once"
                    ),
                    Policy(
                        command="SELECT",
                        name="referral_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_referral.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="referral_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="referral_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="referral_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Referred",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "membership",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("membership", models.UUIDField()),
                ("referral_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_referred",
                "indexes": [
                    models.Index(fields=["referral_id"], name="referred_by"),
                    models.Index(fields=["membership"], name="referred_member"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="referred_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_referred.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="referred_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="referred_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="referred_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Roll",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("names", models.JSONField()),
                ("people_per_phone", models.SmallIntegerField(default=4)),
                ("minimum_age", models.SmallIntegerField(default=18)),
                ("term_months", models.SmallIntegerField(null=True)),
                ("term_ends_on", models.DateField(null=True)),
                ("term_set_on", models.DateField(null=True)),
                ("swept_on", models.DateField(null=True)),
                ("swept_to", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "enrolment_roll",
                "constraints": [
                    Policy(
                        command="SELECT", name="roll_seen_by_all", to=("app", "jobs", "gateway"), using="true"
                    ),
                    Policy(
                        name="roll_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="roll_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="roll_migrates", to=("owner",), using="true"),
                    models.CheckConstraint(
                        condition=models.Q(("term_months", None), ("term_ends_on", None), _connector="OR"),
                        name="roll_one_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Drive",
            fields=[
                ("programme_id", models.IntegerField(primary_key=True, serialize=False)),
                ("notice_code", models.TextField(default="membership")),
                ("notice_version", models.IntegerField(default=1)),
                ("join_slug", models.TextField(unique=True)),
                ("codes_off", models.JSONField(default=list)),
                ("replies_per_hour", models.IntegerField(default=10000)),
                ("indian_mobiles_only", models.BooleanField(default=True)),
                (
                    "roll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.roll"
                    ),
                ),
                ("renews", models.BooleanField(db_default=True, default=True)),
                ("from_lists", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "enrolment_drive",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="drive_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="drive_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="drive_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="drive_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("channel", models.SmallIntegerField()),
                ("sign", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("is_placed", models.BooleanField()),
                ("phone_id", models.UUIDField()),
                ("membership_id", models.UUIDField(null=True)),
                (
                    "taken",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Joined"),
                            (2, "Renewed"),
                            (3, "Already a member"),
                            (4, "Waits at its phone"),
                            (5, "To be looked at"),
                            (6, "Too late to count"),
                            (7, "Phone full"),
                        ]
                    ),
                ),
                ("day", models.DateField()),
                ("field_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("batch", models.UUIDField()),
                ("by", models.UUIDField()),
                ("import_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_claim",
                "indexes": [
                    models.Index(fields=["phone_id"], name="claim_phone"),
                    models.Index(
                        condition=models.Q(
                            models.Q(("membership_id", None), ("taken", 5)),
                            models.Q(
                                ("is_placed", False),
                                ("membership_id__isnull", False),
                                ("taken__in", (1, 2, 4)),
                            ),
                            _connector="OR",
                        ),
                        fields=["public_id"],
                        include=("unit_id", "at"),
                        name="claim_worklist",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("membership_id", None), ("taken", 5)),
                            models.Q(
                                ("is_placed", False),
                                ("membership_id__isnull", False),
                                ("taken__in", (1, 2, 4)),
                            ),
                            _connector="OR",
                        ),
                        fields=["at", "public_id"],
                        include=("unit_id",),
                        name="claim_queue",
                    ),
                    models.Index(
                        condition=models.Q(("import_id__isnull", False)),
                        fields=["import_id"],
                        name="claim_import",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="claim_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_claim.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="claim_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="claim_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="claim_migrates", to=("owner",), using="true"),
                    Policy(name="claim_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("phone_id", models.UUIDField()),
                ("claim_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("channel", models.SmallIntegerField()),
                ("link_digest", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True)),
                ("completed_by", models.UUIDField(null=True)),
                (
                    "completed_as",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Joined"),
                            (2, "Renewed"),
                            (3, "Already a member"),
                            (4, "Waits at its phone"),
                            (5, "To be looked at"),
                            (6, "Too late to count"),
                            (7, "Phone full"),
                        ],
                        null=True,
                    ),
                ),
                ("replied_at", models.DateTimeField(null=True)),
                ("completed_import", models.BigIntegerField(null=True)),
                ("language", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "enrolment_waiting",
                "indexes": [
                    models.Index(fields=["link_digest"], name="waiting_link"),
                    models.Index(
                        condition=models.Q(("completed_by", None), ("replied_at", None)),
                        fields=["at"],
                        name="waiting_reply",
                    ),
                    models.Index(
                        condition=models.Q(("completed_import__isnull", False)),
                        fields=["completed_import"],
                        name="waiting_import",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="waiting_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_waiting.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="waiting_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="waiting_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="waiting_migrates", to=("owner",), using="true"),
                    Policy(name="waiting_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revisit",
            fields=[
                ("phone_id", models.UUIDField(primary_key=True, serialize=False)),
                ("horizon", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_revisit",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="revisit_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="revisit_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="revisit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="revisit_migrates", to=("owner",), using="true"),
                    Policy(name="revisit_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                ("roll_id", models.IntegerField()),
                ("phone_id", models.UUIDField()),
                ("slot", models.SmallIntegerField()),
                ("person_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("claim_id", models.UUIDField()),
                ("term", models.SmallIntegerField()),
                ("programme_id", models.IntegerField()),
                ("ended_on", models.DateField(null=True)),
                ("struck_at", models.DateTimeField(null=True)),
                ("merged_into", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_membership",
                "indexes": [
                    models.Index(fields=["phone_id"], name="membership_phone"),
                    models.Index(fields=["public_id"], name="membership_public"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="membership_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_membership.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="membership_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="membership_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="membership_migrates", to=("owner",), using="true"),
                    Policy(name="membership_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("membership_id", models.UUIDField()),
                ("claim_id", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("kind", models.SmallIntegerField(choices=[(1, "New"), (2, "Renewed")])),
                ("term", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.TextField(db_default="", default="")),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ask_over_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.SmallIntegerField(
                        choices=[
                            (1, "By SMS or WhatsApp"),
                            (2, "By the link of our message"),
                            (3, "On their own page, with the word of our message"),
                        ],
                        null=True,
                    ),
                ),
                ("confirmed_message", models.UUIDField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_enrolment",
                "indexes": [
                    models.Index(fields=["unit_id", "-at"], name="enrolment_unit"),
                    models.Index(
                        condition=models.Q(
                            ("ask_over_at", None),
                            ("asked_at", None),
                            ("confirmed_at", None),
                            ("ended_at", None),
                        ),
                        fields=["programme_id", "at"],
                        name="enrolment_unasked",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="enrolment_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_enrolment.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from enrolment_membership em where em.id = enrolment_enrolment.membership_id and em.phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid))",
                    ),
                    Policy(
                        name="enrolment_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="enrolment_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="enrolment_migrates", to=("owner",), using="true"),
                    Policy(name="enrolment_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Parting",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("phone_id", models.UUIDField()),
                ("public_id", models.UUIDField()),
                ("sealed_name", models.BinaryField(null=True)),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("claim_id", models.UUIDField()),
                ("entered_channel", models.SmallIntegerField()),
                ("entered_at", models.DateTimeField()),
                ("batch", models.UUIDField()),
                ("import_id", models.BigIntegerField(null=True)),
                ("by", models.UUIDField()),
                ("device", models.TextField(db_default="", default="")),
                ("channel", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_parting",
                "indexes": [
                    models.Index(
                        condition=models.Q(("import_id__isnull", False)),
                        fields=["import_id", "-at"],
                        name="parting_import",
                    ),
                    models.Index(fields=["-at"], name="parting_at"),
                    models.Index(fields=["by", "-at"], name="parting_by"),
                    models.Index(
                        condition=models.Q(("kind", "denied")), fields=["unit_id", "-at"], name="parting_unit"
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="parting_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or (kind = 'denied' and exists (select 1 from units_placement pl where pl.unit_id = enrolment_parting.unit_id and pl.lo <@ (select core_positions('abhiyan.requests'))))",
                    ),
                    Policy(
                        name="parting_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="parting_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="parting_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("access", "Ask what we hold, or who got it"),
                            ("correction", "Have something corrected"),
                            ("completion", "Have something added"),
                            ("erasure", "Have everything erased"),
                            ("nomination", "Name somebody who acts for you"),
                            ("grievance", "Complain"),
                        ]
                    ),
                ),
                ("phone_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("public_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("language", models.TextField(db_default="", default="")),
                ("sealed_said", models.BinaryField(null=True)),
                ("sealed_answer", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_ticket",
                "indexes": [
                    models.Index(fields=["phone_id"], name="ticket_phone"),
                    models.Index(
                        condition=models.Q(("answered_at", None)), fields=["due_at"], name="ticket_open"
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="ticket_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_ticket.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
                    ),
                    Policy(
                        name="ticket_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="ticket_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="ticket_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Halt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[("list", "Paper list"), ("sender", "Sender"), ("calls", "Leaving by call")]
                    ),
                ),
                ("import_id", models.BigIntegerField(null=True)),
                ("sender", models.UUIDField(null=True)),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("noes", models.IntegerField()),
                ("entries", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("reason", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "enrolment_halt",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind", "list")),
                        fields=("import_id",),
                        name="halt_list_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind", "sender")),
                        fields=("sender",),
                        name="halt_sender_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind", "calls")),
                        fields=("kind",),
                        name="halt_calls_once",
                    ),
                    Policy(
                        command="SELECT",
                        name="halt_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_halt.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_halt.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
                    ),
                    Policy(
                        name="halt_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="halt_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="halt_migrates", to=("owner",), using="true"),
                    Policy(command="SELECT", name="halt_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldLeave",
            fields=[
                ("phone_id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField(null=True)),
                ("channel", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_held_leave",
                "indexes": [models.Index(fields=["at"], name="held_leave_at")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="held_leave_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="held_leave_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="held_leave_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="held_leave_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneChange",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("membership_id", models.UUIDField(null=True)),
                ("old_phone_id", models.UUIDField(null=True)),
                ("new_phone_id", models.UUIDField()),
                ("sealed", models.BinaryField(null=True)),
                ("last4", models.TextField(db_default="", default="")),
                ("new_last4", models.TextField()),
                ("by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("said_no_at", models.DateTimeField(null=True)),
                ("is_denied", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "enrolment_phone_change",
                "indexes": [
                    models.Index(fields=["old_phone_id"], name="phone_change_old"),
                    models.Index(fields=["new_phone_id"], name="phone_change_new"),
                    models.Index(fields=["membership_id"], name="phone_change_of"),
                    models.Index(fields=["due_at"], name="phone_change_due"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="phone_change_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (select nullif(current_setting('abhiyan.phone', true), '')::uuid) in (old_phone_id, new_phone_id)",
                    ),
                    Policy(
                        name="phone_change_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="phone_change_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="phone_change_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Moved",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closing_id", models.BigIntegerField()),
                ("membership_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("to_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "enrolment_moved",
                "indexes": [models.Index(fields=["closing_id", "unit_id"], name="moved_closing")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="moved_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_moved.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="moved_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="moved_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="moved_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "unit_id",
                        "channel",
                        "reason",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("day", models.DateField()),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "enrolment_refused_count",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="refused_count_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_refused_count.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="refused_count_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="refused_count_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="refused_count_migrates", to=("owner",), using="true"),
                    Policy(name="refused_count_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Text",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                (
                    "kind",
                    models.TextField(
                        choices=[("unread", "Could not be read"), ("details", "Waits for a YES")]
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("helped", "Answered with help"),
                            ("open", "To be read"),
                            ("settled", "Settled"),
                        ]
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("phone_id", models.UUIDField()),
                ("last4", models.TextField()),
                ("channel", models.SmallIntegerField()),
                ("sealed", models.BinaryField()),
                ("n", models.IntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("outcome", models.TextField(db_default="", default="")),
                ("settled_by", models.BigIntegerField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("purge_at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrolment_text",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["open", "settled"])),
                        fields=["at"],
                        name="text_read",
                    ),
                    models.Index(fields=["purge_at"], name="text_purge"),
                    models.Index(fields=["phone_id"], name="text_phone"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="text_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or (state <> 'helped' and exists (select 1 from units_placement pl where pl.unit_id = enrolment_text.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))))",
                    ),
                    Policy(
                        name="text_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="text_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="text_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("digest", models.BinaryField(unique=True)),
                ("name", models.TextField()),
                ("programme_id", models.IntegerField()),
                ("channel", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_channel_token",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="channel_token_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_channel_token.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="channel_token_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="channel_token_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="channel_token_migrates", to=("owner",), using="true"),
                    Policy(name="channel_token_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
    ]
