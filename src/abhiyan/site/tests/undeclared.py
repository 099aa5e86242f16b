"""The product's addresses, and one that nobody declared."""

from django.urls import path

from abhiyan.site.urls import urlpatterns as own
from abhiyan.site.views.today import today

urlpatterns = [*own, path("bare/", today, name="bare")]
