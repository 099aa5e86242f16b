from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.contact.news import HelpOffered, HelpTakenBack
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.helpdesk.rules import askers, heard
        from abhiyan.messaging.news import QuestionAnswered, QuestionsUnanswered
        from abhiyan.messaging.rules import audiences
        from abhiyan.org.news import AppointmentEnded, ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.people.news import (
            ConsentWithdrawn,
            ErasureReplayed,
            NoReplayed,
            NoTakenBack,
            PeopleMerged,
            PeopleParted,
            PhoneSaidNo,
            SpokenNo,
            WithdrawalReplayed,
            WordReplayed,
        )
        from abhiyan.people.rules import documents
        from abhiyan.programmes.news import ProgrammeDiscarded, ProgrammeMade
        from abhiyan.programmes.rules import activities
        from abhiyan.units.news import UnitsClosing, UnitsOpening
        from abhiyan.units.rules import hanging

        from .actions import (
            certificates,
            channels,
            closing,
            confirming,
            contributors,
            erasing,
            merging,
            noes,
            phone_changes,
            texts,
        )
        from .actions.cards import CARD
        from .actions.leaving import leave_again, say_again, withdraw_again
        from .actions.revisits import forget_horizons
        from .actions.setting_up import drop_drive, follow_programme
        from .actions.tokens import end_tokens_of
        from .activity import DRIVE
        from .askers import askers_on
        from .audiences import MEMBERS, UNANSWERED
        from .owed import export_details, export_page, merge_details, merge_page, number_page, token_page
        from .queries import calls, people
        from .rules.certificates import CERTIFICATE, LABEL

        activities.register(DRIVE)
        documents.register(documents.DocumentKind(CARD, _("Member card"), people.card_holder))
        documents.register(documents.DocumentKind(CERTIFICATE, LABEL, people.card_holder))
        audiences.register(MEMBERS)
        audiences.register(UNANSWERED)
        releases.register_page("channels.token", token_page)
        releases.register_page("channels.number", number_page)
        releases.register_details("channels.number", channels.sentences)
        releases.register_details("channels.number_end", channels.sentences)
        releases.register_details(channels.CODES, channels.sentences)
        releases.register_details(certificates.ACT, certificates.sentences)
        releases.register_page("people.export", export_page)
        releases.register_details("people.export", export_details)
        releases.register_page("people.merge", merge_page)
        releases.register_details("people.merge", merge_details, names_people=True)
        heard.register(calls.has_called)
        askers.register(askers_on)

        news.subscribe(UnitsClosing, lambda told: closing.see_to_closing(told=told))
        news.subscribe(UnitsOpening, lambda told: closing.bring_back(told=told))
        hanging.register(closing.TOKENS, closing.CLAIMS, closing.MEMBERS)

        news.subscribe(ProgrammeMade, lambda told: follow_programme(made=told))
        news.subscribe(ProgrammeDiscarded, lambda told: drop_drive(discarded=told))
        news.subscribe(AppointmentEnded, lambda told: end_tokens_of(news=told))
        news.subscribe(ReleaseDecided, lambda told: channels.heed_decision(told=told))
        news.subscribe(ReleaseDecided, lambda told: certificates.heed_certificates(told=told))
        news.subscribe(ConsentWithdrawn, lambda told: noes.heed_withdrawal(told=told))
        news.subscribe(NoTakenBack, lambda told: noes.heed_no_taken_back(told=told))
        news.subscribe(SpokenNo, lambda told: noes.heed_spoken_no(told=told))
        news.subscribe(PhoneSaidNo, lambda told: texts.forget_phone(told=told))
        news.subscribe(NoReplayed, lambda told: leave_again(told=told))
        news.subscribe(WithdrawalReplayed, lambda told: withdraw_again(told=told))
        news.subscribe(WordReplayed, lambda told: say_again(told=told))
        news.subscribe(WordReplayed, lambda told: phone_changes.object_again(told=told))
        news.subscribe(ErasureReplayed, lambda told: erasing.end_again(told=told))
        news.subscribe(QuestionAnswered, lambda told: confirming.hear_answer(told=told))
        news.subscribe(QuestionAnswered, lambda told: phone_changes.hear_answer(told=told))
        news.subscribe(QuestionsUnanswered, lambda told: confirming.hear_silence(told=told))
        news.subscribe(PeopleMerged, lambda told: merging.end_second(told=told))
        news.subscribe(PeopleMerged, lambda told: merging.keep_noes(told=told))
        news.subscribe(PeopleParted, lambda told: merging.bring_second_back(told=told))
        news.subscribe(HelpOffered, lambda told: contributors.heed_offer(told=told))
        news.subscribe(HelpTakenBack, lambda told: contributors.heed_offer_back(told=told))
        news.subscribe(Restored, lambda _told: forget_horizons())
        news.subscribe(Restored, lambda _told: phone_changes.stop_restored())
