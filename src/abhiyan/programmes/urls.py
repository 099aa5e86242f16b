"""Addresses of programmes."""

from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page
from abhiyan.messaging.link_pages import link_page

from .views import (
    asking,
    below,
    charges,
    counts,
    creating,
    dues,
    ending,
    expectation,
    form_asked,
    item_question,
    leaders,
    materials,
    my_work,
    own_figures,
    parts,
    pinning,
    programmes,
    record,
    schedules,
    sharing,
    takeover,
    targets,
    task_giving,
    tasks,
    tasks_below,
    versions,
)

app_name = "programmes"
MAKING = capability("programmes.make")
ASKING = capability("tasks.ask")
RUNNING = capability("programmes.run")
MAKING_OR_RUNNING = capability("programmes.run", "programmes.make")
TARGETS = capability("programmes.targets")
# Messages and bookmarks still have the addresses of the pages that My work took in.
TO_MY_WORK = require_safe(RedirectView.as_view(pattern_name="programmes:my_work", query_string=True))
urlpatterns = [
    page("", programmes.programmes_page, name="list", opens=STRONG),
    page("<uuid:public_id>/pin/", pinning.pin, opens=STRONG, act="another is pinned", is_own=True),
    page("new/", creating.new_programme_page, name="create", opens=MAKING, act="is discarded"),
    page("work/", my_work.my_work, opens=STRONG),
    page("in-charge/", TO_MY_WORK, name="charges", opens=STRONG),
    page(
        "in-charge/<int:in_charge>/",
        my_work.answer_charge_form,
        name="answer_charge",
        opens=STRONG,
        act="until somebody is named, who declined may accept",
    ),
    # The acts ask who may do what to a task; a task out of sight is not there.
    page("tasks/", tasks.tasks, opens=STRONG),
    page("tasks/new/", task_giving.task_ask, opens=ASKING, act="is withdrawn"),
    page("tasks/remind/", tasks_below.remind_late_page, name="remind_late", opens=ASKING, act=FINAL),
    page("tasks/<uuid:public_id>/", tasks.task, opens=STRONG),
    page("tasks/<uuid:public_id>/hand-over/", tasks.task_hand_over, opens=ASKING, act="is handed back"),
    page(
        "tasks/<uuid:public_id>/<slug:act>/",
        tasks.task_act,
        opens=STRONG,
        act="each act has its other: accepted is declined, done is taken back, withdrawn is reopened",
    ),
    # The acts ask who leads the unit, or sits in the body; what is out of sight is not there.
    page("asked/", schedules.schedules_page, name="asked", opens=STRONG),
    page("asked/new/", asking.asked_new, opens=ASKING, act="is ended"),
    page("asked/<uuid:public_id>/", schedules.schedule, opens=STRONG),
    page("asked/<uuid:public_id>/due/", dues.one_due_page, name="due", opens=STRONG),
    page(
        "asked/<uuid:public_id>/due/<slug:act>/",
        dues.due_act,
        opens=STRONG,
        act="what was said is taken back; what was accepted is returned, and the other way round",
    ),
    page("asked/<uuid:public_id>/remind/", schedules.schedule_remind, opens=ASKING, act=FINAL),
    page("asked/form/<uuid:public_id>/", form_asked.form_asked, opens=STRONG),
    page(
        "asked/<uuid:public_id>/<slug:act>/",
        schedules.schedule_act_form,
        name="schedule_act",
        opens=ASKING,
        act="what was ended is asked again; a newer form is left until its period begins",
    ),
    # The page asks for the readers of a file.
    page("materials/", materials.own_materials_page, name="own_materials", opens=STRONG),
    page("materials/new/<uuid:public_id>/", materials.material_new, opens=RUNNING, act="is withdrawn"),
    page(
        "materials/<uuid:public_id>/", materials.material, opens=STRONG, act="a newer version takes its place"
    ),
    page(
        "materials/<uuid:public_id>/<int:number>/",
        materials.material_file,
        opens=STRONG,
        file_goes_on="the same file for all workers of a programme",
    ),
    page(
        "materials/<uuid:public_id>/<slug:act>/",
        materials.material_act,
        opens=RUNNING,
        act="what is withdrawn is brought back",
    ),
    page("record/", TO_MY_WORK, name="record", opens=STRONG),
    page("record/<uuid:public_id>/", record.record_of, opens=STRONG),
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
    page("<uuid:public_id>/materials/", materials.materials, opens=STRONG),
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
