from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "abhiyan.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
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
        from .owed import held_page, send_page
        from .rules import audiences
        from .sends import told_to_decide

        releases.register_page("messages.release", held_page)
        releases.register_page("messages.bulk", send_page)
        releases.register_details("messages.bulk", told_to_decide)
        audiences.register(HOLDERS_OF_OFFICES)

        answer_whether_codes_stay(lambda purpose, language: bool(queries.why_codes_stay(purpose, language)))
        news.subscribe(CodeAsked, lambda told: actions.send_code(news=told))
        news.subscribe(PhoneSaidNo, lambda told: actions.heed_no(told=told))
        news.subscribe(ConsentWithdrawn, lambda told: actions.heed_withdrawal(told=told))
        news.subscribe(EmailProven, lambda proven: actions.tell_of_email(news=proven))
        news.subscribe(EmailForgotten, lambda forgotten: actions.forget_mails(news=forgotten))
        news.subscribe(ClosedAccountNews, lambda closed: actions.end_email(news=closed))
        news.subscribe(ErasurePurged, lambda told: actions.forget_sent(told=told))
        news.subscribe(AppointmentOffered, lambda told: actions.ask_holder(told=told))
        news.subscribe(OfferAnswered, lambda told: actions.forget_question(told=told))
        news.subscribe(AppointmentEnded, lambda told: actions.end_morning(ended=told))
        news.subscribe(AppointmentEnded, lambda ended: actions.end_email(news=ended))
        news.subscribe(QuestionAnswered, lambda told: actions.hear_office(told=told))
        news.subscribe(FactorReset, lambda told: actions.tell_of_reset(told=told))
        news.subscribe(
            Restored,
            lambda told: actions.hold_restored(taken_at=told.waited_until or told.taken_at, at=told.at),
        )
        news.subscribe(Restored, lambda told: actions.stop_restored(at=told.at))
