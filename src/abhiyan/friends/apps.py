from django.apps import AppConfig


class FriendsConfig(AppConfig):
    """Register the room of friends and contributors. Its tables are those of the app `enrolment`."""

    name = "abhiyan.friends"
    label = "friends"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.contact.news import HelpOffered, HelpTakenBack
        from abhiyan.core import news
        from abhiyan.enrolment.news import ContributorLeft, MemberPhoneMoved, MembersMoved
        from abhiyan.enrolment.queries import page_parts, people
        from abhiyan.intake.queries import drive_work
        from abhiyan.org.news import AppointmentEnded, ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.people.news import NoTakenBack, PhoneSaidNo
        from abhiyan.people.rules import documents
        from abhiyan.programmes.news import ItemsErased, ProgrammeDiscarded
        from abhiyan.work.news import HelperTasksMoved

        from .actions import active, certificates, contributors, help_offers, organisers
        from .rules.certificates import CERTIFICATE, LABEL
        from .todo import owed_to_friends
        from .views.organisers import organiser_shown
        from .views.own_help import own_help

        documents.register(documents.DocumentKind(CERTIFICATE, LABEL, people.card_holder))
        drive_work.register_drive_work(owed_to_friends)
        page_parts.register_own_part(own_help)
        page_parts.register_person_part(organiser_shown)
        releases.register_details(certificates.ACT, certificates.certificate_sentences)

        news.subscribe(AppointmentEnded, lambda event: organisers.leave_friends(ending=event))
        news.subscribe(ReleaseDecided, lambda event: certificates.heed_certificates(decision=event))
        news.subscribe(ProgrammeDiscarded, lambda event: certificates.drop_sheets(discarded=event))
        news.subscribe(ContributorLeft, lambda event: active.end_active(left=event))
        news.subscribe(MembersMoved, lambda event: contributors.follow_contributors(moved=event))
        news.subscribe(MembersMoved, lambda event: organisers.follow_friends(moved=event))
        news.subscribe(MemberPhoneMoved, lambda event: help_offers.move_offers(moved=event))
        news.subscribe(HelperTasksMoved, lambda event: active.heed_helper_tasks(event=event))
        news.subscribe(HelpOffered, lambda event: help_offers.heed_offer(event=event))
        news.subscribe(HelpTakenBack, lambda event: help_offers.heed_offer_back(event=event))
        news.subscribe(PhoneSaidNo, lambda event: help_offers.heed_helper_no(event=event))
        news.subscribe(NoTakenBack, lambda event: help_offers.heed_helper_no_back(event=event))
        news.subscribe(ItemsErased, lambda event: organisers.forget_friends(erasure=event))
        news.subscribe(ItemsErased, lambda event: contributors.forget_skills(erasure=event))
        news.subscribe(ItemsErased, lambda event: help_offers.forget_offers(event=event))
