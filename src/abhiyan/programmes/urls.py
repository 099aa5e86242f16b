"""Addresses of programmes."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page
from abhiyan.messaging.link_pages import link_page

from .views import (
    below,
    charges,
    counts,
    creating,
    ending,
    item_question,
    leaders,
    own_figures,
    parts,
    pinning,
    programmes,
    sharing,
)

app_name = "programmes"
MAKING = capability("programmes.make")
ASKING = capability("tasks.ask")
RUNNING = capability("programmes.run")
MAKING_OR_RUNNING = capability("programmes.run", "programmes.make")
urlpatterns = [
    page("", programmes.programmes_page, name="list", opens=STRONG),
    page("<uuid:public_id>/pin/", pinning.pin, opens=STRONG, act="another is pinned", is_own=True),
    page("new/", creating.new_programme_page, name="create", opens=MAKING, act="is discarded"),
    page("<uuid:public_id>/", programmes.programme_at_unit, name="programme", opens=STRONG),
    page(
        "<uuid:public_id>/change/",
        programmes.change_programme_page,
        name="change",
        opens=MAKING_OR_RUNNING,
        act="is changed back",
    ),
    page("<uuid:public_id>/close/", ending.close_programme_page, name="close", opens=RUNNING, act=FINAL),
    page(
        "<uuid:public_id>/start/",
        parts.start_in_units_page,
        name="start_in_units",
        opens=MAKING,
        act="is looked at first; a drive nobody needs is closed",
    ),
    page(
        "<uuid:public_id>/in-charge/",
        charges.name_in_charge_form,
        name="name_in_charge",
        opens=MAKING_OR_RUNNING,
        act="is ended",
    ),
    page(
        "<uuid:public_id>/in-charge/<int:in_charge>/end/",
        ending.end_in_charge_page,
        name="end_in_charge",
        opens=MAKING_OR_RUNNING,
        act=FINAL,
    ),
    page("<uuid:public_id>/in-charges/", charges.in_charges_page, name="in_charges", opens=STRONG),
    page(
        "<uuid:public_id>/in-charges/name/",
        leaders.name_leaders_page,
        name="name_leaders",
        opens=RUNNING,
        act="is looked at first; is ended together",
    ),
    page(
        "<uuid:public_id>/in-charges/together/<uuid:together>/end/",
        leaders.end_together_page,
        name="end_together",
        opens=RUNNING,
        act=FINAL,
    ),
    page(
        "<uuid:public_id>/in-charges/remind/",
        leaders.remind_in_charges_page,
        name="remind_in_charges",
        opens=RUNNING,
        act=FINAL,
    ),
    page(
        "<uuid:public_id>/draft/<slug:step>/",
        creating.draft,
        opens=MAKING,
        act="is changed again, or discarded",
    ),
    page("<uuid:public_id>/open/", creating.open_draft, name="open", opens=MAKING, act=FINAL),
    page("<uuid:public_id>/discard/", ending.discard_programme_page, name="discard", opens=MAKING, act=FINAL),
    # The act asks who may give a figure.
    page(
        "<uuid:public_id>/figures/",
        own_figures.own_figures,
        opens=STRONG,
        act="a new number replaces it, or none",
    ),
    # Its figures are rounded, as anybody may read them.
    page("<uuid:public_id>/share/", sharing.share_ladder, name="share", opens=STRONG),
    page("<uuid:public_id>/share/<slug:language>/", sharing.share_picture, opens=STRONG),
    page("<uuid:public_id>/units/", below.units_below_page, name="below", opens=STRONG),
    # Figures are rounded where the people are out of sight.
    page("<uuid:public_id>/counts/", counts.counts_page, name="counts", opens=STRONG),
    page("<uuid:public_id>/counts/file/", counts.figures_file, opens=STRONG),
]

links = [  # in messages, so they are short
    page(
        "<slug:link>/",
        link_page,
        {"of": item_question.ANSWER},
        name="item_question",
        opens=PUBLIC,
        act="the page is itself the question; after a yes one may say no",
        is_own=True,
    )
]
