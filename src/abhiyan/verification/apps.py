from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import AppConfig

from abhiyan.core import news
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.rules import held
from abhiyan.programmes.rules.concluded import answer_concluded
from abhiyan.programmes.rules.estimated import Asked, answer_estimated

if TYPE_CHECKING:
    from abhiyan.org.models import Release
    from abhiyan.org.news import ReleaseDecided

# Each reads what it needs when it is first called: SciPy comes with it, and takes a second.


def _latest(programmes: Sequence[int], units: Sequence[int], on: date) -> Asked:
    from .queries.latest import ask_latest

    return ask_latest(programmes, units, on)


def _concluded(programme_id: int, measure: int) -> Mapping[UUID, bool]:
    from .queries.opening import concluded_in

    return concluded_in(programme_id, measure)


def _about_finding(release: "Release") -> list[str]:
    from .actions import fresh

    return fresh.finding_sentences(release)


def _sentences(release: "Release") -> list[str]:
    from .actions import redraws

    return redraws.redraw_sentences(release)


def _decided(told: "ReleaseDecided") -> None:
    if told.act == "frames.redraw" and told.allow:
        from .actions import redraws

        redraws.redraw_frame(asked=told.payload, by=told.by, at=told.at)
    elif told.act == "verification.finding":
        from .actions import fresh

        flag_id = UUID(str(told.payload["flag"]))
        fresh.decide_finding(flag_id=flag_id, allow=told.allow, is_over=told.is_over, by=told.by, at=told.at)


def _held(item_ids: Collection[UUID]) -> Iterable[held.HeldDeed]:
    from .queries.held import checks_held_about

    return checks_held_about(item_ids)


def _erased(told: ItemsErased) -> None:
    from .actions.forgetting import empty_said

    empty_said(erasure=told)


class VerificationConfig(AppConfig):
    name = "abhiyan.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from abhiyan.org.news import ReleaseDecided
        from abhiyan.org.rules import releases
        from abhiyan.programmes.rules import activities

        answer_estimated(_latest)
        answer_concluded(_concluded)
        activities.register_page_of_items(activities.Page("verification:frames", _("Back-checks")))
        releases.register_details("frames.redraw", _sentences)
        releases.register_details("verification.finding", _about_finding)
        news.subscribe(ReleaseDecided, _decided)
        held.register(_held)
        news.subscribe(ItemsErased, _erased)
