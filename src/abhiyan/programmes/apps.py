from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "abhiyan.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.units.news import UnitsMoved

        from . import actions

        news.subscribe(UnitsMoved, actions.hear_moved)
