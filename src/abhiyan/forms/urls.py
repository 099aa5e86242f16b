from abhiyan.core.access import SIGNED_IN, STRONG, capability, page

from .actions import RECORD
from .queries import CARRY, MAKE
from .queries.phrases import ALLOWS
from .views import heard, making, opinions, phrases, submissions

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
    page("heard/", heard.field_answers, name="heard", opens=STRONG),
    page("words/", phrases.phrases, opens=capability(ALLOWS)),
    page("words/new/", phrases.phrase_new, opens=SIGNED_IN, act="a data officer forbids it", is_own=True),
    page(
        "words/<uuid:public_id>/<slug:act>/",
        phrases.phrase_act,
        opens=capability(ALLOWS),
        act="what was allowed is forbidden, and the other way",
    ),
    # Each page asks at which level the opinion is.
    page("opinions/", opinions.opinions, opens=capability(CARRY)),
    page(
        "opinions/new/",
        opinions.opinion_new,
        opens=capability(RECORD),
        act="the level that reads it leaves it",
    ),
    page(
        "opinions/<uuid:public_id>/",
        opinions.opinion,
        opens=capability(CARRY),
        act="is taken back until the next level has passed it on",
    ),
    page(
        "opinions/<uuid:public_id>/<slug:act>/",
        opinions.opinion_act,
        opens=capability(CARRY),
        act="waits again, is passed up again, or other words are saved",
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
