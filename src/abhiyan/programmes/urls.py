"""Addresses of programmes."""

from django.urls import path

from .views import (
    below,
    charges,
    creating,
    ending,
    parts,
    programmes,
    record,
    takeover,
    targets,
    tasks,
    versions,
)

app_name = "programmes"
urlpatterns = [
    path("", programmes.programmes, name="list"),
    path("new/", creating.create, name="create"),
    path("in-charge/", charges.charges, name="charges"),
    path("in-charge/<int:in_charge>/", charges.answer_charge, name="answer_charge"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.task_ask, name="task_ask"),
    path("tasks/<uuid:public_id>/", tasks.task, name="task"),
    path("tasks/<uuid:public_id>/hand-over/", tasks.task_hand_over, name="task_hand_over"),
    path("tasks/<uuid:public_id>/<slug:act>/", tasks.task_act, name="task_act"),
    path("record/", record.record, name="record"),
    path("record/<uuid:public_id>/", record.record, name="record_of"),
    path("<uuid:public_id>/", programmes.programme, name="programme"),
    path("<uuid:public_id>/change/", programmes.change, name="change"),
    path("<uuid:public_id>/close/", ending.close, name="close"),
    path("<uuid:public_id>/start/", parts.start_in_units, name="start_in_units"),
    path("<uuid:public_id>/in-charge/", charges.name_in_charge, name="name_in_charge"),
    path("<uuid:public_id>/in-charge/<int:in_charge>/end/", ending.end_in_charge, name="end_in_charge"),
    path("<uuid:public_id>/in-charges/", charges.in_charges, name="in_charges"),
    path("<uuid:public_id>/draft/<slug:step>/", creating.draft, name="draft"),
    path("<uuid:public_id>/open/", creating.open_draft, name="open"),
    path("<uuid:public_id>/discard/", ending.discard, name="discard"),
    path("<uuid:public_id>/units/", below.below, name="below"),
    path("<uuid:public_id>/targets/", targets.targets, name="targets"),
    path("<uuid:public_id>/targets/off/", targets.misfits, name="misfits"),
    path("<uuid:public_id>/targets/set/", targets.set_target, name="set_target"),
    path("<uuid:public_id>/targets/split/", targets.split_target, name="split_target"),
    path("<uuid:public_id>/targets/lock/", targets.lock_target, name="lock_target"),
    path("<uuid:public_id>/targets/preview/", targets.split_preview, name="split_preview"),
    path("<uuid:public_id>/targets/plan/", takeover.take_over, name="take_over"),
    path("<uuid:public_id>/targets/versions/", versions.versions, name="versions"),
    path("<uuid:public_id>/targets/versions/<uuid:version>/", versions.version, name="version"),
    path("<uuid:public_id>/targets/versions/<uuid:version>/back/", versions.go_back, name="go_back"),
]
