from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "abhiyan.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.imports import authority
        from abhiyan.people import queries as people
        from abhiyan.units.news import UnitsClosing
        from abhiyan.units.rules import hanging

        from .actions import closing, polls
        from .news import ReleaseDecided
        from .queries import cast, require
        from .queries.polls import sentences
        from .rules import releases

        authority.use(require)
        people.told_by(cast)

        news.subscribe(UnitsClosing, lambda told: closing.end_with_units(told=told))
        releases.register_details(polls.ACT, sentences)
        news.subscribe(ReleaseDecided, lambda told: polls.heed_decision(told=told))
        hanging.register(*closing.THINGS)
