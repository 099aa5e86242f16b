from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "abhiyan.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.programmes.news import ItemsErased
        from abhiyan.programmes.rules import activities

        from .actions import answering, attending
        from .activity import MEETINGS

        news.subscribe(QuestionAnswered, lambda told: answering.hear_answer(told=told))
        news.subscribe(ItemsErased, lambda told: attending.forget_phone(told=told))
        activities.register(MEETINGS)
