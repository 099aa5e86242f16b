"""Posters of a drive, and workers' own links: who invited how many."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.printing import LARGEST_BATCH
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.enrolment.actions import referrals as actions
from abhiyan.enrolment.here import SeenDrive, qr_picture
from abhiyan.enrolment.models import Referral
from abhiyan.enrolment.queries import referrals as queries
from abhiyan.enrolment.queries.people import join_number
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.enrolment.rules.rolls import KIND, ORGANISER_OFFICE
from abhiyan.intake.posters import print_posters
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.here import unit_address as join_address
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.files import file_answer, with_lines
from abhiyan.ui.invitations import Invitation
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

MOST_OPEN = 20  # open programmes of a unit that are looked at for a drive

COLUMNS: tuple[Column[queries.Invited], ...] = (
    Column(
        "name",
        gettext_lazy("Worker"),
        lambda row: row.name,
        is_name=True,
        names_people=True,
        account=lambda row: row.referral.account_id,
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit),
    Column("made", gettext_lazy("Link since"), lambda row: row.referral.made_at, order="made_at", css="nums"),
    Column("joined", gettext_lazy("Joined by the link"), lambda row: row.joined, css="num"),
    Column("members", gettext_lazy("Still on the list"), lambda row: row.members, css="num"),
    Column("confirmed", gettext_lazy("Confirmed"), lambda row: row.confirmed, css="num"),
)


def referral_link(seen: SeenDrive, referral: Referral) -> str:
    """Return the address of a worker's own link."""
    return join_address(seen.address, units.unit_by_id(referral.unit_id).code, None, by=referral.code)


def own_referral(seen: SeenDrive) -> Referral | None:
    """Return the link the address names by `by`; None where it names none.

    NotFound where it is not the viewer's own.
    """
    code = seen.request.GET.get("by", "")
    referrals = queries.own_referrals(seen.request.viewer.account_id, seen.programme.pk) if code else []
    return (
        or_refuse(next((referral for referral in referrals if referral.code == code), None)) if code else None
    )


@require_GET
def own_link_page(request: Request) -> HttpResponseBase:
    """Lead a worker to their own link for an open drive of their unit; without a drive to Today.

    It is the drive of members, or of friends for their organiser; of several the newest.
    """
    home = request.viewer.home
    over = programmes.open_over(home.unit_id, limit=MOST_OPEN) if home else []
    running = programmes.programmes_for(request.viewer).filter(
        kind=KIND, public_id__in=[public_id for public_id, _names, _opens_on in over]
    )
    organises = home is not None and home.office == ORGANISER_OFFICE
    drives = {programme.pk: programme.public_id for programme in running}
    drive = queries.shared_first(list(drives), organises=organises)
    if drive is None:
        messages.info(request, _("No drive is open in your unit now."))
        return redirect("pages:today")
    return redirect("intake:drive_link", drives[drive])


@form_page
def drive_link(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show a worker's own link: made once, then shown with its code, its posters, and how many joined by it."""
    seen = SeenDrive(request, public_id)
    here = page_unit(request)
    org.require(request.actor, RECORD, at=here.unit.id)
    mine = [
        referral
        for referral in queries.own_referrals(request.viewer.account_id, seen.programme.pk)
        if referral.unit_id == here.unit.id
    ]
    page = here.href(reverse("intake:drive_link", args=[public_id]))
    if mine and request.method != "POST":
        (invited,) = queries.referral_rows(mine)
        address = referral_link(seen, mine[0])
        return seen.page(
            "intake/drive_link.html",
            _("My link"),
            link=invited,
            qr=qr_picture(address),
            invitation=Invitation(
                name=seen.name,
                place=here.name,
                address=address,
                poster=join_address(
                    reverse("intake:drive_poster", args=[public_id]), here.unit.code, by=mine[0].code
                ),
                by=invited.name,
                minimum=seen.drive.roll.minimum_age,
            ),
        )
    return act_page(
        request,
        lambda _given: actions.make_referral(
            programme_id=seen.programme.pk, unit_id=here.unit.id, by=request.actor, at=clock.now()
        ),
        title=_("My link"),
        text=[
            here.name,
            _("People who join by your own link count as invited by you. Your office sees the numbers."),
        ],
        button=_("Make my link"),
        done=lambda _code: redirect(page),
        back=reverse("intake:drive", args=[public_id]),
        here="link",
        crumbs=seen.crumbs((_("My link"), "")),
    )


class PostersTooMany(Refused):
    message = gettext_lazy("One PDF holds at most %(most)s posters. Choose a smaller unit.")


def booths_of(here: Here) -> list[int] | None:
    """Return the booths at and below a unit whose posters can be printed together; None: they are too many."""
    if (here.unit.leaves or 0) > 5 * LARGEST_BATCH:
        return None
    booth_ids = units.of_kind_below(here.unit.id, here.hierarchy, Kind.BOOTH)
    return None if len(booth_ids) > LARGEST_BATCH else booth_ids


@require_GET
def drive_poster_pdf(request: Request, public_id: UUID, language: str) -> HttpResponseBase:
    """Send the poster of a drive on A4. Its link names the place of the page, or the viewer's own unit.

    `by`: the viewer's own link. `of=booths`: one for each booth of the place, in one PDF.
    """
    if language not in ("hi", "en"):
        raise NotFound
    seen, name = SeenDrive(request, public_id), ""
    here = page_unit(request)
    places = [(here.unit.names, join_address(seen.address, here.unit.code))]
    if request.GET.get("of") == "booths":
        if (booths := booths_of(here)) is None:
            raise PostersTooMany(most=LARGEST_BATCH)
        of = units.units_by_id(booths)
        places = [
            (of[booth_id].names, join_address(seen.address, of[booth_id].code))
            for booth_id in booths
            if booth_id in of
        ]
        if not places:
            raise NotFound
    elif mine := own_referral(seen):
        (invited,) = queries.referral_rows([mine])
        places, name = [(here.unit.names, referral_link(seen, mine))], invited.name
    made = print_posters(
        places,
        drive=seen.programme.names,
        number=join_number(seen.programme.pk),
        helpline=seen.helpline,
        name=name,
        language=language,
        at=clock.now(),
        with_lines=with_lines(request),
    )
    called = f"poster-{seen.drive.join_slug}-{language}.pdf"
    return file_answer(made, kind="application/pdf", name=called)


@page_with_list
def drive_referrals(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the workers of a unit and all below it, with how many each invited to a drive."""
    seen = SeenDrive(request, public_id)
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours(capability="people.read")
    table: Table[queries.Invited] = Table(
        request,
        COLUMNS,
        queries.referrals(here.span, seen.programme.pk),
        name="invited",
        caption=_("Who invited"),
        sort="made",
        finish=queries.referral_rows,
        unit_id=here.unit.id,
    )
    context = {
        "here": "programmes",
        "crumbs": seen.crumbs((_("Who invited"), "")),
        "place": here,
        "programme": seen.programme,
    }
    return list_response(request, "intake/drive_referrals.html", table, context)
