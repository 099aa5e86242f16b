from django.apps import AppConfig


class StaysConfig(AppConfig):
    name = "abhiyan.stays"
    label = "stays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.programmes.news import ItemsErased
        from abhiyan.programmes.rules import activities

        from . import actions
        from .activity import STAYS_ACTIVITY
        from .activity_days import DAYS_ACTIVITY

        activities.register(STAYS_ACTIVITY)
        activities.register(DAYS_ACTIVITY)
        news.subscribe(QuestionAnswered, lambda told: actions.hear_answer(told=told))
        news.subscribe(ItemsErased, lambda told: actions.forget_host(told=told))
