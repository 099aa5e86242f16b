from django.urls import include, path

urlpatterns = [path("ui/", include("abhiyan.ui.urls"))]
