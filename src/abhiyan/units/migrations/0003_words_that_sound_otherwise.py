"""Names with सिंह or a final -que are written anew as search reads them now."""

from django.db import migrations

from abhiyan.core import sql
from abhiyan.units.words import write_words

_CHANGED = """delete from units_words w using units_unit u where u.id = w.unit_id
 and u.names::text ~ '[Qq]ue|ंह|ংহ|ਂਹ|ંહ|ଂହ|ంహ|ಂಹ|ംഹ' returning u.id, u.kind, u.names"""


def write_changed(_apps, _editor):
    """Write the words of such names anew."""
    if changed := sql.rows(_CHANGED):
        write_words(changed)


class Migration(migrations.Migration):
    dependencies = [("units", "0002_first_days")]
    operations = [migrations.RunPython(write_changed, migrations.RunPython.noop)]
