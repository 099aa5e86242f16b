from abhiyan.core.access import STRONG, capability, page

from .queries import MAKE
from .views import making, submissions

app_name = "forms"
MAKING = capability(MAKE)
urlpatterns = [
    # The pages ask which forms are near the viewer, and the policies which submissions.
    page("", making.forms_list, name="list", opens=STRONG),
    page("new/", making.form_new, opens=MAKING, act="its draft is discarded"),
    page("sent/<uuid:submission_id>/", submissions.submission, opens=STRONG),
    page("sent/<uuid:submission_id>/pictures/<uuid:picture_id>/", submissions.picture, opens=STRONG),
    page("<uuid:public_id>/", making.form, opens=STRONG),
    page("<uuid:public_id>/change/", making.change, opens=MAKING, act="is changed again, or discarded"),
    page("<uuid:public_id>/sent/", submissions.sent, opens=STRONG),
    page("<uuid:public_id>/counts/", submissions.counts, opens=STRONG),
    page(
        "<uuid:public_id>/<slug:act>/",
        making.form_act,
        opens=MAKING,
        act="what was ended is brought back; another version takes the place of the one in use",
    ),
]
