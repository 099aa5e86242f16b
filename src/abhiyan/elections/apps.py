from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "abhiyan.elections"
    label = "elections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.units.news import UnitsGoing, UnitsMoved

        from . import actions

        news.subscribe(UnitsGoing, lambda units_going: actions.unlink_units(going=units_going))
        news.subscribe(UnitsMoved, lambda units_moved: actions.link_newcomers(moved=units_moved))
