from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Register the lists that each room takes in. The tables of staged imports are those of the app `core`."""

    name = "abhiyan.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import access, rooms

        from .kinds import register, registered

        for _config, lists in rooms.modules("lists"):
            for kind in getattr(lists, "KINDS_OF_LIST", ()):
                register(kind)
        access.register_rights_of_lists(lambda: [kind.capability for kind in registered()])
