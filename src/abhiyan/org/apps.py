from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "abhiyan.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core.imports import authority
        from abhiyan.people import queries as people

        from .queries import cast, require

        authority.use(require)
        people.told_by(cast)
