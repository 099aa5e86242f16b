from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "abhiyan.elections"
    label = "elections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.imports import register
        from abhiyan.units.news import UnitsGoing, UnitsMoved

        from . import actions
        from .lists import KINDS_OF_LIST

        def units_going(going: UnitsGoing) -> None:
            actions.let_go(going=going)

        def units_moved(moved: UnitsMoved) -> None:
            actions.link_newcomers(moved=moved)

        for kind in KINDS_OF_LIST:
            register(kind)
        news.subscribe(UnitsGoing, units_going)
        news.subscribe(UnitsMoved, units_moved)
