"""Addresses of the Imports pages."""

from abhiyan.core.access import FINAL, IMPORTS, page

from . import empties, views

app_name = "imports"
urlpatterns = [
    # The act asks which list, and whether there.
    page("", views.imports_page, name="list", opens=IMPORTS),
    page("new/<slug:key>/", views.begin_import_page, name="begin", opens=IMPORTS, act="is discarded"),
    page(
        "new/<slug:key>/empty.<str:ending>",
        empties.empty_list_file,
        name="empty",
        opens=IMPORTS,
        file_goes_on="the headings of an empty list",
    ),
    page("<uuid:public_id>/", views.import_page, name="one", opens=IMPORTS),
    page(
        "<uuid:public_id>/piece/", views.import_piece_answer, name="piece", opens=IMPORTS, act="is discarded"
    ),
    page("<uuid:public_id>/rest/", views.rest, opens=IMPORTS, act="is discarded"),
    page("<uuid:public_id>/columns/", views.columns, opens=IMPORTS, act="is said again"),
    page("<uuid:public_id>/progress/", views.progress, opens=IMPORTS),
    page("<uuid:public_id>/refused/", views.refused, opens=IMPORTS),
    page("<uuid:public_id>/differences/", views.import_differences_page, name="differences", opens=IMPORTS),
    page("<uuid:public_id>/lacking/", views.import_lacking_page, name="lacking", opens=IMPORTS),
    page("<uuid:public_id>/<str:step>/", views.import_step_page, name="step", opens=IMPORTS, act=FINAL),
]
