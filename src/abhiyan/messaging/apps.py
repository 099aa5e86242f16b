from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "abhiyan.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.backup import Restored
        from abhiyan.people.news import (
            CodeAsked,
            ConsentWithdrawn,
            PhoneSaidNo,
            answer_whether_codes_stay,
        )

        from . import actions, queries

        def stay(purpose: str, language: str) -> bool:
            return bool(queries.why_codes_stay(purpose, language))

        answer_whether_codes_stay(stay)

        def hear(told: CodeAsked) -> None:
            actions.send_code(news=told)

        news.subscribe(CodeAsked, hear)

        def said_no(told: PhoneSaidNo) -> None:
            actions.heed_no(told=told)

        news.subscribe(PhoneSaidNo, said_no)

        def withdrawn(told: ConsentWithdrawn) -> None:
            actions.heed_withdrawal(told=told)

        news.subscribe(ConsentWithdrawn, withdrawn)

        def hold(told: Restored) -> None:
            actions.hold_restored(taken_at=told.taken_at, at=told.at)

        news.subscribe(Restored, hold)
