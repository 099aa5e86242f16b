from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "abhiyan.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news, private_words
        from abhiyan.units.news import UnitsClosed, UnitsGoing

        from . import actions
        from .queries.phrases import allowed_phrases

        private_words.allow_by(allowed_phrases)
        news.subscribe(UnitsGoing, lambda told: actions.refuse_units_going(told=told))
        news.subscribe(UnitsClosed, lambda told: actions.heed_closed_units(units=told.units))
