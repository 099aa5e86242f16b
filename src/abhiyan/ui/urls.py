from abhiyan.core.access import PUBLIC, SIGNED_IN, page
from abhiyan.ui import views

app_name = "ui"
urlpatterns = [
    page("accent.css", views.accent, opens=PUBLIC),
    page("kit/", views.kit, opens=SIGNED_IN),
]
