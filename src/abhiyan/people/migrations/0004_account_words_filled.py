"""The words of the names that are there already."""

from django.db import migrations

from abhiyan.units.rules import fold


def write(apps, schema_editor):
    Account, Word = apps.get_model("people", "Account"), apps.get_model("people", "AccountWord")
    found = Account.objects.filter(closed_at=None).values_list("id", "unit_id", "name").iterator(2_000)
    words = []
    for account_id, unit_id, name in found:
        words += [
            Word(word=word, account_id=account_id, unit_id=unit_id) for word in sorted(set(fold.fold(name)))
        ]
        if len(words) > 10_000:
            Word.objects.bulk_create(words)
            words = []
    Word.objects.bulk_create(words)


class Migration(migrations.Migration):
    dependencies = [("people", "0003_account_words")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
