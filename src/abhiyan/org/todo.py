"""Say what offices ask of somebody today: own offers to accept, disputes, and disputes to decide. Releases may wait for
their yes, or were given or refused to them. Vacancies of their own unit and below are one row. The last row is what
they wait for themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import local_person, name_in_language
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, LateBelow, Owed, at_desks
from abhiyan.units.models import Kind

from . import queries
from .models import Appointment, Release
from .queries import phones
from .rules.capabilities import LEADS
from .rules.releases import CAPABILITY, NAMES, decision_page_of, release_use_page
from .rules.vacancies import vacant_words
from .viewer import HeldOffice, Viewer

DECIDERS_SHOWN = 3
IN_CHARGE_OF_PHONES = (Kind.MANDAL, Kind.CLUSTER)  # their Today shows silent phones below
# These sentences count the units of a kind that lack an office.
LACKING = {
    Kind.NATION: ngettext_lazy("%(n)s nation has no %(office)s", "%(n)s nations have no %(office)s", "many"),
    Kind.STATE: ngettext_lazy("%(n)s state has no %(office)s", "%(n)s states have no %(office)s", "many"),
    Kind.REGION: ngettext_lazy("%(n)s region has no %(office)s", "%(n)s regions have no %(office)s", "many"),
    Kind.DISTRICT: ngettext_lazy(
        "%(n)s district has no %(office)s", "%(n)s districts have no %(office)s", "many"
    ),
    Kind.MANDAL: ngettext_lazy("%(n)s mandal has no %(office)s", "%(n)s mandals have no %(office)s", "many"),
    Kind.CLUSTER: ngettext_lazy(
        "%(n)s cluster has no %(office)s", "%(n)s clusters have no %(office)s", "many"
    ),
    Kind.BOOTH: ngettext_lazy("%(n)s booth has no %(office)s", "%(n)s booths have no %(office)s", "many"),
    Kind.ZONE: ngettext_lazy("%(n)s zone has no %(office)s", "%(n)s zones have no %(office)s", "many"),
    Kind.CONSTITUENCY: ngettext_lazy(
        "%(n)s constituency has no %(office)s", "%(n)s constituencies have no %(office)s", "many"
    ),
    Kind.SEGMENT: ngettext_lazy(
        "%(n)s segment has no %(office)s", "%(n)s segments have no %(office)s", "many"
    ),
}
SOME_UNIT = ngettext_lazy("%(n)s unit has no %(office)s", "%(n)s units have no %(office)s", "many")


def office_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | LateBelow]:
    """Yield promises to the viewer that are due; an emergency stop; their own disputed offices; releases to decide,
    answers to what the viewer asked, and what they still wait for; offices disputed below their unit; last, in one
    row, the offices vacant in it and below."""
    yield from _promises(viewer, at=at)
    yield from _stopped(viewer)
    appointments, made = queries.offers_of(viewer)
    for offered in appointments:
        yield Owed(
            urgency=1,
            title=_("Do you accept? %(office)s, %(unit)s")
            % {"office": offered.title(), "unit": name_in_language(offered.unit.names)},
            meta=_("The office starts once you accept."),
            href=reverse("org:appointment", args=[offered.public_id]),
            act=_("See"),
            icon="enrol",
        )
    for reset in queries.resets_of(viewer.public_id, at=at):
        yield Owed(
            urgency=1,
            title=_("Somebody asks to reset your second proof"),
            meta=_("%(why)s (%(unit)s). Not you? Stop it.")
            % {"why": reset.reason, "unit": name_in_language(reset.unit.names)},
            href=reverse("org:stop_reset", args=[reset.public_id]),
            act=_("Stop it"),
            icon="alert",
        )
    for dispute in queries.own_disputes(viewer, at=at):
        yield _disputed(dispute)
    decides = viewer.may_any("org.release", "org.approve")
    to_decide, releases = queries.releases_of(viewer.account_id or 0, at=at, decides=decides)
    for release in to_decide:
        yield Owed(
            urgency=1,
            title=NAMES.get(release.act, release.act),
            meta=release.reason,
            href=_where_to_decide(release),
            act=_("Decide"),
            icon="key",
            due_at=release.expires_at,
        )
    yield from _asked(viewer, releases, made)
    home = viewer.home
    if home is not None and home.unit_kind in IN_CHARGE_OF_PHONES and viewer.may(LEADS):
        yield from _phones(home, at=at)
    if home is None or not viewer.may_any("org.appoint", "org.officers"):
        return
    vacant = queries.vacancies_of(home, at=at)
    for below in vacant.below:
        if not viewer.may("org.officers" if below.is_of_officers else "org.appoint"):
            continue
        if below.disputed and "org.decide" in home.capabilities:
            title = ngettext(
                "Office disputed in %(n)s unit: %(office)s",
                "Office disputed in %(n)s units: %(office)s",
                below.disputed,
            ) % {"n": grouped(below.disputed), "office": name_in_language(below.office_names)}
            work = Owed(
                urgency=1,
                title=title,
                meta=_("All of them can read but not act, until you or another above decide."),
                href=_list("disputed", below.office),
                act=_("Decide"),
                icon="alert",
                key=f"disputed-{below.office}",
            )
            yield from at_desks(work, leaves=viewer.leaves_to_desks(below.unit_kind), is_late=True)
    if to_fill := list(_vacancies(viewer, home, vacant)):
        yield _vacant(to_fill, vacant.n, home.unit_name())


def _stopped(viewer: Viewer) -> Iterator[Beside]:
    """Yield the emergency stop to everybody in office: they wonder why a file or number is refused."""
    if viewer.stopped_for and viewer.appointments:
        yield Beside(
            sheet=_("Downloads, shown numbers and bulk messages are stopped"),
            title=_("Reason: %(why)s") % {"why": viewer.stopped_for},
            meta=_("Joining, codes, STOP, LEAVE and the helpline go on."),
            href=reverse("org:emergency"),
        )


def _promises(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield what office-bearers promised the viewer by today. It comes first of all on Today."""
    zone = settings.TIME_ZONE
    today = clock.day_in(zone, at)
    for due in queries.promises_due(viewer, on=today):
        yield Owed(
            urgency=-1,
            title=_("%(name)s promised: %(promise)s")
            % {"name": local_person(due.name), "promise": due.promise},
            meta=_("By today. Ask whether it is done.")
            if due.until == today
            else _("By %(day)s. Ask whether it is done.") % {"day": date_format(due.until, "j F")},
            href=reverse("pages:bearer", args=[due.account]),
            act=_("Call"),
            icon="phone",
            due_at=datetime.combine(due.until, time.max, ZoneInfo(zone)),
        )


def _phones(home: HeldOffice, *, at: datetime) -> Iterator[Owed]:
    """Records that came from phones after they were signed out; and phones from which nothing came for two days."""
    n, n_held = phones.phone_work(home.lo, home.hi, at=at)
    if n_held:
        yield Owed(
            urgency=1,
            title=ngettext(
                "%(n)s record came from a phone that was signed out",
                "%(n)s records came from phones that were signed out",
                n_held,
            )
            % {"n": grouped(n_held)},
            meta=_("They count only once you accept them."),
            href=reverse("pages:held"),
            act=_("Look"),
            icon="phone",
        )
    if n:
        yield Owed(
            urgency=2,
            title=ngettext(
                "%(n)s phone has sent nothing for two days", "%(n)s phones have sent nothing for two days", n
            )
            % {"n": grouped(n)},
            meta=_("Ask the workers: their work may still lie on the phone."),
            href=reverse("org:phones") + "?show=silent",
            act=_("See"),
            icon="phone",
        )


def _where_to_decide(release: Release) -> str:
    """Some requests are compared with their source on a page of their own."""
    page = decision_page_of(release.act)
    return page(release) if page else reverse("org:releases")


@dataclass(frozen=True, slots=True)
class _Vacancy:
    """One kind of vacancy: how many, in a sentence; and where it is filled."""

    n: int
    said: str
    href: str
    act: str


def _vacancies(viewer: Viewer, home: HeldOffice, vacant: queries.UnitVacancies) -> Iterator[_Vacancy]:
    """Yield what the viewer may fill: in their own unit, then in the kinds of unit below it from the top."""
    for vacancy in vacant.own:
        if viewer.may_give(vacancy, home.lo):
            yield _Vacancy(
                1,
                _("%(unit)s has no %(office)s")
                % {
                    "unit": home.unit_name(),
                    "office": _office_in_sentence(name_in_language(vacancy.office_names), home.unit_kind),
                },
                reverse("org:appoint") + "?" + urlencode({"unit": home.unit_code, "office": vacancy.office}),
                _("Appoint"),
            )
    for below in vacant.below:
        if below.vacant and viewer.may_give(below, home.lo, is_below=True):
            sentence = LACKING.get(Kind(below.unit_kind), SOME_UNIT) % {
                "many": below.vacant,
                "n": grouped(below.vacant),
                "office": _office_in_sentence(name_in_language(below.office_names), below.unit_kind),
            }
            yield _Vacancy(below.vacant, sentence, _list("vacant", below.office), _("Fill"))


def _vacant(to_fill: list[_Vacancy], n: int, unit: str) -> Owed:
    """All vacancies as one thing to do, the last of all. n: how many there are, with vacancies that others fill."""
    others = n - sum(vacancy.n for vacancy in to_fill)
    if len(to_fill) == 1 and not others:
        (one,) = to_fill
        title, meta, href, act = one.said, unit, one.href, one.act
    else:
        title = vacant_words(n)
        words = [vacancy.said for vacancy in to_fill]
        if others:
            words.append(_("others fill %(n)s of them") % {"n": grouped(others)})
        meta, href, act = " · ".join(words), _list("vacant"), _("Fill")
    return Owed(urgency=3, title=title, meta=meta, href=href, act=act, icon="enrol", key="vacant")


def _office_in_sentence(office: str, kind: str) -> str:
    """An office as a sentence about such a unit says it: "president", not "Booth president"."""
    # A whole word: "National president" begins with "Nation" too.
    short = office.removeprefix(f"{Kind(kind).label} ").strip() or office
    return short[:1].lower() + short[1:]


def _list(show: str, office: str = "") -> str:
    query = {"office": office, "show": show} if office else {"show": show}
    return reverse("org:appointments") + "?" + urlencode(query)


def _asked(viewer: Viewer, releases: list[Release], made: list[Appointment]) -> Iterator[Owed | Beside]:
    """Yield what the viewer asked of others: approved and not used yet, refused, still to be decided or answered."""
    for release in releases:
        name, page = NAMES.get(release.act, release.act), release_use_page(release.act)
        if release.state == Release.State.ASKED:
            yield Beside(
                sheet=I_WAIT_FOR,
                title=name,
                meta=release.reason,
                href=reverse("org:releases"),
                until=release.expires_at,
            )
        elif release.state == Release.State.REFUSED:
            yield Owed(
                urgency=2,
                title=_("Refused: %(act)s") % {"act": name},
                meta=release.reason,
                href=reverse("org:releases"),
                act=_("See"),
                icon="key",
            )
        elif viewer.may(CAPABILITY[release.act]):
            yield Owed(
                urgency=1,
                title=_("Approved: %(act)s") % {"act": name},
                meta=release.reason,
                href=page(release) if page else reverse("org:releases"),
                act=_("Go there"),
                icon="key",
                due_at=release.expires_at,
            )
    for offer in made:
        yield Beside(
            sheet=I_WAIT_FOR,
            title=_("%(name)s has not accepted yet") % {"name": offer.holder or "–"},
            meta=f"{offer.title()}, {name_in_language(offer.unit.names)}",
            href=reverse("org:appointment", args=[offer.public_id]),
        )


def _disputed(dispute: queries.Dispute) -> Owed:
    names = "; ".join(seat.name() for seat in dispute.decided_by[:DECIDERS_SHOWN])
    sentence = _(
        "Since %(day)s you can read but not act, until it is decided. These can decide: %(offices)s."
    )
    return Owed(
        urgency=1,
        title=_("Your office is disputed: %(office)s, %(unit)s")
        % {"office": dispute.held.office_name(), "unit": dispute.held.unit_name()},
        meta=sentence
        % {
            "day": date_format(timezone.localtime(dispute.since), "j F Y"),
            "offices": names or _("the people who run this website"),
        },
        href=reverse("org:appointment", args=[dispute.appointment]),
        act=_("See"),
        icon="alert",
    )
