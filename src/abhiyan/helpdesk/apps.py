from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "abhiyan.helpdesk"
    label = "helpdesk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.org.news import ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.programmes.news import ItemsErased

        from .actions import forgetting, helplines, settling
        from .actions.many import MANY
        from .views import many

        news.subscribe(QuestionAnswered, lambda answer: settling.hear_answer(answer=answer))
        news.subscribe(ItemsErased, lambda erasure: forgetting.forget_phone(erasure=erasure))
        news.subscribe(ReleaseDecided, lambda decision: helplines.heed_decision(decision=decision))
        releases.register_details(helplines.ACT, helplines.sentences)
        releases.register_page(MANY, many.page_of)
        releases.register_details(MANY, many.details)
