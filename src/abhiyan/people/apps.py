from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "abhiyan.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored

        from .actions import emails, suppressions

        news.subscribe(Restored, lambda _restored: emails.forget_restored_emails())
        news.subscribe(
            Restored,
            lambda restored: suppressions.replay(
                taken_at=restored.said_since or restored.taken_at, at=restored.at, journals=restored.journals
            ),
        )
