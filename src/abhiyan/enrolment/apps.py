from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.imports import register
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.programmes.news import ProgrammeMade

        from .actions.setting_up import follow_programme
        from .actions.tokens import end_tokens_of
        from .paper.lists import LIST

        register(LIST)

        def hear(told: ProgrammeMade) -> None:
            follow_programme(made=told)

        news.subscribe(ProgrammeMade, hear)

        def end_tokens(ended: AppointmentEnded) -> None:
            end_tokens_of(news=ended)

        news.subscribe(AppointmentEnded, end_tokens)
