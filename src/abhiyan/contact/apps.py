from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "abhiyan.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.helpdesk.news import HelplineCalled
        from abhiyan.helpdesk.rules import tries
        from abhiyan.messaging.rules import audiences
        from abhiyan.org.news import AppointmentEnded, ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.people.news import ClosedAccountNews, NoReplayed, NoTakenBack, PhoneSaidNo
        from abhiyan.programmes.news import ItemsErased
        from abhiyan.programmes.rules import activities
        from abhiyan.units.news import UnitsClosing, UnitsOpening
        from abhiyan.units.rules import hanging

        from . import actions, office
        from .activity import CONTACT_ACTIVITY
        from .audiences import BENEFICIARIES, LISTED
        from .request_calls import REQUEST_CALLS

        audiences.register(LISTED)
        audiences.register(BENEFICIARIES)
        activities.register(CONTACT_ACTIVITY)
        tries.register(REQUEST_CALLS)
        releases.register_details(actions.ACT, office.list_sentences)
        news.subscribe(
            AppointmentEnded, lambda ending: actions.end_turns(account_id=ending.account_id, at=ending.at)
        )
        news.subscribe(
            ClosedAccountNews,
            lambda closed_account: actions.end_turns(
                account_id=closed_account.account_id, at=closed_account.at
            ),
        )
        # After the turns: somebody who is on the line rests until it is over.
        news.subscribe(AppointmentEnded, lambda ending: actions.end_leases(account_id=ending.account_id))
        news.subscribe(
            ClosedAccountNews, lambda closed_account: actions.end_leases(account_id=closed_account.account_id)
        )
        news.subscribe(ReleaseDecided, lambda decision: actions.hear_list_decided(decision=decision))
        news.subscribe(PhoneSaidNo, lambda phone_no: actions.hear_no_to_lists(phone_no=phone_no))
        news.subscribe(
            NoTakenBack, lambda no_taken_back: actions.bring_back_entries(phone_id=no_taken_back.phone_id)
        )
        news.subscribe(NoTakenBack, lambda event: actions.resume_signed(phone_id=event.phone_id, at=event.at))
        news.subscribe(NoReplayed, lambda event: actions.end_signed(phone_id=event.phone_id, at=event.at))
        news.subscribe(
            HelplineCalled,
            lambda helpline_called: actions.heed_helpline_call(helpline_called=helpline_called),
        )
        hanging.register(actions.ENTRIES)
        news.subscribe(UnitsClosing, lambda closing: actions.move_closing_lists(closing=closing))
        news.subscribe(UnitsOpening, lambda opening: actions.bring_lists_back(opening=opening))
        news.subscribe(ItemsErased, lambda erasure: actions.forget_person(erasure=erasure))
