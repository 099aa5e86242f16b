from django.apps import AppConfig


class SampleRoomConfig(AppConfig):
    name = "sample_room"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.programmes.rules import activities

        from .activity import NIGHTS

        activities.register(NIGHTS)
