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
)
