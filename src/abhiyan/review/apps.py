from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "abhiyan.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.units.news import UnitsClosed, UnitsGoing, UnitsMoved, UnitsOpening

        from .actions import decks, keeping

        news.subscribe(AppointmentEnded, lambda told: keeping.leave_with_appointment(told=told))
        news.subscribe(AppointmentEnded, lambda told: decks.end_schedules_of(told=told))
        news.subscribe(UnitsGoing, lambda told: keeping.let_go(going=told))
        news.subscribe(UnitsGoing, lambda told: decks.forget_units(going=told))
        news.subscribe(UnitsMoved, lambda told: keeping.follow_move(told=told))
        news.subscribe(UnitsClosed, lambda told: keeping.settle_rounds(at=told.at))
        news.subscribe(UnitsOpening, lambda told: keeping.settle_rounds(at=told.at))
