from django.apps import AppConfig


class DialoguesConfig(AppConfig):
    name = "abhiyan.dialogues"
    label = "dialogues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.programmes.rules import activities

        from .activity import DIALOGUES

        activities.register(DIALOGUES)
