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
        from abhiyan.work.news import DueAnswered

        from .actions import answering, attending, reporting
        from .activity import MEETINGS

        news.subscribe(QuestionAnswered, lambda answer: answering.hear_invitee_answer(answer=answer))
        news.subscribe(ItemsErased, lambda erasure: attending.forget_ticks_of_phone(erasure=erasure))
        news.subscribe(DueAnswered, lambda event: reporting.report_due_people(event=event))
        activities.register(MEETINGS)
