"""Addresses of this room; each has a row in site.access."""

from django.urls import path

from .views import aims, beside, checks, flags, frames, planning, public, ties, verifiers

app_name = "verification"
urlpatterns = [
    path("mine/", checks.checks, name="checks"),
    path("mine/take/", checks.check_take, name="check_take"),
    path("mine/<uuid:public_id>/", checks.check, name="check"),
    path("mine/<uuid:public_id>/begin/", checks.check_begin, name="check_begin"),
    path("mine/<uuid:public_id>/said/", checks.check_said, name="check_said"),
    path("mine/<uuid:public_id>/result/", checks.check_tell, name="check_tell"),
    path("mine/<uuid:public_id>/back/", checks.check_back, name="check_back"),
    path("mine/<uuid:public_id>/ends/<slug:came>/", checks.check_end, name="check_end"),
    path("known/", ties.ties, name="ties"),
    path("known/<uuid:public_id>/", ties.ties, name="ties_of"),
    path("known/<uuid:public_id>/<int:tie>/end/", ties.tie_end, name="tie_end"),
    path("of/<uuid:public_id>/", frames.frames, name="frames"),
    path("of/<uuid:public_id>/new/", planning.frame_new, name="frame_new"),
    path("of/<uuid:public_id>/workers/", flags.workers, name="workers"),
    path("of/<uuid:public_id>/workers/aim/", flags.aim_telling, name="aim_telling"),
    path("of/<uuid:public_id>/workers/fresh/", flags.fresh_new, name="fresh_new"),
    path("of/<uuid:public_id>/workers/<uuid:worker>/ask/", flags.flag_ask, name="flag_ask"),
    path("flag/<uuid:public_id>/", flags.flag, name="flag"),
    path("flag/<uuid:public_id>/propose/", flags.flag_propose, name="flag_propose"),
    path("flag/<uuid:public_id>/drop/", flags.flag_drop, name="flag_drop"),
    path("flag/<uuid:public_id>/mine/", flags.flag_mine, name="flag_mine"),
    path("frame/<uuid:public_id>/", frames.frame, name="frame"),
    path("frame/<uuid:public_id>/beside/", beside.beside, name="frame_beside"),
    path("frame/<uuid:public_id>/draw/", frames.frame_draw, name="frame_draw"),
    path("frame/<uuid:public_id>/redraw/", frames.frame_redraw, name="frame_redraw"),
    path("frame/<uuid:public_id>/more/", frames.frame_top_up, name="frame_top_up"),
    path("frame/<uuid:public_id>/close/", frames.frame_close, name="frame_close"),
    path("frame/<uuid:public_id>/file/", frames.frame_file, name="frame_file"),
    path("frame/<uuid:public_id>/more-file/", frames.frame_more, name="frame_more"),
    path("of/<uuid:public_id>/open/", public.open_page, name="public_open"),
    path("of/<uuid:public_id>/shut/", public.close_page, name="public_close"),
    path("public/<uuid:public_id>/", public.page, name="public"),
    path("public/<uuid:public_id>/<uuid:frame_id>/file/", public.file, name="public_file"),
    path("public/<uuid:public_id>/<uuid:frame_id>/more/", public.more, name="public_more"),
    path("frame/<uuid:public_id>/verifiers/", verifiers.verifiers, name="verifiers"),
    path("frame/<uuid:public_id>/known/", verifiers.planted, name="planted"),
    path("frame/<uuid:public_id>/known/less/", verifiers.planted_withdraw, name="planted_withdraw"),
    path("frame/<uuid:public_id>/aimed/", aims.aims, name="aims"),
    path("frame/<uuid:public_id>/aimed/new/", aims.aim_new, name="aim_new"),
]
