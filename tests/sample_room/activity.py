"""Nights in villages, as every page above and below knows them."""

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED

NIGHTS_STAYED, PEOPLE_MET = 1, 2  # measures
FIELD = 99  # the channel

FACTS = f"""
select s.programme_id, f.measure, {FIELD} as channel, s.unit_id, s.day, f.rung, sum(f.n) as n
  from sample_stay s cross join lateral (values ({NIGHTS_STAYED}, {REPORTED}, s.nights),
    ({NIGHTS_STAYED}, {COUNTED}, s.counted), ({PEOPLE_MET}, {REPORTED}, s.met), ({PEOPLE_MET}, {COUNTED}, s.met))
    f(measure, rung, n) group by 1, 2, 3, 4, 5, 6"""
NIGHTS = activities.Activity(
    kind="nights",
    name=_("Nights in villages"),
    templates=(
        activities.ProgrammeTemplate(
            code="nights",
            names={"en": "Village nights", "hi": "ग्राम प्रवास"},
            about={"en": "Workers stay a night.", "hi": "कार्यकर्ता एक रात ठहरते हैं।"},
            measures=(
                activities.MeasureTemplate(NIGHTS_STAYED, "nights", {"en": "Nights stayed", "hi": "रातें"}),
                activities.MeasureTemplate(PEOPLE_MET, "met", {"en": "People met", "hi": "मिले लोग"}),
            ),
            days=30,
        ),
    ),
    channels=(activities.ItemChannel(FIELD, _("Field")),),
    steps=(
        activities.Step("reported", _("Said"), _("A worker says: I was there."), (REPORTED,)),
        activities.Step("counted", _("With a bed"), _("There was a bed in the village."), (COUNTED,)),
    ),
    page=activities.Page("nights:stays", _("Stays")),
    facts=FACTS,
    orphans={
        "stays of unknown programmes": "select count(*) as n from sample_stay s"
        " where not exists (select from programmes_programme p where p.id = s.programme_id)"
    },
)
