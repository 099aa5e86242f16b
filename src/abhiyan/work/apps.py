from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "abhiyan.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.forms.rules import abouts
        from abhiyan.org import owing
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.people.news import ClosedAccountNews
        from abhiyan.units.news import UnitsClosed

        from .actions import schedules, tasks
        from .views.schedules import dues_here

        abouts.register("due", lambda due_id, at: schedules.due_page(due_id, at=at))
        owing.register(dues_here)
        news.subscribe(
            ClosedAccountNews,
            lambda closed_account: tasks.hand_on_of_account(
                account_id=closed_account.account_id, at=closed_account.at
            ),
        )
        news.subscribe(AppointmentEnded, lambda ending: tasks.hand_on_of_appointment(ending=ending))
        news.subscribe(
            UnitsClosed,
            lambda units_closed: schedules.end_of_units(units=units_closed.units, at=units_closed.at),
        )
