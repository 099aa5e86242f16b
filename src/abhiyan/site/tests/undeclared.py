"""The product's addresses, and one that nobody declared."""

from django.urls import path

from abhiyan.pages.views.today import today
from abhiyan.site.urls import urlpatterns as own

urlpatterns = [*own, path("bare/", today, name="bare")]
