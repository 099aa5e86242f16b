"""Lists, their entries and the tries of each."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0001_ground"),
        ("programmes", "0005_accepted_n"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("unit_id", models.BigIntegerField()),
                ("title", models.TextField()),
                ("source", models.TextField()),
                (
                    "basis",
                    models.TextField(
                        choices=[
                            ("consent", "Each person gave consent"),
                            ("given", "Each person gave their number for this purpose"),
                        ]
                    ),
                ),
                ("purpose", models.TextField()),
                ("scheme", models.TextField(db_default="", default="")),
                ("responsible_id", models.BigIntegerField()),
                ("last_day", models.DateField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Not approved yet"),
                            ("asked", "Waits for approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("approved_by", models.BigIntegerField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("import_id", models.BigIntegerField(null=True)),
                ("columns", models.JSONField(default=list)),
                ("n_rows", models.IntegerField(default=0)),
                ("n_double", models.IntegerField(default=0)),
                ("n_opted_out", models.IntegerField(default=0)),
                ("day", models.DateField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "contact_list",
            },
        ),
        migrations.CreateModel(
            name="ContactEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("unit_id", models.BigIntegerField()),
                ("is_person", models.BooleanField(db_default=True, default=True)),
                ("person_name", models.BinaryField(db_default=b"", default=b"")),
                ("phone_id", models.UUIDField(null=True)),
                ("door", models.TextField(db_default="", default="")),
                ("language", models.TextField(db_default="", default="")),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("ready", "Ready"),
                            ("leased", "With a worker"),
                            ("later", "Later"),
                            ("done", "Met"),
                            ("out", "Held back"),
                        ],
                        db_default="ready",
                        default="ready",
                    ),
                ),
                ("why_out", models.TextField(db_default="", default="")),
                ("holder_id", models.BigIntegerField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("next_day", models.DateField(null=True)),
                ("tries", models.SmallIntegerField(db_default=0, default=0)),
                ("last_outcome", models.TextField(db_default="", default="")),
                ("item_id", models.UUIDField(null=True)),
                (
                    "list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="contact.contactlist",
                    ),
                ),
            ],
            options={
                "db_table": "contact_entry",
            },
        ),
        migrations.CreateModel(
            name="BasisDocument",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField()),
                ("size", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("unit_id", models.BigIntegerField()),
                ("kind", models.TextField()),
                (
                    "contact_list",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="document",
                        to="contact.contactlist",
                    ),
                ),
            ],
            options={
                "db_table": "contact_basis_document",
            },
        ),
        migrations.CreateModel(
            name="ContactTry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.BigIntegerField()),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("door", "Door of a list"),
                            ("walk", "Walk without a list"),
                            ("call", "Call"),
                        ]
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("talked", "Talked"),
                            ("not_home", "Not at home"),
                            ("later", "Later"),
                            ("unwilling", "Does not want to talk"),
                            ("wants_help", "Wants to help"),
                            ("entitled", "Entitled, not received"),
                        ]
                    ),
                ),
                ("follow_up_day", models.DateField(null=True)),
                ("note", models.BinaryField(db_default=b"", default=b"")),
                ("note_until", models.DateTimeField(null=True)),
                ("item_id", models.UUIDField(null=True)),
                ("request_id", models.UUIDField(null=True)),
                ("by_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.contactentry",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "contact_try",
            },
        ),
        migrations.AddIndex(
            model_name="contactlist",
            index=models.Index(fields=["programme", "state"], name="list_programme"),
        ),
        migrations.AddConstraint(
            model_name="contactlist",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="contact_list_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or responsible_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = contact_list.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactlist",
            constraint=abhiyan.core.policy.Policy(
                name="contact_list_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactlist",
            constraint=abhiyan.core.policy.Policy(
                name="contact_list_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactlist",
            constraint=abhiyan.core.policy.Policy(name="contact_list_migrates", to=("owner",), using="true"),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(
                condition=models.Q(("state__in", ["ready", "later"])),
                fields=["unit_id", "list", "next_day"],
                name="entry_free",
            ),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(fields=["list", "unit_id", "state"], name="entry_list"),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(
                condition=models.Q(("phone_id__isnull", False)), fields=["phone_id"], name="entry_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(
                condition=models.Q(("holder_id__isnull", False)), fields=["holder_id"], name="entry_holder"
            ),
        ),
        migrations.AddIndex(
            model_name="contactentry",
            index=models.Index(condition=models.Q(("state", "leased")), fields=["until"], name="entry_until"),
        ),
        migrations.AddConstraint(
            model_name="contactentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone_id__isnull", False)),
                fields=("list", "phone_id"),
                name="entry_phone_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactentry",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="contact_entry_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or holder_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = contact_entry.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactentry",
            constraint=abhiyan.core.policy.Policy(
                name="contact_entry_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactentry",
            constraint=abhiyan.core.policy.Policy(
                name="contact_entry_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactentry",
            constraint=abhiyan.core.policy.Policy(name="contact_entry_migrates", to=("owner",), using="true"),
        ),
        migrations.AddConstraint(
            model_name="basisdocument",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="basis_document_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = contact_basis_document.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="basisdocument",
            constraint=abhiyan.core.policy.Policy(
                name="basis_document_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="basisdocument",
            constraint=abhiyan.core.policy.Policy(
                name="basis_document_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="basisdocument",
            constraint=abhiyan.core.policy.Policy(
                name="basis_document_migrates", to=("owner",), using="true"
            ),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(fields=["programme", "unit_id", "outcome"], name="contact_try_programme"),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(
                condition=models.Q(("entry__isnull", False)), fields=["entry", "at"], name="contact_try_entry"
            ),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(fields=["by_id", "at"], name="contact_try_by"),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(
                condition=models.Q(("note_until__isnull", False)),
                fields=["note_until"],
                name="contact_try_note",
            ),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(
                condition=models.Q(("item_id__isnull", False)), fields=["item_id"], name="contact_try_item"
            ),
        ),
        migrations.AddIndex(
            model_name="contacttry",
            index=models.Index(
                condition=models.Q(("follow_up_day__isnull", False), ("undone_at", None)),
                fields=["programme", "follow_up_day"],
                name="contact_try_follow_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="contact_try_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or by_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = contact_try.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=abhiyan.core.policy.Policy(
                name="contact_try_written",
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=abhiyan.core.policy.Policy(
                name="contact_try_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        migrations.AddConstraint(
            model_name="contacttry",
            constraint=abhiyan.core.policy.Policy(name="contact_try_migrates", to=("owner",), using="true"),
        ),
    ]
