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

        news.subscribe(AppointmentEnded, lambda ending: keeping.leave_with_appointment(ending=ending))
        news.subscribe(AppointmentEnded, lambda ending: decks.end_schedules_of(ending=ending))
        news.subscribe(UnitsGoing, lambda units_going: keeping.drop_reviews_of_units(going=units_going))
        news.subscribe(UnitsGoing, lambda units_going: decks.forget_units(going=units_going))
        news.subscribe(UnitsMoved, lambda units_moved: keeping.follow_move(units_moved=units_moved))
        news.subscribe(UnitsClosed, lambda units_closed: keeping.settle_rounds(at=units_closed.at))
        news.subscribe(UnitsOpening, lambda opening: keeping.settle_rounds(at=opening.at))
