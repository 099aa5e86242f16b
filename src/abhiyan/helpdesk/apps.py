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

        news.subscribe(QuestionAnswered, lambda answer: settling.hear_solved_answer(answer=answer))
        news.subscribe(ItemsErased, lambda erasure: forgetting.empty_phone_tickets(erasure=erasure))
        news.subscribe(ReleaseDecided, lambda decision: helplines.hear_helpline_decided(decision=decision))
        releases.register_details(helplines.ACT, helplines.helpline_sentences)
        releases.register_page(MANY, many.replies_page)
        releases.register_details(MANY, many.replies_in_words)
