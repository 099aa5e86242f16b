from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "abhiyan.elections"
    label = "elections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.units.news import UnitsGoing, UnitsMoved

        from . import actions

        news.subscribe(UnitsGoing, lambda told: actions.let_go(going=told))
        news.subscribe(UnitsMoved, lambda told: actions.link_newcomers(moved=told))
