"""Addresses of programmes."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page
from abhiyan.messaging.link_pages import link_page

from .views import (
    below,
    charges,
    counts,
    creating,
    ending,
    expectation,
    item_question,
    leaders,
    own_figures,
    parts,
    pinning,
    programmes,
    sharing,
    takeover,
    targets,
    versions,
)

app_name = "programmes"
MAKING = capability("programmes.make")
ASKING = capability("tasks.ask")
RUNNING = capability("programmes.run")
MAKING_OR_RUNNING = capability("programmes.run", "programmes.make")
TARGETS = capability("programmes.targets")
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
    page("<uuid:public_id>/targets/", targets.unit_targets_page, name="targets", opens=STRONG),
    page("<uuid:public_id>/targets/off/", targets.misfits, opens=STRONG),
    page(
        "<uuid:public_id>/targets/set/",
        targets.set_target_form,
        name="set_target",
        opens=TARGETS,
        act="makes a version; one goes back",
    ),
    page(
        "<uuid:public_id>/targets/expected/",
        expectation.expectation,
        opens=TARGETS,
        act="is set again, or taken back by an empty field",
    ),
    page(
        "<uuid:public_id>/targets/split/",
        targets.split_target_form,
        name="split_target",
        opens=TARGETS,
        act="is looked at first; makes a version",
    ),
    page(
        "<uuid:public_id>/targets/lock/",
        targets.lock_target_form,
        name="lock_target",
        opens=TARGETS,
        act="is unlocked",
    ),
    page("<uuid:public_id>/targets/preview/", targets.split_preview, opens=TARGETS),
    page(
        "<uuid:public_id>/targets/plan/",
        takeover.take_over,
        opens=TARGETS,
        act="is looked at first; makes a version",
    ),
    page("<uuid:public_id>/targets/changes/<uuid:change>/", targets.target_change, opens=STRONG),
    page(
        "<uuid:public_id>/targets/changes/<uuid:change>/progress/",
        targets.target_change_progress,
        opens=STRONG,
    ),
    page("<uuid:public_id>/targets/versions/", versions.target_versions_page, name="versions", opens=STRONG),
    page(
        "<uuid:public_id>/targets/versions/<uuid:version>/",
        versions.target_version_page,
        name="version",
        opens=STRONG,
    ),
    page(
        "<uuid:public_id>/targets/versions/<uuid:version>/back/",
        versions.go_back_page,
        name="go_back",
        opens=TARGETS,
        act="is looked at first; going back is a version too",
    ),
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
