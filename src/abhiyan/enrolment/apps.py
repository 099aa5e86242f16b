from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.helpdesk.rules import askers
        from abhiyan.messaging.news import QuestionAnswered, QuestionsUnanswered
        from abhiyan.org.rules import releases
        from abhiyan.people.news import (
            ConsentWithdrawn,
            ErasureReplayed,
            NoReplayed,
            NoTakenBack,
            PeopleMerged,
            PeopleParted,
            SpokenNo,
            WithdrawalReplayed,
            WordReplayed,
        )
        from abhiyan.people.rules import documents
        from abhiyan.programmes.news import ProgrammeDiscarded, ProgrammeMade
        from abhiyan.units.news import UnitsClosing, UnitsOpening
        from abhiyan.units.rules import hanging

        from .actions import closing, confirming, erasing, merging, noes, phone_changes
        from .actions.cards import CARD
        from .actions.leaving import leave_again, say_again, withdraw_again
        from .actions.revisits import forget_horizons
        from .actions.setting_up import drop_drive, follow_programme
        from .askers import askers_on
        from .queries import people
        from .todo import export_details, export_page, merge_details, merge_page

        documents.register(documents.DocumentKind(CARD, _("Member card"), people.card_holder))
        releases.register_page("people.export", export_page)
        releases.register_details("people.export", export_details)
        releases.register_page("people.merge", merge_page)
        releases.register_details("people.merge", merge_details, names_people=True)
        askers.register(askers_on)

        news.subscribe(UnitsClosing, lambda event: closing.settle_enrolment_at_closing(closing=event))
        news.subscribe(UnitsOpening, lambda event: closing.bring_back_after_opening(opening=event))
        hanging.register(closing.CLAIMS, closing.MEMBERS)

        news.subscribe(ProgrammeMade, lambda event: follow_programme(made=event))
        news.subscribe(ProgrammeDiscarded, lambda event: drop_drive(discarded=event))
        news.subscribe(ConsentWithdrawn, lambda event: noes.heed_consent_withdrawal(consent_withdrawn=event))
        news.subscribe(NoTakenBack, lambda event: noes.heed_no_taken_back(no_taken_back=event))
        news.subscribe(SpokenNo, lambda event: noes.heed_spoken_no(spoken_no=event))
        news.subscribe(NoReplayed, lambda event: leave_again(no_replayed=event))
        news.subscribe(WithdrawalReplayed, lambda event: withdraw_again(withdrawal_replayed=event))
        news.subscribe(WordReplayed, lambda event: say_again(word_replayed=event))
        news.subscribe(WordReplayed, lambda event: phone_changes.object_again(word_replayed=event))
        news.subscribe(ErasureReplayed, lambda event: erasing.end_again(erasure_replayed=event))
        news.subscribe(QuestionAnswered, lambda event: confirming.hear_joining_answer(answer=event))
        news.subscribe(QuestionAnswered, lambda event: phone_changes.hear_change_answer(answer=event))
        news.subscribe(QuestionsUnanswered, lambda event: confirming.hear_silence(questions_unanswered=event))
        news.subscribe(PeopleMerged, lambda event: merging.end_second(people_merged=event))
        news.subscribe(PeopleMerged, lambda event: merging.keep_noes(people_merged=event))
        news.subscribe(PeopleParted, lambda event: merging.bring_second_back(people_parted=event))
        news.subscribe(Restored, lambda _told: forget_horizons())
        news.subscribe(Restored, lambda _told: phone_changes.stop_restored_changes())
