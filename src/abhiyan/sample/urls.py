"""Addresses of the demo alone."""

from abhiyan.core.access import DEMO, page

from . import views

app_name = "sample"
urlpatterns = [
    page(
        "demo/phone/", views.demo_phone_page, name="demo_phone", opens=DEMO, act="is of the demo", is_own=True
    ),
]
