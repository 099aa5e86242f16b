from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "abhiyan.units"
    label = "units"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core.imports import register

        from .lists import KINDS_OF_LIST

        for kind in KINDS_OF_LIST:
            register(kind)
