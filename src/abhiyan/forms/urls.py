from abhiyan.core.access import SIGNED_IN, STRONG, capability, page

from .queries import MAKE
from .queries.phrases import ALLOWS
from .views import making, phrases, submissions

app_name = "forms"
MAKING = capability(MAKE)
urlpatterns = [
    # The pages ask which forms are near the viewer, and the policies which submissions.
    page("", making.forms_list, name="list", opens=STRONG),
    page("new/", making.form_new, opens=MAKING, act="its draft is discarded"),
    page("sent/<uuid:submission_id>/", submissions.submission, opens=STRONG),
    page(
        "sent/<uuid:submission_id>/pictures/<uuid:picture_id>/",
        submissions.submission_picture,
        name="picture",
        opens=STRONG,
        file_goes_on="a picture of the page that shows the answers",
    ),
    page("words/", phrases.phrases, opens=capability(ALLOWS)),
    page("words/new/", phrases.phrase_new, opens=SIGNED_IN, act="a data officer forbids it", is_own=True),
    page(
        "words/<uuid:public_id>/<slug:act>/",
        phrases.phrase_act,
        opens=capability(ALLOWS),
        act="what was allowed is forbidden, and the other way",
    ),
    page("<uuid:public_id>/", making.form, opens=STRONG),
    page(
        "<uuid:public_id>/change/",
        making.change_form_page,
        name="change",
        opens=MAKING,
        act="is changed again, or discarded",
    ),
    page("<uuid:public_id>/sent/", submissions.submissions_page, name="sent", opens=STRONG),
    page("<uuid:public_id>/counts/", submissions.choice_counts_page, name="counts", opens=STRONG),
    page(
        "<uuid:public_id>/<slug:act>/",
        making.form_act,
        opens=MAKING,
        act="what was ended is brought back; another version takes the place of the one in use",
    ),
]
