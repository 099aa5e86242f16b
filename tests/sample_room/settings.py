"""Additions of a new room to the settings, and to the files of site that are named here."""

from abhiyan.site.settings import *  # noqa: F403  # all of them, and one room more
from abhiyan.site.settings import INSTALLED_APPS as OTHERS

INSTALLED_APPS = [*OTHERS, "sample_room"]
ROOT_URLCONF = "sample_room.addresses"
