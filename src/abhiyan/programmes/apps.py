from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "abhiyan.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.core.imports import register
        from abhiyan.people.news import AccountClosed
        from abhiyan.units.news import UnitsGoing, UnitsMoved

        from . import actions
        from .lists import KINDS_OF_LIST
        from .news import ProgrammeOpened

        def units_moved(moved: UnitsMoved) -> None:
            actions.follow(moved=moved)

        def units_going(going: UnitsGoing) -> None:
            actions.refuse_going(going=going)

        def restored(_told: Restored) -> None:
            actions.forget_horizon()

        def account_closed(told: AccountClosed) -> None:
            actions.end_of_account(account_id=told.account_id, by=told.by, at=told.at)

        def opened(told: ProgrammeOpened) -> None:
            actions.tell_in_charges(programme_id=told.programme_id, at=told.at)

        for kind in KINDS_OF_LIST:
            register(kind)
        news.subscribe(AccountClosed, account_closed)
        news.subscribe(ProgrammeOpened, opened)
        news.subscribe(Restored, restored)
        news.subscribe(UnitsMoved, units_moved)
        news.subscribe(UnitsGoing, units_going)
