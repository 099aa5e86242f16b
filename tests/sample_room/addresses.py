"""What a room adds to site/urls.py and to site/access.py."""

from django.urls import include, path

from abhiyan.site import access, urls

access.ACCESS |= {"nights:stays": access.STRONG, "nights:report": access.capability("enrolment.enrol")}
urlpatterns = [path("nights/", include("sample_room.urls")), *urls.urlpatterns]
handler500 = urls.handler500
