from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "abhiyan.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.imports import private_words
        from abhiyan.units.news import UnitsGoing

        from . import actions
        from .queries.phrases import allowed_phrases

        private_words.allow_by(allowed_phrases)
        news.subscribe(UnitsGoing, lambda units_going: actions.refuse_units_going(units_going=units_going))
