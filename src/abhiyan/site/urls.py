"""Root addresses. Each stands in site.access too, or the build fails."""

from django.urls import URLPattern, URLResolver, include, path

from .views import closing, demo_phone, launch, membership_votes, search, today, unit

pages = [
    path("", today.today, name="today"),
    path("units/", unit.home, name="units"),
    path("units/<str:code>/", unit.unit, name="unit"),
    path("units/<str:code>/close/", closing.close, name="unit_close"),
    path("units/<str:code>/open/", closing.open_again, name="unit_open"),
    path(
        "units/<str:code>/membership-and-votes/", membership_votes.membership_votes, name="membership_votes"
    ),
    path("launch/<uuid:public_id>/", launch.launch, name="launch"),
    path("launch/<uuid:public_id>/call/", launch.launch_call, name="launch_call"),
    path("search/", search.search, name="search"),
    path("demo/phone/", demo_phone.phone, name="demo_phone"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((pages, "site"))),
    path("ui/", include("abhiyan.ui.urls")),
    path("choose-unit/", include("abhiyan.units.urls")),
    path("", include("abhiyan.people.urls")),
    path("", include("abhiyan.org.urls")),
    path("", include("abhiyan.enrolment.urls")),
    path("elections/", include("abhiyan.elections.urls")),
    path("programmes/", include("abhiyan.programmes.urls")),
    path("", include("abhiyan.messaging.urls")),
    path("", include("abhiyan.helpdesk.urls")),
    path("checks/", include("abhiyan.verification.urls")),
    path("review/", include("abhiyan.review.urls")),
    path("imports/", include("abhiyan.site.imports.urls")),
]
handler500 = "abhiyan.ui.errors.server_error"
