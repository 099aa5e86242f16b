from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.imports import register
        from abhiyan.programmes.news import ProgrammeMade

        from .actions.setting_up import follow_programme
        from .paper.lists import LIST

        register(LIST)
        news.subscribe(AppointmentEnded, lambda ended: tokens.end_tokens_of(news=ended))

        def hear(told: ProgrammeMade) -> None:
            follow_programme(made=told)

        news.subscribe(ProgrammeMade, hear)
