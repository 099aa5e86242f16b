from django.db import migrations, models


class Migration(migrations.Migration):
    """An answer knows the SMS that carries it: its page says whether that went out."""

    dependencies = [
        ("helpdesk", "0004_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticketline",
            name="message_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="ticketline",
            name="what",
            field=models.TextField(
                choices=[
                    ("said", "The person"),
                    ("replied", "Our answer"),
                    ("done", "Our answer: done"),
                    ("moved", "Moved"),
                    ("raised", "Overdue: to the office above"),
                    ("merged", "Merged"),
                    ("solved", "Solved, says the person"),
                    ("unsolved", "Not solved, says the person"),
                    ("reopened", "Opened again"),
                    ("closed", "Closed without a reply"),
                    ("unreached", "Our SMS did not reach the person"),
                ]
            ),
        ),
    ]
