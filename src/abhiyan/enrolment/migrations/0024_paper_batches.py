"""Printed batches of paper forms, photographs of their sheets, and the lists brought of them."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0023_places_of_many"),
    ]

    operations = [
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
            ],
            options={
                "db_table": "enrolment_paper_batch",
                "indexes": [models.Index(fields=["unit_id", "-made_at"], name="paper_batch_unit")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="paper_batch_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_batch.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_batch_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_batch_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="paper_batch_migrates", to=("owner",), using="true"
                    ),
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
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="paper_import_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_import.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_import_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_import_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="paper_import_migrates", to=("owner",), using="true"
                    ),
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
            ],
            options={
                "db_table": "enrolment_paper_photo",
                "indexes": [
                    models.Index(fields=["batch_id"], name="paper_photo_batch"),
                    models.Index(fields=["purge_at"], name="paper_photo_purge"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="paper_photo_once"),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="paper_photo_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_paper_photo.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_photo_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="paper_photo_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="paper_photo_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
