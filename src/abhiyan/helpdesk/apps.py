from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "abhiyan.helpdesk"
    label = "helpdesk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.programmes.news import ItemsErased

        from .actions import forgetting, settling

        news.subscribe(QuestionAnswered, lambda told: settling.hear_answer(told=told))
        news.subscribe(ItemsErased, lambda told: forgetting.forget_phone(told=told))
