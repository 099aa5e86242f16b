"""Offer targets in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import NavigationEntry

ENTRIES = (NavigationEntry("targets:targets", _("Targets"), words=_("goal, split, due"), of="any"),)
