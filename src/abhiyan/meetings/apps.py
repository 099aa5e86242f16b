from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "abhiyan.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.programmes.news import DueAnswered, ItemsErased
        from abhiyan.programmes.rules import activities

        from .actions import answering, attending, reporting
        from .activity import MEETINGS

        news.subscribe(QuestionAnswered, lambda told: answering.hear_answer(told=told))
        news.subscribe(ItemsErased, lambda told: attending.forget_phone(told=told))
        news.subscribe(DueAnswered, lambda event: reporting.report_due_people(event=event))
        activities.register(MEETINGS)
