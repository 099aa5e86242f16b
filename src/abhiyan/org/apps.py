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

        from .actions import closing
        from .queries import cast, require

        authority.use(require)
        people.told_by(cast)

        news.subscribe(UnitsClosing, lambda told: closing.end_with_units(told=told))
        hanging.register(*closing.THINGS)
