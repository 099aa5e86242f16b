from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "abhiyan.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import limits, news
        from abhiyan.imports import authority
        from abhiyan.people import queries as people
        from abhiyan.people.news import ClosedAccountNews
        from abhiyan.people.rules.titles_of_office import TITLES
        from abhiyan.ui import bearers, lists
        from abhiyan.units.news import UnitsClosing
        from abhiyan.units.rules import hanging

        from . import actions
        from .actions import body_kinds, closing, emergency, own_offices
        from .news import ReleaseDecided
        from .queries import cast, require
        from .queries.offices import offices_held
        from .rules import body_kinds as kind_rules
        from .rules import named_lists, releases
        from .rules import own_offices as own_rules
        from .rules.offices import SEATS
        from .views import named_lists as with_names
        from .views.bearers import bearers_seen
        from .views.body_kinds import kind_details
        from .views.own_offices import office_details

        authority.use(require)
        limits.count_offices_by(offices_held)
        people.add_cast_teller(cast)
        for seat in SEATS:
            TITLES.add(seat.en, seat.hi, is_leading="org.read" in seat.capabilities)

        news.subscribe(
            ClosedAccountNews,
            lambda closed_account: actions.forget_talks_of(account_id=closed_account.account_id),
        )
        news.subscribe(UnitsClosing, lambda units_closing: closing.end_with_units(closing=units_closing))
        releases.register_details(named_lists.ACT, with_names.named_list_words)
        releases.register_page(named_lists.ACT, with_names.named_list_page)
        bearers.answer_seen(bearers_seen)
        lists.approved_by(with_names.NamedLists())
        news.subscribe(ReleaseDecided, lambda decision: own_offices.heed_office(news=decision))
        news.subscribe(ReleaseDecided, lambda decision: body_kinds.heed_body_kind(news=decision))
        news.subscribe(ReleaseDecided, lambda decision: emergency.heed_end_of_stop(decision=decision))
        releases.register_details(own_rules.ACT, office_details)
        releases.register_details(kind_rules.ACT, kind_details)
        hanging.register(*closing.THINGS)
