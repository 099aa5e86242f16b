"""Addresses of programmes."""

from django.urls import path

from .views import creating, programmes, targets

app_name = "programmes"
urlpatterns = [
    path("", programmes.programmes, name="list"),
    path("new/", creating.create, name="create"),
    path("<uuid:public_id>/", programmes.programme, name="programme"),
    path("<uuid:public_id>/change/", programmes.change, name="change"),
    path("<uuid:public_id>/close/", programmes.close, name="close"),
    path("<uuid:public_id>/in-charge/", programmes.name_in_charge, name="name_in_charge"),
    path("<uuid:public_id>/in-charge/<int:in_charge>/end/", programmes.end_in_charge, name="end_in_charge"),
    path("<uuid:public_id>/draft/<slug:step>/", creating.draft, name="draft"),
    path("<uuid:public_id>/open/", creating.open_draft, name="open"),
    path("<uuid:public_id>/discard/", creating.discard, name="discard"),
    path("<uuid:public_id>/targets/", targets.targets, name="targets"),
    path("<uuid:public_id>/targets/set/", targets.set_target, name="set_target"),
    path("<uuid:public_id>/targets/split/", targets.split_target, name="split_target"),
    path("<uuid:public_id>/targets/lock/", targets.lock_target, name="lock_target"),
]
