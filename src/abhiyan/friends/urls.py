"""Addresses of friends and contributors: their own pages, their organisers, certificates and offers of help."""

from abhiyan.core import access
from abhiyan.core.access import FINAL, PUBLIC, STRONG, capability, page

from .views import certificates, contributors, help_offers, in_touch, organisers, roll_boards

app_name = "friends"
MEMBER = access.member("enrolment:me")
ENTERING = capability("enrolment.enrol")
PEOPLE = capability("people.read")
LEADING = capability("tasks.ask")
RUNNING = capability("programmes.run")
urlpatterns = [
    page(
        "q/opinion/<str:link>/",
        in_touch.own_opinion,
        opens=PUBLIC,
        act="nothing goes up with a name",
        is_own=True,
    ),
    page("friends/", in_touch.quiet_friends, opens=ENTERING),
    page(
        "friends/<uuid:public_id>/", in_touch.friend, opens=ENTERING, act="the next try says what came of it"
    ),
    page("me/skills/", contributors.me_skills, opens=MEMBER, act="is said anew", is_own=True),
    page(
        "me/tasks/<uuid:public_id>/",
        contributors.me_task,
        opens=MEMBER,
        act="is taken back on the same page",
        is_own=True,
    ),
    page("me/certificate/", certificates.me_certificate, opens=MEMBER, is_own=True),
    page("people/contributors/", contributors.contributor_list, name="contributors", opens=PEOPLE),
    page(
        "people/contributors/task/",
        contributors.contributor_task,
        opens=LEADING,
        act="the task is withdrawn on its page",
    ),
    page("friends/organisers/", organisers.organiser_list, name="organisers", opens=LEADING),
    page(
        "friends/give/",
        organisers.organiser_change,
        opens=LEADING,
        act="is taken back on the page of organisers",
    ),
    page(
        "friends/given/<uuid:share>/back/",
        organisers.organiser_change_back,
        opens=LEADING,
        act="the friends are given again",
    ),
    page("people/helpers/", help_offers.helper_list, name="helpers", opens=PEOPLE),
    # The view asks where somebody hears it: an office, a seat of a call centre, or a stay.
    page(
        "people/helpers/new/",
        help_offers.helper_new,
        opens=STRONG,
        act="the organiser notes that they do not want to",
    ),
    page(
        "people/helpers/<uuid:public_id>/",
        help_offers.helper,
        opens=LEADING,
        act="is said anew; a no is final",
    ),
    page("drives/<uuid:public_id>/friends/", roll_boards.friends_board, opens=LEADING),
    page("drives/<uuid:public_id>/contributors/", roll_boards.contributors_board, opens=LEADING),
    # Certificates of friends: names go to a printer, so a batch needs a second person.
    page(
        "drives/<uuid:public_id>/certificates/",
        certificates.certificates_page,
        name="certificates",
        opens=PEOPLE,
    ),
    page(
        "drives/<uuid:public_id>/certificates/sheet/",
        certificates.certificate_sheet,
        opens=RUNNING,
        act="is changed again",
    ),
    page("drives/<uuid:public_id>/certificates/preview/", certificates.certificate_preview, opens=RUNNING),
    page(
        "drives/<uuid:public_id>/certificates/ask/",
        certificates.certificate_ask,
        opens=capability("people.export"),
        act="waits for a second person",
    ),
    page(
        "drives/<uuid:public_id>/certificates/batches/<uuid:batch>/",
        certificates.certificate_pdf,
        opens=capability("people.export"),
    ),
    page("drives/<uuid:public_id>/certificates/list/", certificates.certificate_list, opens=PEOPLE),
    page(
        "drives/<uuid:public_id>/certificates/<uuid:friend>/end/",
        certificates.certificate_revoke,
        opens=RUNNING,
        act=FINAL,
    ),
    page(
        "drives/<uuid:public_id>/certificates/<uuid:friend>/<slug:act>/",
        certificates.certificate_act,
        opens=ENTERING,
        act="is taken back beside it",
    ),
]
