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
        releases.register_details(actions.ACT, office.sentences)
        news.subscribe(
            AppointmentEnded, lambda told: actions.end_turns(account_id=told.account_id, at=told.at)
        )
        news.subscribe(
            ClosedAccountNews, lambda told: actions.end_turns(account_id=told.account_id, at=told.at)
        )
        # After the turns: somebody who is on the line rests until it is over.
        news.subscribe(AppointmentEnded, lambda told: actions.end_leases(account_id=told.account_id))
        news.subscribe(ClosedAccountNews, lambda told: actions.end_leases(account_id=told.account_id))
        news.subscribe(ReleaseDecided, lambda told: actions.heed_decision(told=told))
        news.subscribe(PhoneSaidNo, lambda told: actions.heed_no(told=told))
        news.subscribe(NoTakenBack, lambda told: actions.bring_back_entries(phone_id=told.phone_id))
        news.subscribe(NoTakenBack, lambda event: actions.resume_signed(phone_id=event.phone_id, at=event.at))
        news.subscribe(NoReplayed, lambda event: actions.end_signed(phone_id=event.phone_id, at=event.at))
        news.subscribe(HelplineCalled, lambda told: actions.heed_helpline_call(told=told))
        hanging.register(actions.ENTRIES)
        news.subscribe(UnitsClosing, lambda told: actions.see_to_closing(told=told))
        news.subscribe(UnitsOpening, lambda told: actions.bring_back(told=told))
        news.subscribe(ItemsErased, lambda told: actions.forget_person(told=told))
