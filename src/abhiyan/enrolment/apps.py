from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core.imports import register

        from .paper.lists import LIST

        register(LIST)
