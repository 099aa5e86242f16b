from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Register the room of drives and of joining. Its tables are those of the app `enrolment`."""

    name = "abhiyan.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.enrolment.rules import written
        from abhiyan.helpdesk.rules import heard
        from abhiyan.messaging.rules import audiences
        from abhiyan.org.news import AppointmentEnded, ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.people.news import PhoneSaidNo
        from abhiyan.programmes.news import ItemsErased, ProgrammeDiscarded
        from abhiyan.programmes.rules import activities
        from abhiyan.units.news import UnitsClosing
        from abhiyan.units.rules import hanging

        from .actions import channels, texts, tokens
        from .activity import DRIVE
        from .audiences import MEMBERS, UNANSWERED
        from .queries import calls
        from .queries.texts import texts_of_phone
        from .todo import number_page, token_page

        activities.register(DRIVE)
        audiences.register(MEMBERS)
        audiences.register(UNANSWERED)
        heard.register(calls.has_called)
        releases.register_page("channels.token", token_page)
        releases.register_page("channels.number", number_page)
        releases.register_details("channels.number", channels.channel_sentences)
        releases.register_details("channels.number_end", channels.channel_sentences)
        releases.register_details(channels.CODES, channels.channel_sentences)
        written.register_written(texts_of_phone)
        hanging.register(tokens.TOKENS)

        news.subscribe(UnitsClosing, lambda event: tokens.end_tokens_at_closing(closing=event))
        news.subscribe(ProgrammeDiscarded, lambda event: tokens.drop_tokens(discarded=event))
        news.subscribe(ItemsErased, lambda event: texts.forget_erased(erasure=event))
        news.subscribe(AppointmentEnded, lambda event: tokens.end_tokens_of(news=event))
        news.subscribe(ReleaseDecided, lambda event: channels.heed_channel_decision(decision=event))
        news.subscribe(PhoneSaidNo, lambda event: texts.forget_texts_of_phone(phone_no=event))
