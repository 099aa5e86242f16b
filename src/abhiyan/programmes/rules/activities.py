"""Kinds of campaign. Each room that runs one registers it once; whatever shows, counts or checks campaigns reads here.

Registered in the AppConfig.ready() of the room whose activity it is. Unit, Today, the pages of programmes, recount,
doctor and exports know no activity by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells
from abhiyan.ui.owed import Thing

from . import windows
from .check_words import ANY_ENTERED, GENERAL, CheckWords, EnteredWords
from .ladder import RUNGS, Ladder

Text = str | Promise
UNCOUNTED = "uncounted"  # beside the rungs: what is reported and never counts
DECLARED = ("reported", "counted", "confirmed", UNCOUNTED)  # each measure says these in its own words
MEANT = (*DECLARED, "unsigned", "estimate")


@dataclass(frozen=True, slots=True)
class MeasureTemplate:
    """One thing a programme counts. number: its key in the ledger, for ever; a programme's first is 1.

    meanings: rung (MEANT) -> what it counts here. Ladders, slides and files explain it so. A measure whose items are
    asked about has those of DECLARED. Another may leave them to the steps of its activity.
    """

    number: int
    code: str
    names: dict[str, str]
    meanings: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProgrammeTemplate:
    """The beginnings of a programme. names, about: language -> text, the first guess of the guided form.

    days: the usual length of the window.
    """

    code: str
    names: dict[str, str]
    about: dict[str, str]
    measures: tuple[MeasureTemplate, ...]
    days: int


@dataclass(frozen=True, slots=True)
class ItemChannel:
    """One way an item comes in. number: as it is posted to the ledger, for ever.

    by_phone: from the person's own phone, which is sent a link. is_nameless: brings no name. hears_refusals:
    the sender gets the reason for a refusal; else every answer is alike, whatever is known of the phone.
    """

    number: int
    label: Text
    by_phone: bool = False
    is_nameless: bool = False
    hears_refusals: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of the funnel. key: unique in its activity.

    rungs: of the ledger; their sum, less those of `less`, is the step's figure.

    by_phone: only channels of the person's own phone have it. is_before: it counts people who have not joined, and
    may have no place yet.
    """

    key: str
    name: Text
    about: Text
    rungs: tuple[int, ...]
    by_phone: bool = False
    is_before: bool = False
    less: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the room. capability: who may open it; empty: everybody who sees the programme. later: its label after
    the first week of a programme, where that differs."""

    url_name: str
    label: Text
    capability: str = ""
    later: Text = ""

    def opens(self, may: Callable[[str], bool]) -> bool:
        """Return True if somebody may open it. may: whether they hold a capability."""
        return not self.capability or may(self.capability)

    def called(self, opens_on: date, on: date) -> Text:
        """Return its label on a day of a programme."""
        return self.label if windows.is_launch(opens_on, on) else self.later or self.label


@dataclass(frozen=True, slots=True)
class Need:
    """Programmes of the kind cannot be made while something is lacking. page: where it is done; text: the refusal.

    title, about, act: as one of the first steps of a new installation.
    """

    page: Page
    text: Text
    is_lacking: Callable[[], bool]
    title: Text
    about: Text
    act: Text


def _no_unit_below(own: Ladder, _is_owners: bool) -> Sequence[str]:
    return [
        gettext(
            "%(reported)s reported and %(counted)s counted belong to no unit below. They count here, not in the rows "
            "above."
        )
        % {
            "reported": small_cells.count_in_words(own.reported),
            "counted": small_cells.count_in_words(own.counted),
        }
    ]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The counts at a unit itself and at none below it.

    words: of its ladder, and whether the unit owns the programme -> why the units below do not add up to it.
    page: where places are given.
    """

    words: Callable[[Ladder, bool], Sequence[str]] = _no_unit_below
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the Unit page. template: of the room, and what it is given."""

    title: Text
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """An open question of a check. key: of what was written about it; label: that, in a word; text: as it is put."""

    key: str
    label: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Whom:
    """The person a check of one item asks. name: None where nobody gave one. written: key of a question -> what was
    written, in words. is_silent: they have taken back their yes to being called.
    """

    name: str | None
    written: Mapping[str, str]
    is_silent: bool = False


def _nothing(*_given: object, **_named: object) -> tuple[()]:
    return ()


def _no_words(*_given: object) -> str:
    return ""


def _nobody(*_given: object) -> Whom:
    return Whom(None, {})


@dataclass(frozen=True, slots=True)
class Items:
    """The countable items of one measure, for frames and draws.

    sql: a query of (programme_id, item_id, unit_id, by, channel, day, stored_at, is_signed, is_confirmed, phone_id)
    without parameters; item_id is public, `by` the worker or channel. questions: what an independent check
    asks the person, as it is put to them, without a hint at what was written.
    gone: a query of (programme_id, item_id, unit_id, why) of items that no longer count. why: `left` by the person's
    own word, `denied` from the person's own phone, `struck` by anybody else. few, few_gone: the same two, for a few
    item_ids; if empty, the full queries are used.
    `whom`: takes (item_id, channel, day) and returns `Whom`, in a system scope. leave: (item_id=, by=, at=) takes a
    person off every list at their wish; by: the account that wrote it down. Without it the phone's no is kept.
    looks: a query about how the same items look, for flags. Its columns are `programme_id, item_id, unit_id, by,
    channel, at, phone_id, last4, birth_year, is_confirmed, is_double, is_signed, sent_with, device, seconds`. Items of
    one parcel share sent_with. device: the browser or network of the person's own answer. seconds: how long a form
    took. Null means not known, as the hour of an entry on paper. Without the query there are no flags.
    tries: a query of (programme_id, unit_id, by, day, is_refusal, n): at how many doors a worker asked; is_refusal is
    null where nobody was there to ask.
    doubts: a query of (programme_id, by, code) of single items that are odd by themselves; code: of verification's
    `Indicator`. One is a reason to ask its worker, however few items they have.
    words: what verification says of them.
    does_yes_count, heard: of items (actions/items.py), whether the person's YES counts one that was only reported; and
    what the room does besides with an answer: (item=, yes=, why=, by=, at=), in the answer's transaction.
    sentence: what was so, as the page of the question says it: (item) -> words. In a system scope.
    entered: what the truth sentence calls them.
    """

    measure: int
    sql: str
    gone: str
    few: str = ""
    few_gone: str = ""
    looks: str = ""
    tries: str = ""
    doubts: str = ""
    questions: tuple[CheckQuestion, ...] = ()
    whom: Callable[..., Whom] = _nobody
    leave: Callable[..., object] | None = None
    does_yes_count: bool = False
    heard: Callable[..., object] = _nothing
    sentence: Callable[..., Text] = _no_words
    words: CheckWords = GENERAL
    entered: EnteredWords = field(kw_only=True)


@dataclass(frozen=True)
class Activity:
    """One kind of campaign.

    kind: as programmes keep it.
    parts: what the total of the first measure is made of; shown where there is more than the first of them.
    page: its own page of one programme; days: its funnel day by day. Both take the programme's public id; `days` also
    ?unit=&in=. beside: pages of all its programmes together.  public: pages for
    those without an account, named where one signs in.
    panel: (viewer, programme, unit, hierarchy, at) -> what the Unit page shows of one programme. owes: (viewer, office
    held, queries.Stand of its first measure, at) -> what Today shows of a programme in the unit of that office.
    stops: public id of a programme -> what stops when it closes, in sentences.
    facts: a query of (programme_id, measure, channel, unit_id, day, rung, n) without parameters: exactly what its acts
    have posted; rows of one key are added up. ages: the same of the rungs of a ladder, with `born` besides, the year of
    birth of the person an item is about, or null. orphans: name -> a query of one number, `n`, wanted 0.
    fills_roll: its first measure counts people on a roll.
    is_by_place: it goes to places, so that its programmes say which, and a target is split by their number at first.
    """

    kind: str
    name: Text
    templates: tuple[ProgrammeTemplate, ...] = ()
    channels: tuple[ItemChannel, ...] = ()
    steps: tuple[Step, ...] = ()
    parts: tuple[Step, ...] = ()
    page: Page | None = None
    days: Page | None = None
    beside: tuple[Page, ...] = ()
    public: tuple[Page, ...] = ()
    needs: tuple[Need, ...] = ()
    panel: Callable[..., Panel | None] | None = None
    owes: Callable[..., Iterable[Thing]] = _nothing
    unplaced: Unplaced = Unplaced()
    stops: Callable[[UUID], Sequence[str]] = _nothing
    facts: str = ""
    ages: str = ""
    orphans: Mapping[str, str] = field(default_factory=dict)
    items: tuple[Items, ...] = ()
    fills_roll: bool = False
    is_by_place: bool = False

    @cached_property
    def _by_number(self) -> dict[int, ItemChannel]:
        return {channel.number: channel for channel in self.channels}

    def channel(self, number: int) -> ItemChannel:
        """Return a way in by its number. One that is not registered (any more) is still a way in."""
        return self._by_number.get(number) or ItemChannel(number, _("Another way"))

    def steps_of(self, number: int, *, hides: bool = False) -> tuple[Step, ...]:
        """Return the steps of a channel. hides: without those before joining."""
        by_phone = self.channel(number).by_phone
        return tuple(
            step for step in self.steps if (by_phone or not step.by_phone) and not (hides and step.is_before)
        )

    def parts_in(self, figures: Mapping[str, int | None]) -> tuple[Step, ...]:
        """Return the parts of a total, by their figures; none where the first of them is all of it."""
        return self.parts if any(figures.get(part.key, 0) != 0 for part in self.parts[1:]) else ()

    @cached_property
    def callers(self) -> Step | None:
        """Return the step that counts different phones before they join; None: nobody calls."""
        return next((step for step in self.steps if step.by_phone and step.is_before), None)


_KNOWN: dict[str, Activity] = {}
_PAGES_OF_ITEMS: list[Page] = []
_PAGES_OF_DRIVES: list[Page] = []
_PAGES_OF_LAUNCHES: list[Page] = []


def register(activity: Activity) -> None:
    """Register an activity, once for each kind, in the ready() of its room.

    Raise ValueError for entries that would make the ledger unreadable: a kind, template, channel, measure or
    step that exists twice, or an unknown rung.
    """
    codes = [template.code for other in (*_KNOWN.values(), activity) for template in other.templates]
    once: list[tuple[str, Sequence[str | int]]] = [
        ("kinds", [*_KNOWN, activity.kind]),
        ("templates", codes),
        ("channels", [channel.number for channel in activity.channels]),
        ("steps", [step.key for step in (*activity.steps, *activity.parts)]),
        *(
            ("measures", [measure_template.number for measure_template in template.measures])
            for template in activity.templates
        ),
    ]
    for what, keys in once:
        if len(keys) != len(set(keys)):
            raise ValueError(f"{activity.kind}: two of its {what} are the same")
    for measure in (row for template in activity.templates for row in template.measures):
        meant = {*_meanings(activity, measure)}
        has_items = any(row.measure == measure.number for row in activity.items)
        if unfit := meant - {*MEANT} | {*(DECLARED if has_items else DECLARED[:2])} - meant:
            raise ValueError(
                f"{activity.kind}: the ladder of {measure.code} lacks or cannot have {sorted(unfit)}"
            )
    figures = (*activity.steps, *activity.parts)
    if unposted := {rung for step in figures for rung in (*step.rungs, *step.less)} - set(RUNGS):
        raise ValueError(f"{activity.kind}: {sorted(unposted)} are no rungs of the ledger")
    _KNOWN[activity.kind] = activity


def register_page_of_items(page: Page) -> None:
    """Register a page of every programme that has countable items, by its public id.

    In the ready() of the room whose it is.
    """
    _PAGES_OF_ITEMS.append(page)


def register_page_of_drives(page: Page) -> None:
    """Register a page of every programme that fills a roll, by its public id, while it is open.

    In the ready() of the room whose it is.
    """
    _PAGES_OF_DRIVES.append(page)


def register_page_of_launches(page: Page) -> None:
    """Register a page of every programme until its first day is over, by its public id. In the ready() of its room."""
    _PAGES_OF_LAUNCHES.append(page)


def pages_of_launches(opens_on: date, on: date, may: Callable[[str], bool]) -> list[Page]:
    """Return the pages of a programme that is still to begin, or begins today.

    may: whether somebody holds a capability.
    """
    return [page for page in _PAGES_OF_LAUNCHES if on <= opens_on and page.opens(may)]


def pages_while_open(kind: str, may: Callable[[str], bool]) -> list[Page]:
    """Return the pages of an open programme of a kind that somebody may open. may: whether they hold a capability."""
    return [page for page in _PAGES_OF_DRIVES if activity_of(kind).fills_roll and page.opens(may)]


def drive_kinds() -> list[str]:
    """Return the kinds of programmes that fill a roll: only these have a launch day, and a day in the field."""
    return [kind for kind, activity in _KNOWN.items() if activity.fills_roll]


def pages_of_kind(kind: str) -> list[Page]:
    """Return the pages a programme of a kind has beside the one all have: its own first."""
    activity = activity_of(kind)
    return [*([activity.page] if activity.page else []), *(_PAGES_OF_ITEMS if activity.items else ())]


def forget_activity(kind: str) -> None:
    """Take a kind away again: its programmes stay, and their pages open."""
    _KNOWN.pop(kind, None)


def activity_of(kind: str) -> Activity:
    """Return a kind's activity; of a kind that no room registers (any more) a bare one: its figures are still
    figures."""
    return _KNOWN.get(kind) or Activity(kind, kind)


def activity_items(kind: str, measure: int) -> Items | None:
    """Return the countable items of one measure of a kind; None where it has none."""
    return next((items for items in activity_of(kind).items if items.measure == measure), None)


def meanings_of(kind: str, measure: int) -> Mapping[str, Text]:
    """Return what the rungs of one measure count, by rung. Templates of a kind share the meanings of a number."""
    activity = activity_of(kind)
    measures = (row for template in activity.templates for row in template.measures)
    return next((_meanings(activity, row) for row in measures if row.number == measure), {})


def _meanings(activity: Activity, measure: MeasureTemplate) -> Mapping[str, Text]:
    return measure.meanings or {step.key: step.about for step in activity.steps if step.key in MEANT}


def entered_of(kind: str, measure: int) -> EnteredWords:
    """Return what the truth sentence calls the items of one measure."""
    items = activity_items(kind, measure)
    return items.entered if items else ANY_ENTERED


def registered_activities() -> list[Activity]:
    """Return every registered activity."""
    return list(_KNOWN.values())


def programme_templates() -> dict[str, tuple[Activity, ProgrammeTemplate]]:
    """Return the templates for new programmes, by code."""
    return {
        template.code: (activity, template)
        for activity in registered_activities()
        for template in activity.templates
    }


def programme_needs() -> list[Need]:
    """Return what has to be done before programmes can be made."""
    return [need for activity in registered_activities() for need in activity.needs if need.is_lacking()]
