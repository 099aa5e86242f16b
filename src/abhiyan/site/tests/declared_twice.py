"""Two addresses of one name: the second would be open to everybody."""

from abhiyan.core.access import PUBLIC, STRONG, page
from abhiyan.pages.views.today import viewer_today_page

urlpatterns = [
    page("a/", viewer_today_page, name="today", opens=STRONG),
    page("b/", viewer_today_page, name="today", opens=PUBLIC),
]
