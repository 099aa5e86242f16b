"""Two addresses of one name: the second would be open to everybody."""

from abhiyan.core.access import PUBLIC, STRONG, page
from abhiyan.pages.views.today import today

urlpatterns = [page("a/", today, opens=STRONG), page("b/", today, opens=PUBLIC)]
