"""Addresses of the calendar of polls."""

from abhiyan.core.access import FINAL, STRONG, capability, page

from . import views

app_name = "polls"
POLLS = capability("polls.keep")
urlpatterns = [
    page("", views.polls_page, name="polls", opens=STRONG),
    page(
        "new/",
        views.new_poll_page,
        name="poll_new",
        opens=POLLS,
        act="is taken back, corrected or withdrawn",
    ),
    page("preview/", views.poll_preview, name="poll_preview", opens=POLLS),
    page("<uuid:public_id>/", views.poll_page, name="poll", opens=STRONG),
    page(
        "<uuid:public_id>/withdraw/",
        views.withdraw_poll_page,
        name="poll_withdraw",
        opens=POLLS,
        act=FINAL,
    ),
    page(
        "<uuid:public_id>/take-back/",
        views.take_poll_back,
        name="poll_take_back",
        opens=POLLS,
        act=FINAL,
    ),
]
