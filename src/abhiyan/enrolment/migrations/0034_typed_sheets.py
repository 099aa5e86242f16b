"""A list that is typed from a sheet says which one; until now only the name of its file did."""

from django.db import migrations

_SAID = r"""update core_import set options = options || jsonb_build_object('sheet', substring(file_name from ' ([0-9]+)\.csv$'))
 where kind = 'paper' and file_name ~ '^[0-9]+-[0-9] [0-9]+\.csv$' and options->>'batch' = split_part(file_name, ' ', 1)"""


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0033_sheets_entered")]

    operations = [migrations.RunSQL(_SAID, migrations.RunSQL.noop)]
