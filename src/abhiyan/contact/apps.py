from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "abhiyan.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.people.news import ClosedAccountNews
        from abhiyan.programmes.rules import activities

        from . import actions
        from .activity import CONTACT_ACTIVITY

        activities.register(CONTACT_ACTIVITY)
        news.subscribe(AppointmentEnded, lambda told: actions.end_leases(account_id=told.account_id))
        news.subscribe(ClosedAccountNews, lambda told: actions.end_leases(account_id=told.account_id))
