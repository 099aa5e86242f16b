from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    """Register the room of opinions. Its tables are those of the app `forms`."""

    name = "abhiyan.opinions"
    label = "opinions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.forms.news import AnswersForgotten, SubmissionChanged
        from abhiyan.units.news import UnitsClosed, UnitsGoing

        from . import actions

        news.subscribe(SubmissionChanged, lambda changed: actions.heed_opinion(submission=changed.submission))
        news.subscribe(AnswersForgotten, lambda forgotten: actions.forget_opinions(forgotten=forgotten))
        news.subscribe(UnitsGoing, lambda units_going: actions.refuse_desks_going(units_going=units_going))
        news.subscribe(UnitsClosed, lambda closed: actions.give_up_closed_desks(units=closed.units))
