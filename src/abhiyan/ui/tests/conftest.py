"""Pages of the look alone: its own addresses, no session, no database, whatever the site adds."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

Render = Callable[..., str]


@pytest.fixture(autouse=True)
def look_alone(settings: Any) -> Iterator[None]:
    templates: list[dict[str, Any]] = copy.deepcopy(django_settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"] = [
        "django.template.context_processors.request",
        "django.template.context_processors.i18n",
        "django.contrib.messages.context_processors.messages",
    ]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "abhiyan.ui.tests.urls"
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
    settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.FORM_RENDERER = "abhiyan.ui.forms.FormRenderer"
    settings.ACCENT = "#1d5b66"
    settings.ORGANISATION = "Sangathan"
    with translation.override("en"):
        yield


@pytest.fixture
def render() -> Render:
    """Renders a template given as text, as a page asked for at `path`."""

    def rendered(source: str, path: str = "/", **context: Any) -> str:
        return engines["django"].from_string(source).render(context, RequestFactory().get(path))

    return rendered
