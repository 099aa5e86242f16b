"""Addresses of this room."""

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page

from .views import aims, beside, checks, flags, frames, planning, public, ties, verifiers

app_name = "verification"
CHECKS = capability("verification.check")
PLANNERS = capability("verification.plan")
urlpatterns = [
    page("mine/", checks.checks_page, name="checks", opens=CHECKS),
    page("mine/take/", checks.check_take, opens=CHECKS, act="is handed back with a reason"),
    page("mine/<uuid:public_id>/", checks.check, opens=CHECKS),
    page("mine/<uuid:public_id>/begin/", checks.check_begin, opens=CHECKS, act="shows a number"),
    page("mine/<uuid:public_id>/visit/", checks.check_fix, opens=CHECKS, act="another time is noted"),
    page(
        "mine/<uuid:public_id>/said/",
        checks.check_said,
        opens=CHECKS,
        act="the result is said after it, and may be that nothing is clear",
    ),
    page("mine/<uuid:public_id>/result/", checks.check_tell, opens=CHECKS, act=FINAL),
    page("mine/<uuid:public_id>/back/", checks.check_back, opens=CHECKS, act=FINAL),
    page("mine/<uuid:public_id>/ends/<slug:came>/", checks.check_end, opens=CHECKS, act=FINAL),
    page(
        "known/",
        ties.ties,
        opens=CHECKS,
        act="an office that plans checks takes it back",
        is_own=True,
    ),
    page("known/<uuid:public_id>/", ties.ties, name="ties_of", opens=PLANNERS, act="is taken back"),
    page("known/<uuid:public_id>/<int:tie>/end/", ties.tie_end, opens=PLANNERS, act="is stated again"),
    page("of/<uuid:public_id>/", frames.frames, opens=STRONG),
    page("of/<uuid:public_id>/new/", planning.frame_new, opens=PLANNERS, act=FINAL),
    page(
        "of/<uuid:public_id>/workers/",
        flags.workers_page,
        name="workers",
        opens=PLANNERS,
        act="the next night compares them anew",
    ),
    page(
        "of/<uuid:public_id>/workers/aim/",
        flags.aim_telling,
        opens=PLANNERS,
        act="no number contains its checks",
    ),
    page("of/<uuid:public_id>/workers/fresh/", flags.fresh_new, opens=PLANNERS, act=FINAL),
    page("of/<uuid:public_id>/workers/<uuid:worker>/ask/", flags.flag_ask, opens=PLANNERS, act=FINAL),
    page("flag/<uuid:public_id>/", flags.flag, opens=PLANNERS),
    page("flag/<uuid:public_id>/propose/", flags.flag_propose, opens=PLANNERS, act=FINAL),
    page("flag/<uuid:public_id>/drop/", flags.flag_drop, opens=PLANNERS, act=FINAL),
    page("flag/<uuid:public_id>/mine/", flags.flag_mine, opens=STRONG, act=FINAL),
    page("frame/<uuid:public_id>/", frames.frame_page, name="frame", opens=STRONG),
    page("frame/<uuid:public_id>/beside/", beside.beside_page, name="frame_beside", opens=STRONG),
    page("frame/<uuid:public_id>/draw/", frames.frame_draw, opens=PLANNERS, act=FINAL),
    page("frame/<uuid:public_id>/redraw/", frames.frame_redraw, opens=PLANNERS, act=FINAL),
    page(
        "frame/<uuid:public_id>/more/",
        frames.frame_top_up,
        opens=PLANNERS,
        act="is looked at first; more checks take nothing away",
    ),
    page("frame/<uuid:public_id>/close/", frames.frame_close, opens=PLANNERS, act=FINAL),
    page("frame/<uuid:public_id>/file/", frames.frame_file, opens=PLANNERS),
    page("frame/<uuid:public_id>/more-file/", frames.frame_more, opens=PLANNERS),
    page(
        "of/<uuid:public_id>/open/",
        public.open_public_form,
        name="public_open",
        opens=PLANNERS,
        act="is closed again",
    ),
    page(
        "of/<uuid:public_id>/shut/",
        public.close_public_form,
        name="public_close",
        opens=PLANNERS,
        act="is opened again",
    ),
    page("public/<uuid:public_id>/", public.public_frames_page, name="public", opens=PUBLIC),
    page(
        "public/<uuid:public_id>/<uuid:frame_id>/file/",
        public.public_frame_file,
        name="public_file",
        opens=PUBLIC,
    ),
    page(
        "public/<uuid:public_id>/<uuid:frame_id>/more/",
        public.later_checks_file,
        name="public_more",
        opens=PUBLIC,
    ),
    page("frame/<uuid:public_id>/verifiers/", verifiers.verifiers, opens=PLANNERS),
    page("frame/<uuid:public_id>/known/", verifiers.planted, opens=PLANNERS, act="the person is removed"),
    page("frame/<uuid:public_id>/known/less/", verifiers.planted_withdraw, opens=PLANNERS, act=FINAL),
    page("frame/<uuid:public_id>/aimed/", aims.aims, opens=PLANNERS),
    page(
        "frame/<uuid:public_id>/aimed/new/", aims.aim_new, opens=PLANNERS, act="no number contains its checks"
    ),
]
