from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "abhiyan.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.programmes.rules import activities

        from .activity import CONTACT_ACTIVITY

        activities.register(CONTACT_ACTIVITY)
