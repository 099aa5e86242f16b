from django.apps import AppConfig


class DoorstepConfig(AppConfig):
    """Register the room of doors. Its tables are those of the app `enrolment`, where they were made."""

    name = "abhiyan.doorstep"
    label = "doorstep"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.intake.queries import drive_work
        from abhiyan.programmes.news import ItemsErased

        from . import actions
        from .todo import enrol_people

        drive_work.register_drive_work(enrol_people)
        news.subscribe(ItemsErased, lambda event: actions.forget_at_doors(erasure=event))
