"""Offer forms in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import REPORTS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "forms:list",
        _("Forms"),
        REPORTS,
        order=2,
        words=_("questions, reports, answers"),
        key="forms",
        needs=("forms.make",),
    ),
    NavigationEntry(
        "forms:form_new", _("New form"), words=_("make a form, copy a form, XLSForm"), needs=("forms.make",)
    ),
    NavigationEntry(
        "forms:phrases",
        _("Words that may be asked"),
        words=_("phrases, refused words, religion, caste, health, vote"),
        needs=("org.approve",),
    ),
    NavigationEntry(
        "forms:opinions",
        _("Opinions"),
        REPORTS,
        order=3,
        words=_("what people say, quotes, pass up"),
        needs=("opinions.pass",),
    ),
    NavigationEntry(
        "forms:heard",
        _("What the field heard"),
        REPORTS,
        order=4,
        words=_("answers of stays, doors, calls and forms; what people said, by week"),
        needs=("opinions.pass",),
    ),
    NavigationEntry(
        "forms:opinion_new",
        _("Write down an opinion"),
        words=_("what somebody said, survey"),
        needs=("contact.meet",),
    ),
)
