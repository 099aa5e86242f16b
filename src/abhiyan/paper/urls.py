"""Addresses of paper forms: batches, their sheets and photographs."""

from abhiyan.core.access import FINAL, capability, page

from .views import batches, photos, typing

app_name = "paper"
ENTERING = capability("enrolment.enrol")
IMPORTING = capability("imports.paper")
PEOPLE = capability("people.read")
urlpatterns = [
    page("paper/", batches.paper_list, opens=ENTERING),
    page("paper/new/", batches.paper_new, opens=ENTERING, act="a batch nobody fills does nothing"),
    page("paper/<slug:number>/", batches.paper_batch, opens=ENTERING, act="a photo is removed"),
    page(
        "paper/<slug:number>/form/",
        batches.paper_form,
        opens=ENTERING,
        file_goes_on="a blank form: people join on it",
    ),
    page(
        "paper/<slug:number>/type/",
        typing.paper_type,
        opens=IMPORTING,
        act="the list is discarded, or undone",
    ),
    page("paper/<slug:number>/sheets/<int:sheet>/", photos.paper_sheet, opens=ENTERING, act=FINAL),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/",
        photos.paper_photo,
        opens=PEOPLE,
        file_goes_on="a picture of the page that types it: people join by it",
    ),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/small/",
        photos.paper_photo_small,
        opens=PEOPLE,
        file_goes_on="a picture of the page that types it: people join by it",
    ),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/change/",
        photos.paper_photo_change,
        opens=ENTERING,
        act="is changed again, or turned on",
    ),
    page(
        "paper/<slug:number>/photos/<uuid:photo>/remove/",
        photos.paper_photo_remove,
        opens=ENTERING,
        act=FINAL,
    ),
]
