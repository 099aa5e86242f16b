from django.urls import include, path

from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page

from .views import bulk_texts, circulars, emails, links, messages, sends

app_name = "messaging"
CIRCULARS = capability("messages.circular")
SENDING = capability("messages.send")
SENDING_OR_APPROVING = capability("messages.send", "org.release", "org.approve")
pages = [
    page("", messages.messages_page, name="list", opens=capability("messages.read")),
    page(
        "ask/",
        messages.held_release_page,
        name="ask",
        opens=capability("messages.release"),
        act="waits for a second person",
    ),
    page(
        "release/<uuid:public_id>/",
        messages.release,
        opens=capability("messages.release", "org.release"),
        act=FINAL,
    ),
    page("circulars/", circulars.circulars_page, name="circulars", opens=STRONG),
    page("circulars/new/", circulars.circular_new, opens=CIRCULARS, act="is withdrawn"),
    page("circulars/<uuid:public_id>/", circulars.circular, opens=STRONG),
    page("circulars/<uuid:public_id>/<str:step>/", circulars.circular_step, opens=CIRCULARS, act=FINAL),
    page("texts/", bulk_texts.bulk_texts_page, name="texts", opens=SENDING),
    page(
        "texts/new/", bulk_texts.text_new, opens=SENDING, act="a newer version takes its place", is_own=True
    ),
    page("texts/<str:code>/", bulk_texts.bulk_text_page, name="text", opens=SENDING, act="is entered again"),
    page("sends/", sends.bulk_sends_page, name="sends", opens=SENDING),
    page("sends/new/", sends.send_new, opens=SENDING, act="is discarded"),
    page("sends/<uuid:public_id>/", sends.bulk_send_page, name="send", opens=SENDING_OR_APPROVING),
    page("sends/<uuid:public_id>/progress/", sends.send_progress, opens=SENDING_OR_APPROVING),
    page("sends/<uuid:public_id>/<str:step>/", sends.send_step, opens=SENDING, act=FINAL),
]
urlpatterns = [
    path("messages/", include(pages)),
    page("account/email/", emails.email, opens=STRONG, act="is removed", is_own=True),
    page("account/email/code/", emails.email_code, opens=STRONG, act="is removed", is_own=True),
    page("account/email/notices/", emails.email_notices, opens=STRONG, act="is chosen again", is_own=True),
    page("account/email/remove/", emails.email_remove, opens=STRONG, act=FINAL, is_own=True),
    page("q/<slug:link>", links.short_link, opens=PUBLIC),
]
