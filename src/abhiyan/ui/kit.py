"""The kit page shows every component, with invented people and figures."""

from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.ui.charts import Day, FunnelStep, Trend
from abhiyan.ui.fields import DayField
from abhiyan.ui.ladder import DEFINITIONS, LadderShown
from abhiyan.ui.maps import MapPlace, Outlines
from abhiyan.ui.navigation import MORE, PARTS, MenuLink, MenuPart
from abhiyan.ui.numbers import of_100
from abhiyan.ui.tables import numbered, sorting

FIRST_DAY = date(2026, 10, 9)
LAST_DAY = date(2026, 12, 8)
DAYS_PASSED = 43

# name, longitude, latitude, target, reported, counted, unsigned, confirmed, estimate, low, high
UNITS = (
    ("Jammu", 74.86, 32.73, 150_000, 148_210, 121_455, 10_000, 92_310, 0.86, 0.79, 0.91),
    ("Kathua", 75.52, 32.39, 66_000, 61_240, 52_870, 4_000, 39_120, 0.88, 0.78, 0.93),
    ("Samba", 75.12, 32.56, 36_000, 31_905, 25_440, 4_000, 21_015, 0.96, 0.84, 0.99),
    ("Udhampur", 75.14, 32.92, 60_000, 55_430, 44_215, 5_000, 33_480, 0.88, 0.77, 0.94),
    ("Reasi", 74.83, 33.08, 36_000, 30_150, 24_890, 3_000, 19_822, 0.91, 0.78, 0.98),
    ("Doda", 75.55, 33.15, 48_000, 41_780, 31_905, 5_000, 22_750, 0.88, 0.75, 0.96),
    ("Ramban", 75.24, 33.24, 33_000, 36_420, 15_150, 12_000, 12_940, 0.87, 0.65, 0.99),
    ("Kishtwar", 75.77, 33.31, 27_000, 17_320, 13_480, 2_000, 9_310, None, None, None),
    ("Rajouri", 74.31, 33.38, 72_000, 57_210, 45_330, 6_000, 31_890, 0.89, 0.79, 0.96),
    ("Poonch", 74.09, 33.77, 69_000, 41_675, 36_177, 2_000, 19_818, 0.78, 0.66, 0.86),
)


class SampleForm(forms.Form):
    """Every kind of field the look knows."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=80)
    phone = forms.RegexField(
        r"^\d{10}$",
        label=gettext_lazy("Mobile number"),
        help_text=gettext_lazy("The code is sent to this number."),
        error_messages={"invalid": gettext_lazy("Write ten digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel-national"}),
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        error_messages={"invalid": gettext_lazy("Not a date. Write it as 2026-12-08.")},
        widget=forms.DateInput(),  # The page shows what somebody wrote, also where it is no day.
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[("", "–"), ("katra", "Katra"), ("reasi", "Reasi")],
        help_text=gettext_lazy("where it counts"),
    )
    split = forms.ChoiceField(
        label=gettext_lazy("Split below"),
        widget=forms.RadioSelect,
        choices=[("electors", gettext_lazy("By electors")), ("even", gettext_lazy("Evenly"))],
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    told = forms.BooleanField(
        label=gettext_lazy("Tell the in-charges"),
        help_text=gettext_lazy("They get one message today."),
        required=False,
    )


class SampleFilter(forms.Form):
    """The row of filters above the sample table."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False)
    estimated = forms.ChoiceField(
        label=gettext_lazy("Estimate"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            ("yes", gettext_lazy("with one")),
            ("no", gettext_lazy("without")),
        ],
    )


def ladder_of(row: tuple[Any, ...], **changes: Any) -> LadderShown:
    name, _lon, _lat, target, reported, counted, unsigned, confirmed, estimate, low, high = row
    facts: dict[str, Any] = {
        "name": name,
        "target": target,
        "reported": reported,
        "counted": counted,
        "unsigned": unsigned,
        "confirmed": confirmed,
        "estimate": estimate,
        "low": low,
        "high": high,
        "short": _("%(about)s of 100 (%(low)s–%(high)s)")
        % {"about": of_100(estimate), "low": of_100(low), "high": of_100(high)}
        if estimate
        else "",
        "pace_pct": 72,
        "day": DAYS_PASSED,
        "days": 60,
    }
    return LadderShown(**facts | changes)


def everything(query: QueryDict) -> dict[str, Any]:
    """The context of the kit page."""
    samba, ramban, kishtwar = UNITS[2], UNITS[6], UNITS[7]
    columns = {"name": "name", "target": "target", "counted": "counted"}
    order = sorting(query, columns, default="-counted", last="")
    position = {"name": 0, "target": 3, "counted": 5}[order.key]
    rows: list[tuple[Any, ...]] = sorted(UNITS, key=itemgetter(position), reverse=order.descending)
    ladders = [(row[0], ladder_of(row), row is rows[0]) for row in rows]
    leaf = numbered(ladders, query, total=len(rows), per=4)
    done_pct = 54
    return {
        "here": "",
        "nav": [
            MenuPart(key, (MenuLink(key, "#main", label, key[0]),) * (2 if key == MORE else 1), label, icon)
            for key, (label, icon) in PARTS.items()
        ],
        "search_url": "#main",
        "account": {"name": "Rohini Koul", "office": _("President"), "links": []},
        "crumbs": [("India", "#main"), ("Jammu", "#main"), (_("Kit"), "")],
        "help_text": _("This page shows every part of the look, in every state it has."),
        "segments": [
            (_("Organisational"), "#main", True),
            (_("Electoral"), "#main", False),
            (_("Administrative"), "#main", False),
        ],
        "full": ladder_of(samba, counted=21_440, unsigned=6_000),
        "over": ladder_of(ramban),
        "unknown": ladder_of(kishtwar, short=_("too few checks")),
        "untargeted": ladder_of(kishtwar, target=None, pace_pct=None),
        "nothing": LadderShown(name=_("New drive"), target=0, reported=0, counted=0, confirmed=0),
        "wide": ladder_of(
            samba,
            estimate=0.87,
            low=0.25,
            high=0.98,
            short=_("%(low)s–%(high)s of 100; too few checks") % {"low": 25, "high": 98},
        ),
        "edge": ladder_of(
            samba, estimate=1.0, low=0.73, high=1.0, short=_("at least %(low)s of 100") % {"low": 73}
        ),
        "few": LadderShown(name=_("Small cell"), target=120, hidden_reason=_("fewer than 10")),
        "form": SampleForm(
            data={
                "name": "",
                "phone": "98765 432",
                "last_day": "31 Feb",
                "unit": "katra",
                "split": "electors",
            }
        ),
        "filter": SampleFilter(query or None),
        "sorting": order,
        "leaf": leaf,
        "seats": [
            {"name": "Rohini Koul", "office": _("President"), "since": "2025-03-04", "href": "#main"},
            {"name": "", "office": _("Treasurer"), "vacant_days": 48, "appoint_url": "#main"},
            {"name": "सुदेश कुमारी", "office": _("In-charge"), "since": "2026-09-01"},
        ],
        "places": [
            MapPlace(name=row[0], lon=row[1], lat=row[2], ladder=ladder_of(row), href="#main")
            for row in UNITS
        ],
        "outline": Outlines(((*((row[1], row[2]) for row in UNITS), (UNITS[0][1], UNITS[0][2])),)),
        "trend": Trend(
            name=_("Primary membership"),
            begins_on=FIRST_DAY,
            ends_on=LAST_DAY,
            target=600_000,
            days=[
                Day(
                    on=FIRST_DAY + timedelta(days=day),
                    reported=int(12_100 * day + 2_000 * (day % 7)),
                    counted=int(9_400 * day + 1_500 * (day % 7)),
                    unsigned=1_300 * day,
                    confirmed=max(0, 7_000 * (day - 1)),
                )
                for day in range(DAYS_PASSED)
            ],
        ),
        "steps": [
            FunnelStep(name=_("Reported"), value=92_400),
            FunnelStep(name=_("Unique callers"), value=71_210),
            FunnelStep(name=_("Links opened"), value=48_003),
            FunnelStep(name=_("Completed"), value=31_877),
            FunnelStep(name=_("Counted"), value=31_102),
        ],
        "done_pct": done_pct,
        "progress_text": _("%(done)s%%, about 40 s left; you may leave this page.") % {"done": done_pct},
        "definition": DEFINITIONS["confirmed"],
        "swatches": (
            "paper sheet sunk ink ink-2 ink-3 rule edge accent ok warn bad".split()  # noqa: SIM905 - as in the sheet
        ),
    }
