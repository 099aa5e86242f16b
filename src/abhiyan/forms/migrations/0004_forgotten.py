"""Answers of somebody who had everything erased are emptied in the history of a submission too."""

from django.db import migrations

import abhiyan.core.policy
from abhiyan.core.policy import SYSTEM

FORGOTTEN = (
    f"{SYSTEM} and exists (select from forms_submission s where s.id = forms_step.submission_id"
    " and s.state = 'returned' and s.answers = '{}')"
)


class Migration(migrations.Migration):
    dependencies = [("forms", "0003_unnamed")]

    operations = [
        migrations.AddConstraint(
            model_name="submissionstep",
            constraint=abhiyan.core.policy.Policy(
                name="step_forgotten", command="UPDATE", using=FORGOTTEN, check="answers = '{}'"
            ),
        ),
    ]
