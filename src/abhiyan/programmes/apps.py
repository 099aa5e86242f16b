from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "abhiyan.programmes"
    label = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.messaging.news import QuestionAnswered
        from abhiyan.messaging.rules import audiences, serving
        from abhiyan.people.news import ClosedAccountNews
        from abhiyan.units.news import UnitsClosing, UnitsGoing, UnitsMoved, UnitsOpening
        from abhiyan.units.rules import hanging

        from . import actions, queries
        from .actions import closing, items
        from .news import ItemsErased, ProgrammeOpened

        audiences.answer_programmes(queries.names_of_running)
        serving.answer_whose_numbers(queries.whose_numbers)
        news.subscribe(
            ClosedAccountNews,
            lambda closed_account: actions.end_charges_of_account(
                account_id=closed_account.account_id, by=closed_account.by, at=closed_account.at
            ),
        )
        news.subscribe(
            ProgrammeOpened,
            lambda programme_opened: actions.tell_in_charges(
                programme_id=programme_opened.programme_id, at=programme_opened.at
            ),
        )
        news.subscribe(QuestionAnswered, lambda answer: items.hear_item_answer(answer=answer))
        news.subscribe(ItemsErased, lambda erasure: items.erase_items_of_phone(erasure=erasure))
        news.subscribe(Restored, lambda _told: actions.forget_horizon())
        news.subscribe(UnitsMoved, lambda units_moved: actions.follow(moved=units_moved))
        news.subscribe(UnitsGoing, lambda units_going: actions.refuse_going(going=units_going))
        news.subscribe(UnitsClosing, lambda closing: actions.settle_programmes_at_closing(closing=closing))
        news.subscribe(UnitsOpening, lambda opening: actions.restore_from_closing(opening=opening))
        hanging.register(*closing.THINGS)
