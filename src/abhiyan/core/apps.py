from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "abhiyan.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import rooms
        from .imports import register

        for _config, lists in rooms.modules("lists"):
            for kind in getattr(lists, "KINDS_OF_LIST", ()):
                register(kind)
