from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "abhiyan.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.units.news import UnitsGoing

        from .actions.decks import end_schedules_of, forget_units

        news.subscribe(AppointmentEnded, lambda told: end_schedules_of(told=told))
        news.subscribe(UnitsGoing, lambda told: forget_units(going=told))
