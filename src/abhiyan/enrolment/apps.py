from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class EnrolmentConfig(AppConfig):
    name = "abhiyan.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.core.imports import register
        from abhiyan.org.news import AppointmentEnded
        from abhiyan.people.news import NoReplayed
        from abhiyan.programmes.actions import register_facts, register_orphans
        from abhiyan.programmes.news import ProgrammeDiscarded, ProgrammeMade
        from abhiyan.programmes.rules import meanings, own_pages
        from abhiyan.units.news import UnitsMoved

        from .actions.enrol import forget
        from .actions.members import leave_again
        from .actions.notices import PUBLISH, is_lacking
        from .actions.setting_up import NoNotice, drop_drive, follow_programme
        from .actions.tokens import end_tokens_of
        from .paper.lists import LIST
        from .queries import ORPHANS, facts_for_recount
        from .rules.steps import REPORTED

        register(LIST)
        own_pages.register("drive", "enrolment:drive", gettext_lazy("Channels and funnel"))
        notice = own_pages.Page("enrolment:notice", gettext_lazy("Notice"), PUBLISH)
        own_pages.register_beside(notice)
        own_pages.register_need("drive", notice, NoNotice.message, is_lacking)
        meanings.register("drive", {REPORTED.key: REPORTED.about})
        register_facts("enrolment", facts_for_recount())
        for name, sql in ORPHANS.items():
            register_orphans(name, sql)

        def units_moved(_told: UnitsMoved) -> None:
            forget()  # this thread's; others read the tree anew within a minute

        news.subscribe(UnitsMoved, units_moved)

        def hear(told: ProgrammeMade) -> None:
            follow_programme(made=told)

        news.subscribe(ProgrammeMade, hear)

        def discarded(told: ProgrammeDiscarded) -> None:
            drop_drive(discarded=told)

        news.subscribe(ProgrammeDiscarded, discarded)

        def end_tokens(ended: AppointmentEnded) -> None:
            end_tokens_of(news=ended)

        news.subscribe(AppointmentEnded, end_tokens)

        def no_replayed(told: NoReplayed) -> None:
            leave_again(told=told)

        news.subscribe(NoReplayed, no_replayed)
