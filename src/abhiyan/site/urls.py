"""Root addresses. An address without a declaration keeps the process from starting (pages.access)."""

from django.urls import URLPattern, URLResolver, include, path

from abhiyan.programmes import urls as programmes

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("abhiyan.pages.urls")),
    path("", include("abhiyan.sample.urls")),
    path("ui/", include("abhiyan.ui.urls")),
    path("choose-unit/", include("abhiyan.units.urls")),
    path("", include("abhiyan.people.urls")),
    path("", include("abhiyan.org.urls")),
    path("polls/", include("abhiyan.polls.urls")),
    path("", include("abhiyan.doorstep.urls")),
    path("", include("abhiyan.incidents.urls")),
    path("", include("abhiyan.friends.urls")),
    path("", include("abhiyan.paper.urls")),
    path("", include("abhiyan.enrolment.urls")),
    path("", include("abhiyan.intake.urls")),
    path("forms/", include("abhiyan.opinions.urls")),  # as messages and bookmarks have them
    path("forms/", include("abhiyan.forms.urls")),
    path("elections/", include("abhiyan.elections.urls")),
    path("programmes/", include("abhiyan.programmes.urls")),
    path("programmes/", include("abhiyan.targets.urls")),
    path("programmes/", include("abhiyan.work.urls")),  # as messages and bookmarks have them
    path("meetings/", include("abhiyan.meetings.urls")),
    path("q/item/", include((programmes.links, "items"))),
    path("", include("abhiyan.messaging.urls")),
    path("", include("abhiyan.helpdesk.urls")),
    path("dialogues/", include("abhiyan.dialogues.urls")),
    path("", include("abhiyan.contact.urls")),
    path("", include("abhiyan.stays.urls")),
    path("checks/", include("abhiyan.verification.urls")),
    path("review/", include("abhiyan.review.urls")),
    path("imports/", include("abhiyan.pages.imports.urls")),
]
handler500 = "abhiyan.ui.errors.server_error"
