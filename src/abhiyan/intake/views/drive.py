"""The page of one drive: what it is set to, the tokens and numbers it is fed by, and its funnel."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock, languages
from abhiyan.core.numbers import grouped
from abhiyan.core.printing import LARGEST_BATCH
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.small_cells import count_in_words
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.enrolment import actions
from abhiyan.enrolment.here import RUN, SeenDrive, qr_picture
from abhiyan.enrolment.models import Drive, Roll
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.queries.motives import motives
from abhiyan.enrolment.queries.people import join_number
from abhiyan.enrolment.queries.referrals import joined_by_calls
from abhiyan.enrolment.rules import bursts, rolls
from abhiyan.enrolment.rules.channels import MANAGE, RECORD
from abhiyan.enrolment.rules.steps import ANSWERS, DENIED
from abhiyan.intake import forms_drive
from abhiyan.intake.actions import channels, tokens
from abhiyan.intake.actions.notices import PUBLISH
from abhiyan.intake.activity import DRIVE
from abhiyan.intake.models import ChannelToken
from abhiyan.intake.queries import drive as queries
from abhiyan.intake.rules.plan_numbers import PlannedFriends, plan_contradictions, plan_sentence
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.models import Number
from abhiyan.messaging.rules import reasons
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.here import unit_address as join_address
from abhiyan.org.models import Release
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.people import queries as known
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Step
from abhiyan.targets import queries as target_queries
from abhiyan.ui.acts import act_page, form_page, say_when_done, tried
from abhiyan.ui.addresses import address_of
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from .referrals import booths_of, own_referral, referral_link

NOT_TAKEN = {
    "drive_closed": gettext_lazy("drive closed"),
    "drive_not_open": gettext_lazy("before the drive opened"),
    "phone_abroad": gettext_lazy("from abroad"),
    "phone_invalid": gettext_lazy("no mobile number"),
    "not_adult": gettext_lazy("under age"),
}

# ---------------------------------------------------------------------------------------------- the page


@require_GET
def drive(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one drive: its settings, channels, numbers and funnel."""
    return _page(SeenDrive(request, public_id))


def _page(seen: SeenDrive, *, status: int = 200, **wrong: forms.Form) -> HttpResponse:
    """wrong: the form that was refused, by its name on the page."""
    request, at = seen.request, clock.now()
    viewer, programme, held_drive = request.viewer, seen.programme, seen.drive
    states = queries.drive_states(programme)
    context = {
        "here": "programmes",
        "crumbs": seen.crumbs(),
        "programme": programme,
        "drive": held_drive,
        "name": seen.name,
        "roll": name_in_language(held_drive.roll.names),
        "term": _term(held_drive.roll),
        "people": rolls.of_roll(held_drive.roll.code).people,
        "address": seen.address,
        "qr": qr_picture(seen.address),
        "notice_languages": _languages(held_drive, held_drive.notice_version),
        "codes_off": _codes_off(held_drive, _today(programme, at)),
        "own_pages": [
            (
                reverse(page.url_name, args=[programme.public_id]),
                page.called(programme.opens_on, _today(programme, at)),
            )
            for page in (
                activities.pages_while_open(programme.kind, viewer.may)
                if programme.state == Programme.State.OPEN
                else ()
            )
        ],
        "held": [
            (held_messages.n, reasons.reason_words(held_messages.reason))
            for held_messages in messaging.held_by_reason()
            if held_messages.programme_id == programme.pk
        ],
        "may_read_messages": viewer.may("messages.read"),
        "may_run": seen.may_run,
        "may_publish": viewer.may(PUBLISH),
        "may_record": viewer.may(RECORD),
        "paper_page": address_of("paper:paper_list"),
        "sees_people": viewer.may("people.read"),
        "sees_talks": held_drive.roll.code == rolls.FRIENDS.code and viewer.may(LEADS),
        "sees_active": held_drive.roll.code == rolls.CONTRIBUTORS.code and viewer.may(LEADS),
        "may_manage": seen.may_manage,
        "funnel": _funnel(seen, at),
        "answers": _answers(seen, at),
        "days_href": reverse("intake:drive_funnel", args=[programme.public_id]),
        "not_taken": _not_taken(programme.pk),
        "talks_page": address_of("friends:friends_board", programme.public_id),
        "active_page": address_of("friends:contributors_board", programme.public_id),
        "contributors_page": address_of("friends:contributors"),
        "certificates_page": address_of("friends:certificates", programme.public_id),
        "home_name": viewer.home.unit_name() if viewer.home else "",
        "now": at,
    }
    if held_drive.roll.gives_way:
        context |= _plan(seen)
        context["motives"] = motives(programme.pk) if viewer.may("people.read") else []
    if held_drive.roll.stands_beside:
        context["after_calls"] = joined_by_calls(programme.pk)
    if viewer.may_any(MANAGE, RUN, "org.approve"):  # who only takes part needs no list of keys
        context |= {
            "sees_channels": True,
            "tokens": queries.tokens(
                programme.pk, manages=seen.may_manage, language=active_language(), at=at
            ),
            "asked": _asked(viewer.account_id, programme.pk, tokens.ACT, at),
            "asked_numbers": _asked(viewer.account_id, programme.pk, channels.ADD, at),
            "asked_ends": _asked(viewer.account_id, programme.pk, channels.END, at),
            "numbers": _numbers(programme.pk),
        }
    if seen.may_run:
        context["set_up_form"] = wrong.get("set_up") or _set_up_form(seen)
        context["codes_form"] = wrong.get("codes") or forms_drive.CodesForm(
            units=[(row.code, row.name()) for row in states], auto_id="c_%s"
        )
    if viewer.may(MANAGE):
        reach = _reach(seen)
        context["token_form"] = (
            (wrong.get("token") or forms_drive.TokenForm(units=reach, auto_id="t_%s")) if reach else None
        )
    if seen.may_manage:
        context["number_form"] = wrong.get("number") or forms_drive.DriveNumberForm(auto_id="n_%s")
    return render(request, "intake/drive.html", context, status=status)


def _plan(seen: SeenDrive) -> dict[str, Any]:
    """Return the plan of a friends programme in one sentence, where its numbers contradict each other, and the
    form that asks for them. In all: the target of the programme, unless the address says otherwise."""
    programme = seen.programme
    target = target_queries.targets(programme=programme, units=[programme.owner_id]).get(programme.owner_id)
    form = forms_drive.FriendsPlanForm(
        seen.request.GET if "each" in seen.request.GET else None,
        initial={"friends": target.n if target else None},
        auto_id="f_%s",
    )
    values = form.cleaned_data if form.is_valid() else form.initial
    constituencies, n_known, segments = queries.planned_seats(programme)
    numbers = {name: values.get(name) for name in ("friends", "each", "certificates", "parts")}
    plan = PlannedFriends(constituencies, n_known, segments, **numbers)
    if plan.knows_segments:
        del form.fields["parts"]
    return {
        "plan_form": form,
        "plan": plan_sentence(plan),
        "contradictions": [str(text) % words for text, words in plan_contradictions(plan)],
        "is_planned": bool(segments or constituencies),
    }


def _term(roll: Roll) -> str:
    """Say how long a membership of the roll lasts."""
    if roll.term_ends_on is not None:
        return _("until %(day)s") % {"day": date_format(roll.term_ends_on, "j F Y")}
    if roll.term_months is not None:
        words = ngettext("%(n)s month", "%(n)s months", roll.term_months)
        return words % {"n": grouped(roll.term_months)}
    return _("without end")


def _not_taken(programme_id: int) -> str:
    """Say the refusals that left no trace: "drive closed 12, from abroad 3"."""
    words: dict[str, int] = {}
    for reason, n in queries_drives.not_taken(programme_id).items():
        label = str(NOT_TAKEN.get(reason, gettext_lazy("other reasons")))
        words[label] = words.get(label, 0) + n
    return ", ".join(f"{said} {grouped(n)}" for said, n in words.items())


def _funnel(seen: SeenDrive, at: datetime) -> programmes.Funnel:
    """Return the funnel of the viewer's own unit, all days together."""
    home, programme = seen.request.viewer.home, seen.programme
    node = programmes.node_of(home.unit_id, home.hierarchy) if home else None
    rows = (
        programmes.unit_funnel(node=node, hierarchy=node.hierarchy, programme=programme, at=at)
        if node
        else []
    )
    return programmes.shown_funnel(node=node, programme=programme, rows=rows, at=at)


def _answers(seen: SeenDrive, at: datetime) -> list[tuple[Step, str]]:
    """Return the answers to the question about joining, in the viewer's own unit: each answer and its figure."""
    home, programme = seen.request.viewer.home, seen.programme
    node = programmes.node_of(home.unit_id, home.hierarchy) if home else None
    if node is None:
        return []
    n_by_step = programmes.figures_beside(node=node, programme=programme, steps=ANSWERS, at=at)
    denied = partings.count_denied(node, programme, at=at)
    return [
        *((step, count_in_words(n_by_step[step.key])) for step in ANSWERS),
        (DENIED, _noes(denied, node.is_exact)),
    ]


def _noes(n: int | None, is_exact: bool) -> str:
    if not is_exact:
        return count_in_words(n)
    words = _("fewer than %(n)s") if n is None else _("at least %(n)s")
    return words % {"n": grouped(bursts.SHOWN_FROM if n is None else n)}


def _today(programme: Programme, at: datetime) -> date:
    return clock.day_in(programme.zone, at)


def _languages(held: Drive, version: int) -> str:
    return ", ".join(map(languages.own_language_name, known.languages_of_notice(held.notice_code, version)))


def _codes_off(held: Drive, today: date) -> list[dict[str, Any]]:
    """Return the places without a code, soonest first; over: the days have passed."""
    names = {}
    for code, unit_id in units.ids_of({str(code_off["unit"]) for code_off in held.codes_off}).items():
        names[code] = units.unit_by_id(unit_id).names
    rows = [
        {
            "code": code_off["unit"],
            "name": name_in_language(names[code_off["unit"]])
            if code_off["unit"] in names
            else code_off["unit"],
            "first": date.fromisoformat(code_off["from"]),
            "last": date.fromisoformat(code_off["to"]),
        }
        for code_off in held.codes_off
    ]
    for row in rows:
        row["is_on"] = row["first"] <= today <= row["last"]
        row["is_over"] = row["last"] < today
    return sorted(rows, key=lambda row: (row["first"], row["name"]))


def _asked(account_id: int | None, programme_id: int, act: str, at: datetime) -> list[dict[str, Any]]:
    """Return what somebody asked for."""
    releases = queries.releases_of_drive(account_id, programme_id, act=act, at=at)
    waiting = org.deciders([release for release in releases if release.state == Release.State.ASKED], at=at)
    return [
        {
            "release": release,
            "name": release.payload.get("name") or release.payload.get("number", ""),
            "unit": name_in_language(release.unit.names),
            "whom": waiting[release.pk].whom_to_ask() if release.pk in waiting else "",
        }
        for release in releases
    ]


def _numbers(programme_id: int) -> list[tuple[Number, str, str, str]]:
    """Return the numbers of a drive: each with its provider, what a call means, and who added it."""
    rows = messaging.numbers_of_programme(programme_id)
    with system("who added a number"):
        names = known.names_of_accounts({row.added_by for row in rows if row.added_by is not None})
    return [
        (
            row,
            str(dict(forms_drive.PROVIDERS).get(row.provider, row.provider)),
            str(Number.Meaning(row.meaning).label),
            local_person(names.get(row.added_by, ""))
            if row.added_by is not None
            else _("on the server's console"),
        )
        for row in rows
    ]


def _reach(seen: SeenDrive) -> list[tuple[str, str]]:
    """Return the units somebody may make a token for, as choices."""
    rows = queries.drive_units(seen.programme)
    spans = units.all_spans([row.id for row in rows])
    return [
        (row.code, f"{row.name()} ({Kind(row.kind).label})")
        for row in rows
        if seen.request.viewer.may_at(MANAGE, *(lo for lo, _hi in spans.get(row.id, [])))
    ]


# ---------------------------------------------------------------------------------------------- what it is set to


def _set_up_form(seen: SeenDrive, data: Any = None) -> forms_drive.SetUpForm:
    versions = known.versions_of_notice(seen.drive.notice_code)
    return forms_drive.SetUpForm(
        data,
        versions=[
            (str(version), f"{version} ({_languages(seen.drive, version)})") for version in reversed(versions)
        ],
        initial={
            "join_slug": seen.drive.join_slug,
            "notice_version": seen.drive.notice_version,
            "replies_per_hour": seen.drive.replies_per_hour,
            "minuted": seen.drive.minuted,
            "renews": "yes" if seen.drive.renews else "no",
            "term_months": seen.drive.roll.term_months,
            "term_ends_on": seen.drive.roll.term_ends_on,
        },
        sets_term=_sets_term(seen),
        is_minuted=seen.drive.roll.gives_way,
        auto_id="s_%s",
    )


def _sets_term(seen: SeenDrive) -> bool:
    """Return True if the roll is everybody's: its term is set at the top."""
    return all(seen.may(RUN, top.id) for top in units.roots(Hierarchy.ORGANISATIONAL))


def _set_up(seen: SeenDrive, given: dict[str, Any]) -> None:
    by, at = seen.request.actor, clock.now()
    if "term_months" in given:
        months, ends_on = given.pop("term_months"), given.pop("term_ends_on")
        actions.set_term(roll_id=seen.drive.roll.pk, months=months, ends_on=ends_on, by=by, at=at)
    actions.set_up_drive(programme_id=seen.programme.pk, by=by, at=at, **given)


@require_POST
def drive_set_up(request: Request, public_id: UUID) -> HttpResponseBase:
    """Change address, notice and budget."""
    seen = SeenDrive(request, public_id)
    org.require(request.actor, RUN, at=seen.programme.owner_id)
    form = _set_up_form(seen, request.POST)
    done = tried(
        request,
        form,
        lambda given: _set_up(seen, given),
        said=_("Saved."),
    )
    return seen.back("set-up") if done else _page(seen, status=done.status, set_up=form)


@require_POST
def drive_codes(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person to switch codes off in a state from day to day; or switch them on again."""
    seen = SeenDrive(request, public_id)
    org.require(request.actor, RUN, at=seen.programme.owner_id)
    programme_id, by, at = seen.programme.pk, request.actor, clock.now()
    if "on" in request.POST:
        channels.switch_codes_on(
            programme_id=programme_id,
            unit_code=request.POST.get("unit", ""),
            first=request.POST.get("first", ""),
            last=request.POST.get("last", ""),
            by=by,
            at=at,
        )
        say_when_done(request, _("Codes are asked there again."))
        return seen.back("codes")
    form = forms_drive.CodesForm(
        request.POST,
        units=[(row.code, row.name()) for row in queries.drive_states(seen.programme)],
        auto_id="c_%s",
    )

    if form.is_valid() and form.cleaned_data["first"] > form.cleaned_data["last"]:
        form.add_error("last", _("The last day is before the first."))
    done = tried(
        request,
        form,
        lambda given: channels.ask_codes_off(
            programme_id=programme_id,
            unit_code=given["unit"],
            first=given["first"],
            last=given["last"],
            reason=given["reason"],
            by=by,
            at=at,
        ),
        said=_("Request sent. See below who can approve it."),
    )
    return redirect("org:releases") if done else _page(seen, status=done.status, codes=form)


@require_GET
def drive_poster(request: Request, public_id: UUID) -> HttpResponseBase:
    """Draw the drive's address as a code to print and put up.

    Asked with a unit: the link that names this place; `by`: the viewer's own link.
    """
    seen = SeenDrive(request, public_id)
    here = page_unit(request) if "unit" in request.GET else None
    mine = own_referral(seen)
    address = join_address(seen.address, here.unit.code) if here else seen.address
    if mine:
        address = referral_link(seen, mine)
    around = here or page_unit(request)
    return render(
        request,
        "intake/drive_poster.html",
        {
            "programme": seen.programme,
            "name": seen.name,
            "place": here.name if here else "",
            "code": here.unit.code if here else "",
            "by": mine.code if mine else "",
            "around": around,
            "booths": booths_of(around),
            "most": LARGEST_BATCH,
            "address": address,
            "qr": qr_picture(address),
            "number": join_number(seen.programme.pk),
            "helpline_number": seen.helpline,
        },
    )


# ---------------------------------------------------------------------------------------------- tokens


@require_POST
def drive_ask_token(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person's yes to a token."""
    seen = SeenDrive(request, public_id)
    form = forms_drive.TokenForm(request.POST, units=_reach(seen), auto_id="t_%s")

    done = tried(
        request,
        form,
        lambda given: tokens.ask_token(
            programme_id=seen.programme.pk,
            unit_id=units.unit(given["unit"]).pk,
            name=given["name"],
            channel=given["channel"],
            days=given["days"],
            reason=given["reason"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("Request sent. See below who can approve it; then make the token here."),
    )
    return seen.back("tokens") if done else _page(seen, status=done.status, token=form)


@require_POST
def drive_make_token(request: Request, public_id: UUID, release: UUID) -> HttpResponseBase:
    """Make a token that was allowed, and show it this once."""
    seen = SeenDrive(request, public_id)
    at = clock.now()
    queries.asked_by(request.viewer.account_id, seen.programme.pk, release, act=tokens.ACT)
    try:
        made = tokens.make_token(release_id=release, by=request.actor, at=at)
    except tokens.TokenMade as refused:
        messages.warning(request, str(refused))
        return seen.back("tokens")
    token = queries.token_of(seen.programme.pk, made.public_id)
    return seen.page(
        "intake/drive_token.html",
        token.name,
        token=token,
        unit=units.names_of_units([token.unit_id], language=active_language()).get(token.unit_id, ""),
        channel=DRIVE.channel(token.channel).label,
        secret=made.secret,
        address=f"{settings.ORIGIN}/api/v1/claims",
        notice=seen.drive.notice_version,
    )


@form_page
def drive_end_token(request: Request, public_id: UUID, token: UUID) -> HttpResponseBase:
    """End a token."""
    seen = SeenDrive(request, public_id)
    channel_token: ChannelToken = queries.token_of(seen.programme.pk, token)
    org.require(request.actor, MANAGE, at=channel_token.unit_id)
    about = {"name": channel_token.name}
    back = seen.href("tokens")
    return act_page(
        request,
        lambda _given: tokens.end_token(public_id=channel_token.public_id, by=request.actor, at=clock.now()),
        title=_("End the token “%(name)s”?") % about,
        text=[
            _("It stops working within half a minute. What it has sent stays."),
            _("A new token needs a second person's approval again."),
        ],
        button=_("End the token"),
        said=_("The token is ended. Within half a minute it is refused everywhere."),
        done=back,
        here="programmes",
        crumbs=seen.crumbs((channel_token.name, "")),
        is_danger=True,
    )


# ---------------------------------------------------------------------------------------------- numbers


@require_POST
def drive_number(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second person's yes to one of our numbers."""
    seen = SeenDrive(request, public_id)
    org.require(request.actor, MANAGE, at=seen.programme.owner_id)
    form = forms_drive.DriveNumberForm(request.POST, auto_id="n_%s")
    done = tried(
        request,
        form,
        lambda given: channels.ask_number(
            programme_id=seen.programme.pk, by=request.actor, at=clock.now(), **given
        ),
        said=_("Request sent. See below who can approve it; then add the number here."),
    )
    return seen.back("numbers") if done else _page(seen, status=done.status, number=form)


@form_page
def drive_add_number(request: Request, public_id: UUID, release: UUID) -> HttpResponseBase:
    """Add a number that was approved, and show this once what its provider needs."""
    seen = SeenDrive(request, public_id)
    asked = queries.asked_by(request.viewer.account_id, seen.programme.pk, release, act=channels.ADD)
    number, provider = str(asked.payload["number"]), str(asked.payload["provider"])
    form = forms_drive.SigningForm if provider in channels.OWN_SECRET else forms.Form
    return act_page(
        request,
        lambda given: channels.connect_drive_number(
            release_id=release, by=request.actor, at=clock.now(), **given
        ),
        form=form(request.POST if request.method == "POST" else None),
        title=_("Add %(number)s") % {"number": number},
        text=[
            _("On the next page you see, once, what its provider needs."),
            _("For %(days)s days its calls and texts do not yet count as a phone's own answer.")
            % {"days": channels.NEW_FOR.days},
        ],
        button=_("Add the number"),
        done=lambda made: _added(seen, made),
        back=seen.href("numbers"),
        here="programmes",
        crumbs=seen.crumbs((number, "")),
    )


def _added(seen: SeenDrive, made: channels.Connected) -> HttpResponseBase:
    return seen.page(
        "intake/drive_number.html",
        made.number,
        number=made,
        provider=dict(forms_drive.PROVIDERS)[made.provider],
        meaning=Number.Meaning(made.meaning).label,
        calls=f"{settings.ORIGIN}/hook/call/{made.provider}/{made.path_secret}",
        texts=f"{settings.ORIGIN}/hook/sms/{made.provider}/{made.path_secret}",
        reports=f"{settings.ORIGIN}/hook/receipt/{made.provider}/{made.path_secret}",
        chats=f"{settings.ORIGIN}/hook/chat/{made.provider}/{made.path_secret}",
    )


@form_page
def drive_end_number(request: Request, public_id: UUID, number: int) -> HttpResponseBase:
    """Ask a second person's yes to the end of one of the drive's numbers."""
    seen = SeenDrive(request, public_id)
    org.require(request.actor, MANAGE, at=seen.programme.owner_id)
    found = or_refuse(
        next((row for row in messaging.numbers_of_programme(seen.programme.pk) if row.pk == number), None)
    )
    return act_page(
        request,
        lambda given: channels.ask_end(
            programme_id=seen.programme.pk, number_id=number, by=request.actor, at=clock.now(), **given
        ),
        form=forms_drive.EndNumberForm(request.POST if request.method == "POST" else None),
        title=_("Ask to end %(number)s") % {"number": found.number},
        text=[
            _("A data officer, or the level above, must approve it. Then the number ends at once."),
            _("Calls to this number are then no longer counted. Its webhook address stops working."),
        ],
        button=_("Ask"),
        said=_("Request sent. See below who can approve it."),
        done=seen.href("numbers"),
        here="programmes",
        crumbs=seen.crumbs((found.number, "")),
    )
