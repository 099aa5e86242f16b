"""Answers without a name are seen by their sender alone; offices read counts, and words at the desk that reads them."""

from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.policy import ACCOUNT, BODIES, EVERYTHING, LINE, SYSTEM, placed_sql

SEEN = (
    f"{SYSTEM} or (not is_unnamed and ({EVERYTHING} or {placed_sql('forms_submission.unit_id', LINE)}"
    f" or body_id = any ({BODIES}))) or sent_by = {ACCOUNT}"
)
PICTURE_SEEN = f"{SYSTEM} or exists (select from forms_submission s where s.id = forms_picture.submission_id)"


class Migration(migrations.Migration):
    dependencies = [("forms", "0002_opinions")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="is_unnamed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="opinion",
            name="is_returned",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            """update forms_submission s set is_unnamed = true from forms_form f
             where f.id = s.form_id and f.ready = 'opinion';
            update forms_opinion o set is_returned = true from forms_submission s
             where s.id = o.submission_id and s.state = 'returned'""",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(model_name="submission", name="submission_in_scope"),
        migrations.AddConstraint(
            model_name="submission",
            constraint=abhiyan.core.policy.Policy(command="SELECT", name="submission_in_scope", using=SEEN),
        ),
        migrations.RemoveConstraint(model_name="submissionpicture", name="submission_picture_in_scope"),
        migrations.AddConstraint(
            model_name="submissionpicture",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT", name="submission_picture_in_scope", using=PICTURE_SEEN
            ),
        ),
    ]
