from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "abhiyan.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.forms.rules import abouts
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.messaging.rules import audiences, serving
        from abhiyan.org import owing
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.people.news import ClosedAccountNews
        from abhiyan.units.news import UnitsClosed, UnitsClosing, UnitsGoing, UnitsMoved, UnitsOpening
        from abhiyan.units.rules import hanging

        from . import actions, queries
        from .actions import closing, items, schedules, tasks
        from .news import ItemsErased, ProgrammeOpened
        from .views.schedules import owed_here

        def units_opening(told: UnitsOpening) -> None:
            actions.restore_from_closing(told=told)
            actions.settle_closed(units=told.units, at=told.at)

        abouts.register("due", lambda due_id, at: schedules.due_page(due_id, at=at))
        audiences.answer_programmes(queries.names_of_running)
        serving.answer_whose_numbers(queries.whose_numbers)
        owing.register(owed_here)
        news.subscribe(
            ClosedAccountNews,
            lambda told: actions.end_of_account(account_id=told.account_id, by=told.by, at=told.at),
        )
        news.subscribe(
            ClosedAccountNews, lambda told: tasks.hand_on_of_account(account_id=told.account_id, at=told.at)
        )
        news.subscribe(AppointmentEnded, lambda told: tasks.hand_on_of_appointment(told=told))
        news.subscribe(
            ProgrammeOpened, lambda told: actions.tell_in_charges(programme_id=told.programme_id, at=told.at)
        )
        news.subscribe(QuestionAnswered, lambda told: items.hear_answer(told=told))
        news.subscribe(ItemsErased, lambda told: items.forget_phone(told=told))
        news.subscribe(Restored, lambda _told: actions.forget_horizon())
        news.subscribe(UnitsMoved, lambda told: actions.follow(moved=told))
        news.subscribe(UnitsGoing, lambda told: actions.refuse_going(going=told))
        news.subscribe(UnitsClosing, lambda told: actions.see_to_closing(told=told))
        news.subscribe(UnitsClosed, lambda told: actions.settle_closed(units=told.units, at=told.at))
        news.subscribe(UnitsClosed, lambda told: schedules.end_of_units(units=told.units, at=told.at))
        news.subscribe(UnitsOpening, units_opening)
        hanging.register(*closing.THINGS)
