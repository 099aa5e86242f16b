from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0003_stranger"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ticket",
            name="state",
            field=models.TextField(
                choices=[
                    ("open", "Waits for an answer"),
                    ("done", "Done, waits for the person"),
                    ("solved", "Solved"),
                    ("closed", "Closed without a reply"),
                    ("merged", "Merged"),
                    ("quiet", "Asks nothing"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="ticketline",
            name="what",
            field=models.TextField(
                choices=[
                    ("said", "The person"),
                    ("called", "Called, and wants to be called back"),
                    ("replied", "Our answer"),
                    ("done", "Our answer: done"),
                    ("moved", "Moved"),
                    ("raised", "Overdue: to the office above"),
                    ("merged", "Merged"),
                    ("solved", "Solved, says the person"),
                    ("unsolved", "Not solved, says the person"),
                    ("reopened", "Opened again"),
                    ("closed", "Closed without a reply"),
                    ("asked", "Made a request"),
                    ("unreached", "Our SMS did not reach the person"),
                ]
            ),
        ),
    ]
