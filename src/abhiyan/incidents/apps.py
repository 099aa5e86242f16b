from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Register the room of incidents. Its tables are those of the app `enrolment`, where they were made."""

    name = "abhiyan.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.enrolment.queries import page_parts
        from abhiyan.org.news import ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.programmes.news import ItemsErased

        from . import actions
        from .queries import notice_details
        from .views import incident_page, own_incidents

        page_parts.register_own_part(own_incidents)
        releases.register_page(actions.ACT, incident_page)
        releases.register_details(actions.ACT, notice_details)
        news.subscribe(ReleaseDecided, lambda event: actions.heed_incident_decision(decision=event))
        news.subscribe(ItemsErased, lambda event: actions.forget_affected(erasure=event))
