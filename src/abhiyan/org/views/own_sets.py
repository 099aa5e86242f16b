"""An organisation adds to the standard sets: its own offices and its own kinds of body have the same pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import NotFound
from abhiyan.org import queries
from abhiyan.org.here import Here, unit_address
from abhiyan.org.rules.own_offices import LONGEST_NAME, MAKE
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page
from abhiyan.ui.forms import BriefForm, offer
from abhiyan.ui.lists import Table, list_response
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

Act = Callable[[dict[str, Any]], Any]


class OwnForm(BriefForm):
    """The names and the level of an addition."""

    name_en = forms.CharField(label=_("Name in English"), max_length=LONGEST_NAME)
    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=LONGEST_NAME)
    kinds = forms.ChoiceField(label=_("Level"))


@dataclass(frozen=True, slots=True)
class OwnSet:
    """The pages of one set. The last three are names of pages, with the words of their buttons.

    about: the text above its list. empty, why: the words where the list has no rows.
    """

    title: Promise
    page: str
    about: Promise
    empty: Promise
    why: Promise
    new: tuple[Promise, str]
    change: tuple[Promise, str]
    end: tuple[Promise, str]

    def show(self, request: Request, here: Here, *table: Any, waiting: int, **more: Any) -> HttpResponseBase:
        """Answer with the list. table, more: as of `Table`. waiting: requests that nobody has decided."""
        context = {
            "here": "appointments",
            "own": self,
            "page_unit": here,
            "may_make": may_make_own(request, here),
            "waiting": waiting,
            "crumbs": here.crumbs((str(self.title), reverse(self.page)), seen_by=request.viewer),
        }
        rows = Table(request, *table, caption=self.title, unit_id=here.unit.id, **more)
        return list_response(request, "org/own_set_list.html", rows, context)

    def ask_for(
        self, request: Request, here: Here, form: OwnForm, act: Act, *, title: str, text: str, **choices: Any
    ) -> HttpResponseBase:
        """The form of a new one, or of a change of one, which a second person approves. choices: of its fields."""
        require_making(request, here)
        offer(form, kinds=[(kind, Kind(kind).label) for kind in queries.kinds_from(here.unit.id)], **choices)
        sentence, button = _("Request sent. Approvals lists who can approve it."), say("Ask for approval")
        return self.ask(
            request, here, act, form=form, title=title, last=title, text=[text], button=button, said=sentence
        )

    def ask(self, request: Request, here: Here, act: Act, *, last: str, **page: Any) -> HttpResponseBase:
        """A form of the set, which leads back to its list. last: the page in the way there."""
        back = unit_address(reverse(self.page), here.unit.code)
        crumbs = [(str(self.title), back), (last, "")]
        return act_page(request, act, done=back, here="appointments", crumbs=crumbs, **page)


def levels_named(kinds: Iterable[str]) -> str:
    """Kinds of unit in words."""
    return ", ".join(str(Kind(kind).label) for kind in kinds)


def may_make_own(request: Request, here: Here) -> bool:
    """Return True if the viewer makes offices and kinds of body of the organisation's own in a unit."""
    return here.unit.lo is not None and request.viewer.may_at(MAKE, here.unit.lo)


def require_making(request: Request, here: Here) -> None:
    """Refuse with NotYours where the viewer makes none."""
    if not may_make_own(request, here):
        raise queries.NotYours(capability=MAKE)


def unit_of_own(request: Request, unit_id: int) -> Here:
    """The unit of an own office or kind of body. NotFound out of sight; NotYours where the viewer makes none."""
    tree = next(iter(units.hierarchies_of(unit_id)), 0)
    here = Here(units.row_of_unit(unit_id, tree), tree, (), request.path, request.GET)
    if not request.viewer.sees_counts_at(here.unit.lo):
        raise NotFound
    require_making(request, here)
    return here
