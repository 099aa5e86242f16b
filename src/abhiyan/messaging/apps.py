from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "abhiyan.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.people.news import CodeAsked

        from . import actions

        def hear(told: CodeAsked) -> None:
            actions.send_code(news=told)

        news.subscribe(CodeAsked, hear)

        def hold(told: Restored) -> None:
            actions.hold_restored(taken_at=told.taken_at, at=told.at)

        news.subscribe(Restored, hold)
