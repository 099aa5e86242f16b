from django.urls import path

from abhiyan.ui import views

app_name = "ui"
urlpatterns = [
    path("accent.css", views.accent, name="accent"),
    path("kit/", views.kit, name="kit"),
]
