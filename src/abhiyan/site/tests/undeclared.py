"""The product's addresses, and one that nobody declared."""

from django.urls import path

from abhiyan.pages.views.today import viewer_today_page
from abhiyan.site.urls import urlpatterns as own

urlpatterns = [*own, path("bare/", viewer_today_page, name="bare")]
