from django.apps import AppConfig


class PollsConfig(AppConfig):
    """Register the room of the calendar of polls. Its tables are those of the app `units`."""

    name = "abhiyan.polls"
    label = "polls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.org.news import ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.units.news import UnitsGoing

        from . import actions
        from .queries import poll_sentences
        from .views import poll_to_decide

        releases.register_details(actions.ACT, poll_sentences)
        releases.register_decision_page(actions.ACT, poll_to_decide)
        news.subscribe(ReleaseDecided, lambda decision: actions.hear_poll_decided(decision=decision))
        news.subscribe(UnitsGoing, lambda units_going: actions.refuse_polled_units(going=units_going))
