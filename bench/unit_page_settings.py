"""The product's settings, and one address more: a bare view behind the same session, for bench `unit-page`."""

from abhiyan.site.settings import *  # noqa: F403

ROOT_URLCONF = "unit_page_urls"
