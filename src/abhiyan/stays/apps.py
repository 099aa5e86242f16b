from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaysConfig(AppConfig):
    name = "abhiyan.stays"
    label = "stays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.contact.rules import grounds
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.people.rules import documents
        from abhiyan.programmes.news import ItemsErased
        from abhiyan.programmes.rules import activities

        from . import actions, queries, queries_days
        from .activity import STAYS_ACTIVITY
        from .activity_days import DAYS_ACTIVITY

        activities.register(STAYS_ACTIVITY)
        activities.register(DAYS_ACTIVITY)
        grounds.lend(queries.stays_there)
        documents.register(
            documents.DocumentKind(actions.LETTER, _("Letter of thanks"), queries_days.thanked)
        )
        news.subscribe(QuestionAnswered, lambda answer: actions.hear_stay_answer(answer=answer))
        news.subscribe(ItemsErased, lambda erasure: actions.forget_host(erasure=erasure))
