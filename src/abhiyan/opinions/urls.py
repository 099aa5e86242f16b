from abhiyan.core.access import STRONG, capability, page

from .actions import RECORD
from .queries import CARRY
from .views import heard, opinions

app_name = "opinions"
urlpatterns = [
    page("heard/", heard.field_answers, name="heard", opens=STRONG),
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
]
