"""Addresses of tasks, of meetings and reports, materials and one's own work. They lie below those of programmes."""

from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from abhiyan.core.access import FINAL, STRONG, capability, page

from .views import (
    asking,
    dues,
    form_asked,
    materials,
    my_work,
    record,
    schedules,
    task_giving,
    tasks,
    tasks_below,
)

app_name = "work"
ASKING = capability("tasks.ask")
RUNNING = capability("programmes.run")
# Messages and bookmarks still have the addresses of the pages that My work took in.
TO_MY_WORK = require_safe(RedirectView.as_view(pattern_name="work:my_work", query_string=True))
urlpatterns = [
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
    page("<uuid:public_id>/materials/", materials.materials, opens=STRONG),
]
