from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "abhiyan.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.org import offer_links
        from abhiyan.org.news import AppointmentEnded, AppointmentOffered, FactorReset, OfferAnswered
        from abhiyan.org.rules import releases
        from abhiyan.people.news import (
            ClosedAccountNews,
            CodeAsked,
            ConsentWithdrawn,
            EmailForgotten,
            EmailProven,
            ErasurePurged,
            PhoneSaidNo,
            answer_whether_codes_stay,
        )

        from . import actions, queries
        from .audiences import HOLDERS_OF_OFFICES
        from .news import QuestionAnswered
        from .rules import audiences
        from .sends import told_to_decide
        from .todo import held_page, send_page

        releases.register_page("messages.release", held_page)
        releases.register_page("messages.bulk", send_page)
        releases.register_details("messages.bulk", told_to_decide)
        audiences.register(HOLDERS_OF_OFFICES)
        offer_links.send_offers_by(queries.offer_by_link, actions.answer_link)

        answer_whether_codes_stay(lambda purpose, language: bool(queries.why_codes_stay(purpose, language)))
        news.subscribe(CodeAsked, lambda code_asked: actions.send_code(news=code_asked))
        news.subscribe(PhoneSaidNo, lambda phone_no: actions.hear_no_to_messages(phone_no=phone_no))
        news.subscribe(
            ConsentWithdrawn,
            lambda consent_withdrawn: actions.hear_withdrawn_consent(consent_withdrawn=consent_withdrawn),
        )
        news.subscribe(EmailProven, lambda proven: actions.tell_of_email(news=proven))
        news.subscribe(EmailForgotten, lambda forgotten: actions.forget_mails(news=forgotten))
        news.subscribe(ClosedAccountNews, lambda closed: actions.end_email(news=closed))
        news.subscribe(
            ErasurePurged, lambda erasure_purged: actions.forget_sent(erasure_purged=erasure_purged)
        )
        news.subscribe(
            AppointmentOffered,
            lambda appointment_offered: actions.ask_holder(appointment_offered=appointment_offered),
        )
        news.subscribe(
            OfferAnswered, lambda offer_answered: actions.forget_question(offer_answered=offer_answered)
        )
        news.subscribe(AppointmentEnded, lambda ending: actions.end_morning(ended=ending))
        news.subscribe(AppointmentEnded, lambda ended: actions.end_email(news=ended))
        news.subscribe(QuestionAnswered, lambda answer: actions.hear_office(answer=answer))
        news.subscribe(FactorReset, lambda factor_reset: actions.tell_of_reset(factor_reset=factor_reset))
        news.subscribe(
            Restored,
            lambda restored: actions.hold_restored(
                taken_at=restored.waited_until or restored.taken_at, at=restored.at
            ),
        )
        news.subscribe(Restored, lambda restored: actions.stop_restored_sends(at=restored.at))
